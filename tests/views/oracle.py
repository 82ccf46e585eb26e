"""What SPEC section 7 says the three views must hold, worked out row by row, slowly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from views.facts import Account, Inputs, Lead, Row, driver_days

Days = list[tuple[date, int, int]]


def primary(accounts: list[Account], home: str) -> Account:
    """The home park's first, then the one hired first, NULL last, then the least id."""
    return min(accounts, key=lambda one: (one.park != home, one.hired or date.max, one.driver_id))


def scout_of(
    inputs: Inputs, person: UUID, origin: str, leads: list[Lead]
) -> tuple[int | None, tuple[str, str] | None]:
    """A person's scout for an origin, and the lead that names them."""
    if origin == "fleet_migration":
        latest = max(leads, key=lambda one: (one.on, one.pk, one.source))
        return latest.scout, (latest.source, latest.pk)
    if origin != "cabinet" or person not in inputs.ledger:
        return None, None
    source, scout, evidence = inputs.ledger[person]
    won = (evidence or {}).get("winning_event")
    if source != "scouting" or scout is None or not won:
        return None, None
    gap = date.fromisoformat(won["event_date"]) - min(one.on for one in leads)
    if gap.days > 7:
        return None, None
    return scout, (won["source_table"], won["source_pk"])


def reaching(days: Days, milestone: int) -> tuple[date | None, int]:
    """The day on which trips reach a milestone, and how many they are then."""
    trips = 0
    for on, count, _ in days:
        trips += count
        if trips >= milestone:
            return on, trips
    return None, 0


@dataclass(frozen=True, slots=True)
class Origin:
    """A person's leads of one origin.

    Attributes:
        row: the conversion view's.
        days: day, trips and seconds over all accounts, from the lead date on, in order.
        named_by: the lead that names the scout.
        name: on the primary account.
    """

    row: Row
    days: Days
    named_by: tuple[str, str] | None
    name: str | None

    def within(self, window: int) -> Days:
        end = self.row["lead_date"] + timedelta(days=window)
        return [one for one in self.days if one[0] < end]

    def trips(self, window: int) -> int:
        return sum(trips for _, trips, _ in self.within(window))


def conversion(inputs: Inputs) -> dict[tuple[UUID, str], Origin]:
    worked = driver_days(inputs.work)
    leads: dict[tuple[UUID, str], list[Lead]] = defaultdict(list)
    for one in inputs.leads:
        if one.person in inputs.people and one.origin and inputs.accounts_of[one.person]:
            leads[one.person, one.origin].append(one)
    return {key: _origin(inputs, worked, *key, those) for key, those in leads.items()}


def _origin(
    inputs: Inputs,
    worked: dict[str, dict[date, tuple[int, int]]],
    person: UUID,
    origin: str,
    leads: list[Lead],
) -> Origin:
    lead_date = min(one.on for one in leads)
    total: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for account in inputs.accounts_of[person]:
        for on, (trips, seconds) in worked.get(account.driver_id, {}).items():
            if on >= lead_date:
                total[on][0] += trips
                total[on][1] += seconds
    days: Days = [(on, *total[on]) for on in sorted(total)]  # type: ignore[misc]
    main = primary(inputs.accounts_of[person], inputs.home)
    scout, named_by = scout_of(inputs, person, origin, leads)
    connected = next((on for on, _, seconds in days if seconds > 0), None)
    reached = {number: reaching(days, number)[0] for number in (1, 5, 25)}
    row = {
        "person_key": person,
        "origin_tag": origin,
        "lead_date": lead_date,
        "scout_id": scout,
        "driver_id": main.driver_id,
        "hire_date": main.hired,
        "first_connection_date": connected,
        "first_trip_date": next((on for on, trips, _ in days if trips > 0), None),
        **{f"trip_{number}_date": on for number, on in reached.items()},
        "time_to_connection_days": connected and (connected - lead_date).days,
        **{
            f"time_to_{number}_days": on and (on - lead_date).days for number, on in reached.items()
        },
    }
    found = Origin(row, days, named_by, main.name)
    row |= {f"trips_{window}d": found.trips(window) for window in (7, 14, 30)}
    return found
