"""What a figure is made of, read from the warehouse: one class for each kind of row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from leads.statements import statement

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Account:
    """A driver account of the person; `name_tokens` is personal data."""

    driver_id: str
    park_id: str | None
    name_tokens: list[str] | None
    is_quarantined: bool
    quarantine_reason: str | None
    quarantined_at: datetime | None


@dataclass(frozen=True, slots=True)
class Metric:
    """The conversion row of one origin: lead date, scout with the lead that names them, trips."""

    origin_tag: str
    lead_date: date
    scout_id: int | None
    driver_id: str
    trips_7d: int
    trips_14d: int
    trips_30d: int
    scout_source_table: str | None
    scout_source_pk: str | None


@dataclass(frozen=True, slots=True)
class Payment:
    """A row of the payment view."""

    rule_scope: str
    rule_id: int
    origin_tag: str
    scout_id: int | None
    driver_id: str
    lead_date: date
    milestone_trips: int
    window_days: int
    currency: str
    amount: Decimal
    milestone_achieved: bool
    achieved_date: date | None
    achieved_trips_in_window: int
    is_payable: bool
    payable_date: date | None
    payment_scheme: str


@dataclass(frozen=True, slots=True)
class Financial:
    """A row of the 14-day money view; lists are of the milestones of 1, 5 and 25 trips."""

    driver_id: str
    lead_date: date
    total_trips_14d: int
    reached: list[bool]
    expected: list[Decimal]
    paid: list[Decimal]
    expected_total_yango: Decimal
    total_paid_yango: Decimal
    amount_due_yango: Decimal


@dataclass(frozen=True, slots=True)
class Lead:
    """A lead with its link; the link's columns are None when there is none."""

    source_table: str
    source_pk: str
    event_date: date
    scout_id: int | None
    match_rule: str | None
    match_score: int | None
    confidence_level: str | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of work in the window, over all accounts.

    Attributes:
        work_date: local.
        trips: of that day.
        trips_so_far: from the lead date to that day, inclusive.
        driver_ids: the accounts that worked.
        account_trips: trips of each of these.
    """

    work_date: date
    trips: int
    trips_so_far: int
    driver_ids: list[str]
    account_trips: list[int]

    def reaches(self, milestone: int) -> bool:
        """Whether the trips so far pass the milestone on this day."""
        return self.trips_so_far - self.trips < milestone <= self.trips_so_far


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment row of the platform; `name_key` is personal data.

    Attributes:
        payment_id: key of the raw row.
        paid_on: local; None when it cannot be read.
        driver_id: account that it names.
        name_key: name that it gives.
        trip_1: whether it pays the milestone of 1 trip.
        trip_5: of 5.
        trip_25: of 25.
        match_status: BY_DRIVER_ID, BY_NAME, or why it belongs to nobody.
        candidate_count: how many people have that name.
        is_theirs: whether it belongs to the person.
    """

    payment_id: str
    paid_on: date | None
    driver_id: str | None
    name_key: str | None
    trip_1: bool
    trip_5: bool
    trip_25: bool
    match_status: str
    candidate_count: int
    is_theirs: bool

    @property
    def milestones(self) -> tuple[int, ...]:
        """Which milestones it says were paid."""
        flags = ((1, self.trip_1), (5, self.trip_5), (25, self.trip_25))
        return tuple(trips for trips, is_paid in flags if is_paid)


@dataclass(frozen=True, slots=True)
class Credit:
    """The person's row in the ledger, and its winning event."""

    attribution_rule: str
    attributed_source: str | None
    scout_id: int | None
    decision_status: str
    source_table: str | None
    source_pk: str | None
    event_date: date | None


@dataclass(frozen=True, slots=True)
class State:
    """When the figures were published, and whether the person changed since."""

    published_at: datetime | None
    is_pending: bool


class Reader:
    """Reads about one person, all at the same moment."""

    def __init__(self, connection: Connection[Any], person_key: UUID) -> None:
        """Prepare.

        Args:
            connection: in the transaction of `one_moment`.
            person_key: a current person.
        """
        self.connection = connection
        self.person_key = person_key

    def all(self, kind: type[Row], name: str, **binds: object) -> tuple[Row, ...]:
        """The rows of `include/sql/views/explain/<name>.sql`."""
        with self.connection.cursor(row_factory=class_row(kind)) as cursor:
            query = statement(f"views/explain/{name}")
            return tuple(cursor.execute(query, {"person_key": self.person_key, **binds}).fetchall())

    def one(self, kind: type[Row], name: str) -> Row | None:
        """Its only row; None when there is none."""
        rows = self.all(kind, name)
        return rows[0] if rows else None


@contextmanager
def one_moment(connection: Connection[Any]) -> Iterator[None]:
    """A transaction that only reads; what is read in it belongs together."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
