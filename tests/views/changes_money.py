"""What may happen to work, payments and rules between two refreshes, at random."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from psycopg import Connection, errors, sql

from identity.people import ORIGIN
from views.world import HOME, OTHER_PARK, at, day, pay, rows, rule, work, write

#: In an order that languages see differently.
DRIVERS = ["d1", "D2", "d3", "é4", "d5", "d6", "d7", "d8", "d9", "d10"]
#: Few, so that several people have them; one is the same in other words, one is too short.
NAMES = [
    *("Ana María Ñato", "ÑATO de la María Ana", "José O'Higgins Rey", "ohiggins rey jose"),
    *("Rosa Rosa Díaz", "Rosa Díaz", "Cher", "X Y Z", "  ", None),
]
#: Windows begin and end here and there.
LEAD_DAYS = (0, 1, 2, 6, 7, 8, 9, 14, 20)


class Money:
    """Raw rows and rules that change.

    Attributes:
        seen: how often each kind of change happened.
        home: the home park.
    """

    def __init__(self, connection: Connection[Any], rng: Random, seen: Counter[str]) -> None:
        self.connection, self.rng, self.seen = connection, rng, seen
        self.home = HOME

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
