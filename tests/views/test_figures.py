"""What each figure means, case by case: windows, milestones, reports of work, rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection

from views.outcome import CONVERSION, FINANCIAL, PAYMENT, conversion, financial, payments, refresh
from views.reading import check
from views.world import ANA, BRUNO, MIGRATIONS, SCOUTING, account, day, lead, rule, work, write

#: Others than Ana.
PEOPLE = [UUID(int=number) for number in range(11, 31)]


def crowd(connection: Connection[Any], names: Iterable[Any], on: int = 0) -> Iterator[Any]:
    """A person for each name, with a lead and an account called after it."""
    for name, person in zip(names, PEOPLE, strict=False):
        account(connection, f"driver of {name}", person)
        lead(connection, person, f"lead of {name}", on)
        yield name, person


@pytest.fixture(autouse=True)
def ana(connection: Connection[Any]) -> None:
    """Ana, with one account and a lead on the first of October."""
    account(connection, "d1", ANA, name="Ana Rey")
    lead(connection, ANA, "1", 0)


def test_each_day_of_an_account_counts_once_however_many_rules_apply(
    connection: Connection[Any],
) -> None:
    lead(connection, ANA, "2", 0, source=SCOUTING, scout=7)
    account(connection, "d2", ANA)
    work(connection, "d1", 1, 4)
    work(connection, "d2", 1, 2)
    work(connection, "d1", 5, 20)
    refresh(connection)
    check(connection)
    found = payments(connection)
    assert len(found) == 6
    assert {scheme: line["achieved_trips_in_window"] for scheme, line in found.items()} == {
        "yango_14d_1trips": 6,
        "yango_14d_5trips": 6,
        "yango_14d_25trips": 26,
        "cabinet_7d_1trips": 6,
        "cabinet_7d_5trips": 6,
        "cabinet_7d_25trips": 26,
    }
    line = conversion(connection)
    assert line is not None
    assert [line[f"trips_{window}d"] for window in (7, 14, 30)] == [26, 26, 26]


def test_a_window_begins_on_the_lead_date_and_ends_before_its_last_day(
    connection: Connection[Any],
) -> None:
    windows = {
        -1: (0, 0, 0),
        0: (5, 5, 5),
        6: (5, 5, 5),
        7: (0, 5, 5),
        13: (0, 5, 5),
        14: (0, 0, 5),
        29: (0, 0, 5),
        30: (0, 0, 0),
    }
    rule(connection, "partner", 5, 1, window=30)
    for on, _ in crowd(connection, windows):
        work(connection, f"driver of {on}", on, 5)
    refresh(connection)
    found = check(connection)
    for on, person in zip(windows, PEOPLE, strict=False):
        line = found[CONVERSION][person, "cabinet"]
        assert tuple(line[f"trips_{window}d"] for window in (7, 14, 30)) == windows[on]
        assert line["time_to_5_days"] == (on if on >= 0 else None)
        achieved = {
            line["window_days"]: line["milestone_achieved"]
            for key, line in found[PAYMENT].items()
            if key[0] == person and line["milestone_trips"] == 5
        }
        assert achieved == {
            n: bool(count) for n, count in zip((7, 14, 30), windows[on], strict=True)
        }


def test_without_work_counts_are_zero_and_dates_are_unknown(connection: Connection[Any]) -> None:
    refresh(connection)
    check(connection)
    line = conversion(connection)
    assert line is not None
    assert [line[f"trips_{window}d"] for window in (7, 14, 30)] == [0, 0, 0]
    assert {line[name] for name in line if name.startswith(("first_", "trip_", "time_"))} == {None}
    money = financial(connection)
    assert money is not None
    assert (money["connected_flag"], money["expected_total_yango"]) == (False, Decimal(0))


def test_time_at_work_connects_and_only_trips_reach_milestones(
    connection: Connection[Any],
) -> None:
    work(connection, "d1", 0, 0, seconds=60)
    work(connection, "d1", 1, 1, seconds=0)
    refresh(connection)
    check(connection)
    line = conversion(connection)
    assert line is not None
    assert (line["first_connection_date"], line["time_to_connection_days"]) == (day(0), 0)
    assert (line["first_trip_date"], line["time_to_1_days"]) == (day(1), 1)


def test_a_milestone_is_reached_on_the_day_that_passes_it_with_all_trips_of_that_day(
    connection: Connection[Any],
) -> None:
    work(connection, "d1", 2, 4)
    work(connection, "d1", 3, 30)
    refresh(connection)
    check(connection)
    line = payments(connection)["yango_14d_5trips"]
    assert (line["achieved_date"], line["achieved_trips_in_window"]) == (day(3), 34)
    assert line["payable_date"] == day(17)
    line = payments(connection)["yango_14d_1trips"]
    assert (line["achieved_date"], line["achieved_trips_in_window"]) == (day(2), 4)


def test_of_two_leads_of_one_origin_the_first_dates_the_row(connection: Connection[Any]) -> None:
    lead(connection, ANA, "2", 9)
    work(connection, "d1", 8, 1)
    refresh(connection)
    line = conversion(connection)
    assert line is not None
    assert (line["lead_date"], line["trips_14d"]) == (day(0), 1)
    lead(connection, ANA, "3", -10)
    refresh(connection)
    check(connection)
    line = conversion(connection)
    assert line is not None
    assert (line["lead_date"], line["trips_14d"], line["trips_30d"]) == (day(-10), 0, 1)


def test_each_origin_counts_from_its_own_date(connection: Connection[Any]) -> None:
    lead(connection, ANA, "5", 5, source=MIGRATIONS, scout=8)
    work(connection, "d1", 3, 1)
    work(connection, "d1", 6, 2)
    refresh(connection)
    check(connection)
    ours, moved = conversion(connection), conversion(connection, origin="fleet_migration")
    assert ours is not None
    assert moved is not None
    assert (ours["trips_7d"], moved["trips_7d"]) == (3, 2)
    assert payments(connection)["migration_30d_50trips"]["lead_date"] == day(5)


def test_a_rule_applies_to_lead_dates_from_its_first_day_to_its_last(
    connection: Connection[Any],
) -> None:
    write(
        connection,
        "UPDATE ops.partner_payment_rules SET valid_to = %s WHERE milestone_trips = 1",
        day(4),
    )
    rule(connection, "partner", 1, 60, valid_from=day(5), valid_to=day(9))
    rule(connection, "partner", 1, 70, valid_from=day(11))
    amounts = {4: 25, 5: 60, 9: 60, 10: None, 11: 70}
    for (on, _), person in zip(amounts.items(), PEOPLE, strict=False):
        account(connection, f"driver {on}", person)
        lead(connection, person, f"lead {on}", on)
        work(connection, f"driver {on}", on, 1)
    refresh(connection)
    found = check(connection)
    for (on, amount), person in zip(amounts.items(), PEOPLE, strict=False):
        line = payments(connection, person).get("yango_14d_1trips")
        assert (line and line["amount"]) == amount, on
        money = found[FINANCIAL][(person,)]
        assert (money["expected_amount_m1"], money["reached_m1_14d"]) == (amount or 0, True)


def test_an_edited_rule_reaches_everybody_whose_lead_date_it_covers_and_nobody_else(
    connection: Connection[Any],
) -> None:
    account(connection, "d2", BRUNO)
    lead(connection, BRUNO, "9", 50)
    refresh(connection)
    write(
        connection,
        "UPDATE ops.scout_payment_rules SET valid_to = %s WHERE window_days = 7",
        day(30),
    )
    assert refresh(connection)["people"] == 2
    check(connection)
    write(connection, "UPDATE ops.scout_payment_rules SET amount = 1 WHERE window_days = 7")
    assert refresh(connection)["people"] == 1
    check(connection)


def test_a_week_is_the_iso_week_of_the_lead_date(connection: Connection[Any]) -> None:
    weeks = {
        date(2026, 10, 1): ("2026-40", date(2026, 9, 28)),
        date(2026, 12, 31): ("2026-53", date(2026, 12, 28)),
        date(2027, 1, 3): ("2026-53", date(2026, 12, 28)),
        date(2027, 1, 4): ("2027-01", date(2027, 1, 4)),
    }
    for on, person in zip(weeks, PEOPLE, strict=False):
        account(connection, f"driver {on}", person)
        lead(connection, person, f"lead {on}", (on - day(0)) // timedelta(days=1))
    refresh(connection)
    found = check(connection)[FINANCIAL]
    for on, person in zip(weeks, PEOPLE, strict=False):
        money = found[(person,)]
        assert (money["iso_week"], money["week_start"]) == weeks[on]
