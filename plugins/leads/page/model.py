"""From what was read to what is shown. Pure: the templates only write it down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from leads.health.verdicts import verdicts
from leads.page.airflow_facts import AirflowFacts
from leads.page.reading import Facts, Row
from leads.page.words import Words

#: Days that a run can mend: nothing covers them, or rows of them were refused and may be corrected.
SELECTABLE = ("missing", "rejected")
STATES = ("verified", "covered", "late", "rejected", "missing", "running", "open", "before")
LEVELS = ("RED", "YELLOW", "GREEN")
_STATS = ("read", "inserted", "updated", "unchanged", "rejected")
BAR_HEIGHT = 24


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, as people say it and as machines read it."""

    ago: str
    exact: str
    iso: str


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses, right behind whatever path Airflow is served at.

    Attributes:
        page: path of this page, without a slash at its end.
        airflow: path of Airflow, likewise.
        language: of the links to ourselves.
    """

    page: str
    airflow: str
    language: str

    def own(self, path: str = "", **query: Any) -> str:
        """One of our own pages, in the same language."""
        return f"{self.page}/{path}?{urlencode({**query, 'lang': self.language}, doseq=True)}"

    def run(self, dag_id: str, dag_run_id: str) -> str:
        """A DAG run in Airflow."""
        return f"{self.airflow}/dags/{quote(dag_id, safe='')}/runs/{quote(dag_run_id, safe='')}"

    def task(self, row: Row) -> str | None:
        """The log of a try in Airflow; None for rows that no task wrote."""
        if not (row["dag_id"] and row["dag_run_id"] and row["task_id"]):
            return None
        path = (
            f"{self.run(row['dag_id'], row['dag_run_id'])}/tasks/{quote(row['task_id'], safe='')}"
        )
        return f"{path}?try_number={row['try_number']}" if row["try_number"] else path


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells moments of one request.

    Attributes:
        words: texts of the language.
        now: the moment of the request.
        zone: local zone.
    """

    words: Words
    now: datetime
    zone: ZoneInfo

    def moment(self, at: datetime | None) -> Moment | None:
        """A moment; None when there was none."""
        if at is None:
            return None
        local = at.astimezone(self.zone)
        return Moment(
            self.words.ago(at, self.now), f"{local:%Y-%m-%d %H:%M}", local.isoformat("T", "seconds")
        )

    def verdict(self, code: str | None, facts: Mapping[str, Any]) -> dict[str, str]:
        """A verdict in words; a code without words speaks for itself."""
        known = verdicts(self.words.language).get(code or "")
        if known is None:
            return {"code": code or "", "title": code or "", "sentence": "", "action": ""}
        return {
            "code": known.code,
            "title": known.title,
            "sentence": self.words.fill(known.sentence, facts),
            "impact": self.words.fill(known.impact, facts),
            "action": self.words.fill(known.action, facts),
        }


def overall(facts: Facts, airflow: AirflowFacts, tell: Teller) -> dict[str, Any]:
    """The state of everything in one line, and what Airflow says."""
    words, sources = tell.words, facts.rows["sources"]
    count = {level: sum(row["level"] == level for row in sources) for level in LEVELS}
    if "sources" in facts.faults or not sources:
        level, line = "UNKNOWN", words("overall.unknown")
    elif count["RED"]:
        level, line = "RED", words.many("overall.red", count["RED"])
    elif count["YELLOW"]:
        level, line = "YELLOW", words.many("overall.yellow", count["YELLOW"])
    else:
        level, line = "GREEN", words("overall.green")
    return {"level": level, "line": line, "airflow": _airflow(airflow, tell)}


def _airflow(airflow: AirflowFacts, tell: Teller) -> list[dict[str, str]]:
    words, said = tell.words, []
    if not airflow.is_known:
        said.append({"level": "UNKNOWN", "text": words("airflow.unknown")})
    if airflow.is_scheduler_alive is False:
        said.append({"level": "RED", "text": words("airflow.scheduler_dead")})
    if airflow.is_paused:
        said.append({"level": "YELLOW", "text": words("airflow.paused")})
    if airflow.running_count or airflow.queued_count:
        text = words(
            "airflow.runs", running=airflow.running_count or 0, queued=airflow.queued_count or 0
        )
        said.append({"level": "", "text": text})
    if (next_run := tell.moment(airflow.next_run_at)) and not airflow.is_paused:
        text = words("airflow.next_run", ago=next_run.ago, exact=next_run.exact)
        said.append({"level": "", "text": text})
    return said


