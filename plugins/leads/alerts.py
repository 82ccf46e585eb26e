"""The failure mail: what it says, to whom, and when it is not sent.

Texts live in `include/mail/failure.<language>.{subject.txt,html}`. They see one `Failure` and
not the Airflow context, so that a name that one kind of run lacks cannot lose the mail, and
nothing personal can slip in by way of a context variable.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Mapping
from email.utils import make_msgid
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from leads.errors import UpstreamFailed
from leads.failure import describe, safe_error
from leads.health.failed_task import Failure
from leads.settings import INCLUDE, Settings, settings

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

MAIL_TEMPLATES = INCLUDE / "mail"
SMTP_CONNECTION = "smtp_default"

# Airflow kills a task process that lives on 20 s after its end (`core.task_success_overtime`) and
# then may set the failed task up for retry: a mail server that hangs must not get that far.
SEND_SECONDS = 12.0


def mail_failure(context: Context) -> None:
    """Send the failure mail of one task; the task's `on_failure_callback`.

    Airflow calls it once, after the last try: in the task's process, or in the DAG processor
    when that process is gone. Whatever goes wrong here ends as one line in the log.

    Args:
        context: Airflow's context; only `dag` or `ti` has to be there.
    """
    try:
        _mail_failure(context)
    except Exception as error:  # noqa: BLE001 - the task has failed; its mail must not add to that
        log.error("Failure mail not sent: %s. The task's state is not affected.", _harmless(error))


def _mail_failure(context: Mapping[str, Any]) -> None:
    chosen = settings()
    if isinstance(safe_error(context.get("exception")), UpstreamFailed):
        log.info("No failure mail: the tasks that failed upstream have sent theirs.")
    elif not chosen.alert_recipients:
        log.info("No failure mail: setting alert_to (LEADS_ALERT_TO) names no one.")
    else:
        subject, body = render(describe(context, chosen.zone), chosen.language)
        send(subject, body, chosen)
        log.info("Failure mail sent to %d recipients.", len(chosen.alert_recipients))


def render(failure: Failure, language: str) -> tuple[str, str]:
    """Subject (one line) and HTML body, in `es` or `en`."""
    templates = Environment(
        loader=FileSystemLoader(MAIL_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    subject = templates.get_template(f"failure.{language}.subject.txt").render(failure=failure)
    body = templates.get_template(f"failure.{language}.html").render(failure=failure)
    return " ".join(subject.split()), body


def send(subject: str, html: str, chosen: Settings) -> None:
    """Send one mail to the people of `alert_to`, by the connection `smtp_default`.

    Raises:
        TimeoutError: the server took longer than `SEND_SECONDS`.
        Exception: what the connection or the server had to say.
    """
    # Imported on failure only: every parse of the DAG file would pay for them otherwise.
    from airflow.providers.common.compat.sdk import timeout
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier
    from airflow.sdk.exceptions import AirflowTaskTimeout

    notifier = SmtpNotifier(
        to=chosen.alert_recipients,
        from_email=chosen.alert_from,
        subject=subject,
        html_content=html,
        smtp_conn_id=SMTP_CONNECTION,
        custom_headers={
            "Message-ID": make_msgid(domain=chosen.alert_from.rpartition("@")[2].strip("> ")),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday notices in return
        },
    )
    try:
        with timeout(SEND_SECONDS):
            # Not `notifier(context)`: that renders the finished text as a template once more.
            notifier.notify({})
    except AirflowTaskTimeout:
        # A BaseException: it would pass every `except Exception` and end the task's process.
        raise TimeoutError(f"the mail server took longer than {SEND_SECONDS:g} s") from None


def _harmless(error: Exception) -> str:
    """An error of the sending, with nothing of the mail in it (SMTP errors quote addresses)."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{name}, the mail server answered {error.smtp_code}"
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return f"{name} ({error}); check the Airflow connection {SMTP_CONNECTION}"
    return f"{name}; check the Airflow connection {SMTP_CONNECTION}"
