"""Whose the figures are: accounts, scouts, payments, quarantine, merges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection

from views.reading import check
from views.world import (
    ANA,
    BRUNO,
    CARLA,
    CONVERSION,
    FINANCIAL,
    HOME,
    MIGRATIONS,
    OTHER_PARK,
    SCOUTING,
    account,
    conversion,
    day,
    figures,
    financial,
    give,
    lead,
    merge,
    pay,
    payments,
    quarantine,
    refresh,
    remove_lead,
    rows,
    work,
    write,
)


@pytest.fixture(autouse=True)
def ana(connection: Connection[Any]) -> None:
    """Ana, with one account, five trips and a lead on the first of October."""
    account(connection, "d1", ANA, name="Ana María Rey")
    lead(connection, ANA, "1", 0)
    work(connection, "d1", 0, 5)


def scout(connection: Connection[Any], origin: str = "cabinet") -> int | None:
    refresh(connection)
    check(connection)
    line = conversion(connection, origin=origin)
    assert line is not None
    found: int | None = line["scout_id"]
    return found


# Scouts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "found"), [(0, 7), (7, 7), (8, None)])
def test_a_scout_inherits_no_trips_from_more_than_seven_days_before(
    connection: Connection[Any], on: int, found: int | None
) -> None:
    lead(connection, ANA, "2", on, source=SCOUTING, scout=7)
    assert scout(connection) == found
    line = payments(connection)["cabinet_7d_5trips"]
    assert (line["milestone_achieved"], line["is_payable"]) == (True, found is not None)


def test_two_scouts_in_conflict_bring_nobody(connection: Connection[Any]) -> None:
    lead(connection, ANA, "2", 0, source=SCOUTING, scout=7)
    lead(connection, ANA, "3", 1, source=SCOUTING, scout=8)
    assert scout(connection) is None
    assert not payments(connection)["cabinet_7d_1trips"]["is_payable"]
    assert payments(connection)["yango_14d_1trips"]["is_payable"]


@pytest.mark.parametrize("level", ["MEDIUM", "LOW"])
def test_a_scout_is_paid_only_by_a_sure_link_and_the_fleet_by_any(
    connection: Connection[Any], level: str
) -> None:
    lead(connection, ANA, "2", 0, source=SCOUTING, scout=7, level=level)
    assert scout(connection) == 7
    found = payments(connection)
    assert (found["cabinet_7d_5trips"]["is_payable"], found["cabinet_7d_5trips"]["scout_id"]) == (
        False,
        7,
    )
    assert found["cabinet_7d_5trips"]["payable_date"] == day(7)
    assert found["yango_14d_5trips"]["is_payable"]
    lead(connection, ANA, "2", 0, source=SCOUTING, scout=7)
    refresh(connection)
    check(connection)
    assert payments(connection)["cabinet_7d_5trips"]["is_payable"]


def test_the_link_of_another_lead_proves_no_scout(connection: Connection[Any]) -> None:
    lead(connection, ANA, "2", 0, source=SCOUTING, scout=7)
    lead(connection, ANA, "3", 3, source=SCOUTING, scout=7, level="MEDIUM")
    assert scout(connection) == 7
    assert not payments(connection)["cabinet_7d_1trips"]["is_payable"]


def test_a_migration_takes_the_cabinet_scout_away(connection: Connection[Any]) -> None:
    lead(connection, ANA, "2", 0, source=SCOUTING, scout=7)
    lead(connection, ANA, "9", 3, source=MIGRATIONS, scout=8)
    assert scout(connection) is None
    assert scout(connection, "fleet_migration") == 8


def test_the_latest_migration_names_the_scout_even_if_it_names_none(
    connection: Connection[Any],
) -> None:
    lead(connection, ANA, "10", 3, source=MIGRATIONS, scout=8)
    lead(connection, ANA, "9", 3, source=MIGRATIONS, scout=9)
    assert scout(connection, "fleet_migration") == 9
    work(connection, "d1", 4, 60)
    lead(connection, ANA, "11", 4, source=MIGRATIONS)
    assert scout(connection, "fleet_migration") is None
    line = payments(connection)["migration_30d_50trips"]
    assert (line["milestone_achieved"], line["is_payable"]) == (True, False)


# Accounts ----------------------------------------------------------------------------------------


def test_the_primary_account_is_of_the_home_park_then_the_oldest_then_the_least_id(
    connection: Connection[Any],
) -> None:
    """Beside one of the home park, hired on New Year's day: d5."""
    first = date(2026, 1, 1)
    others = [
        (HOME, date(2025, 12, 31), "d9", True),
        (HOME, date(2026, 1, 2), "a", False),
        (HOME, None, "b", False),
        (OTHER_PARK, date(2020, 1, 1), "c", False),
        (None, date(2020, 1, 1), "d", False),
        (HOME, first, "d0", True),
        (HOME, first, "é", False),
        (HOME, first, "D2", True),  # byte by byte, whatever the language
    ]
    for number, (park, hired, driver_id, _) in enumerate(others, 11):
        account(connection, f"d5/{number}", UUID(int=number), hired=first, name="One")
        account(connection, driver_id, UUID(int=number), park=park, hired=hired, name="Other")
        lead(connection, UUID(int=number), str(number), 0)
    refresh(connection)
    found = check(connection)
    for number, (_, hired, driver_id, is_first) in enumerate(others, 11):
        line = found[CONVERSION][UUID(int=number), "cabinet"]
        money = found[FINANCIAL][(UUID(int=number),)]
        wanted = driver_id if is_first else f"d5/{number}"
        assert {line["driver_id"], money["driver_id"]} == {wanted}
        assert line["hire_date"] == (hired if is_first else first)
        assert money["driver_name"] == ("Other" if is_first else "One")


