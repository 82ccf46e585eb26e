"""The outbox: mails wait in `ops.mails` until a server has taken them."""

from __future__ import annotations

import smtplib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from leads.health.postbox import (
    MailServerError,
    Postbox,
    compose,
    kind_of,
    mail_server,
    open_postbox,
)
from leads.settings import Settings
from leads.statements import statement
from leads.windows import UTC

#: For so long a task does not try a server again that was found down; the monitor does.
DOWN_FOR = timedelta(minutes=5)

#: What the server has against one mail; the next one may pass.
_REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a delivery went.

    Attributes:
        sent_count: mails that the server took.
        refused_count: mails that it did not want; they are tried again, less and less often.
        waiting_count: mails that still wait, those included.
        trouble: why the others were not tried: kind of error, no address; empty when they were.
    """

    sent_count: int
    refused_count: int
    waiting_count: int
    trouble: str


def deliver(
    connection: Connection[Any],
    settings: Settings,
    *,
    seconds: float,
    is_monitor: bool = False,
    at: datetime | None = None,
) -> Delivered:
    """Send the mails that wait, oldest first, each in a transaction of its own.

    A mail counts as sent in the transaction that holds it, so two who deliver at once send each
    mail once. It leaves again only when this process dies between the server's answer and the
    commit; the Message-ID is then the same.

    Args:
        connection: session of the warehouse; a transaction that it is in is committed first.
        settings: the sender.
        seconds: all of it takes no longer, whatever the server does.
        is_monitor: try a server again that was found down just now; tasks have better to do.
        at: now, aware; None for the clock's.
    """
    at = at or datetime.now(UTC)
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.commit()
    until = time.monotonic() + seconds
    counts = dict.fromkeys(Outcome, 0)
    state = _state(connection, at)
    if not state["due_count"]:
        return Delivered(0, 0, state["waiting_count"], "")
    if state["was_down"] and not is_monitor:
        return Delivered(0, 0, state["waiting_count"], "the mail server was down just now")
    trouble = ""
    try:
        with open_postbox(mail_server(), seconds=seconds) as postbox:
            while not trouble and time.monotonic() < until:
                tried = _send_next(connection, postbox, settings, at)
                if tried is None:
                    break
                counts[tried.outcome] += 1
                trouble = tried.message if tried.outcome is Outcome.DOWN else ""
    except MailServerError as error:
        trouble = str(error)
    return Delivered(
        sent_count=counts[Outcome.SENT],
        refused_count=counts[Outcome.REFUSED],
        waiting_count=_state(connection, at)["waiting_count"],
        trouble=trouble,
    )


class Outcome(str, Enum):
    """How trying to send one mail ended."""

    SENT = "sent"
    REFUSED = "refused"  # this mail; the next one may pass
    DOWN = "down"  # the server is not there, or does not do what it should


@dataclass(frozen=True, slots=True)
class _Try:
    outcome: Outcome
    message: str = ""


def _state(connection: Connection[Any], at: datetime) -> dict[str, Any]:
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            statement("health/outbox_state"), {"at": at, "down_after": at - DOWN_FOR}
        ).fetchone()
    return dict(row or {})


def _send_next(
    connection: Connection[Any], postbox: Postbox, settings: Settings, at: datetime
) -> _Try | None:
    """Send the oldest mail that is due; None when there is none."""
    with connection.transaction():
        with connection.cursor(row_factory=dict_row) as cursor:
            mail = cursor.execute(statement("health/take_mail"), {"at": at}).fetchone()
        if mail is None:
            return None
        tried = _try_to_send(postbox, mail, settings)
        connection.execute(
            statement("health/note_try"),
            {
                "mail_id": mail["mail_id"],
                "at": at,
                "outcome": tried.outcome.value,
                "message": tried.message or None,
            },
        )
    return tried


def _try_to_send(postbox: Postbox, mail: dict[str, Any], settings: Settings) -> _Try:
    try:
        refused_count = postbox.send(
            compose(
                sender=settings.alert_from,
                recipients=mail["recipients"],
                subject=mail["subject"],
                text=mail["body_text"],
                html=mail["body_html"],
                message_id=mail["message_id"],
            )
        )
    except _REFUSALS as error:
        return _Try(Outcome.REFUSED, kind_of(error))
    except (OSError, smtplib.SMTPException) as error:
        return _Try(Outcome.DOWN, kind_of(error))
    if refused_count:
        return _Try(
            Outcome.SENT, f"{refused_count} of {len(mail['recipients'])} recipients refused"
        )
    return _Try(Outcome.SENT)
