"""Claims about the invented registry with known truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from psycopg import Connection, sql

from conftest import Database
from evaluation.making import END, LEAD_TABLES, SPOTLESS, make, value
from leads.evaluation import HARSH, QUIET, USUAL, Noise, build, varied
from leads.local.demo import DemoDataError

TABLES = (
    *(("public", table) for table in (*LEAD_TABLES, "drivers")),
    ("truth", "accounts"),
    ("truth", "leads"),
)
#: Keys of the raw lead tables as events have them (SPEC 4.1).
RAW_LEADS = """
    CREATE TEMPORARY VIEW raw_leads AS
    SELECT 'module_ct_cabinet_leads' AS source_table,
           coalesce(nullif(trim(external_id), ''), id::text) AS source_pk
    FROM public.module_ct_cabinet_leads
    UNION ALL SELECT 'module_ct_scouting_daily', id::text FROM public.module_ct_scouting_daily
    UNION ALL SELECT 'module_ct_migrations', id::text FROM public.module_ct_migrations
"""


def fingerprint(connection: Connection[Any]) -> dict[str, str]:
    """One hash per table, of all its rows as text."""
    return {
        table: value(
            connection,
            sql.SQL(
                "SELECT md5(string_agg(row_text, '|' ORDER BY row_text))"
                " FROM (SELECT row::text AS row_text FROM {} AS row) AS rows"
            ).format(sql.Identifier(schema, table)),
        )
        for schema, table in TABLES
    }


def fingerprint_of(database: Database, noise: Noise, seed: int) -> dict[str, str]:
    """The hashes of a small world that is not kept."""
    with database.connect() as connection, connection.transaction(force_rollback=True):
        make(connection, noise, seed=seed, size=600)
        return fingerprint(connection)


def test_the_same_seed_gives_the_same_rows_and_another_one_others(database: Database) -> None:
    first = fingerprint_of(database, USUAL, 1)
    assert fingerprint_of(database, USUAL, 1) == first
    other = fingerprint_of(database, USUAL, 2)
    assert all(other[table] != hashed for table, hashed in first.items())


@pytest.mark.parametrize(
    "noise", [QUIET, USUAL, HARSH, varied(1), SPOTLESS, replace(USUAL, one_token=1.0)]
)
def test_the_truth_covers_every_account_and_every_lead_once(
    database: Database, noise: Noise
) -> None:
    with database.connect() as connection:
        truth = make(connection, noise, size=1_500)
        assert truth.accounts == value(connection, "SELECT count(*) FROM public.drivers") == 3_000
        connection.execute(RAW_LEADS)
        assert truth.leads == value(connection, "SELECT count(*) FROM raw_leads")
        for strays in (
            "SELECT driver_id FROM public.drivers EXCEPT SELECT driver_id FROM truth.accounts",
            "SELECT driver_id FROM truth.accounts EXCEPT SELECT driver_id FROM public.drivers",
            "TABLE raw_leads EXCEPT SELECT source_table, source_pk FROM truth.leads",
            "SELECT source_table, source_pk FROM truth.leads EXCEPT TABLE raw_leads",
            "SELECT FROM truth.leads WHERE person_no NOT IN (SELECT person_no FROM truth.accounts)",
        ):
            assert connection.execute(strays).fetchall() == []
        # A primary key of both truth tables already makes "once" of "at least once".
        assert truth.people == value(
            connection, "SELECT count(DISTINCT person_no) FROM truth.accounts"
        )
        assert truth.linkable_leads == value(connection, "SELECT count(person_no) FROM truth.leads")
        assert truth.leads_by_source == dict(
            connection.execute("SELECT source_table, count(*) FROM truth.leads GROUP BY 1")
        )


def test_spotless_data_has_nothing_in_common_but_the_person(database: Database) -> None:
    with database.connect() as connection:
        truth = make(connection, SPOTLESS)
        assert truth.people == truth.accounts
        assert truth.linkable_leads == truth.leads
        assert connection.execute(
            """
            SELECT count(DISTINCT phone), count(DISTINCT license_number),
                   count(DISTINCT car_number)
            FROM public.drivers
            """
        ).fetchone() == ((truth.accounts,) * 3)
        strangers = value(
            connection,
            """
            SELECT count(*)
            FROM public.module_ct_cabinet_leads AS lead
            INNER JOIN truth.leads AS known ON known.source_pk = lead.external_id
            INNER JOIN truth.accounts AS account USING (person_no)
            INNER JOIN public.drivers USING (driver_id)
            WHERE drivers.phone <> '+51' || lead.park_phone
                OR drivers.car_number <> lead.asset_plate_number
                OR drivers.car_brand || ' ' || drivers.car_model <> lead.asset_model
            """,
        )
        assert strangers == 0


def test_dates_lie_within_eighteen_months_and_rows_land_within_a_day(database: Database) -> None:
    with database.connect() as connection:
        make(connection, HARSH)
        times = connection.execute(
            """
            SELECT lead_created_at::date, created_at::date FROM public.module_ct_cabinet_leads
            UNION ALL
            SELECT registration_date, created_at::date FROM public.module_ct_scouting_daily
            UNION ALL
            SELECT hire_date, created_at::date FROM public.module_ct_migrations
            """
        ).fetchall()
        assert all(END - timedelta(days=550) < came < END for came, _ in times)
        assert {landed - came for came, landed in times} == {timedelta(0), timedelta(days=1)}
        assert value(connection, "SELECT max(hire_date) FROM public.drivers") <= END


def test_more_leads_than_drivers_come_several_times_and_nobody_is_enough(
    database: Database,
) -> None:
    with database.connect() as connection:
        with connection.transaction(force_rollback=True):
            truth = build(connection, drivers=10, leads=200, seed=1, noise=USUAL, end=END)
        assert (truth.accounts, truth.leads) == (10, 200)
        assert truth.linkable_leads > 100
        truth = build(connection, drivers=0, leads=50, seed=1, noise=USUAL, end=END)
        assert (truth.people, truth.linkable_leads) == (0, 0)


def test_somebodys_rows_are_left_alone(database: Database) -> None:
    with database.connect() as connection:
        make(connection, size=50)
        with pytest.raises(DemoDataError, match="drivers"):
            make(connection, size=50)


def test_counts_below_zero_are_refused(database: Database) -> None:
    with database.connect() as connection, pytest.raises(ValueError, match="-1"):
        build(connection, drivers=-1, leads=1, seed=1, noise=USUAL, end=END)
