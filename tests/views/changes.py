"""Everything that may happen to a small fleet between two refreshes, at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from views.changes_money import DRIVERS, LEAD_DAYS, NAMES, Money
from views.world import (
    CABINET,
    HOME,
    MIGRATIONS,
    OTHER_PARK,
    SCOUTING,
    account,
    day,
    give,
    lead,
    mark,
    merge,
    quarantine,
    remove_lead,
    rows,
    write,
)

PEOPLE = [UUID(int=number) for number in range(1, 9)]
SOURCES = (CABINET, SCOUTING, SCOUTING, MIGRATIONS)


class Life(Money):
    """A fleet, and what happens to it."""

    def __init__(self, connection: Connection[Any], rng: Random, seen: Counter[str]) -> None:
        super().__init__(connection, rng, seen)
        self.kinds: list[Callable[[], None]] = [
            *[self.leads] * 4,
            self.no_lead,
            *[self.works] * 5,
            *[self.reworks, self.unworks, self.reloads],
            *[self.accounts] * 2,
            *[self.merges, self.splits],
            *[self.pays] * 2,
            *[self.repays, self.unpays],
            *[self.rules, self.ends_rule, self.edits_rule, self.quarantines],
            *[self.credits, self.proves, self.moves_home],
        ]

    def begin(self) -> None:
        for kind, times in ((self.accounts, 8), (self.leads, 10), (self.works, 30), (self.pays, 5)):
            for _ in range(times):
                kind()

    def change(self) -> None:
        kind = self.rng.choice(self.kinds)
        self.seen[kind.__name__] += 1
        kind()

    # Identity --------------------------------------------------------------------------------

    def accounts(self) -> None:
        """A new account, or one that is called, hired or parked otherwise; its person stays."""
        driver_id = self.rng.choice(DRIVERS)
        known = self._person_of(driver_id)
        account(
            self.connection,
            driver_id,
            known or self.rng.choice(PEOPLE),
            park=self.rng.choice([HOME, OTHER_PARK, None]),
            hired=self.rng.choice([None, day(-9), day(-9), day(-3)]),
            name=self.rng.choice(NAMES),
        )

    def merges(self) -> None:
        people = self._people()
        if len(people) >= 2:
            merge(self.connection, *self.rng.sample(people, 2))

    def splits(self) -> None:
        """An account turns out to be somebody else's, and some of the leads with it."""
        crowd = rows(
            self.connection,
            "SELECT person_key, min(driver_id) FROM canon.drivers_index "
            "GROUP BY person_key HAVING count(*) > 1 ORDER BY 1",
        )
        free = [one for one in PEOPLE if one not in self._people()]
        if not crowd or not free:
            return
        person, driver_id = self.rng.choice(crowd)
        other = self.rng.choice(free)
        give(self.connection, driver_id, other)
        for source, pk, on, scout, owner in self._leads():
            if owner == person and self.rng.random() < 0.5:
                number = (on - day(0)).days
                lead(self.connection, other, pk, number, source=source, scout=scout)

    def quarantines(self) -> None:
        """An account goes into quarantine, or all come out of it."""
        if self.rng.random() < 0.5:
            quarantine(self.connection, self.rng.choice(DRIVERS))
        else:
            write(self.connection, "UPDATE canon.driver_orphan_quarantine SET status = 'resolved'")

    # Leads and credit ------------------------------------------------------------------------

    def leads(self) -> None:
        source = self.rng.choice(SOURCES)
        people = [*self._people(), None]
        lead(
            self.connection,
            self.rng.choice(people),
            self.rng.choice(["1", "2", "9", "10", "é"]),
            self.rng.choice(LEAD_DAYS),
            source=source,
            scout=None if source == CABINET else self.rng.choice([7, 8, None]),
            level=self.rng.choice(["HIGH", "HIGH", "MEDIUM"]),
        )

    def no_lead(self) -> None:
        if found := self._leads():
            source, pk, *_ = self.rng.choice(found)
            remove_lead(self.connection, source, pk)

    def credits(self) -> None:
        """The ledger gives somebody another scout than attribution would."""
        if not (ledger := self._ledger()):
            return
        person = self.rng.choice(ledger)
        won = {
            "event_date": day(self.rng.choice(LEAD_DAYS)).isoformat(),
            "source_table": SCOUTING,
            "source_pk": self.rng.choice(["1", "2"]),
        }
        write(
            self.connection,
            "UPDATE observational.lead_ledger SET attributed_source = 'scouting', "
            "attributed_scout_id = %s, evidence_json = %s WHERE person_key = %s",
            self.rng.choice([5, None]),
            Jsonb(self.rng.choice([{"winning_event": won}, {}])),
            person,
        )
        self._mark_views(person)

    def proves(self) -> None:
        """A link becomes surer, or less sure."""
        for (person,) in rows(
            self.connection,
            "UPDATE canon.identity_links SET confidence_level = %s WHERE source_pk = %s "
            "RETURNING person_key",
            self.rng.choice(["HIGH", "MEDIUM", "LOW"]),
            self.rng.choice(["1", "2", "9", "10"]),
        ):
            self._mark_views(person)

    # What there is ---------------------------------------------------------------------------

    def _mark_views(self, person: UUID) -> None:
        mark(self.connection, person)
        write(self.connection, "DELETE FROM canon.stale_people WHERE consumer = 'attribution'")

    def _person_of(self, driver_id: str) -> UUID | None:
        found = rows(
            self.connection,
            "SELECT person_key FROM canon.drivers_index WHERE driver_id = %s",
            driver_id,
        )
        return found[0][0] if found else None

    def _people(self) -> list[UUID]:
        found = "SELECT person_key FROM canon.identity_registry ORDER BY 1"
        return [one for (one,) in rows(self.connection, found)]

    def _ledger(self) -> list[UUID]:
        found = "SELECT person_key FROM observational.lead_ledger ORDER BY 1"
        return [one for (one,) in rows(self.connection, found)]

    def _leads(self) -> list[tuple[Any, ...]]:
        return rows(
            self.connection,
            "SELECT source_table, source_pk, event_date, scout_id, person_key "
            "FROM observational.lead_events ORDER BY 1, 2",
        )
