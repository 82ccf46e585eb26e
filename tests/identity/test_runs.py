"""Runs that repeat, meet each other or a load, or are killed: they end as one clean run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from psycopg import Connection

from identity.histories import arrive, live, make_world, shuffled
from identity.people import (
    Session,
    account,
    correct,
    decide,
    decide_lead,
    empty,
    lead,
    linked,
    resolve,
    resolve_only,
    rows,
    scouted,
    undo,
    write,
    writing_nothing,
)
from identity.pictures import assert_same, picture
from identity.worlds import fill
from ingestion.loading import CABINET, PATIENT, at, contents, load_days, put
from leads.errors import LeadsError, PassingError

OpenSession = Callable[[], Session]
JUAN: dict[str, Any] = {
    "phone": "987111222",
    "full_name": "QUISPE MAMANI JUAN CARLOS",
    "license_number": "Q40111222",
}
NAME = {"first_name": "Juan", "middle_name": "Carlos", "last_name": "Quispe Mamani"}


def unfinished(connection: Connection[Any]) -> dict[str, str]:
    """All of ours but the run ledger."""
    found = contents(connection)
    assert found.pop("ops.ingestion_runs")
    return found


def wait_for_a_waiter(connection: Connection[Any]) -> None:
    """Until another session of this database waits for a lock."""
    deadline = time.monotonic() + 20
    while not rows(
        connection,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock'",
    ):
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.01)


def states(connection: Connection[Any]) -> list[str]:
    """Of the runs of identity resolution, in their order."""
    return [
        state
        for (state,) in rows(
            connection,
            "SELECT status FROM ops.ingestion_runs WHERE job_type = 'identity_run' ORDER BY id",
        )
    ]


def settle(connection: Connection[Any], withdrawn: list[int]) -> None:
    """Withdraw decisions, and let one more run see all there is."""
    for decision in withdrawn:
        undo(connection, decision)
    resolve(connection)


def test_a_rerun_writes_no_row(connection: Connection[Any]) -> None:
    fill(connection)
    first = resolve(connection)
    assert (first["accounts"], first["leads"]) == (1_500, 900)
    assert first["linked"] > 300
    with writing_nothing(connection):
        again = resolve(connection)
    assert (again["accounts"], again["leads"], again["linked"]) == (0, 0, 0)


def test_two_runs_at_once_end_as_one(connection: Session, second: Session) -> None:
    world = make_world(connection, Random(5), drivers=300, leads=200)
    live(connection, world.final, 1)
    clean = picture(connection)
    empty(connection)
    withdrawn = arrive(connection, world.final)
    start = threading.Barrier(2)

    def run(session: Session) -> int:
        start.wait(20)
        return int(resolve_only(session)["accounts"])

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, (connection, second), timeout=60)) == [0, 300]
    assert states(connection) == ["COMPLETED", "COMPLETED"]
    settle(connection, withdrawn)
    assert_same(picture(connection), clean)


@pytest.mark.parametrize("meet", ["at the start", "at the end"])
def test_a_run_that_waited_for_another_finds_its_work_done(
    connection: Session, second: Session, open_session: OpenSession, meet: str
) -> None:
    account(connection, "juan", **JUAN)
    account(connection, "twin", **JUAN)
    lead(connection, "a", park_phone="987111222", **NAME)
    with ThreadPoolExecutor(1) as pool:
        outcome: list[Any] = []

        def start_another() -> None:
            outcome.append(pool.submit(resolve_only, second))
            with open_session() as observer:
                wait_for_a_waiter(observer)

        where = {"at the start": "identity/state/queue", "at the end": "identity/apply/mark_stale"}
        connection.after(where[meet], start_another)
        first = resolve_only(connection)
        other = outcome[0].result(30)
    assert (first["accounts"], first["linked"]) == (2, 1)
    assert (other["accounts"], other["leads"], other["linked"]) == (0, 0, 0)
    assert states(connection) == ["COMPLETED", "COMPLETED"]


def test_runs_while_all_changes_end_as_one_clean_run(connection: Session, second: Session) -> None:
    rng = Random(6)
    world = make_world(connection, rng, drivers=300, leads=200)
    live(connection, world.final, 1)
    clean = picture(connection)
    empty(connection)
    steps = [step for step in shuffled(world, rng) if step.kind != "decisions"]

    def change() -> None:
        for first in range(0, len(steps), 30):
            with second.transaction():
                # As every load does.
                name = f"leads.load.{CABINET}"
                second.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
                arrive(second, steps[first : first + 30])

    with ThreadPoolExecutor(1) as pool:
        changed = pool.submit(change)
        runs = 0
        while not changed.done():
            resolve_only(connection)
            runs += 1
        changed.result()
    assert runs > 2
    settle(connection, arrive(connection, world.lives[-1]))
    assert_same(picture(connection), clean)


def test_a_locked_table_is_given_up_in_time(connection: Session, second: Session) -> None:
    # Whoever waits for a table holds the turn of every source.
    second.execute("LOCK TABLE public.drivers")
    began = time.monotonic()
    with pytest.raises(PassingError, match=r"still locked by another session after 0\.3 s") as told:
        resolve_only(connection, limits=replace(PATIENT, lock_seconds=0.3))
    assert time.monotonic() - began < 10, "it waited as long as it may for its turn"
    assert states(connection) == ["FAILED"]
    assert "public.drivers" in str(told.value)
    second.rollback()
    assert resolve_only(connection)["accounts"] == 0


def test_a_turn_that_does_not_come_says_how_long_it_was_waited_for(
    connection: Session, second: Session
) -> None:
    second.execute("SELECT pg_advisory_xact_lock(hashtextextended('leads.identity', 0))")
    with pytest.raises(PassingError) as told:
        resolve_only(connection, limits=replace(PATIENT, queue_seconds=0.3))
    assert str(told.value) == (
        "identity_run: another run, or a load, was still at work after 0.3 s. See ./leads status "
        "for what runs, and try again."
    )


def test_a_load_that_meets_a_run_waits_for_it(
    connection: Session, second: Session, open_session: OpenSession
) -> None:
    juan = account(connection, "juan", **JUAN)
    row = {"lead_created_at": at(-1), "created_at": at(-1), "park_phone": "987111222"}
    put(connection, CABINET, id=1, **row, first_name="Nobody")
    load_days(connection, CABINET, -3, 0)
    put(connection, CABINET, id=2, **row, **NAME)
    write(
        connection,
        "UPDATE module_ct_cabinet_leads SET first_name = 'Juan Carlos', "
        "last_name = 'Quispe Mamani' WHERE id = 1",
    )
    with ThreadPoolExecutor(1) as pool:
        outcome: list[Any] = []

        def start_load() -> None:
            outcome.append(pool.submit(load_days, second, CABINET, -3, 0))
            with open_session() as observer:
                wait_for_a_waiter(observer)

        connection.after("identity/candidates/dirty_leads", start_load)
        resolve_only(connection)
        loaded = outcome[0].result(30)
    assert (loaded["inserted"], loaded["updated"]) == (1, 1)
    assert rows(connection, "SELECT DISTINCT identity_pending FROM observational.lead_events") == [
        (True,)
    ]
    resolve(connection)
    assert linked(connection, "1") == linked(connection, "2") == juan


def test_a_run_that_meets_a_load_waits_for_it(
    connection: Session, second: Session, open_session: OpenSession
) -> None:
    juan = account(connection, "juan", **JUAN)
    row = {"lead_created_at": at(-1), "created_at": at(-1), "park_phone": "987111222"}
    put(connection, CABINET, id=1, **row, **NAME)
    with ThreadPoolExecutor(1) as pool:
        outcome: list[Any] = []

        def start_run() -> None:
            outcome.append(pool.submit(resolve_only, second))
            with open_session() as observer:
                wait_for_a_waiter(observer)

        connection.after("load/insert_events", start_run)
        load_days(connection, CABINET, -3, 0)
        stats = outcome[0].result(30)
    assert stats["linked"] == 1
    assert linked(connection, "1") == juan


@pytest.mark.parametrize("place", ["state/read_state", "decide/decided", "apply/mark_stale"])
def test_what_people_decide_during_a_run_is_the_next_ones(
    connection: Session, second: Session, place: str
) -> None:
    juan = account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="987111222", **NAME)
    decided: list[int] = []
    connection.after(
        f"identity/{place}", lambda: decided.append(decide_lead(second, "ignore", "a"))
    )
    resolve_only(connection)
    resolve_only(connection)
    assert linked(connection, "a") is None
    # And its withdrawal.
    account(connection, "other", phone="987333444")
    connection.after(f"identity/{place}", lambda: undo(second, decided[0]))
    resolve_only(connection)
    resolve_only(connection)
    assert linked(connection, "a") == juan


#: Where a session dies: before anything of ours is written, between the stages, all through apply.
DEATHS = [
    "identity/state/read_state",
    "identity/normalise/insert_accounts",
    "identity/people/update_accounts",
    "identity/decide/decided",
    "identity/apply/upsert_registry",
    "identity/apply/keep_history",
    "identity/apply/delete_links",
    "identity/apply/insert_links",
    "identity/apply/update_events",
    "identity/apply/insert_merges",
    "identity/apply/delete_registry",
    "identity/apply/mark_decisions",
    "identity/state/close_state",
    "ledger/complete_run",
]


def test_a_killed_run_leaves_the_old_state_and_the_next_one_does_it_all(
    connection: Session, second: Session, open_session: OpenSession
) -> None:
    account(connection, "old", **JUAN)
    account(connection, "apart", **JUAN | {"license_number": None, "phone": "987333444"})
    lead(connection, "a", park_phone="987111222", **NAME)
    lead(connection, "gone", park_phone="987111222", **NAME)
    scouted(connection, "1", driver_phone="987333444", driver_name=JUAN["full_name"])
    resolve(connection)
    account(connection, "new", phone="987555444", full_name="OXOLON UYUQUIPA ZORAIDA")
    correct(connection, "apart", phone="987111222")
    lead(connection, "late", park_phone="987555444", first_name="Zoraida Oxolon Uyuquipa")
    lead(connection, "gone", park_phone="987000111")
    decide(connection, "same", driver_a="old", driver_b="new")
    before = unfinished(connection)
    for number, place in enumerate(DEATHS, 1):
        with open_session() as victim:
            pid = victim.info.backend_pid

            def die(pid: int = pid) -> None:
                assert rows(second, "SELECT pg_terminate_backend(%s)", pid) == [(True,)]

            victim.after(place, die)
            with pytest.raises(LeadsError) as caught:
                resolve_only(victim)
            assert victim.happening is None, f"the run never came to {place}"
            assert "987" not in str(caught.value)
        assert unfinished(connection) == before, place
        assert states(connection)[number] == "RUNNING"
        wait_until_gone(second, pid)
    stats = resolve(connection)
    assert (stats["merges"], stats["linked"], stats["unlinked"]) == (1, 1, 1)
    assert states(connection) == ["COMPLETED", *["FAILED"] * len(DEATHS), "COMPLETED"]
    for (message,) in rows(
        connection, "SELECT error_message FROM ops.ingestion_runs WHERE status = 'FAILED'"
    ):
        assert "worker died" in message


def wait_until_gone(connection: Connection[Any], pid: int) -> None:
    deadline = time.monotonic() + 20
    while rows(connection, "SELECT pid FROM pg_stat_activity WHERE pid = %s", pid):
        assert time.monotonic() < deadline, "the backend lives on"
        time.sleep(0.01)
