"""Raw rows = events + open rejects: what breaks it is named, key by key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from psycopg import Connection

from ingestion.loading import (
    CABINET,
    LIMA,
    NOW,
    REGISTRY,
    SCOUTING,
    at,
    change,
    day,
    findings,
    load_between,
    load_days,
    open_rejects,
    put,
    remove,
    rows,
)
from leads.completeness import Finding, Kind, check_all, check_source, summarise, touched_days
from leads.runs import RunIdentity


def put_leads(connection: Connection[Any], count: int = 3) -> None:
    for number in range(1, count + 1):
        put(connection, CABINET, id=number, lead_created_at=at(-number), created_at=at(-number))


def meddle(connection: Connection[Any], statement: str) -> None:
    """Change our tables behind the pipeline's back."""
    with connection.transaction():
        connection.execute(statement)


def test_a_complete_source_has_no_findings(connection: Connection[Any]) -> None:
    put_leads(connection)
    put(connection, CABINET, id=4, lead_created_at=None, created_at=at(-1))
    load_days(connection, CABINET, -3, 0)
    assert findings(connection) == []
    assert check_all(connection, REGISTRY, LIMA, now=NOW) == []


def test_each_kind_of_fault_is_named_with_key_and_day(connection: Connection[Any]) -> None:
    put_leads(connection, 6)
    put(connection, CABINET, id=7, lead_created_at=None, created_at=at(-2))
    put(connection, CABINET, id=8, lead_created_at=None, created_at=at(-2))
    load_days(connection, CABINET, -9, 0)
    meddle(connection, "DELETE FROM observational.lead_events WHERE raw_pk = '1'")
    meddle(
        connection,
        "UPDATE observational.lead_events SET event_date = '2026-11-01' WHERE raw_pk = '2'",
    )
    meddle(
        connection,
        "INSERT INTO ops.ingestion_rejects (source_table, source_pk, raw_pk, reason_code) "
        "VALUES ('module_ct_cabinet_leads', '3', '3', 'MISSING_EVENT_DATE')",
    )
    meddle(connection, "UPDATE ops.ingestion_rejects SET resolved_at = now() WHERE raw_pk = '7'")
    remove(connection, CABINET, 4)
    assert set(findings(connection)) == {
        Finding(Kind.MISSING, CABINET, "1", day(-1)),
        Finding(Kind.MISSING, CABINET, "7", day(-2)),
        Finding(Kind.MISPLACED, CABINET, "2", day(-2)),
        Finding(Kind.DOUBLE, CABINET, "3", day(-3)),
        Finding(Kind.VANISHED, CABINET, "4", day(-4)),
    }
    assert [kind for kind in Kind if not kind.is_error] == [Kind.VANISHED]


def test_a_vanished_row_stays_listed_and_is_no_error(connection: Connection[Any]) -> None:
    put_leads(connection, 2)
    put(connection, CABINET, id=3, lead_created_at=None, created_at=at(-1))
    load_days(connection, CABINET, -3, 0)
    remove(connection, CABINET, 1)
    remove(connection, CABINET, 3)
    for _ in range(2):
        load_days(connection, CABINET, -3, 0)
        assert findings(connection) == [Finding(Kind.VANISHED, CABINET, "1", day(-1))]
    assert open_rejects(connection) == {}


def test_rows_that_came_after_the_last_load_are_not_missing(connection: Connection[Any]) -> None:
    put_leads(connection)
    load_days(connection, CABINET, -3, 0)
    put(connection, CABINET, id=9, lead_created_at=at(-2), created_at=at(-2))
    assert findings(connection) == []
    load_days(connection, CABINET, 0, 0)
    meddle(connection, "DELETE FROM observational.lead_events WHERE raw_pk = '9'")
    assert findings(connection) == [Finding(Kind.MISSING, CABINET, "9", day(-2))]


def test_only_the_covered_part_of_a_day_is_looked_at(connection: Connection[Any]) -> None:
    put(connection, CABINET, id=1, lead_created_at=at(-1, 5), created_at=at(-9))
    put(connection, CABINET, id=2, lead_created_at=at(-1, 7), created_at=at(-9))
    load_between(connection, CABINET, at(-1, 0), at(-1, 6))
    assert findings(connection) == []
    assert coverage(connection) == [(day(-1), 1, 1, 0)]
    load_between(connection, CABINET, at(-1, 6), at(-1, 12))
    assert coverage(connection) == [(day(-1), 2, 2, 0)]


