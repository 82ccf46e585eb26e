"""The warehouse schema: the contract's columns, up and down, over what an earlier system left."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql

from identity.people import account, linked, migration, orphans, registry, resolve
from ingestion.loading import (
    CABINET,
    MIGRATIONS,
    at,
    day,
    events,
    findings,
    load_days,
    open_rejects,
    put,
    rows,
)
from leads.migrations import downgrade, upgrade
from leads.settings import SQL

SCHEMAS = ["canon", "observational", "ops"]

CONTRACT = {
    "observational.lead_events": "id int, source_table varchar!, source_pk varchar!, "
    "event_date date!, person_key uuid, scout_id integer, payload_json jsonb, "
    "created_at timestamptz",
    "observational.lead_ledger": "person_key uuid!, attributed_source varchar, "
    "attributed_scout_id integer, attribution_rule varchar, attribution_score numeric(5,2), "
    "confidence_level varchar, evidence_json jsonb, decision_status varchar, "
    "updated_at timestamptz",
    "canon.identity_registry": "person_key uuid!, confidence_level varchar, primary_phone varchar, "
    "primary_document varchar, primary_license varchar, primary_full_name varchar, flags jsonb, "
    "created_at timestamptz, updated_at timestamptz",
    "canon.identity_links": "person_key uuid, source_table varchar, source_pk varchar, "
    "snapshot_date date, match_rule varchar, match_score integer, confidence_level varchar, "
    "evidence jsonb, linked_at timestamptz, run_id int",
    "canon.identity_unmatched": "source_table varchar, source_pk varchar, snapshot_date date, "
    "reason_code varchar, details jsonb, candidates_preview jsonb, status varchar, "
    "created_at timestamptz, resolved_at timestamptz, run_id int",
    "canon.drivers_index": "driver_id varchar!",
    "canon.driver_orphan_quarantine": "driver_id varchar!, status varchar, "
    "detected_reason varchar, detected_at timestamptz, resolved_at timestamptz",
    "canon.identity_decisions": "id int, decision varchar, driver_a varchar, driver_b varchar, "
    "source_table varchar, source_pk varchar, decided_by varchar, reason varchar, "
    "decided_at timestamptz, undone_at timestamptz",
    "ops.ingestion_runs": "id int, started_at timestamptz, completed_at timestamptz, "
    "status varchar, stats jsonb, error_message varchar, job_type varchar, scope_date_from date, "
    "scope_date_to date, incremental boolean, source_table varchar, dag_id varchar, "
    "dag_run_id varchar, task_id varchar, try_number integer, data_interval_start timestamptz, "
    "data_interval_end timestamptz, window_from timestamptz, window_to timestamptz",
    "ops.ingestion_rejects": "id int, source_table varchar, source_pk varchar, "
    "reason_code varchar, raw jsonb, first_seen_at timestamptz, last_seen_at timestamptz, "
    "run_id int, resolved_at timestamptz",
    "ops.partner_payment_rules": "id int, origin_tag varchar, window_days integer, "
    "milestone_trips integer, amount numeric(12,2), currency varchar, valid_from date, "
    "valid_to date, is_active boolean, payable_offset_days integer, notes varchar",
    "ops.scout_payment_rules": "id int, origin_tag varchar, window_days integer, "
    "milestone_trips integer, amount numeric(12,2), currency varchar, valid_from date, "
    "valid_to date, is_active boolean, payable_offset_days integer, notes varchar",
}
#: As PostgreSQL writes them, and what counts as the same in the contract.
TYPES = {
    "character varying": "varchar",
    "text": "varchar",
    "timestamp with time zone": "timestamptz",
    "bigint": "int",
}

CATALOGUE = """
SELECT 'column', format('%%s.%%s', c.oid::regclass, a.attname),
    format('%%s %%s %%s', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity),
    col_description(c.oid, a.attnum)
