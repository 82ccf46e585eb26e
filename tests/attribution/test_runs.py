"""What a run takes, what it writes, and what it leaves alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
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
    NOW,
    SCOUTING,
    WALK_IN,
    attribute,
    changing_nothing,
    forget,
    know,
    ledger,
    mark,
    marked,
    move,
    put,
    remove,
    rows,
    runs_of,
    told_to_views,
    versions,
    write,
)
from leads.runs import RunIdentity
from leads.statements import statement

COUNTS = ("people", "inserted", "updated", "unchanged", "deleted")


def counts(stats: dict[str, Any]) -> tuple[int, ...]:
    return tuple(stats[name] for name in COUNTS)


def rule(connection: Connection[Any], person: Any) -> str | None:
    row = ledger(connection).get(person)
    return row and row[2]


@pytest.fixture(autouse=True)
def settled(connection: Connection[Any]) -> None:
    """Three people, attributed."""
    know(connection, ANA, BRUNO, CARLA)
    put(connection, ANA, CABINET, "1", 0)
    put(connection, BRUNO, SCOUTING, "1", 0, 11)
    put(connection, BRUNO, SCOUTING, "2", 1, 12)
    put(connection, CARLA, MIGRATIONS, "1", 0, 13)
    mark(connection, ANA, BRUNO, CARLA)
    attribute(connection, clock=lambda: NOW - timedelta(days=1))
    assert [rule(connection, person) for person in (ANA, BRUNO, CARLA)] == ["B", "C", "A_FLEET"]


def test_a_run_is_in_the_ledger_with_its_counts(connection: Connection[Any]) -> None:
    ((status, message, stats),) = runs_of(connection)
    assert (status, message) == ("COMPLETED", None)
    seconds = stats.pop("seconds")
    assert 0 <= seconds < 60
    assert stats == {
        "people": 3,
        "inserted": 3,
        "updated": 0,
        "unchanged": 0,
        "deleted": 0,
        "rule_A_FLEET": 1,
        "rule_C": 1,
        "rule_A": 0,
        "rule_B": 1,
        "rule_U": 0,
        "conflicts": 1,
        "full": False,
        "dry_run": False,
    }


def test_a_run_is_tied_to_airflow_and_has_no_window(connection: Connection[Any]) -> None:
    later = NOW + timedelta(hours=6)
    who = RunIdentity("d", "r", "attribute_leads", 2, NOW, later)
    attribute(connection, identity=who)
    assert attribute(connection, full=True)["full"] is True
    assert rows(
        connection,
        "SELECT job_type, dag_id, dag_run_id, task_id, try_number, data_interval_start, "
        "data_interval_end, source_table, scope_date_from, window_from "
        "FROM ops.ingestion_runs WHERE id > 1 ORDER BY id",
    ) == [
        ("lead_attribution", *["d", "r", "attribute_leads", 2, NOW, later], *[None] * 3),
        ("lead_attribution", *[None] * 9),
    ]


def test_only_marked_people_are_looked_at_and_their_marks_are_gone(
    connection: Connection[Any],
) -> None:
    mark(connection, ANA, consumer="reports")
    put(connection, ANA, SCOUTING, "3", 5, 11)
    put(connection, BRUNO, MIGRATIONS, "2", 5, 11)
    mark(connection, ANA)
    assert counts(attribute(connection)) == (1, 0, 1, 0, 0)
    assert (rule(connection, ANA), rule(connection, BRUNO)) == ("A", "C")
    assert marked(connection) == [("reports", ANA)]


def test_the_views_are_told_whose_credit_changed_came_or_went(connection: Connection[Any]) -> None:
    told_to_views(connection)
    put(connection, ANA, SCOUTING, "3", 5, 11)
    remove(connection, MIGRATIONS, "1")
    mark(connection, ANA, BRUNO, CARLA)
    before = ledger(connection)
    attribute(connection)
    after = ledger(connection)
    changed = {who for who in (ANA, BRUNO, CARLA) if before.get(who) != after.get(who)}
    assert 0 < len(changed) < 3
    assert told_to_views(connection) == changed


def test_without_marks_a_run_writes_its_own_row_and_nothing_else(
    connection: Connection[Any],
) -> None:
    with changing_nothing(connection):
        stats = attribute(connection)
    assert counts(stats) == (0, 0, 0, 0, 0)
    assert [status for status, _, _ in runs_of(connection)] == ["COMPLETED"] * 2


@pytest.mark.parametrize("full", [False, True])
def test_a_rerun_over_the_same_events_writes_no_row(
    connection: Connection[Any], full: bool
) -> None:
    before = versions(connection)
    mark(connection, ANA, BRUNO, CARLA)
    assert counts(attribute(connection, full=full)) == (3, 0, 0, 3, 0)
    assert versions(connection) == before
    assert marked(connection) == []


def test_only_rows_that_differ_are_written_and_stamped(connection: Connection[Any]) -> None:
    before = {person: rest for person, *rest in versions(connection)}
    put(connection, BRUNO, SCOUTING, "2", 20, 12)
    mark(connection, ANA, BRUNO, CARLA)
    assert counts(attribute(connection)) == (3, 0, 1, 2, 0)
    after = {person: rest for person, *rest in versions(connection)}
    assert {person for person in after if after[person] != before[person]} == {BRUNO}
    assert after[BRUNO][-1] == NOW


def test_a_person_without_events_loses_the_row(connection: Connection[Any]) -> None:
    remove(connection, CABINET, "1")
    mark(connection, ANA)
    assert counts(attribute(connection)) == (1, 0, 0, 0, 1)
    assert set(ledger(connection)) == {BRUNO, CARLA}


def test_a_person_whose_events_became_nobodys_loses_the_row(connection: Connection[Any]) -> None:
    put(connection, None, CABINET, "1", 0)
    mark(connection, ANA)
    assert counts(attribute(connection)) == (1, 0, 0, 0, 1)
    assert set(ledger(connection)) == {BRUNO, CARLA}


def test_one_who_never_had_events_has_no_row(connection: Connection[Any]) -> None:
    remove(connection, CABINET, "1")
    mark(connection, ANA)
    attribute(connection)
    mark(connection, ANA)
    assert counts(attribute(connection)) == (1, 0, 0, 1, 0)
    assert marked(connection) == []


def test_events_that_move_in_a_merge_count_for_the_survivor(connection: Connection[Any]) -> None:
    move(connection, CARLA, ANA)
    # Identity resolution takes the ledger row away with the person: a foreign key asks for it.
    write(connection, "DELETE FROM observational.lead_ledger WHERE person_key = %s", CARLA)
    write(connection, "DELETE FROM canon.identity_registry WHERE person_key = %s", CARLA)
    assert counts(attribute(connection)) == (2, 0, 1, 1, 0)
    assert set(ledger(connection)) == {ANA, BRUNO}
    assert ledger(connection)[ANA][:3] == ("fleet_migration", 13, "A_FLEET")


@pytest.mark.parametrize("full", [False, True])
def test_a_key_that_is_no_person_any_more_loses_the_row(
    connection: Connection[Any], owner: Connection[Any], full: bool
) -> None:
    """Though events still name it."""
    forget(owner, BRUNO)
    mark(connection, BRUNO)
    assert attribute(connection, full=full)["deleted"] == 1
    assert set(ledger(connection)) == {ANA, CARLA}


def test_a_split_brings_the_row_back(connection: Connection[Any]) -> None:
    before = ledger(connection)
    move(connection, CARLA, ANA)
    assert counts(attribute(connection)) == (2, 0, 1, 0, 1)
    put(connection, CARLA, MIGRATIONS, "1", 0, 13)
    mark(connection, ANA, CARLA)
    assert counts(attribute(connection)) == (2, 1, 1, 0, 0)
    assert ledger(connection) == before


def test_a_full_run_finds_what_nobody_marked(connection: Connection[Any]) -> None:
    put(connection, ANA, WALK_IN, "1", 5)
    put(connection, ANA, SCOUTING, "3", 5, 11)
    remove(connection, MIGRATIONS, "1")
    write(connection, "DELETE FROM observational.lead_ledger WHERE person_key = %s", BRUNO)
    put(connection, None, CABINET, "2", 5)
    assert counts(attribute(connection)) == (0, 0, 0, 0, 0)
    mark(connection, ANA)
    assert counts(attribute(connection, full=True)) == (3, 1, 1, 0, 1)
    assert (rule(connection, ANA), rule(connection, BRUNO)) == ("A", "C")
    assert CARLA not in ledger(connection)
    assert marked(connection) == []


@pytest.mark.parametrize("full", [False, True])
def test_a_dry_run_counts_and_changes_nothing(connection: Connection[Any], full: bool) -> None:
    remove(connection, CABINET, "1")
    put(connection, BRUNO, MIGRATIONS, "2", 5, 11)
    mark(connection, ANA, BRUNO)
    with changing_nothing(connection):
        stats = attribute(connection, dry_run=True, full=full)
    assert stats["dry_run"] is True
    assert counts(stats) == ((3, 0, 1, 1, 1) if full else (2, 0, 1, 0, 1))
    assert len(runs_of(connection)) == 1
    assert counts(attribute(connection)) == (2, 0, 1, 0, 1)


def test_marks_made_while_a_run_waits_are_not_lost(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    """Ana is marked already when identity resolution marks her again, and commits late."""
    mark(connection, ANA)
    with ThreadPoolExecutor(1) as pool, second.transaction():
        second.execute(statement("identity/state/queue"), {"source_tables": []})
        second.execute(
            "INSERT INTO canon.stale_people VALUES ('attribution', %s) ON CONFLICT DO NOTHING",
            (ANA,),
        )
        second.execute(
            "UPDATE observational.lead_events SET person_key = %s WHERE person_key = %s",
            (ANA, CARLA),
        )
        run = pool.submit(attribute, connection)
        with pytest.raises(TimeoutError):
            run.result(timeout=0.5)
    assert run.result(timeout=30)["updated"] == 1
    assert rule(connection, ANA) == "A_FLEET"


def test_two_runs_at_once_do_the_work_once(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    put(connection, ANA, SCOUTING, "3", 5, 11)
    mark(connection, ANA)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(attribute, [connection, second]))
    assert sorted(map(counts, both)) == [(0, 0, 0, 0, 0), (1, 0, 1, 0, 0)]


def test_a_run_leaves_no_session_behind(connection: Connection[Any]) -> None:
    attribute(connection)
    assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    assert connection.isolation_level is None


def test_a_session_keeps_the_isolation_level_that_it_had(connection: Connection[Any]) -> None:
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    attribute(connection)
    assert connection.isolation_level is psycopg.IsolationLevel.SERIALIZABLE
