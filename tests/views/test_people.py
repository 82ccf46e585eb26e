"""Whose the figures are: accounts, scouts, quarantine, merges."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection

from leads.attribution import run_attribution
from views.outcome import CONVERSION, FINANCIAL, conversion, figures, financial, payments, refresh
from views.reading import check
from views.world import (
    ANA,
    BRUNO,
    CARLA,
    HOME,
    MIGRATIONS,
    NOW,
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


def test_credit_that_only_attribution_found_wrong_reaches_the_views(
    connection: Connection[Any],
) -> None:
    lead(connection, ANA, "2", 0, source=SCOUTING, scout=7)
    assert scout(connection) == 7
    write(connection, "UPDATE observational.lead_ledger SET attributed_scout_id = 8")
    mark(connection, ANA)
    write(connection, "DELETE FROM canon.stale_people WHERE consumer = 'attribution'")
    assert scout(connection) == 8
    run_attribution(connection, full=True, clock=lambda: NOW)
    assert scout(connection) == 7


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