FROM pg_class AS c
INNER JOIN pg_attribute AS a ON c.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace::regnamespace::text = ANY(%s) AND c.relkind IN ('r', 'v', 'm', 'p')
UNION ALL
SELECT 'table', c.oid::regclass::text, c.relkind::text, obj_description(c.oid, 'pg_class')
FROM pg_class AS c
WHERE c.relnamespace::regnamespace::text = ANY(%s) AND c.relkind IN ('r', 'v', 'm', 'p')
UNION ALL
SELECT 'constraint', format('%%s.%%s', conrelid::regclass, conname), pg_get_constraintdef(oid), NULL
FROM pg_constraint
WHERE connamespace::regnamespace::text = ANY(%s)
UNION ALL
SELECT 'index', indexname, indexdef, NULL FROM pg_indexes WHERE schemaname = ANY(%s)
ORDER BY 1, 2
"""


@pytest.fixture
def empty(database: Any) -> Any:
    """A database without anything of ours, not even the schemas."""
    with database.connect() as session:
        session.execute("DROP SCHEMA observational, canon, ops CASCADE")
        session.execute("DROP EXTENSION btree_gist")
    return database


@pytest.fixture
def session(empty: Any) -> Iterator[Connection[Any]]:
    with empty.connect(prepare_threshold=None) as opened:
        yield opened


def catalogue(session: Connection[Any]) -> list[tuple[Any, ...]]:
    return rows(session, CATALOGUE, *[SCHEMAS] * 4)


def test_up_down_and_up_again_ends_where_it_began(empty: Any, session: Connection[Any]) -> None:
    upgrade(empty.conninfo, "0001")
    first = catalogue(session)
    upgrade(empty.conninfo)
    everything = catalogue(session)
    assert len(everything) > len(first)

    downgrade(empty.conninfo, "0001")
    assert set(catalogue(session)) ^ set(first) == set()
    downgrade(empty.conninfo, "base")
    assert [name for kind, name, *_ in catalogue(session) if kind == "table"] == [
        "ops.leads_schema_version"
    ]
    assert rows(session, "TABLE ops.leads_schema_version") == []
    upgrade(empty.conninfo)
    assert set(catalogue(session)) ^ set(everything) == set()
    upgrade(empty.conninfo)
    assert set(catalogue(session)) ^ set(everything) == set()


def test_a_schema_that_others_live_in_outlives_the_way_down(
    empty: Any, session: Connection[Any]
) -> None:
    upgrade(empty.conninfo)
    with session.transaction():
        session.execute("CREATE TABLE observational.reports (id int)")
    downgrade(empty.conninfo, "base")
    tables = {name for kind, name, *_ in catalogue(session) if kind == "table"}
    assert tables == {"observational.reports", "ops.leads_schema_version"}
    assert rows(session, "SELECT to_regnamespace('canon')") == [(None,)]


def test_every_table_and_column_has_a_comment(empty: Any, session: Connection[Any]) -> None:
    upgrade(empty.conninfo)
    bare = [
        name
        for kind, name, _, comment in catalogue(session)
        if kind in ("table", "column") and not comment
    ]
    assert bare == []


def test_the_columns_of_the_contract_are_there(database: Any) -> None:
    with database.connect() as session:
        found = {
            (table, name): (TYPES.get(kind, kind), is_required)
            for table, name, kind, is_required in rows(
                session,
                "SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), "
                "attnotnull FROM pg_attribute "
                "WHERE attrelid = ANY(%s::regclass[]) AND attnum > 0 AND NOT attisdropped",
                list(CONTRACT),
            )
        }
    for table, columns in CONTRACT.items():
        for column in columns.split(", "):
            name, kind = column.split(" ")
            assert found[table, name][0] == kind.rstrip("!"), (table, name)
            assert found[table, name][1] or not kind.endswith("!"), (table, name)


def test_keys_that_must_be_unique_are(database: Any) -> None:
    with database.connect() as session:
        unique = {
            (table, tuple(columns))
            for table, columns in rows(
                session,
                "SELECT i.indrelid::regclass::text, array_agg(a.attname::text ORDER BY a.attnum) "
                "FROM pg_index AS i INNER JOIN pg_attribute AS a "
                "ON i.indrelid = a.attrelid AND a.attnum = ANY(i.indkey) "
                "WHERE i.indisunique AND i.indpred IS NULL GROUP BY i.indexrelid, i.indrelid",
            )
        }
    for table in ("lead_events", "identity_links", "identity_unmatched"):
        schema = "observational" if table == "lead_events" else "canon"
        assert (f"{schema}.{table}", ("source_table", "source_pk")) in unique
    for scope in ("partner", "scout"):
        columns = ("origin_tag", "window_days", "milestone_trips", "valid_from")
        assert (f"ops.{scope}_payment_rules", columns) in unique
    assert ("canon.driver_orphan_quarantine", ("driver_id",)) in unique


def test_the_payment_rules_are_seeded(database: Any) -> None:
    rules = sql.SQL(
        "SELECT origin_tag, window_days, milestone_trips, amount, currency, valid_from, valid_to, "
        "is_active, payable_offset_days FROM {} ORDER BY 1, 2, 3"
    )
    always = ("PEN", date(2024, 1, 1), None, True)
    with database.connect() as session:
        assert rows(session, rules.format(sql.Identifier("ops", "partner_payment_rules"))) == [
            ("cabinet", 14, 1, Decimal(25), *always, 14),
            ("cabinet", 14, 5, Decimal(35), *always, 14),
            ("cabinet", 14, 25, Decimal(100), *always, 14),
        ]
        assert rows(session, rules.format(sql.Identifier("ops", "scout_payment_rules"))) == [
            ("cabinet", 7, 1, Decimal(20), *always, 7),
            ("cabinet", 7, 5, Decimal(25), *always, 7),
            ("cabinet", 7, 25, Decimal(55), *always, 7),
            ("fleet_migration", 30, 50, Decimal(100), *always, 30),
        ]


@pytest.mark.parametrize("scope", ["partner", "scout"])
def test_active_rules_of_one_milestone_may_not_overlap(database: Any, scope: str) -> None:
    table = sql.Identifier("ops", f"{scope}_payment_rules")
    days = 14 if scope == "partner" else 7
    insert = sql.SQL(
        "INSERT INTO {} (origin_tag, window_days, milestone_trips, amount, valid_from, valid_to, "
        "is_active, payable_offset_days) VALUES ('cabinet', %s, 1, 30, %s, %s, %s, 7)"
    ).format(table)
    with database.connect(autocommit=True) as session:
        with pytest.raises(psycopg.errors.ExclusionViolation):
            session.execute(insert, (days, "2026-01-01", None, True))
        session.execute(insert, (days, "2026-01-02", None, False))
        session.execute(
            sql.SQL("UPDATE {} SET valid_to = '2025-12-31' WHERE is_active").format(table)
        )
        # valid_to is inclusive: the next rule may begin on the day after, not on that day.
        with pytest.raises(psycopg.errors.ExclusionViolation):
            session.execute(insert, (days, "2025-12-31", None, True))
        session.execute(insert, (days, "2026-01-01", None, True))


def test_two_upgrades_at_once_are_safe(empty: Any, session: Connection[Any]) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: upgrade(empty.conninfo), range(4)))
    assert rows(session, "TABLE ops.leads_schema_version") == [("0006",)]
    assert rows(session, "SELECT count(*) FROM ops.partner_payment_rules") == [(3,)]


def test_an_upgrade_that_fails_changes_nothing(empty: Any, session: Connection[Any]) -> None:
    with session.transaction():
        session.execute("CREATE SCHEMA ops")
        session.execute("CREATE TABLE ops.source_state (in_the_way int)")
    with pytest.raises(Exception, match="source_state"):
        upgrade(empty.conninfo)
    tables = [name for kind, name, *_ in catalogue(session) if kind == "table"]
    assert tables == ["ops.source_state"]


BORN = datetime(2025, 12, 14, tzinfo=timezone.utc)
INSERT_EVENT = (
    "INSERT INTO observational.lead_events (source_table, source_pk, event_date, payload_json, "
    "created_at) VALUES (%s, %s, %s, '{}', %s) RETURNING id"
)


def prepare_raw(session: Connection[Any]) -> None:
    with session.transaction():
        session.execute((SQL / "demo" / "raw_tables.sql").read_text(encoding="utf-8"))
    put(session, CABINET, id=1, external_id="A", lead_created_at=at(-2), created_at=at(-2))
    put(session, CABINET, id=2, lead_created_at=at(-2), created_at=at(-2), status="new")
    put(session, CABINET, id=3, lead_created_at=None, created_at=at(-2))


def check_adoption(session: Connection[Any], old: dict[str, int]) -> None:
    """The next load follows the raw rows with the events that are there."""
    stats = load_days(session, CABINET, -2, 0)
    after = events(session)
    assert {pk: after[pk].id for pk in old} == old
    assert {pk: event.raw_pk for pk, event in after.items()} == {"A": "1", "2": "2"}
    assert {event.created_at for event in after.values()} == {BORN}
    assert {event.event_date for event in after.values()} == {day(-2)}
    assert after["2"].payload["status"] == "new"
    assert (stats["read"], stats["inserted"], stats["updated"], stats["rejected"]) == (3, 0, 2, 1)
    assert open_rejects(session) == {"3": "MISSING_EVENT_DATE"}
    assert findings(session) == []
    assert load_days(session, CABINET, -2, 0)["updated"] == 0


def test_data_of_the_version_before_is_kept_and_adopted(
    empty: Any, session: Connection[Any]
) -> None:
    upgrade(empty.conninfo, "0001")
    prepare_raw(session)
    with session.transaction():
        session.execute(
            "INSERT INTO ops.ingestion_runs (job_type, status, stats) "
            "VALUES ('lead_ingestion', 'COMPLETED', '{\"inserted\": 2}')"
        )
        session.execute(
            "INSERT INTO ops.ingestion_rejects (source_table, source_pk, reason_code, run_id) "
            "VALUES (%s, '3', 'MISSING_EVENT_DATE', 1)",
            (CABINET,),
        )
        old = {}
        for pk, when in (("A", day(-2)), ("2", day(-9))):
            row = session.execute(INSERT_EVENT, (CABINET, pk, when, BORN)).fetchone()
            old[pk] = row[0] if row else 0
    upgrade(empty.conninfo)
    check_adoption(session, old)
    assert rows(session, "SELECT id, stats FROM ops.ingestion_runs WHERE id = 1") == [
        (1, {"inserted": 2})
    ]
    assert rows(
        session,
        "SELECT count(*), count(*) FILTER (WHERE resolved_at IS NULL) FROM ops.ingestion_rejects "
        "WHERE source_pk = '3'",
    ) == [(2, 1)], "the old reject is kept, the new one is the open one"


@pytest.mark.parametrize("least", ["0001", "0002"])
def test_people_are_found_again_after_the_way_down_and_up(
    empty: Any, session: Connection[Any], least: str
) -> None:
    """The index of accounts outlives the way down, without the persons they belong to."""
    upgrade(empty.conninfo)
    with session.transaction():
        session.execute((SQL / "demo" / "raw_tables.sql").read_text(encoding="utf-8"))
    named = {"license_number": "Q40111222", "phone": "987111222"}
    account(session, "twin", **named, hire_date=day(-9))
    account(session, "juan", **named)
    account(session, "nora", full_name="Zoraida Oxolon")
    migration(session, "1", "juan")
    migration(session, "2", "nora")
    resolve(session)
    twin, nora = linked(session, "1", MIGRATIONS), linked(session, "2", MIGRATIONS)
    downgrade(empty.conninfo, least)
    account(session, "late", **named)
    upgrade(empty.conninfo)
    migration(session, "3", "late")
    resolve(session)
    assert registry(session) == {twin: "HIGH", nora: "HIGH"}
    assert [linked(session, pk, MIGRATIONS) for pk in "123"] == [twin, nora, twin]
    assert orphans(session) == []


def test_tables_of_the_system_before_are_adopted(empty: Any, session: Connection[Any]) -> None:
    """As the source documents show them: serial keys, json, no names for constraints."""
    with session.transaction():
        session.execute(
            """
            CREATE SCHEMA observational;
            CREATE SCHEMA ops;
            CREATE TABLE observational.lead_events (
                id SERIAL PRIMARY KEY,
                source_table VARCHAR NOT NULL,
                source_pk VARCHAR NOT NULL,
                event_date DATE NOT NULL,
                person_key UUID,
                scout_id INTEGER,
                payload_json JSONB,
                created_at TIMESTAMPTZ DEFAULT NOW(),
                UNIQUE (source_table, source_pk)
            );
            CREATE TABLE ops.ingestion_runs (
                id SERIAL PRIMARY KEY,
                started_at TIMESTAMPTZ DEFAULT NOW(),
                completed_at TIMESTAMPTZ,
                status VARCHAR,
                stats JSON,
                error_message TEXT,
                job_type VARCHAR,
                scope_date_from DATE,
                scope_date_to DATE,
                incremental BOOLEAN
            );
            INSERT INTO ops.ingestion_runs (status, job_type, stats)
            VALUES
            ('COMPLETED', 'identity_run', '{"matched": 1}'),
            ('FAILED', 'drivers_index', NULL);
            """
        )
        old = {}
        for pk in ("A", "2"):
            row = session.execute(INSERT_EVENT, (CABINET, pk, day(-2), BORN)).fetchone()
            old[pk] = row[0] if row else 0
    prepare_raw(session)
    upgrade(empty.conninfo)
    check_adoption(session, old)
    assert rows(session, "SELECT count(*) FROM ops.ingestion_runs WHERE id <= 2") == [(2,)]
