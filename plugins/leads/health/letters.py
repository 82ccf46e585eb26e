"""What the mails about incidents say, in words of `include/texts` and `include/mail`.

The templates see one `Letter` and not Airflow's context, so that a name that one kind of run lacks
cannot lose the mail, and nothing personal can slip in by way of a context variable.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from leads.health.verdicts import verdicts
from leads.settings import INCLUDE, Settings

if TYPE_CHECKING:
    from leads.health.failed_task import Failure
    from leads.health.judging import Incident

MAIL_TEMPLATES = INCLUDE / "mail"
PIPELINE_DAG = "identity_ingestion"
#: Where Airflow shows the page of the plugin.
PAGE = "/plugin/data-health"
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, written; `kind` is opening, recovery or digest."""

    incident_id: int | None
    kind: str
    subject: str
    body_text: str
    body_html: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail tells of one incident, as the templates see it; times are local.

    Attributes:
        about: the table, task or run that it is about; empty when the verdict says it all.
        title: a few words.
        sentence: what is wrong and whose fault it is.
        impact: what that means for the figures.
        action: what to do.
        tables: the watched tables that are not well because of it.
        is_source_to_blame: whether there is more to mend than what the task's error says.
        since: since when it is wrong, as far as the data tells; None when unknown.
        opened: when it was noticed.
        over: since when it is well again; None while it is not.
        duration: from `opened` until then, or until now.
        failure: the task that failed; None for what no task noticed.
        page_url: the page; empty when Airflow's address is unknown.
        log_url: log of the task; empty when unknown.
        zone: name of the time zone.
    """

    about: str
    title: str
    sentence: str
    impact: str
    action: str
    tables: Sequence[str]
    is_source_to_blame: bool
    since: str | None
    opened: str
    over: str | None
    duration: str
    failure: Failure | None
    page_url: str
    log_url: str
    zone: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What the daily mail tells; `letters` are the open incidents, oldest first."""

    letters: Sequence[Letter]
    on: str
    page_url: str
    zone: str


def opening(
    incident: Incident, settings: Settings, at: datetime, failure: Failure | None = None
) -> Mail:
    """The mail that an incident begins with.

    Args:
        incident: open.
        settings: language and zone.
        at: now, aware.
        failure: the task that failed; None for what no task noticed.
    """
    found = _letter(incident, settings, at, failure)
    return _render("opening", settings.language, incident.incident_id, letter=found)


def recovery(incident: Incident, settings: Settings, at: datetime) -> Mail:
    """The mail that an incident ends with.

    Args:
        incident: closed.
        settings: language and zone.
        at: now, aware.
    """
    found = _letter(incident, settings, at, None)
    return _render("recovery", settings.language, incident.incident_id, letter=found)


def digest(incidents: Sequence[Incident], settings: Settings, at: datetime) -> Mail:
    """The daily mail about what stays open.

    Args:
        incidents: open, oldest first.
        settings: language and zone.
        at: now, aware.
    """
    found = Digest(
        letters=[_letter(one, settings, at, None) for one in incidents],
        on=f"{at.astimezone(settings.zone):%Y-%m-%d}",
        page_url=page_url(),
        zone=settings.time_zone,
    )
    return _render("digest", settings.language, None, digest=found)


def message_id(settings: Settings) -> str:
    """A Message-ID; kept with the mail, so that it is the same at every try."""
    return make_msgid(domain=settings.alert_from.rpartition("@")[2].strip("> ") or "localhost")


def page_url() -> str:
    """Where the Data health page is; empty when Airflow's address is not known here."""
    base = os.environ.get("AIRFLOW__API__BASE_URL", "")
    if not base and (configuration := sys.modules.get("airflow.configuration")):
        # Only in a process of Airflow's: a command would wait seconds for one address.
        base = configuration.conf.get("api", "base_url", fallback="") or ""
    return base.rstrip("/") + PAGE if base else ""


def local(moment: datetime, settings: Settings) -> str:
    """A moment as people here read it."""
    return f"{moment.astimezone(settings.zone):%Y-%m-%d %H:%M}"


def span(duration: timedelta) -> str:
    """A duration in its two greatest units, which Spanish and English write alike."""
    minutes = max(round(duration.total_seconds() / 60), 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def fill(text: str, facts: Mapping[str, Any]) -> str:
    """A text with each {name} replaced by that fact, or by a dash: as `ops.fill` does it."""
    return re.sub(r"[{]([a-z_]+)[}]", lambda name: _fact(facts.get(name[1])), text)


def _fact(value: object) -> str:
    return UNKNOWN if value is None else str(value)


def _letter(
    incident: Incident, settings: Settings, at: datetime, failure: Failure | None
) -> Letter:
    verdict = verdicts(settings.language)[incident.verdict]
    ended = incident.over_at or at
    return Letter(
        about=_about(incident),
        title=verdict.title,
        sentence=fill(verdict.sentence, incident.facts),
        impact=fill(verdict.impact, incident.facts),
        action=fill(verdict.action, incident.facts),
        tables=list(incident.impact),
        is_source_to_blame=incident.verdict not in ("RUN_FAILED", "TASK_FAILED"),
        since=local(incident.since_at, settings) if incident.since_at else None,
        opened=local(incident.opened_at, settings),
        over=local(incident.over_at, settings) if incident.over_at else None,
        duration=span(ended - incident.opened_at),
        failure=failure,
        page_url=page_url(),
        log_url=str(incident.facts.get("log_url") or ""),
        zone=settings.time_zone,
    )


def _about(incident: Incident) -> str:
    kind, _, name = incident.cause_key.partition(":")
    if name:
        return name
    return {"pipeline": PIPELINE_DAG, "deadline": str(incident.facts.get("dag_run_id", ""))}.get(
        kind, ""
    )


def _render(kind: str, language: str, incident_id: int | None, **seen: object) -> Mail:
    def render(suffix: str) -> str:
        return templates().get_template(f"{kind}.{language}.{suffix}").render(**seen)

    return Mail(
        incident_id=incident_id,
        kind=kind,
        subject=" ".join(render("subject.txt").split()),
        body_text=render("txt"),
        body_html=render("html"),
    )


@cache
def templates() -> Environment:
    """The templates of `include/mail`; an undefined name in one is an error."""
    return Environment(
        loader=FileSystemLoader(MAIL_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