def incidents(rows: Iterable[Row], tell: Teller) -> list[dict[str, Any]]:
    """Open incidents: what, since when, what to do."""
    return [
        {
            "id": row["id"],
            "cause": row["cause_key"],
            "since": tell.moment(row["since_at"]),
            "well_since": tell.moment(row["well_since_at"]),
            "also": [
                name
                for name in (row["impact"] if isinstance(row["impact"], list) else [])
                if not str(row["cause_key"]).endswith(f":{name}")
            ],
            **tell.verdict(row["verdict"], row["facts"] or {}),
        }
        for row in rows
    ]


def sources(facts: Facts, tell: Teller) -> list[dict[str, Any]]:
    """One entry per watched table."""
    words, daily = tell.words, defaultdict(list)
    for row in facts.rows["daily"]:
        daily[row["source_name"]].append((row["metric_date"], row["rows_count"]))
    return [
        {
            "name": row["source_name"],
            "table": f"{row['schema_name']}.{row['object_name']}",
            "description": words.known("source", row["source_name"]),
            "level": row["level"],
            "is_critical": row["is_critical"],
            "status": words.known("status", row["health_status"]),
            "verdict": tell.verdict(row["diagnosis"], row["evidence"] or {})
            if row["diagnosis"]
            else None,
            "since": tell.moment(row["since_at"]),
            "business_date": words.day(row["max_business_date"]),
            "ingested": tell.moment(row["max_ingestion_ts"]),
            "in_future": row["rows_in_future"],
            "bars": bars(daily.get(row["source_name"], []), words),
        }
        for row in facts.rows["sources"]
    ]


def bars(days: Sequence[tuple[date, int]], words: Words) -> dict[str, Any] | None:
    """A small chart and the same in words; None without counts."""
    if not days:
        return None
    most = max(count for _, count in days)
    peak = max(most, 1)
    empty = sum(count == 0 for _, count in days)
    total = sum(count for _, count in days)
    return {
        "bars": [
            {
                "x": place * 4,
                "height": max(1, round(count / peak * BAR_HEIGHT)) if count else 1,
                "is_empty": count == 0,
            }
            for place, (_, count) in enumerate(days)
        ],
        "width": len(days) * 4 - 1,
        "height": BAR_HEIGHT,
        "text": words(
            "bars",
            days=len(days),
            total=words.number(total),
            most=words.number(most),
            empty=empty,
            last=words.number(days[-1][1]),
        ),
    }