def test_another_home_park_gives_others_their_primary_account(connection: Connection[Any]) -> None:
    account(connection, "d0", ANA, park=OTHER_PARK)
    refresh(connection)
    assert refresh(connection)["people"] == 0
    refresh(connection, home_park_id=OTHER_PARK)
    check(connection, OTHER_PARK)
    line = conversion(connection)
    assert line is not None
    assert line["driver_id"] == "d0"


def test_one_who_is_merged_away_loses_the_rows_and_the_survivor_gains_the_work(
    connection: Connection[Any],
) -> None:
    account(connection, "d2", BRUNO)
    lead(connection, BRUNO, "9", 2)
    work(connection, "d2", 3, 20)
    refresh(connection)
    assert {key[0] for key in figures(connection)[CONVERSION]} == {ANA, BRUNO}
    merge(connection, BRUNO, ANA)
    refresh(connection)
    found = check(connection)
    assert {key[0] for view in found.values() for key in view} == {ANA}
    line = conversion(connection)
    assert line is not None
    assert (line["trips_14d"], line["lead_date"]) == (25, day(0))
    give(connection, "d2", CARLA)
    lead(connection, CARLA, "9", 2)
    refresh(connection)
    found = check(connection)
    assert {key[0] for key in found[CONVERSION]} == {ANA, CARLA}


def test_one_whose_last_lead_goes_has_no_figures(connection: Connection[Any]) -> None:
    refresh(connection)
    remove_lead(connection, "module_ct_cabinet_leads", "1")
    refresh(connection)
    assert all(not view for view in check(connection).values())
    assert rows(connection, "SELECT sum(amount) FROM ops.view_totals") in ([(None,)], [(0,)])


def test_quarantine_takes_the_money_away_and_gives_it_back(connection: Connection[Any]) -> None:
    account(connection, "d2", ANA)
    refresh(connection)
    before = figures(connection)
    quarantine(connection, "d2")
    assert refresh(connection)["people"] == 1
    check(connection)
    assert conversion(connection) is not None
    assert (payments(connection), financial(connection)) == ({}, None)
    quarantine(connection, "d2", "resolved")
    assert refresh(connection)["people"] == 1
    check(connection)
    assert figures(connection) == before


