"""A figure from the amount down: rule, leads, trips per day, scout, quarantine, payments.

It shows what is published, and the rows it was made of; when something of the person changed since
the last refresh, it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from leads.errors import LeadsError
from leads.statements import statement
from leads.views.explain_read import (
    Account,
    Credit,
    Day,
    Financial,
    Lead,
    Metric,
    Paid,
    Payment,
    Reader,
    State,
    one_moment,
)
from leads.views.explain_story import WINDOW, DueStory, PaymentStory, Story
from leads.views.rules import read_rules
from leads.views.rules_model import Rule


class FigureUnknown(LeadsError):
    """There is no such person, account or rule; it says what there is."""


def explain_payment(
    connection: Connection[Any], person: str, rule: str, *, scope: str | None
) -> PaymentStory:
    """Read a row of the payment view and what it is made of.

    Args:
        connection: idle session, not in autocommit.
        person: a person key, also one that was merged away, or an account.
        rule: number of a rule, or a payment scheme such as yango_14d_5trips.
        scope: partner or scout; None for a rule that applies, the partner's first.

    Raises:
        FigureUnknown: there is no such person or rule.
    """
    with one_moment(connection):
        reader = Reader(connection, _person(connection, person))
        rows = reader.all(Payment, "read_payment_rows")
        rules = read_rules(connection)
        chosen = _rule(rules, rows, rule, scope)
        key = (chosen.rule_scope, chosen.rule_id)
        story = _story(reader, person, rules, chosen.origin_tag, chosen.window_days)
    return PaymentStory(
        story,
        chosen,
        next((row for row in rows if (row.rule_scope, row.rule_id) == key), None),
        next(
            (
                row
                for row in rows
                if scope is None and rule.isdecimal() and row.rule_scope != chosen.rule_scope
                if row.rule_id == chosen.rule_id
            ),
            None,
        ),
    )


def explain_due(connection: Connection[Any], driver: str) -> DueStory:
    """Read a row of the 14-day money view and what it is made of.

    Args:
        connection: idle session, not in autocommit.
        driver: an account, or a person key.

    Raises:
        FigureUnknown: there is no such account or person.
    """
    with one_moment(connection):
        reader = Reader(connection, _person(connection, driver))
        row = reader.one(Financial, "read_financial")
        return DueStory(_story(reader, driver, read_rules(connection), "cabinet", WINDOW), row)


def _person(connection: Connection[Any], asked: str) -> UUID:
    try:
        key: UUID | None = UUID(asked)
    except ValueError:
        key = None
    found = connection.execute(
        statement("views/explain/read_person"), {"driver_id": asked, "person_key": key}
    ).fetchone()
    if found is None:
        raise FigureUnknown(
            f"Nobody is known as {asked!r}: give a person key, or the driver_id of an account in "
            "public.drivers. ./leads why SOURCE PK names the person of a lead; an account that "
            "arrived since the last run is known after ./leads run."
        )
    return UUID(str(found[0]))


def _rule(rules: Sequence[Rule], rows: Sequence[Payment], asked: str, scope: str | None) -> Rule:
    """The rule with that number, or with that scheme among those that apply."""
    number = int(asked) if asked.isdecimal() else None
    for row in rows:
        if row.payment_scheme == asked and scope in (None, row.rule_scope):
            number, scope = row.rule_id, row.rule_scope
    scopes = (scope,) if scope else ("partner", "scout")
    applying = {(row.rule_scope, row.rule_id) for row in rows}
    named = [one for one in rules if one.rule_id == number and one.rule_scope in scopes]
    named.sort(key=lambda one: (one.rule_scope, one.rule_id) not in applying)
    if named:
        return named[0]
    theirs = [f"{row.rule_scope} {row.rule_id} ({row.payment_scheme})" for row in rows]
    known = [f"{one.rule_scope} {one.rule_id}" for one in rules]
    raise FigureUnknown(
        f"There is no payment rule {asked!r}{f' of {scope}' if scope else ''}. To this person "
        f"apply: {', '.join(theirs) or 'none'}. There are: {', '.join(known) or 'none'}; "
        "./leads rules lists them."
    )


def _story(
    reader: Reader, asked: str, rules: Sequence[Rule], origin_tag: str, window_days: int
) -> Story:
    metrics = reader.all(Metric, "read_conversion")
    metric = next((one for one in metrics if one.origin_tag == origin_tag), None)
    days: tuple[Day, ...] = ()
    if metric is not None:
        days = reader.all(Day, "read_days", lead_date=metric.lead_date, window_days=window_days)
    return Story(
        asked=asked,
        person_key=reader.person_key,
        accounts=reader.all(Account, "read_accounts"),
        state=reader.one(State, "read_state") or State(None, False),
        metric=metric,
        leads=reader.all(Lead, "read_leads", origin_tag=origin_tag),
        days=days,
        credit=reader.one(Credit, "read_credit"),
        paid=reader.all(Paid, "read_paid"),
        rules=tuple(rules),
    )
