"""What explains a figure: the row that is published, and the rows it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from leads.views.explain_read import (
    Account,
    Credit,
    Day,
    Financial,
    Lead,
    Metric,
    Paid,
    Payment,
    State,
)
from leads.views.rules_model import Rule

#: Days by which the scout's lead may come after the first one.
SCOUT_DAYS = timedelta(days=7)
#: The money view's window and milestones.
WINDOW, MILESTONES = 14, (1, 5, 25)


@dataclass(frozen=True, slots=True)
class Story:
    """What a figure is made of.

    Attributes:
        asked: whom was asked for.
        person_key: the current person.
        accounts: their accounts.
        state: how recent the figures are.
        metric: conversion row of the origin; None without leads of it.
        leads: leads of the origin, the oldest first.
        days: days of work in the window, the earliest first.
        credit: ledger row; None without leads.
        paid: payments that are theirs, then those of nobody under their name.
        rules: all payment rules.
    """

    asked: str
    person_key: UUID
    accounts: tuple[Account, ...]
    state: State
    metric: Metric | None
    leads: tuple[Lead, ...]
    days: tuple[Day, ...]
    credit: Credit | None
    paid: tuple[Paid, ...]
    rules: tuple[Rule, ...]

    @property
    def is_quarantined(self) -> bool:
        """Whether one account in quarantine keeps the person out of payments."""
        return any(account.is_quarantined for account in self.accounts)

    @property
    def date_lead(self) -> Lead | None:
        """The lead that sets the lead date, of several the first."""
        if self.metric is None:
            return None
        on = self.metric.lead_date
        return next((lead for lead in self.leads if lead.event_date == on), None)

    @property
    def scout_lead(self) -> Lead | None:
        """The lead that names the scout."""
        if self.metric is None or self.metric.scout_source_pk is None:
            return None
        key = (self.metric.scout_source_table, self.metric.scout_source_pk)
        return next((one for one in self.leads if (one.source_table, one.source_pk) == key), None)

    def trips(self) -> int:
        """Trips in the window."""
        return self.days[-1].trips_so_far if self.days else 0


@dataclass(frozen=True, slots=True)
class PaymentStory:
    """A row of the payment view, or why there is none.

    Attributes:
        story: what it is made of.
        rule: the rule.
        row: the row; None when there is none.
        namesake: the rule of the other scope with the same number, when it applies as well.
    """

    story: Story
    rule: Rule
    row: Payment | None
    namesake: Payment | None

    @property
    def missing(self) -> str | None:
        """Why there is no row: quarantined, no_leads, withdrawn, not_valid or pending."""
        story, rule = self.story, self.rule
        if self.row is not None:
            return None
        if story.is_quarantined:
            return "quarantined"
        if story.metric is None:
            return "pending" if story.leads else "no_leads"
        if not rule.is_active:
            return "withdrawn"
        if not rule.valid_from <= story.metric.lead_date <= rule.last_on:
            return "not_valid"
        return "pending"

    @property
    def scout_doubt(self) -> str | None:
        """Why a scout rule pays nothing: no scout, or not proved; None when nothing is in doubt."""
        if self.rule.rule_scope != "scout" or self.row is None or self.row.is_payable:
            return None
        if self.row.scout_id is not None:
            return "not_high"
        return "no_scout"


@dataclass(frozen=True, slots=True)
class DueStory:
    """A row of the 14-day money view; None when there is none."""

    story: Story
    row: Financial | None

    @property
    def missing(self) -> str | None:
        """Why there is no row: quarantined, no_leads, pending; None with one."""
        if self.row is not None:
            return None
        if self.story.is_quarantined:
            return "quarantined"
        return "pending" if self.story.leads else "no_leads"

    def rule(self, milestone: int) -> Rule | None:
        """The rule that the amount of a milestone comes from."""
        if self.story.metric is None:
            return None
        on = self.story.metric.lead_date
        for rule in self.story.rules:
            kind = (rule.rule_scope, rule.origin_tag, rule.window_days, rule.milestone_trips)
            applies = rule.is_active and rule.valid_from <= on <= rule.last_on
            if applies and kind == ("partner", "cabinet", WINDOW, milestone):
                return rule
        return None