# Payments ----------------------------------------------------------------------------------------


def paid(connection: Connection[Any]) -> tuple[list[str], Decimal]:
    """How payments were matched, and what is still due to Ana's account."""
    refresh(connection)
    check(connection)
    money = financial(connection)
    assert money is not None
    found = rows(
        connection, "SELECT match_status FROM ops.cabinet_payments ORDER BY payment_id::integer"
    )
    return [status for (status,) in found], money["amount_due_yango"]


def test_a_payment_belongs_to_the_account_that_it_names(connection: Connection[Any]) -> None:
    account(connection, "d2", ANA)
    account(connection, "d3", BRUNO, name="Bruno Paz")
    pay(connection, 1, driver_id=" d2 ", name="Bruno Paz")
    assert paid(connection) == (["BY_DRIVER_ID"], Decimal(35))


def test_a_payment_without_a_known_account_goes_by_the_whole_name(
    connection: Connection[Any],
) -> None:
    names = {
        "Ana María Rey": "BY_NAME",
        "REY DE LA MARIA, ANA": "BY_NAME",
        "Ana Rey": "UNKNOWN_NAME",
        "Ana Ana María Rey": "UNKNOWN_NAME",
        "Ana": "SHORT_NAME",
        "De la Ana": "SHORT_NAME",
        "": "SHORT_NAME",
        None: "SHORT_NAME",
    }
    for name in names:
        for driver_id in (None, "", "unknown"):
            pay(connection, 1, driver_id=driver_id, name=name)
    assert paid(connection) == ([one for one in names.values() for _ in range(3)], Decimal(35))


def test_a_name_of_two_people_decides_nothing_until_one_is_renamed_or_both_are_one(
    connection: Connection[Any],
) -> None:
    pay(connection, 5, name="Ana María Rey")
    assert paid(connection) == (["BY_NAME"], Decimal(25))
    account(connection, "d2", BRUNO, name="María Ana Rey")
    assert paid(connection) == (["AMBIGUOUS_NAME"], Decimal(60))
    account(connection, "d2", BRUNO, name="Bruno Rey")
    assert paid(connection) == (["BY_NAME"], Decimal(25))
    account(connection, "d2", BRUNO, name="María Ana Rey")
    assert paid(connection) == (["AMBIGUOUS_NAME"], Decimal(60))
    merge(connection, BRUNO, ANA)
    assert paid(connection) == (["BY_NAME"], Decimal(25))


def test_a_payment_comes_flips_and_vanishes(connection: Connection[Any]) -> None:
    pay(connection, 1, driver_id="d1")
    pay(connection, driver_id="d1")
    assert paid(connection)[1] == Decimal(35)
    write(connection, "UPDATE module_ct_cabinet_payments SET trip_5 = true")
    assert paid(connection)[1] == Decimal(0)
    write(connection, "UPDATE module_ct_cabinet_payments SET driver_id = 'd9', driver = NULL")
    assert paid(connection)[1] == Decimal(60)
    write(connection, "UPDATE module_ct_cabinet_payments SET driver_id = 'd1'")
    assert paid(connection)[1] == Decimal(0)
    write(connection, "DELETE FROM module_ct_cabinet_payments")
    assert paid(connection) == ([], Decimal(60))


def test_a_payment_of_a_milestone_not_reached_changes_nothing_and_is_listed(
    connection: Connection[Any],
) -> None:
    refresh(connection)
    before = financial(connection)
    pay(connection, 25, driver_id="d1")
    assert refresh(connection)["warnings"] == 1
    check(connection)
    assert financial(connection) == before
    ((violations,),) = rows(
        connection,
        "SELECT violations FROM ops.check_results "
        "WHERE check_name = 'payments_reached' AND NOT is_passed",
    )
    assert [one["person_key"] for one in violations] == [str(ANA)]
