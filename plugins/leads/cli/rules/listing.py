"""`./leads rules` and `rules history`: the rules, and who changed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from leads.cli.identity_session import LanguageOption

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leads.cli.identity_session import Session
    from leads.views.rules_model import Rule

#: Columns of a rule that a change may move, and what they are called.
TERMS = {
    "amount": "amount",
    "currency": "currency",
    "valid_from": "from",
    "valid_to": "to",
    "payable_offset_days": "offset",
    "is_active": "active",
}


def rules(context: typer.Context, language: LanguageOption = None) -> None:
    """List the payment rules, or change them: each change is shown before it is written.

    A rule applies to lead dates from its first to its last day; a change of amount is a new
    version from a day on, and the one before ends the day before.

    For example:

      ./leads rules

      ./leads rules history

      ./leads rules add partner cabinet --window 14 --trips 5 --amount 40 --from 2026-12-01

      ./leads rules end 2 --scope partner --on 2026-12-31
    """
    if context.invoked_subcommand is not None:
        return
    from leads.cli.identity_session import identity_session
    from leads.views.rules import read_rules

    with identity_session(language) as session:
        listed = read_rules(session.connection)
        if listed:
            session.console.print(rule_table(session, listed))
        session.print(session.say("rules.how" if listed else "rules.none"))


def rule_table(session: Session, listed: Sequence[Rule]) -> Any:
    """Rules, one row each."""
    from leads.cli.identity_session import cells, table

    say = session.say
    columns = (
        *("scope", "number", "origin", "window", "milestone", "amount", "currency", "from", "to"),
        *("active", "offset"),
    )
    shown = table(None, *(say(f"col.{name}") for name in columns), right=(1, 3, 4, 5, 10))
    for rule in listed:
        shown.add_row(
            *cells(rule.rule_scope, rule.rule_id, rule.origin_tag, rule.window_days),
            *cells(rule.milestone_trips, f"{rule.amount:,.2f}", rule.currency, rule.valid_from),
            *cells(rule.valid_to or say("rules.open"), say(f"yes_no.{rule.is_active}")),
            *cells(rule.payable_offset_days),
        )
    return shown


def history(language: LanguageOption = None) -> None:
    """List who changed payment rules, when and why, the newest last.

    For example:

      ./leads rules history

      ./leads rules history --language en
    """
    from leads.cli.identity_session import cells, identity_session, table
    from leads.views.rules import read_changes

    with identity_session(language) as session:
        say = session.say
        changes = read_changes(session.connection)
        if not changes:
            session.print(say("rules.no_history"))
            return
        columns = ("number", "when", "by", "scope", "rule", "action", "change", "reason")
        shown = table(None, *(say(f"col.{name}") for name in columns), right=(0, 4))
        for one in changes:
            shown.add_row(
                *cells(one.number, session.local(one.changed_at), one.changed_by),
                *cells(one.rule_scope, one.rule_id, say(f"action.{one.action}")),
                *cells(_difference(session, one.before or {}, one.after or {}), one.reason),
            )
        session.console.print(shown)


def _difference(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What a change moved, as `amount 35.00 → 40.00`."""
    from leads.cli.views_session import trips

    say = session.say
    words = []
    if not before:
        words.append(
            say(
                "rules.terms",
                origin=after.get("origin_tag"),
                window=after.get("window_days"),
                trips=trips(session, int(after.get("milestone_trips") or 0)),
            )
        )
    for name, column in TERMS.items():
        old, new = (_shown(session, name, row) for row in (before, after))
        if not before:
            words.append(f"{say(f'col.{column}')} {new}")
        elif old != new:
            words.append(f"{say(f'col.{column}')} {old} → {new}")
    return ", ".join(words)


def _shown(session: Session, name: str, row: Mapping[str, Any]) -> str:
    value = row.get(name)
    if name == "valid_to" and value is None:
        return session.say("rules.open")
    if name == "is_active":
        return session.say(f"yes_no.{bool(value)}")
    return f"{value:,.2f}" if name == "amount" and value is not None else str(value)
