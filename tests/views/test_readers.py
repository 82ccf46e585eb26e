"""Readers get the new figures or the old ones: never a mixture, never an error, never a wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import Connection, errors

from views.outcome import refresh
from views.reading import check
from views.world import SCOUTING, account, lead, pay, rows, work, write

SEED = 20_261_122
READERS, PEOPLE = 20, 40
#: Each of the three views beside another, in one statement: every pair is equal, or it is torn.
SUMS = """
SELECT
    conversion.trips, financial.trips,
    conversion.people, financial.people,
    payment.people, financial.people,
    payment.amount, financial.expected,
    financial.expected, financial.paid + financial.due
FROM (
    SELECT sum(trips_14d) AS trips, count(*) AS people FROM observational.v_conversion_metrics
) AS conversion,
(
    SELECT
        sum(total_trips_14d) AS trips, count(*) AS people, sum(expected_total_yango) AS expected,
        sum(total_paid_yango) AS paid, sum(amount_due_yango) AS due
    FROM ops.v_cabinet_financial_14d
) AS financial,
(
    SELECT
        count(DISTINCT person_key) AS people,
        sum(amount) FILTER (WHERE milestone_achieved AND rule_scope = 'partner') AS amount
    FROM ops.v_payment_calculation
) AS payment
"""


def sums(session: Connection[Any]) -> tuple[Any, ...]:
    """What the sums are; each pair must be equal."""
    (found,) = rows(session, SUMS)
    assert found[::2] == found[1::2], "a torn read"
    return found


def read_on(conninfo: str, started: threading.Barrier, stop: threading.Event) -> tuple[int, set]:
    """Read until told to stop; gives how often, and all sums that were seen.

    A wait of 50 ms for any lock is an error.
    """
    count, seen = 0, set()
    with psycopg.connect(conninfo, options="-c lock_timeout=50ms") as session:
        sums(session)
        started.wait(30)
        while not stop.is_set():
            seen.add(sums(session))
            count += 1
            time.sleep(0.01)
    return count, seen


@pytest.fixture(autouse=True)
def settled(connection: Connection[Any]) -> None:
    """People with leads and some work, published."""
    for number in range(PEOPLE):
        account(connection, f"d{number}", UUID(int=number + 1))
        source = {"source": SCOUTING, "scout": 7} if number % 2 else {}
        lead(connection, UUID(int=number + 1), str(number), number % 9, **source)
        work(connection, f"d{number}", 8, number)
    refresh(connection)
    check(connection)


def change(connection: Connection[Any], rng: Random) -> None:
    """Some people work more, some days are reported anew, some money comes in."""
    for number in rng.sample(range(PEOPLE), 12):
        work(connection, f"d{number}", rng.randint(0, 20), rng.randint(1, 9))
    pay(connection, rng.choice([1, 5]), driver_id=f"d{rng.randrange(PEOPLE)}")
    write(
        connection,
        "UPDATE ops.partner_payment_rules SET amount = amount + 1 WHERE milestone_trips = 5",
    )


@pytest.mark.timeout(900)
def test_twenty_readers_through_many_refreshes_see_whole_states_only(
    connection: Connection[Any], views_conninfo: str, nightly: bool
) -> None:
    rng, refreshes = Random(SEED), 50 if nightly else 10
    started, stop = threading.Barrier(READERS + 1), threading.Event()
    states = {sums(connection)}
    with ThreadPoolExecutor(READERS) as pool:
        readers: list[Future[tuple[int, set]]] = [
            pool.submit(read_on, views_conninfo, started, stop) for _ in range(READERS)
        ]
        try:
            started.wait(30)
            for number in range(refreshes):
                change(connection, rng)
                refresh(connection, full=number % 5 == 4)
                states.add(sums(connection))
        finally:
            stop.set()
        found = [reader.result() for reader in readers]
    check(connection)
    assert len(states) == refreshes + 1, "a refresh changed nothing"
    assert min(count for count, _ in found) > refreshes, "a reader hardly read"
    seen = set().union(*(seen for _, seen in found))
    assert seen <= states, "somebody read what no refresh published"
    assert len(seen) > refreshes // 2, "the readers saw too few of the states"


def test_the_sums_notice_a_torn_state_and_the_readers_a_wait(
    connection: Connection[Any], open_session: Callable[..., Connection[Any]]
) -> None:
    with open_session(options="-c lock_timeout=50ms") as reader:
        for spoil in (
            "UPDATE ops.cabinet_financial_14d SET total_trips_14d = 99",
            "DELETE FROM ops.payment_calculation WHERE lead_date = '2026-10-01'",
            "DELETE FROM observational.conversion_metrics WHERE lead_date = '2026-10-01'",
        ):
            with connection.transaction(force_rollback=True):
                connection.execute(spoil)
                sums(reader)
                with pytest.raises(AssertionError, match="torn"):
                    sums(connection)
        with connection.transaction(force_rollback=True):
            connection.execute("LOCK ops.cabinet_financial_14d")
            with pytest.raises(errors.LockNotAvailable):
                sums(reader)