def calendar(facts: Facts, tell: Teller, chosen: frozenset[str]) -> list[dict[str, Any]]:
    """Per lead source, weekdays as rows and weeks as columns.

    Args:
        facts: what was read.
        tell: language and moment.
        chosen: days that are ticked already, `source:YYYY-MM-DD`; or `missing`, for all of those.
    """
    words = tell.words
    described = {row["source_name"]: row["description"] for row in facts.rows["sources"]}
    by_source: dict[str, list[Row]] = defaultdict(list)
    for row in facts.rows["calendar"]:
        by_source[row["source_name"]].append(row)
    shown = []
    for name, rows in by_source.items():
        days = {row["day_on"]: _day(row, words, chosen) for row in rows}
        first = min(days)
        weeks = [first + timedelta(weeks=week) for week in range((max(days) - first).days // 7 + 1)]
        counted = {state: sum(row["state"] == state for row in rows) for state in STATES}
        shown.append(
            {
                "name": name,
                "description": words.known("source", name) or described.get(name, ""),
                "weeks": [f"{monday.day} {words(f'month.{monday.month}')}" for monday in weeks],
                "rows": [
                    {
                        "name": words(f"weekday.{weekday + 1}"),
                        "days": [days.get(monday + timedelta(days=weekday)) for monday in weeks],
                    }
                    for weekday in range(7)
                ],
                "summary": ", ".join(
                    f"{words(f'state.{state}.name')}: {counted[state]}"
                    for state in STATES
                    if counted[state] and state != "before"
                ),
                "missing": counted["missing"],
            }
        )
    return shown


def _day(row: Row, words: Words, chosen: frozenset[str]) -> dict[str, Any]:
    day: date = row["day_on"]
    state = row["state"]
    key = f"{row['source_name']}:{day.isoformat()}"
    told = f"{words.day(day)}: {words(f'state.{state}.name')}"
    if row["raw_count"] is not None:
        told += f", {words.many('rows', row['raw_count'])}"
    if row["reject_count"]:
        told += f", {words.many('rejected', row['reject_count'])}"
    return {
        "number": day.day,
        "key": key,
        "state": state,
        "letter": words(f"state.{state}.letter"),
        "told": told,
        "is_selectable": state in SELECTABLE,
        "is_chosen": key in chosen or (state == "missing" and "missing" in chosen),
    }


def runs(rows: Iterable[Row], tell: Teller, links: Links) -> list[dict[str, Any]]:
    """Rows of the ledger, the latest first."""
    words, shown, is_first = tell.words, [], True
    for row in rows:
        stats = row["stats"] if isinstance(row["stats"], dict) else {}
        ended = row["completed_at"] or tell.now
        shown.append(
            {
                "id": row["id"],
                "job": words.known("job", row["job_type"]),
                "source": row["source_table"],
                "status": row["status"],
                "level": {"COMPLETED": "GREEN", "FAILED": "RED"}.get(row["status"], "RUNNING"),
                "status_words": words.known("run_status", row["status"]),
                "started": tell.moment(row["started_at"]),
                "seconds": words.number(round((ended - row["started_at"]).total_seconds(), 1)),
                "scope": _scope(row, words),
                "stats": ", ".join(
                    f"{words(f'stats.{key}')} {words.number(stats[key])}"
                    for key in _STATS
                    if isinstance(stats.get(key), int)
                ),
                "error": row["error_message"],
                "log": links.task(row),
                "task": row["task_id"],
                "try": row["try_number"],
                "is_wanted": row["is_wanted"],
                "is_first_wanted": row["is_wanted"] and is_first,
            }
        )
        is_first = is_first and not row["is_wanted"]
    return shown


def _scope(row: Row, words: Words) -> str:
    first, last = row["scope_date_from"], row["scope_date_to"]
    if first is None and last is None:
        return words("none")
    if first == last or last is None:
        return words.day(first)
    return f"{words.day(first)} – {words.day(last)}"


def waiting(rows: Iterable[Row], tell: Teller, group: str, code: str) -> list[dict[str, Any]]:
    """Counts with the age of the oldest: rejects, unmatched leads, the review queue.

    Args:
        rows: with `row_count` and `oldest_at`.
        tell: language and moment.
        group: texts of the codes.
        code: column of the code.
    """
    return [
        {
            "source": row.get("source_table"),
            "code": row[code],
            "words": tell.words.known(group, row[code]),
            "count": tell.words.number(row["row_count"]),
            "oldest": tell.moment(row["oldest_at"]),
        }
        for row in rows
    ]


def checks(rows: Iterable[Row], tell: Teller, claims: Mapping[str, str]) -> list[dict[str, Any]]:
    """Checks whose last result goes against their claim."""
    return [
        {
            "name": row["check_name"],
            "level": "RED" if row["severity"] == "error" else "YELLOW",
            "severity": tell.words.known("severity", row["severity"]),
            "claim": claims.get(row["check_name"], row["claim"]),
            "count": tell.words.number(row["violation_count"]),
            "checked": tell.moment(row["checked_at"]),
        }
        for row in rows
    ]


def totals(rows: Sequence[Row], tell: Teller, names: Mapping[str, str]) -> dict[str, Any]:
    """Money, and when it was published."""
    published = next((row["published_at"] for row in rows), None)
    return {
        "published": tell.moment(published),
        "rows": [
            {
                "figure": _figure(row["figure"], names),
                "currency": row["currency"],
                "count": tell.words.number(row["row_count"]),
                "amount": tell.words.number(row["amount"]),
            }
            for row in rows
            if row["figure"] is not None
        ],
    }


def _figure(figure: str, names: Mapping[str, str]) -> str:
    if figure in names:
        return names[figure]
    kind, _, scheme = figure.partition(" ")
    return names.get(kind, figure).replace("{scheme}", scheme)
