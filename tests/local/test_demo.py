"""Claims about the demo data, on a real, empty database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import psycopg
import pytest

from leads.local import demo
from leads.local.demo.tables import TABLES, WORK_TABLE
from leads.settings import SQL

LIMA = ZoneInfo("America/Lima")
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=timezone.utc)
LOCAL_NOW = NOW.astimezone(LIMA).replace(tzinfo=None)
HOME = "lima-home-park"
ALL_TABLES = (*TABLES.values(), WORK_TABLE)
LEAD_TABLES = ("module_ct_cabinet_leads", "module_ct_scouting_daily", "module_ct_migrations")


class Database(Protocol):
    """What the `database` fixture gives: an empty warehouse database."""

    conninfo: str


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        yield connection


def load(
    database: Database,
    seed: int = 7,
    scale: float = 1.0,
    days: int = 40,
    now: datetime = NOW,
) -> dict[str, int]:
    return demo.load(
        database.conninfo,
        now=now,
        days=days,
        scale=scale,
        seed=seed,
        time_zone=LIMA,
        home_park_id=HOME,
    )


def live(database: Database, now: datetime, seed: int = 1) -> dict[str, int]:
    return demo.live(
        database.conninfo, now=now, seed=seed, scale=1.0, time_zone=LIMA, home_park_id=HOME
    )


def value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def count(connection: psycopg.Connection[Any], table: str, condition: str = "true") -> int:
    return int(
        value(connection, f"SELECT count(*) FROM public.{table} AS t WHERE {condition}")  # noqa: S608 - names and conditions of ours
    )


def contents(connection: psycopg.Connection[Any], table: str) -> str:
    """A digest of a table's rows, whatever their physical order."""
    rows = connection.execute(
        f'SELECT t::text FROM public.{table} AS t ORDER BY t::text COLLATE "C"'  # noqa: S608 - names of ours
    )
    return hashlib.sha256("\n".join(row[0] for row in rows).encode()).hexdigest()


