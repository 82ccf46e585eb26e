"""A run that fails or dies leaves the ledger and the marks as they were, and says why."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from attribution.people import (
    ANA,
    BRUNO,
    CABINET,
    CARLA,
    MIGRATIONS,
    PATIENT,
    SCOUTING,
    Session,
    attribute,
    changing_nothing,
    know,
    ledger,
    mark,
    marked,
    put,
    remove,
    runs_of,
    write,
)
from leads.errors import LeadsError, PassingError
from leads.runs import RunIdentity, SupersededError, reap

CANARY = "+51 987 654 321"

#: Statements of a run, in their order, all inside its transaction.
POINTS = (
    "attribution/queue",
    "attribution/take_stale",
    "attribution/create_judged",
    "attribution/delete_ledger",
    "attribution/upsert_ledger",
    "ledger/complete_run",
)


@pytest.fixture(autouse=True)
def work_to_do(connection: Connection[Any]) -> None:
    """Ana's row is to go, Bruno's to change, and Carla's to come."""
    know(connection, ANA, BRUNO, CARLA)
    put(connection, ANA, CABINET, "1", 0, park_phone=CANARY)
    put(connection, BRUNO, SCOUTING, "1", 0, 11, driver_phone=CANARY)
    mark(connection, ANA, BRUNO)
    attribute(connection)
    remove(connection, CABINET, "1")
    put(connection, BRUNO, SCOUTING, "2", 1, 12, driver_phone=CANARY)
    put(connection, CARLA, MIGRATIONS, "1", 1, 13)
    mark(connection, ANA, BRUNO, CARLA)


def check_that_all_gets_done(connection: Connection[Any], **options: Any) -> None:
    stats = attribute(connection, **options)
    assert (stats["inserted"], stats["updated"], stats["deleted"]) == (1, 1, 1)
    assert {person: row[2] for person, row in ledger(connection).items()} == {
        BRUNO: "C",
        CARLA: "A_FLEET",
    }
    assert marked(connection) == []


def check_failure(connection: Connection[Any], error: LeadsError) -> str:
    """What holds of any failure whose session is still there."""
    message = str(error)
    assert message.startswith("lead_attribution: ")
    assert runs_of(connection)[-1] == ("FAILED", message, None)
    assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    assert connection.isolation_level is None
    links: BaseException | None = error
    while links is not None:
        assert not isinstance(links, psycopg.Error)
        assert "987 654" not in str(links)
        links = links.__cause__ or links.__context__
    return message


@pytest.mark.parametrize(
    ("damage", "repair", "parts"),
    [
        (
            "ALTER TABLE observational.lead_ledger RENAME TO moved",
            "ALTER TABLE observational.moved RENAME TO lead_ledger",
            ['"observational.lead_ledger" does not exist', "./leads migrate"],
        ),
        (
            "ALTER TABLE observational.lead_ledger RENAME decision_status TO moved",
            "ALTER TABLE observational.lead_ledger RENAME moved TO decision_status",
            ["decision_status does not exist", "./leads migrate"],
        ),
        (
            "ALTER TABLE observational.lead_ledger OWNER TO postgres;"
            "REVOKE ALL ON observational.lead_ledger FROM warehouse;"
            "GRANT SELECT, DELETE ON observational.lead_ledger TO warehouse",
            "ALTER TABLE observational.lead_ledger OWNER TO warehouse",
            ["permission denied for table lead_ledger", "GRANT ALL"],
        ),
        (
            "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'not {CANARY}'; END $$;"
            "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON observational.lead_ledger "
            "FOR EACH ROW EXECUTE FUNCTION public.refuse()",
            "DROP FUNCTION public.refuse() CASCADE",
            ["RaiseException (P0001)"],
        ),
    ],
    ids=["lost table", "lost column", "lost right", "refused row"],
)
def test_a_failure_is_told_with_its_fix_and_changes_nothing(
    connection: Connection[Any],
    owner: Connection[Any],
    damage: str,
    repair: str,
    parts: list[str],
) -> None:
    with changing_nothing(connection):
        write(owner, damage)
        try:
            with pytest.raises(LeadsError) as caught:
                attribute(connection)
        finally:
            write(owner, repair)
    message = check_failure(connection, caught.value)
    for part in parts:
        assert part in message
    check_that_all_gets_done(connection)


def test_a_locked_ledger_is_given_up_in_time(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    second.execute("LOCK TABLE observational.lead_ledger IN SHARE MODE")
    began = time.monotonic()
    with changing_nothing(connection), pytest.raises(PassingError) as caught:
        attribute(connection, limits=replace(PATIENT, lock_seconds=0.3))
    assert time.monotonic() - began < 10, "it waited as long as it may for its turn"
    assert "still locked by another session" in check_failure(connection, caught.value)
    second.rollback()
    check_that_all_gets_done(connection)


@pytest.mark.parametrize("turn", ["leads.attribute", "leads.identity"])
def test_a_turn_that_does_not_come_is_given_up_in_time(
    connection: Connection[Any], second: Connection[Any], turn: str
) -> None:
    second.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (turn,))
    with changing_nothing(connection), pytest.raises(PassingError) as caught:
        attribute(connection, limits=replace(PATIENT, queue_seconds=0.3))
    said = check_failure(connection, caught.value)
    assert "was still at work after 0.3 s. See ./leads status" in said
    assert "task" not in said
    second.rollback()
    check_that_all_gets_done(connection)


def at(connection: Session, point: str, happening: Callable[[], None]) -> None:
    """Have something happen in the next run right after this statement."""
    connection.after, connection.happening = point, happening


@pytest.mark.parametrize("point", POINTS)
def test_a_run_whose_session_dies_leaves_nothing_half_done(
    connection: Session, second: Connection[Any], owner: Connection[Any], point: str
) -> None:
    def die() -> None:
        with owner.transaction():
            owner.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))

    at(connection, point, die)
    with changing_nothing(second), pytest.raises(PassingError, match="connection to the warehou"):
        attribute(connection)
    assert connection.happening is die
    assert connection.after is None, "it never came to this statement"
    assert runs_of(second)[-1] == ("RUNNING", None, None)
    check_that_all_gets_done(second)
    _, (status, message, stats), (next_status, *_) = runs_of(second)
    assert (status, stats, next_status) == ("FAILED", None, "COMPLETED")
    assert "The worker died" in message


@pytest.mark.parametrize("point", POINTS[:-1])
def test_a_run_that_was_superseded_changes_nothing(
    connection: Session, second: Connection[Any], point: str
) -> None:
    who = RunIdentity("identity_ingestion", "run", "attribute_leads", 1)

    def begin_next_try() -> None:
        with second.transaction():
            reap(second, superseded_by=replace(who, try_number=2))

    at(connection, point, begin_next_try)
    with changing_nothing(second), pytest.raises(SupersededError):
        attribute(connection, identity=who)
    assert connection.after is None, "it never came to this statement"
    ((status, message, _),) = runs_of(second)[1:]
    assert status == "FAILED"
    assert "Try 2 of this task took over" in message
    check_that_all_gets_done(second, identity=replace(who, try_number=2))
