"""`./leads explain payment`: whether a rule pays for a person, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from leads.cli.identity_session import LanguageOption, RevealOption
from leads.cli.rules.change import Scope

if TYPE_CHECKING:
    from leads.cli.identity_session import Session
    from leads.views.explain_story import PaymentStory


def payment(
    person: Annotated[str, typer.Argument(help="Person key, or an account: its driver_id.")],
    rule: Annotated[
        str, typer.Argument(help="Number of the rule (./leads rules), or its payment scheme.")
    ],
    scope: Annotated[
        Scope | None,
        typer.Option(
            help="Whose rule; else one that applies, the partner's first.", show_default=False
        ),
    ] = None,
    language: LanguageOption = None,
    reveal: RevealOption = False,
) -> None:
    """Say whether a rule pays for a person, and why: a row of ops.v_payment_calculation.

    The rule, the lead that sets the date, trips per day with the milestone, the scout's lead and
    its link, quarantine, and the platform's payments. Nothing is written.

    For example:

      ./leads explain payment D-100 yango_14d_5trips

      ./leads explain payment D-100 2 --scope scout

      ./leads explain payment 5f0d1a52-6c0e-5a43-9a77-3d1f2c8be9a4 3 --language en
    """
    from leads.cli.explain.parts import (
        show_accounts,
        show_days,
        show_leads,
        show_paid,
        show_quarantine,
        show_scout,
    )
    from leads.cli.identity_session import identity_session
    from leads.identity.masking import Mask
    from leads.views.explain import explain_payment
    from leads.views.explain_story import MILESTONES, WINDOW

    mask = Mask(reveal)
    with identity_session(language) as session:
        asked_scope = scope.value if scope else None
        found = explain_payment(session.connection, person, rule, scope=asked_scope)
        story, one = found.story, found.rule
        session.print(_sentence(session, found))
        if found.namesake is not None:
            session.print(
                session.say(
                    "payment.namesake",
                    number=one.rule_id,
                    scope=found.namesake.rule_scope,
                    scheme=found.namesake.payment_scheme,
                )
            )
        session.print(_rule(session, found))
        show_accounts(session, story, mask)
        show_quarantine(session, story)
        show_leads(session, story)
        show_days(session, story, one.window_days, (one.milestone_trips,))
        show_scout(session, story, is_paid=one.rule_scope == "scout")
        kind = (one.rule_scope, one.origin_tag, one.window_days)
        if kind == ("partner", "cabinet", WINDOW) and one.milestone_trips in MILESTONES:
            show_paid(session, story, (one.milestone_trips,), mask)


def _sentence(session: Session, found: PaymentStory) -> str:
    """The row in one sentence, or why there is none."""
    from leads.cli.views_session import trips

    say, row, rule, story = session.say, found.row, found.rule, found.story
    values: dict[str, object] = {
        "person": story.person_key,
        "number": rule.rule_id,
        "scope": rule.rule_scope,
        "origin": rule.origin_tag,
        "span": _span(session, found),
        "lead_date": story.metric.lead_date if story.metric else None,
    }
    if row is None:
        return say(f"payment.missing_{found.missing}", **values)
    values |= {
        "scheme": row.payment_scheme,
        "amount": f"{row.amount:,.2f}",
        "currency": row.currency,
        "trips": trips(session, row.achieved_trips_in_window),
        "needed": row.milestone_trips,
        "achieved": row.achieved_date,
        "payable": row.payable_date,
        "counted": trips(session, story.trips()),
        "last": row.lead_date + timedelta(days=row.window_days - 1),
    }
    if row.is_payable:
        return say("payment.payable", **values)
    if row.milestone_achieved:
        return say(f"payment.{found.scout_doubt}", **values)
    return say("payment.not_reached", **values)


def _rule(session: Session, found: PaymentStory) -> str:
    from leads.cli.views_session import trips

    rule = found.rule
    return session.say(
        "payment.rule",
        number=rule.rule_id,
        scope=rule.rule_scope,
        origin=rule.origin_tag,
        amount=f"{rule.amount:,.2f}",
        currency=rule.currency,
        needed=trips(session, rule.milestone_trips),
        window=rule.window_days,
        offset=rule.payable_offset_days,
        span=_span(session, found),
    )


def _span(session: Session, found: PaymentStory) -> str:
    rule = found.rule
    if rule.valid_to is None:
        return session.say("payment.span_open", first=rule.valid_from)
    return session.say("payment.span", first=rule.valid_from, last=rule.valid_to)
