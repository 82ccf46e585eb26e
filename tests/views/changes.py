"""Everything that may happen to a small fleet between two refreshes, at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from psycopg import Connection, errors, sql
from psycopg.types.json import Jsonb

from identity.people import ORIGIN
from views.world import (
    CABINET,
    HOME,
    MIGRATIONS,
    OTHER_PARK,
    SCOUTING,
    account,
    at,
    day,
    give,
    lead,
    mark,
    merge,
    pay,
    quarantine,
    remove_lead,
    rows,
    rule,
    work,
    write,
)

PEOPLE = [UUID(int=number) for number in range(1, 9)]
#: In an order that languages see differently.
DRIVERS = ["d1", "D2", "d3", "é4", "d5", "d6", "d7", "d8", "d9", "d10"]
#: Few, so that several people have them; one is the same in other words, one is too short.
NAMES = [
    *("Ana María Ñato", "ÑATO de la María Ana", "José O'Higgins Rey", "ohiggins rey jose"),
    *("Rosa Rosa Díaz", "Rosa Díaz", "Cher", "X Y Z", "  ", None),
]
SOURCES = (CABINET, SCOUTING, SCOUTING, MIGRATIONS)
#: Windows begin and end here and there.
LEAD_DAYS = (0, 1, 2, 6, 7, 8, 9, 14, 20)


class Life:
    """A fleet, and what happens to it.

    Attributes:
        seen: how often each kind of change happened.
    """

    def __init__(self, connection: Connection[Any], rng: Random, seen: Counter[str]) -> None:
        self.connection, self.rng, self.seen = connection, rng, seen
        self.home = HOME
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
        status = self.rng.choice(["quarantined", "quarantined", "resolved"])
        quarantine(self.connection, self.rng.choice(DRIVERS), status)

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

    # Work ------------------------------------------------------------------------------------

    def works(self) -> None:
        """Reports; now and then of a day that was reported before, or one that says little."""
        for _ in range(self.rng.randint(1, 4)):
            on = day(self.rng.choice([*range(-2, 12), 13, 14, 20, 21, 29, 30, 36, 37]))
            forms = ["%d-%m-%Y", "%d-%m-%Y", "%Y-%m-%d", " %d-%m-%Y\t"]
            text: str | None = on.strftime(self.rng.choice(forms))
            if self.rng.random() < 0.1:
                plain = f"{on.day}-{on.month}-{on.year}"
                text = self.rng.choice([None, "", "31-02-2026", "n/a", plain, "2026-10-1"])
            work(
                self.connection,
                self.rng.choice([*DRIVERS, *DRIVERS, "unknown", None, " "]),
                text,
                self.rng.choice([0, 1, 1, 2, 4, 5, 12, 25, None, -3]),
                seconds=self.rng.choice([0, 600, 600, 900, None, -60]),
                landed=self.rng.choice([at(40), at(40), at(41), at(42)]),
            )

    def reworks(self) -> None:
        """Rows are written over in place."""
        write(
            self.connection,
            "UPDATE public.summary_daily SET count_orders_completed = %s, driver_id = "
            "coalesce(%s, driver_id), created_at = NULL WHERE count_orders_completed = %s",
            self.rng.choice([0, 1, 6, 30]),
            self.rng.choice([None, None, *DRIVERS]),
            self.rng.choice([1, 2, 4, 5, 12]),
        )

    def unworks(self) -> None:
        write(
            self.connection,
            "DELETE FROM public.summary_daily WHERE driver_id = %s AND count_orders_completed < %s",
            self.rng.choice(DRIVERS),
            self.rng.choice([2, 50]),
        )

    def reloads(self) -> None:
        """The table is emptied and filled again, not quite the same."""
        write(
            self.connection,
            "CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM public.summary_daily; "
            "TRUNCATE public.summary_daily; "
            "INSERT INTO public.summary_daily SELECT * FROM kept WHERE driver_id <> 'd1'",
        )

    # Money -----------------------------------------------------------------------------------

    def pays(self) -> None:
        pay(
            self.connection,
            *self.rng.sample([1, 5, 25], self.rng.randint(0, 3)),
            driver_id=self.rng.choice([None, None, "", "unknown", *DRIVERS]),
            name=self.rng.choice(NAMES),
        )

    def repays(self) -> None:
        write(
            self.connection,
            "UPDATE public.module_ct_cabinet_payments SET trip_1 = NOT coalesce(trip_1, false), "
            "trip_25 = %s, driver = %s, driver_id = %s WHERE id %% 3 = %s",
            self.rng.choice([True, False, None]),
            self.rng.choice(NAMES),
            self.rng.choice([None, *DRIVERS]),
            self.rng.randrange(3),
        )

    def unpays(self) -> None:
        write(
            self.connection,
            "DELETE FROM public.module_ct_cabinet_payments WHERE id %% 4 = %s",
            self.rng.randrange(4),
        )

    def rules(self) -> None:
        """A new rule; one that overlaps with another is refused."""
        first = day(self.rng.choice(LEAD_DAYS))
        try:
            rule(
                self.connection,
                self.rng.choice(["partner", "scout"]),
                self.rng.choice([1, 3, 5, 25]),
                self.rng.choice([0, 10, 40]),
                window=self.rng.choice([7, 10, 14, 14, 30]),
                origin=self.rng.choice(list(ORIGIN.values())),
                valid_from=first,
                valid_to=self.rng.choice([None, first, first + timedelta(days=6)]),
                currency=self.rng.choice(["PEN", "PEN", "USD"]),
            )
        except (errors.ExclusionViolation, errors.UniqueViolation):
            self.seen["refused rules"] += 1

    def ends_rule(self) -> None:
        self._change_rule("valid_to = %s", day(self.rng.choice(LEAD_DAYS)))

    def edits_rule(self) -> None:
        what, value = self.rng.choice(
            [("amount = %s", 77), ("payable_offset_days = %s", 9), ("is_active = %s", False)]
        )
        self._change_rule(what, value)

    def _change_rule(self, what: str, value: Any) -> None:
        table = self.rng.choice(["partner_payment_rules", "scout_payment_rules"])
        ids = rows(
            self.connection,
            sql.SQL("SELECT id FROM {} WHERE is_active AND valid_from <= %s ORDER BY id").format(
                sql.Identifier("ops", table)
            ),
            day(0),
        )
        if ids:
            query: Any = f"UPDATE ops.{table} SET {what} WHERE id = %s"  # noqa: S608 - our own
            write(self.connection, query, value, *self.rng.choice(ids))

    def moves_home(self) -> None:
        self.home = self.rng.choice([HOME, OTHER_PARK])

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
