"""A change of payment rules: what it would do, and then, if it is wanted, just that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from leads.cli.identity_session import Session
    from leads.cli.texts import Language
    from leads.views.rules import RuleBook
    from leads.views.rules_model import Change, Rule, Total, TotalChange

    Make = Callable[[Sequence[Rule]], tuple[Change, ...]]


def propose(
    make: Make,
    words: Sequence[str],
    *,
    by: str | None,
    reason: str | None,
    yes: bool,
    language: Language | None,
) -> None:
    """Show what a change would do; then write it, if it is wanted.

    Args:
        make: plans the change, or refuses it, from all rules.
        words: of the command that proposes it, behind `./leads rules`.
        by: who decides; None for the user.
        reason: why; without one it is only shown.
        yes: whether not to ask.
        language: what the person asked for.
    """
    import sys
    from datetime import datetime

    from leads.cli.errors import usage
    from leads.cli.identity_session import identity_session
    from leads.cli.views_session import patience, user
    from leads.views.rules import RuleBook
    from leads.windows import UTC

    reason = (reason or "").strip()
    if yes and not reason:
        raise usage('--yes needs --reason "…": a change of rules is kept with why it was made.')
    with identity_session(language) as session:
        chosen, say = session.settings, session.say
        session.connection.prepare_threshold = None
        book = RuleBook(
            session.connection,
            session.registry,
            home_park_id=chosen.home_park_id,
            zone=chosen.zone,
            limits=patience(session),
        )
        plan = make(book.rules())
        _show_plan(session, plan)
        with session.console.status(say("rules.reckoning")):
            totals = book.preview(plan, read_at=datetime.now(UTC))
        _show_totals(session, totals)
        _show_notes(session, plan)
        is_asked = sys.stdin.isatty() and bool(reason)
        if not yes and not (is_asked and typer.confirm(say("rules.ask"))):
            session.print(say("rules.not_written"))
            if not is_asked:
                session.print(say("rules.how_write", command=_command(words, by, reason)))
            return
        _write(session, book, make, plan, by=user(by), reason=reason)


def _command(words: Sequence[str], by: str | None, reason: str) -> str:
    """The command that writes what was shown."""
    import shlex

    said = shlex.join([*words, *(["--by", by] if by else [])])
    given = shlex.quote(reason) if reason else '"…"'
    return f"./leads rules {said} --reason {given} --yes"


def _show_plan(session: Session, plan: Sequence[Change]) -> None:
    from leads.cli.views_session import trips

    say = session.say
    for change in plan:
        rule, before = change.after, change.before
        values = {
            "number": rule.rule_id,
            "scope": rule.rule_scope,
            "origin": rule.origin_tag,
            "window": rule.window_days,
            "trips": trips(session, rule.milestone_trips),
            "amount": f"{rule.amount:,.2f}",
            "currency": rule.currency,
            "first": rule.valid_from,
            "last": rule.valid_to or say("rules.open"),
            "offset": rule.payable_offset_days,
            "before": (before.valid_to if before else None) or say("rules.open"),
        }
        is_again = change.action == "add" and before is not None
        session.print(
            say("rules.would_again" if is_again else f"rules.would_{change.action}", **values)
        )


def _show_totals(session: Session, totals: Sequence[TotalChange]) -> None:
    from leads.cli.identity_session import cells, table

    say = session.say
    if not totals:
        session.print(say("rules.nothing"))
        return
    columns = ("total", "currency", "rows", "before", "after", "difference")
    shown = table(
        say("rules.totals"), *(say(f"col.{name}") for name in columns), right=(2, 3, 4, 5)
    )
    for one in totals:
        shown.add_row(
            *cells(_figure(session, one.figure), one.currency),
            *cells(f"{one.before.row_count:,} → {one.after.row_count:,}"),
            *cells(_amount(one.before), _amount(one.after)),
            *cells(f"{one.after.amount - one.before.amount:+,.2f}"),
        )
    session.console.print(shown)


def _figure(session: Session, figure: str) -> str:
    what, _, scheme = figure.partition(" ")
    return (
        session.say(f"figure.{what}", scheme=scheme) if scheme else session.say(f"figure.{figure}")
    )


def _amount(total: Total) -> str:
    return f"{total.amount:,.2f}"


def _show_notes(session: Session, plan: Sequence[Change]) -> None:
    """What is easily overlooked."""
    for change in plan:
        rule = change.after
        kind = (rule.rule_scope, rule.origin_tag, rule.window_days)
        is_in_money_view = kind == ("partner", "cabinet", 14) and rule.milestone_trips in (1, 5, 25)
        if change.action == "add" and is_in_money_view and rule.currency != "PEN":
            session.print(session.say("rules.other_currency", currency=rule.currency))
        if change.action == "withdraw":
            session.print(session.say("rules.uncovered", first=rule.valid_from))


def _write(
    session: Session,
    book: RuleBook,
    make: Make,
    plan: Sequence[Change],
    *,
    by: str,
    reason: str,
) -> None:
    from datetime import datetime

    from leads.errors import LeadsError
    from leads.windows import UTC

    say = session.say
    numbers = book.write(make, plan, by=by, reason=reason, at=datetime.now(UTC))
    for number, change in zip(numbers, plan, strict=True):
        session.print(
            say(
                f"rules.done_{change.action}",
                number=number,
                scope=change.after.rule_scope,
                last=change.after.valid_to or say("rules.open"),
                by=by,
            )
        )
    try:
        stats = book.apply()
    except LeadsError as error:
        session.print(say("rules.kept", error=error))
        raise typer.Exit(1) from None
    session.print(say("rules.refreshed", people=f"{stats['people']:,}"))
