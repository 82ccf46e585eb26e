"""What the commands about figures share: who waits how long, who asks, and what checks found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from leads.cli.identity_session import Session
    from leads.staging import Limits
    from leads.views.checks import Check, Result

#: Rows against a claim that are listed.
LISTED = 40


def patience(session: Session) -> Limits:
    """How long a person waits, who can repeat the command: not as long as a run may."""
    from dataclasses import replace

    from leads.staging import Limits

    limits = Limits.of(session.settings)
    return replace(limits, queue_seconds=limits.lock_seconds)


def user(by: str | None) -> str:
    """Who asks: what they say, else the name of their user."""
    import getpass

    from leads.cli.errors import usage

    if by and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise usage('Your user has no name here: say who decides with --by "NAME".') from None


def trips(session: Session, count: int) -> str:
    """A number of trips, as `1 trip`."""
    return session.say("count.trips_one" if count == 1 else "count.trips_many", count=f"{count:,}")


def claim(session: Session, check: Check) -> str:
    """What a check claims, in the person's language."""
    return session.say.entries.get(f"claim.{check.name}", check.claim)


def age(session: Session, then: datetime, now: datetime) -> str:
    """How long ago, in the greatest unit that it fills."""
    seconds = max((now - then).total_seconds(), 0)
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length:
            return session.say(f"age.{unit}", count=int(seconds // length))
    return session.say("age.seconds", count=int(seconds))


def show_failed(session: Session, failed: Sequence[Result]) -> None:
    """The claims that do not hold, rows against each, and the command that lists them."""
    from leads.cli.identity_session import cells, table

    say = session.say
    columns = ("check", "severity", "claim", "against", "next")
    shown = table(say("refresh.failed"), *(say(f"col.{name}") for name in columns), right=(3,))
    for result in failed:
        shown.add_row(
            *cells(
                *(result.check.name, say(f"severity.{result.check.severity}")),
                *(claim(session, result.check), f"{result.count:,}"),
                f"./leads check {result.check.name}",
            )
        )
    session.console.print(shown)


def show_rows(session: Session, title: str, rows: Sequence[Mapping[str, Any]], count: int) -> None:
    """Rows against a claim, by their keys.

    Args:
        session: how to speak.
        title: above the table.
        rows: the first of them.
        count: how many there are.
    """
    from leads.cli.identity_session import cells, table

    # Any row may lack a value, but all have the same columns.
    columns = list(dict.fromkeys(name for row in rows for name in row))
    shown = table(title, *columns)
    for row in rows[:LISTED]:
        shown.add_row(*cells(*(row.get(name) for name in columns)))
    session.console.print(shown)
    if count > LISTED:
        session.print(session.say("check.more", count=f"{count - min(LISTED, len(rows)):,}"))
