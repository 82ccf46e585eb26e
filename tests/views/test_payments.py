"""Whose payments are: by account, by name, or nobody's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from psycopg import Connection

from views.outcome import financial, refresh
from views.reading import check
from views.world import ANA, BRUNO, account, lead, merge, pay, rows, work, write


@pytest.fixture(autouse=True)
def ana(connection: Connection[Any]) -> None:
    """Ana, with one account, five trips and a lead on the first of October."""
    account(connection, "d1", ANA, name="Ana María Rey")
    lead(connection, ANA, "1", 0)
    work(connection, "d1", 0, 5)


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