def coverage(connection: Connection[Any]) -> list[tuple[Any, ...]]:
    return rows(
        connection,
        "SELECT covered_on, raw_count, event_count, reject_count FROM ops.source_coverage "
        "ORDER BY covered_on",
    )


def test_the_counts_of_each_covered_day_are_kept(connection: Connection[Any]) -> None:
    put_leads(connection, 2)
    put(connection, CABINET, id=3, lead_created_at=None, created_at=at(-1))
    put(connection, CABINET, id=4, external_id="2", lead_created_at=at(-1), created_at=at(-5))
    load_days(connection, CABINET, -3, -1)
    assert coverage(connection) == [
        (day(-3), 0, 0, 0),
        (day(-2), 1, 1, 0),
        (day(-1), 3, 1, 2),
    ]
    change(connection, CABINET, 3, lead_created_at=at(-3))
    remove(connection, CABINET, 2)
    load_days(connection, CABINET, 0, 0)
    assert coverage(connection)[:3] == [
        (day(-3), 1, 1, 0),
        (day(-2), 0, 0, 0),
        (day(-1), 2, 2, 0),
    ]


def test_a_check_of_some_days_names_only_theirs(connection: Connection[Any]) -> None:
    put_leads(connection)
    load_days(connection, CABINET, -3, 0)
    meddle(connection, "DELETE FROM observational.lead_events")
    found = check_source(
        connection, REGISTRY[CABINET], LIMA, now=NOW, day_from=day(-2), day_to=day(-1)
    )
    assert found == [Finding(Kind.MISSING, CABINET, "2", day(-2))]


def test_the_check_changes_nothing(connection: Connection[Any]) -> None:
    put_leads(connection)
    load_days(connection, CABINET, -3, 0)
    before = rows(connection, "SELECT to_jsonb(t) FROM ops.source_state AS t")
    findings(connection)
    assert rows(connection, "SELECT to_jsonb(t) FROM ops.source_state AS t") == before
    assert connection.info.transaction_status == 0


def test_a_run_touches_the_days_it_covered_and_those_it_changed(
    connection: Connection[Any],
) -> None:
    put_leads(connection)
    load_days(connection, CABINET, -9, -1)
    change(connection, CABINET, 3, status="corrected")
    who = RunIdentity(dag_id="d", dag_run_id="r1", task_id="t", try_number=1)
    load_between(connection, CABINET, at(0, 0), at(0, 6), identity=who)
    load_days(connection, SCOUTING, 0, 0, identity=who)
    load_days(connection, CABINET, 0, 0, now=NOW + timedelta(hours=1))
    ((cabinet, first, _), (scouting, _, _)) = touched_days(connection, "r1")
    assert (cabinet, scouting) == (CABINET, SCOUTING)
    assert first <= day(-3)
    assert touched_days(connection, "another") == []


def test_a_summary_counts_and_names_the_first_keys() -> None:
    found = [Finding(Kind.MISSING, CABINET, str(number), day(0)) for number in range(7)]
    found.append(Finding(Kind.DOUBLE, SCOUTING, "9", None))
    assert summarise(found) == (
        "module_ct_cabinet_leads: 7 MISSING (keys 0, 1, 2, 3, 4, …); "
        "module_ct_scouting_daily: 1 DOUBLE (keys 9)"
    )


def test_a_long_history_is_counted_before_there_are_statistics_of_it(
    connection: Connection[Any],
) -> None:
    """The planner takes our tables for all but empty: days must not meet rows one by one."""
    with connection.transaction():
        connection.execute("ANALYZE")
        connection.execute(
            "INSERT INTO module_ct_scouting_daily (id, registration_date, scout_id) "
            "SELECT age, %s::date - age, 7 FROM generate_series(1, 400) AS age",
            (day(0),),
        )
    # Days times rows times events would take it minutes.
    with connection.transaction():
        connection.execute("SET statement_timeout = '10s'")
    assert load_days(connection, SCOUTING, -400, 0)["inserted"] == 400
    assert findings(connection, SCOUTING) == []
    with connection.transaction():
        connection.execute("RESET statement_timeout")
