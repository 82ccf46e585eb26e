"""What explanations of figures share: accounts, quarantine, leads, days, scout, payments."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leads.cli.identity_session import Session
    from leads.identity.masking import Mask
    from leads.views.explain_read import Day, Lead, Paid
    from leads.views.explain_story import Story

#: Longest bar of a day's trips, in characters.
BAR = 24


def show_accounts(session: Session, story: Story, mask: Mask) -> None:
    """Whose figures these are, how recent, and by which accounts."""
    say, primary = session.say, story.metric.driver_id if story.metric else None
    state = story.state
    if state.published_at is None:
        session.print(say("story.never"))
    elif state.is_pending:
        session.print(say("story.pending", at=session.local(state.published_at)))
    else:
        session.print(say("story.published", at=session.local(state.published_at)))
    session.print(say("story.accounts", count=len(story.accounts)))
    for one in story.accounts:
        words = [say("story.primary")] if one.driver_id == primary else []
        words += list(filter(None, [one.park_id, mask.name(one.name_tokens)]))
        session.print(f"  {one.driver_id}: {', '.join(words)}" if words else f"  {one.driver_id}")


def show_quarantine(session: Session, story: Story) -> None:
    """Which accounts keep the person out of payments; one line when none does."""
    say = session.say
    if not story.is_quarantined:
        session.print(say("story.not_quarantined"))
    for one in story.accounts:
        if one.is_quarantined:
            since = session.local(one.quarantined_at) if one.quarantined_at else "?"
            reason = one.quarantine_reason or say("story.no_reason")
            session.print(
                say("story.quarantined", driver=one.driver_id, since=since, reason=reason)
            )


def show_leads(session: Session, story: Story) -> None:
    """The leads of the origin, with the one that sets the date and the one that names the scout."""
    from leads.cli.identity_session import cells, table

    say = session.say
    if not story.leads:
        session.print(say("story.no_leads"))
        return
    columns = ("source", "lead", "date", "scout", "level", "match_rule", "score", "role")
    shown = table(say("story.leads"), *(say(f"col.{name}") for name in columns), right=(6,))
    for lead in story.leads:
        roles = [say("story.sets_date")] if lead == story.date_lead else []
        roles += [say("story.names_scout")] if lead == story.scout_lead else []
        shown.add_row(
            *cells(lead.source_table, lead.source_pk, lead.event_date, lead.scout_id),
            *cells(lead.confidence_level, lead.match_rule, lead.match_score, ", ".join(roles)),
        )
    session.console.print(shown)


def show_days(session: Session, story: Story, window: int, milestones: Sequence[int]) -> None:
    """Trips per day in the window, over all accounts, with the days that reach milestones."""
    from leads.cli.identity_session import cells, table
    from leads.cli.views_session import trips

    say, metric = session.say, story.metric
    if metric is None:
        return
    last = metric.lead_date + timedelta(days=window - 1)
    counted = trips(session, story.trips())
    values = {"first": metric.lead_date, "last": last, "window": window, "trips": counted}
    if not story.days:
        session.print(say("story.no_days", **values))
        return
    columns = ("day", "date", "trips", "so_far", "accounts", "bar", "reached")
    shown = table(
        say("story.days", **values), *(say(f"col.{name}") for name in columns), right=(0, 2, 3)
    )
    most = max(day.trips for day in story.days)
    for day in story.days:
        reached = [say("story.reaches", trips=one) for one in milestones if day.reaches(one)]
        shown.add_row(
            *cells((day.work_date - metric.lead_date).days, day.work_date, day.trips),
            *cells(day.trips_so_far, _by_account(day), _bar(day.trips, most), ", ".join(reached)),
        )
    session.console.print(shown)


def _by_account(day: Day) -> str:
    pairs = zip(day.driver_ids, day.account_trips, strict=True)
    return ", ".join(f"{driver_id} {trips}" for driver_id, trips in pairs)


def _bar(trips: int, most: int) -> str:
    if most <= BAR:
        return "#" * trips
    return "#" * max(round(trips * BAR / most), 1 if trips else 0)


def show_scout(session: Session, story: Story, *, is_paid: bool) -> None:
    """The scout with the lead that names them and its link, or why there is none.

    Args:
        session: how to speak.
        story: of the person.
        is_paid: whether the rule pays scouts, so that it matters.
    """
    say, metric = session.say, story.metric
    if metric is None:
        return
    lead = story.scout_lead
    if metric.scout_id is None or lead is None:
        if is_paid:
            session.print(_no_scout(session, story))
        return
    session.print(
        say(
            "story.scout",
            scout=metric.scout_id,
            pk=lead.source_pk,
            source=lead.source_table,
            date=lead.event_date,
            level=lead.confidence_level or say("story.no_link"),
            rule=lead.match_rule or "-",
            score="-" if lead.match_score is None else lead.match_score,
        )
    )
    if is_paid and lead.confidence_level != "HIGH":
        session.print(say("story.not_high", command=_why(lead)))


def _why(lead: Lead) -> str:
    return f"./leads why {shlex.quote(lead.source_table)} {shlex.quote(lead.source_pk)}"


def _no_scout(session: Session, story: Story) -> str:
    from leads.views.explain_story import SCOUT_DAYS

    say, credit, metric = session.say, story.credit, story.metric
    if metric is None or credit is None:
        return say("story.no_credit")
    if metric.origin_tag == "fleet_migration":
        return say("story.no_scout_migration")
    if credit.decision_status == "conflict":
        return say("story.conflict", rule=credit.attribution_rule, person=story.person_key)
    too_late = credit.event_date is not None and credit.event_date > metric.lead_date + SCOUT_DAYS
    if credit.attributed_source == "scouting" and too_late:
        return say(
            "story.too_late",
            scout=credit.scout_id,
            pk=credit.source_pk,
            source=credit.source_table,
            date=credit.event_date,
            lead_date=metric.lead_date,
        )
    return say(
        "story.other_credit",
        source=credit.attributed_source or say("story.nobody"),
        rule=credit.attribution_rule,
    )


def show_paid(session: Session, story: Story, milestones: Sequence[int], mask: Mask) -> None:
    """The platform's payments of these milestones: those that count, or why none does."""
    from leads.cli.identity_session import cells, table

    say = session.say
    rows = [one for one in story.paid if set(one.milestones) & set(milestones)]
    if not any(one.is_theirs for one in rows):
        trips = ", ".join(map(str, milestones))
        session.print(say("story.ambiguous" if rows else "story.unpaid", trips=trips))
    if not rows:
        return
    columns = ("payment", "date", "milestones", "match", "account", "name", "counts")
    shown = table(say("story.payments"), *(say(f"col.{name}") for name in columns))
    for one in rows:
        shown.add_row(
            *cells(one.payment_id, one.paid_on, ", ".join(map(str, one.milestones))),
            *cells(say(f"match.{one.match_status}", count=one.candidate_count), one.driver_id),
            *cells(
                mask.name((one.name_key or "").split()), _counts(session, story, one, milestones)
            ),
        )
    session.console.print(shown)


def _counts(session: Session, story: Story, one: Paid, milestones: Sequence[int]) -> str:
    """For which milestones a payment counts: those that are reached."""
    if not one.is_theirs:
        return session.say("story.counts_not")
    reached = [trips for trips in milestones if trips in one.milestones and story.trips() >= trips]
    if not reached:
        return session.say("story.counts_unreached")
    return session.say("story.counts", trips=", ".join(map(str, reached)))
