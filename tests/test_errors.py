"""Database errors as people read them: the thing and the fix, and never a value of a row."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from ingestion.shared_database import empty, shared_database
from leads.errors import READERS, LeadsError, PassingError, explain

TABLE = "public.module_ct_cabinet_leads"
CANARY = "+51 987 654 321"


@pytest.fixture(scope="module")
def conninfo(server: Any) -> Iterator[str]:
    with shared_database(server, "leads_errors") as name:
        with psycopg.connect(name) as session:
            empty(session)
        yield name


@pytest.fixture
def owner(server: Any, conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    """The server's superuser."""
    with psycopg.connect(server.superuser, autocommit=True) as session:
        yield session


def provoked(session: psycopg.Connection[Any], query: str, *binds: object) -> psycopg.Error:
    with pytest.raises(psycopg.Error) as caught, session.transaction():
        session.execute(query, binds or None)
    return caught.value


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (
            "SELECT 1 FROM public.module_ct_cabinet_leads_old",
            [
                'relation "public.module_ct_cabinet_leads_old" does not exist',
                "42P01",
                "sources.yml",
            ],
        ),
        (
            "SELECT status_code FROM public.module_ct_cabinet_leads",
            [
                'column "status_code" does not exist',
                "42703",
                "sql/ingest/module_ct_cabinet_leads.sql",
            ],
        ),
        (
            "SELECT raw.status_code FROM public.module_ct_cabinet_leads AS raw",
            ["column raw.status_code", "sql/ingest/module_ct_cabinet_leads.sql"],
        ),
        (
            "SELECT event.gone FROM observational.lead_events AS event",
            ["column event.gone does not exist", "./leads migrate"],
        ),
        (
            "INSERT INTO observational.lead_events (gone) VALUES (1)",
            ['column "gone" of relation "lead_events"', "./leads migrate"],
        ),
        (
            "SELECT canon.gone(1)",
            ["function canon.gone(integer) does not exist", "./leads migrate"],
        ),
        (
            "SELECT rolpassword FROM pg_authid",
            ["permission denied", "42501", "As the owner of table pg_authid give warehouse"],
        ),
        ("SELECT nowhere(1)", ["function nowhere(integer) does not exist", "42883"]),
        ("CREATE TABLE nowhere.t ()", ['schema "nowhere" does not exist', "3F000"]),
    ],
)
def test_names_and_rights_are_told_with_the_fix(
    conninfo: str, query: str, parts: list[str]
) -> None:
    with psycopg.connect(conninfo) as session:
        error = explain(provoked(session, query), TABLE, "warehouse")
    assert not error.may_pass
    for part in [TABLE, *parts]:
        assert part in str(error)


#: What a run of identity resolution, and a command, name in their errors.
RUN, COMMANDS = "public.drivers", ("the warehouse", "connection warehouse", "lead_attribution")


@pytest.mark.parametrize(
    ("subject", "query", "says"),
    [
        (RUN, "SELECT raw.gone FROM drivers AS raw", "in include/sql/identity/normalise/."),
        (RUN, "SELECT known.gone FROM canon.drivers_index AS known", "./leads migrate"),
        (RUN, "TABLE public.drivers_gone", "./leads migrate"),
        *(
            (name, "SELECT kept.gone FROM canon.lead_keys AS kept", "./leads migrate")
            for name in (*COMMANDS, "canon.identity_models")
        ),
        (
            "view_refresh",
            "SELECT raw.gone FROM summary_daily AS raw",
            "include/sql/views/work/ or ",
        ),
        (
            "public.summary_daily",
            "SELECT raw.gone FROM drivers AS raw",
            "in include/sql/views/work/.",
        ),
        (
            "public.module_ct_cabinet_payments",
            "SELECT raw.gone FROM drivers AS raw",
            "in include/sql/views/payments/.",
        ),
    ],
)
def test_what_is_missing_is_told_with_a_fix_that_can_be_made(
    conninfo: str, subject: str, query: str, says: str
) -> None:
    with psycopg.connect(conninfo) as session:
        said = str(explain(provoked(session, query), subject))
    assert says in said
    for path in ("sql/ingest/", "sources.yml"):
        assert path not in said


@pytest.mark.parametrize("table", READERS)
@pytest.mark.parametrize("subject", [RUN, "view_refresh", *COMMANDS])
def test_a_missing_raw_table_that_is_no_source_is_to_be_restored(
    conninfo: str, table: str, subject: str
) -> None:
    with psycopg.connect(conninfo) as session:
        error = provoked(session, f"ALTER TABLE {table} RENAME TO moved; TABLE public.{table}")
    said = str(explain(error, subject))
    assert f"Restore the table; {READERS[table]} reads it." in said
    assert "sources.yml" not in said
    assert "migrate" not in said


