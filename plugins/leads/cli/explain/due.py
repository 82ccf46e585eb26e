"""`./leads explain due`: what the platform owes for a driver, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leads.cli.identity_session import LanguageOption, RevealOption

if TYPE_CHECKING:
    from leads.cli.identity_session import Session
    from leads.views.explain_read import Financial
    from leads.views.explain_story import DueStory


def due(
    driver: Annotated[str, typer.Argument(help="Account: its driver_id; or a person key.")],
    language: LanguageOption = None,
    reveal: RevealOption = False,
) -> None:
    """Say what the platform owes for a driver: a row of ops.v_cabinet_financial_14d.

    Each milestone expected, paid and due; the lead that sets the date, trips per day, and the
    payments that count, or why none. Nothing is written.

    For example:

      ./leads explain due D-100

      ./leads explain due D-100 --language en --reveal      with names as they are
    """
    from leads.cli.explain.parts import (
        show_accounts,
        show_days,
        show_leads,
        show_paid,
        show_quarantine,
    )
    from leads.cli.identity_session import identity_session
    from leads.identity.masking import Mask
    from leads.views.explain import explain_due
    from leads.views.explain_story import MILESTONES, WINDOW

    mask = Mask(reveal)
    with identity_session(language) as session:
        found = explain_due(session.connection, driver)
        say, story = session.say, found.story
        if found.row is None:
            session.print(say(f"due.missing_{found.missing}", person=story.person_key))
        else:
            _show_row(session, found, found.row)
        show_accounts(session, story, mask)
        show_quarantine(session, story)
        show_leads(session, story)
        show_days(session, story, WINDOW, MILESTONES)
        show_paid(session, story, MILESTONES, mask)


def _show_row(session: Session, found: DueStory, row: Financial) -> None:
    from leads.cli.identity_session import cells, table
    from leads.cli.views_session import trips
    from leads.views.explain_story import MILESTONES

    say, story = session.say, found.story
    amounts = (row.amount_due_yango, row.expected_total_yango, row.total_paid_yango)
    due_total, expected_total, paid_total = (f"{amount:,.2f}" for amount in amounts)
    session.print(
        say(
            "due.is",
            person=story.person_key,
            driver=row.driver_id,
            due=due_total,
            expected=expected_total,
            paid=paid_total,
            trips=trips(session, row.total_trips_14d),
            lead_date=row.lead_date,
        )
    )
    columns = ("milestone", "rule", "reached", "expected", "paid", "due", "payments")
    shown = table(say("due.title"), *(say(f"col.{name}") for name in columns), right=(0, 3, 4, 5))
    for place, milestone in enumerate(MILESTONES):
        rule, expected, paid = found.rule(milestone), row.expected[place], row.paid[place]
        on = next((day.work_date for day in story.days if day.reaches(milestone)), None)
        counting = [
            one.payment_id for one in story.paid if one.is_theirs and milestone in one.milestones
        ]
        shown.add_row(
            *cells(milestone, f"partner {rule.rule_id}" if rule else say("due.no_rule")),
            *cells(on if row.reached[place] else say("due.not_reached")),
            *cells(f"{expected:,.2f}", f"{paid:,.2f}", f"{expected - paid:,.2f}"),
            *cells(", ".join(counting)),
        )
    shown.add_section()
    shown.add_row(*cells(say("due.total"), None, None, expected_total, paid_total, due_total, None))
    session.console.print(shown)
