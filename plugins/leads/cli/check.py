"""`./leads check`: what the figures claim, and whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from leads.cli.identity_session import LanguageOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leads.cli.identity_session import Session
    from leads.views.checks import Check, Result


def check(
    name: Annotated[
        str | None,
        typer.Argument(help="A check, to run now; left out: all, with their last results."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Run all over everybody now.")] = False,
    language: LanguageOption = None,
) -> None:
    """List what the figures claim, or check it now and list the rows against it by their keys.

    Nothing is written. Exit status 1 when a check of severity error does not hold.

    For example:

      ./leads check                              all checks and what they last found

      ./leads check payments_matched             one, over everybody, with the rows against it

      ./leads check --all
    """
    from leads.cli.errors import usage
    from leads.cli.identity_session import identity_session
    from leads.views.checks import checks
    from leads.views.validation import check_now

    if name is not None and everything:
        raise usage("Give the name of a check, or --all, not both.")
    known = {one.name: one for one in checks()}
    if name is not None and name not in known:
        raise usage(f"There is no check {name!r}. Known: {', '.join(known)}.")
    with identity_session(language) as session:
        if name is None and not everything:
            _list(session, list(known.values()))
            return
        chosen = None if name is None else [known[name]]
        with session.console.status(session.say("check.running")):
            results = check_now(session.connection, chosen, extent="everything")
        if name is None:
            _show_all(session, results)
        for result in results:
            if name is not None or not result.is_passed:
                _show_one(session, result)
        if any(result.is_failed for result in results):
            raise typer.Exit(1)


def _list(session: Session, known: Sequence[Check]) -> None:
    from datetime import datetime

    from leads.cli.identity_session import cells, table
    from leads.cli.views_session import age, claim
    from leads.windows import UTC

    say, now, last = session.say, datetime.now(UTC), _last(session)
    columns = ("check", "claim", "severity", "result", "extent", "against", "age")
    shown = table(say("check.title"), *(say(f"col.{name}") for name in columns), right=(5, 6))
    for one in known:
        found = last.get(one.name)
        words: tuple[str | None, ...] = (None, None, None)
        if found is not None:
            words = (
                say(f"extent.{found['extent']}"),
                f"{found['violation_count']:,}",
                age(session, found["checked_at"], now),
            )
        shown.add_row(
            *cells(one.name, claim(session, one), say(f"severity.{one.severity}")),
            *cells(say("check.never") if found is None else _word(session, found["is_passed"])),
            *cells(*words),
        )
    session.console.print(shown)
    session.print(say("check.how"))


def _last(session: Session) -> dict[str, dict[str, Any]]:
    """What each check found last, by its name."""
    from psycopg.rows import dict_row

    from leads.statements import statement

    with (
        session.connection.transaction(),
        session.connection.cursor(row_factory=dict_row) as cursor,
    ):
        rows = cursor.execute(statement("checks/last_results")).fetchall()
    return {row["check_name"]: row for row in rows}


def _word(session: Session, is_passed: bool) -> str:
    return session.say("check.holds" if is_passed else "check.fails")


def _show_all(session: Session, results: Sequence[Result]) -> None:
    from leads.cli.identity_session import cells, table
    from leads.cli.views_session import claim

    say = session.say
    columns = ("check", "claim", "severity", "result", "against", "seconds")
    shown = table(say("check.title"), *(say(f"col.{name}") for name in columns), right=(4, 5))
    for one in results:
        shown.add_row(
            *cells(one.check.name, claim(session, one.check)),
            *cells(say(f"severity.{one.check.severity}"), _word(session, one.is_passed)),
            *cells(f"{one.count:,}", f"{one.seconds:.2f}"),
        )
    session.console.print(shown)


def _show_one(session: Session, result: Result) -> None:
    """A check, the rows against it, and what to do; without any, those that a run last kept."""
    from leads.cli.views_session import claim, show_rows

    say, name = session.say, result.check.name
    session.print(
        say(
            "check.found" if result.count else "check.found_none",
            name=name,
            severity=say(f"severity.{result.check.severity}"),
            claim=claim(session, result.check),
            count=f"{result.count:,}",
            tolerance=result.check.tolerance,
            seconds=f"{result.seconds:.1f}",
        )
    )
    if result.count:
        show_rows(session, say("check.rows"), result.violations, result.count)
        session.print(say("check.do", words=say(f"do.{name}")))
        return
    kept = _last(session).get(name)
    if kept is not None and not kept["is_passed"]:
        session.print(say("check.refused", at=session.local(kept["checked_at"])))
        show_rows(session, say("check.rows"), kept["violations"], kept["violation_count"])
        session.print(say("check.do", words=say(f"do.{name}")))