def test_rights_are_asked_for_on_what_they_are_missing_on(
    conninfo: str, server: Any, owner: psycopg.Connection[Any]
) -> None:
    owner.execute("CREATE ROLE leads_errors_nobody LOGIN PASSWORD 'x'")
    owner.execute("REVOKE TEMPORARY ON DATABASE leads_errors FROM PUBLIC")
    try:
        with psycopg.connect(conninfo, user="leads_errors_nobody", password="x") as session:
            raw = provoked(session, "TABLE public.summary_daily")
            temporary = provoked(session, "CREATE TEMPORARY TABLE mine ()")
    finally:
        owner.execute("GRANT TEMPORARY ON DATABASE leads_errors TO PUBLIC")
        owner.execute("DROP ROLE leads_errors_nobody")
    assert "GRANT SELECT ON public.summary_daily TO me" in str(explain(raw, RUN, "me"))
    said = str(explain(temporary, RUN, "me"))
    assert "permission denied to create temporary tables in database" in said
    assert "GRANT SELECT" not in said


@pytest.mark.parametrize("schema", ["observational", "canon", "ops"])
def test_a_missing_table_of_ours_is_mended_by_migrating(conninfo: str, schema: str) -> None:
    with psycopg.connect(conninfo) as session:
        error = explain(provoked(session, f"TABLE {schema}.missing"), "connection warehouse")
    assert f'relation "{schema}.missing" does not exist' in str(error)
    assert "./leads migrate" in str(error)
    assert "sources.yml" not in str(error)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (
            "INSERT INTO observational.lead_events (source_table, source_pk, event_date) "
            "VALUES ('t', %(canary)s, '2026-01-01'), ('t', %(canary)s, '2026-01-01')",
            ["UniqueViolation (23505)", "lead_events_source_table_source_pk_uq"],
        ),
        (
            "INSERT INTO observational.lead_events (source_table, source_pk) "
            "VALUES ('t', %(canary)s)",
            ["NotNullViolation (23502)", "column event_date"],
        ),
        ("SELECT %(canary)s::text::integer", ["InvalidTextRepresentation (22P02)"]),
        ("SELECT %(canary)s::text::timestamp", ["(22"]),
        ("SELECT cast(cast(%(canary)s AS text) AS jsonb)", ["(22P02)"]),
    ],
)
def test_no_value_of_a_row_gets_out(conninfo: str, query: str, names: list[str]) -> None:
    with psycopg.connect(conninfo) as session:
        with pytest.raises(psycopg.Error) as caught, session.transaction():
            session.execute(query, {"canary": CANARY})
        error = explain(caught.value, TABLE)
    assert TABLE in str(error)
    for name in names:
        assert name in str(error)
    assert "987 654" not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_lock_may_pass_and_says_how_to_find_its_holder(conninfo: str) -> None:
    with psycopg.connect(conninfo) as holder, psycopg.connect(conninfo) as waiter:
        holder.execute("LOCK TABLE module_ct_cabinet_leads")
        waiter.execute("SET lock_timeout = '50ms'")
        waiter.commit()
        provoked_by = provoked(waiter, "SELECT 1 FROM module_ct_cabinet_leads")
        holder.rollback()
    error = explain(provoked_by, TABLE, lock_seconds=0.05)
    assert isinstance(error, PassingError)
    assert error.may_pass
    assert "still locked by another session after 0.05 s" in str(error)
    assert "still locked by another session (55P03)" in str(explain(provoked_by, TABLE))
    assert "pg_stat_activity" in str(error)


def test_no_advice_is_for_airflow_alone(conninfo: str) -> None:
    with psycopg.connect(conninfo) as session:
        for query in ("TABLE gone", "TABLE canon.gone", "TABLE pg_authid", "SELECT gone"):
            assert "task" not in str(explain(provoked(session, query), TABLE))


def test_a_lost_connection_may_pass(conninfo: str) -> None:
    with psycopg.connect(conninfo) as session, psycopg.connect(conninfo) as killer:
        killer.execute("SELECT pg_terminate_backend(%s)", (session.info.backend_pid,))
        killer.commit()
        with pytest.raises(psycopg.OperationalError) as caught:
            session.execute("SELECT 1")
    error = explain(caught.value, TABLE)
    assert error.may_pass
    assert "connection to the warehouse was lost" in str(error)


def test_a_refused_connection_may_pass() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(host="127.0.0.1", port=port, password=CANARY)
    error = explain(caught.value, "connection warehouse")
    assert error.may_pass
    assert "987 654" not in str(error)


def test_transactions_that_clashed_may_pass(conninfo: str) -> None:
    with psycopg.connect(conninfo) as one, psycopg.connect(conninfo) as two:
        one.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        one.execute("SELECT count(*) FROM ops.partner_payment_rules")
        two.execute("UPDATE ops.partner_payment_rules SET notes = 'two'")
        two.commit()
        with pytest.raises(psycopg.Error) as caught:
            one.execute("UPDATE ops.partner_payment_rules SET notes = 'one'")
        one.rollback()
    assert isinstance(explain(caught.value, TABLE), PassingError)


def test_other_errors_are_not_worth_a_retry() -> None:
    assert not LeadsError("x").may_pass
    assert PassingError("x").may_pass