def test_same_arguments_give_the_same_rows(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    digests = []
    for seed in (7, 7, 8):
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        load(database, seed=seed, scale=0.3, days=12)
        first = [contents(connection, table) for table in ALL_TABLES]
        live(database, NOW + timedelta(hours=8))
        digests.append((first, [contents(connection, table) for table in ALL_TABLES]))
    assert digests[0] == digests[1]
    assert all(one != other for one, other in zip(digests[0][0], digests[2][0], strict=True))


def test_tables_with_rows_are_refused_and_left_alone(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    load(database, scale=0.1, days=3)
    before = [contents(connection, table) for table in ALL_TABLES]
    with pytest.raises(demo.DemoDataError, match=r"public\.drivers.*TRUNCATE"):
        load(database, scale=0.1, days=3)
    assert [contents(connection, table) for table in ALL_TABLES] == before


def test_one_filled_table_is_enough_to_refuse(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    connection.execute((SQL / "demo" / "raw_tables.sql").read_bytes())
    connection.execute("INSERT INTO public.summary_daily (driver_id) VALUES ('somebody')")
    with pytest.raises(demo.DemoDataError, match=r"but public\.summary_daily has rows"):
        load(database, scale=0.1, days=3)
    assert value(connection, "SELECT count(*) FROM public.drivers") == 0


def test_bad_arguments_are_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="naive"):
        load(database, now=LOCAL_NOW)
    with pytest.raises(ValueError, match="days 0"):
        load(database, days=0)
    with pytest.raises(ValueError, match="scale -1"):
        load(database, scale=-1)


def test_counts_are_the_rows_and_new_rows_are_numbered_after_them(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    counts = load(database, scale=0.3, days=10)
    assert set(counts) == set(ALL_TABLES)
    for table, rows in counts.items():
        assert count(connection, table) == rows
    for table in LEAD_TABLES:
        added = f"INSERT INTO public.{table} DEFAULT VALUES RETURNING id"  # noqa: S608 - ours
        assert value(connection, added) == counts[table] + 1


def test_tiniest_demo_has_somebody_who_came_just_now(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    assert load(database, scale=0.001, days=1)["module_ct_cabinet_leads"] >= 1
    last = value(connection, "SELECT max(created_at) FROM public.module_ct_cabinet_leads")
    assert LOCAL_NOW - timedelta(minutes=15) < last <= LOCAL_NOW
    assert live(database, NOW + timedelta(hours=1))["module_ct_cabinet_leads"] >= 1


def test_everything_ends_now_but_for_bad_dates(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    load(database)
    for table in ALL_TABLES:
        last = value(connection, f"SELECT max(created_at) FROM public.{table}")  # noqa: S608 - ours
        assert LOCAL_NOW - timedelta(hours=12) < last <= LOCAL_NOW, table
    last = value(
        connection,
        "SELECT max(lead_created_at) FROM public.module_ct_cabinet_leads"
        " WHERE lead_created_at < '2026-11-23 15:30'",
    )
    assert LOCAL_NOW - timedelta(minutes=15) < last <= LOCAL_NOW
    updated = "SELECT max(updated_at) FROM public.drivers"
    assert value(connection, updated) <= LOCAL_NOW


BAD_TIME = (
    "IS NULL",
    "> timestamp '2026-11-22 15:30' + interval '2 days'",
    "< timestamp '2015-01-01'",
)
EVENT_TIMES = {
    "module_ct_cabinet_leads": "lead_created_at",
    "module_ct_scouting_daily": "registration_date",
    "module_ct_migrations": "coalesce(hire_date, created_at)",
}
FAULTS = [
    *((table, f"{at} {bad}") for table, at in EVENT_TIMES.items() for bad in BAD_TIME),
    *((table, "created_at IS NULL") for table in EVENT_TIMES),
    *((table, f"created_at IS NULL AND {at} IS NULL") for table, at in EVENT_TIMES.items()),
    *((table, f"created_at > {at} + interval '50 hours'") for table, at in EVENT_TIMES.items()),
    ("module_ct_cabinet_leads", "btrim(external_id) = ''"),
    ("module_ct_cabinet_leads", "external_id IS NULL"),
    ("module_ct_cabinet_leads", "external_id <> btrim(external_id) AND btrim(external_id) <> ''"),
    ("module_ct_cabinet_leads", "park_phone ~ '[a-z]'"),
    ("module_ct_cabinet_leads", "park_phone LIKE '0051%'"),
    ("module_ct_cabinet_leads", "park_phone IN ('', '-', 'S/N', '000000000', '999999999')"),
    ("module_ct_scouting_daily", "driver_license ~ '^[A-Z][0-9]*O'"),
    ("module_ct_scouting_daily", "driver_license ~ '^[a-z]'"),
    ("module_ct_scouting_daily", "scout_id IS NULL"),
    ("module_ct_migrations", "hire_date IS NULL AND created_at IS NOT NULL"),
    ("module_ct_migrations", "coalesce(driver_id, '') = ''"),
    ("module_ct_migrations", "NOT EXISTS (SELECT FROM drivers d WHERE d.driver_id = t.driver_id)"),
    ("summary_daily", r"date_file ~ '^\d\d-\d\d-\d{4}$'"),
    ("summary_daily", r"date_file ~ '^\d{4}-\d\d-\d\d$'"),
    ("summary_daily", r"date_file ~ '^\d-\d{1,2}-\d{4}$'"),
    ("summary_daily", "date_file LIKE ' %'"),
    ("summary_daily", "date_file IN ('31-02-2026', 'n/a')"),
    ("module_ct_cabinet_payments", "driver_id IS NULL"),
    ("module_ct_cabinet_payments", "driver_id IS NOT NULL"),
    ("module_ct_cabinet_payments", "trip_25"),
]


def test_every_kind_of_fault_is_there_and_rare_ones_are_rare(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    counts = load(database, days=60)
    found = {(table, fault): count(connection, table, fault) for table, fault in FAULTS}
    assert [fault for fault, rows in found.items() if rows == 0] == []
    for table, at in EVENT_TIMES.items():
        bad = sum(found[table, f"{at} {kind}"] for kind in BAD_TIME)
        assert bad / counts[table] < 0.02
        late = found[table, f"created_at > {at} + interval '50 hours'"]
        assert 0.01 < late / counts[table] < 0.05
    blank = count(
        connection,
        "module_ct_cabinet_leads",
        "coalesce(btrim(external_id, E' \\t\\u00a0'), '') = ''",
    )
    assert blank / counts["module_ct_cabinet_leads"] == pytest.approx(0.08, abs=0.005)


def test_small_demo_has_every_kind_of_bad_date_too(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    load(database, scale=0.5, days=7)
    for table, at in EVENT_TIMES.items():
        for bad in BAD_TIME:
            assert count(connection, table, f"{at} {bad}") > 0, (table, bad)


def test_fewer_drivers_reach_each_further_milestone(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    load(database, days=60)
    reached = connection.execute(
        r"""
        WITH work AS (
            SELECT lead.id, sum(work.count_orders_completed) AS trips
            FROM public.module_ct_migrations AS lead
            INNER JOIN public.drivers USING (driver_id)
            LEFT JOIN public.summary_daily AS work
                ON work.driver_id = drivers.driver_id
                AND work.created_at::date <= lead.hire_date + 14
            WHERE lead.hire_date < '2026-11-08'
            GROUP BY lead.id
        )
        SELECT
            avg((coalesce(trips, 0) >= 1)::int), avg((coalesce(trips, 0) >= 5)::int),
            avg((coalesce(trips, 0) >= 25)::int)
        FROM work
        """
    ).fetchone()
    assert reached is not None
    one, five, twenty_five = map(float, reached)
    assert 0.9 > one > five + 0.05 > twenty_five + 0.1
    assert twenty_five > 0.15


def test_driver_days_are_exported_again_with_later_figures(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    load(database, days=20)
    again = value(
        connection,
        r"""
        WITH day AS (
            SELECT
                driver_id, created_at, CASE
                    WHEN btrim(date_file) ~ '^\d{4}-\d\d-\d\d$' THEN btrim(date_file)::date
                    WHEN btrim(date_file) ~ '^\d\d-\d\d-\d{4}$' AND date_file <> '31-02-2026'
                        AND date_file <> '00-00-0000'
                        THEN to_date(btrim(date_file), 'DD-MM-YYYY')
                END AS day
            FROM public.summary_daily
            WHERE date_file NOT IN ('2026-13-01')
        )
        SELECT count(*) FROM (
            SELECT FROM day WHERE day IS NOT NULL
            GROUP BY driver_id, day HAVING count(*) = 2 AND min(created_at) < max(created_at)
        ) AS again
        """,
    )
    assert again > 20


def test_life_goes_on_with_corrections_late_rows_and_new_leads(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    load(database, days=30)
    connection.execute("CREATE TABLE before AS SELECT * FROM public.module_ct_cabinet_leads")
    later = NOW + timedelta(hours=26)
    counts = live(database, later)
    expected = {
        "module_ct_cabinet_leads": ("date_mended", "external_id_filled", "date_moved"),
        "module_ct_scouting_daily": ("date_mended", "scout_changed"),
        "module_ct_migrations": ("date_mended", "driver_named", "date_moved"),
    }
    for table, corrections in expected.items():
        assert counts[table] > 0
        for correction in corrections:
            assert counts[f"{table}.{correction}"] > 0, correction
        at = EVENT_TIMES[table]
        late = f"created_at > '2026-11-22 15:30' AND {at} BETWEEN '2015-01-01' AND '2026-11-21'"
        assert count(connection, table, late) > 0
    changed = value(
        connection,
        "SELECT count(*) FROM before INNER JOIN public.module_ct_cabinet_leads AS now USING (id)"
        " WHERE before IS DISTINCT FROM now",
    )
    assert changed == sum(
        rows for name, rows in counts.items() if name.startswith("module_ct_cabinet_leads.")
    )
    new = count(connection, "module_ct_cabinet_leads", "id > (SELECT max(id) FROM before)")
    assert new == counts["module_ct_cabinet_leads"]
    last = value(connection, "SELECT max(created_at) FROM public.module_ct_cabinet_leads")
    assert last <= LOCAL_NOW + timedelta(hours=26)
    with pytest.raises(ValueError, match="not after the last row"):
        live(database, NOW)
