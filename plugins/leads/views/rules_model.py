"""Payment rules, changes of them, and the totals that a change moves. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a payment rule.

    Attributes:
        rule_scope: partner (the platform pays the fleet) or scout (the fleet pays the scout).
        rule_id: its number in its scope; None for one that is not written yet.
        origin_tag: cabinet or fleet_migration.
        window_days: days from the lead date, inclusive, in which trips count.
        milestone_trips: trips that reach it.
        amount: what the milestone alone is worth.
        currency: ISO 4217 code.
        valid_from: first lead date it applies to.
        valid_to: last one, inclusive; None for open.
        is_active: whether it counts.
        payable_offset_days: days from reaching the milestone to being payable.
    """

    rule_scope: str
    rule_id: int | None
    origin_tag: str
    window_days: int
    milestone_trips: int
    amount: Decimal
    currency: str
    valid_from: date
    valid_to: date | None
    is_active: bool
    payable_offset_days: int

    @property
    def last_on(self) -> date:
        """Last lead date it applies to; the end of time for an open one."""
        return self.valid_to or date.max

    @property
    def name(self) -> str:
        """Scope and number, and when it is valid."""
        number = "a new rule" if self.rule_id is None else f"rule {self.rule_id}"
        return f"{number} of {self.rule_scope} ({span(self.valid_from, self.valid_to)})"

    def is_version_of(self, other: Rule) -> bool:
        """Whether only one of the two may apply to a lead date."""
        return (self.rule_scope, self.origin_tag, self.window_days, self.milestone_trips) == (
            other.rule_scope,
            other.origin_tag,
            other.window_days,
            other.milestone_trips,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One rule before and after.

    Attributes:
        action: add, end or withdraw.
        before: None for a rule that is new.
        after: as it is to be.
    """

    action: str
    before: Rule | None
    after: Rule


def span(first: date, last: date | None) -> str:
    """Days, both inclusive."""
    return f"{first} to {last}" if last else f"from {first} on"


@dataclass(frozen=True, slots=True)
class Total:
    """A total of the views.

    Attributes:
        row_count: rows that add up to it.
        amount: their sum.
    """

    row_count: int = 0
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class TotalChange:
    """A total that a change of rules moves.

    Attributes:
        figure: `payable` and the payment scheme; or expected_yango, paid_yango, due_yango.
        currency: ISO 4217 code.
        before: as the next refresh would have it without the change.
        after: with it.
    """

    figure: str
    currency: str
    before: Total
    after: Total


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change of a rule that was made: who, when, why, the rule's row before and after."""

    number: int
    rule_scope: str
    rule_id: int
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    changed_by: str
    reason: str
    changed_at: datetime
