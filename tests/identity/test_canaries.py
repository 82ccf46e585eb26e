"""Nothing that people read, mail or export holds a phone, licence, plate or name."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql

from identity.people import (
    MIGRATIONS,
    OTHER_PARK,
    account,
    correct,
    decide,
    decide_lead,
    lead,
    linked,
    migration,
    resolve,
    resolve_only,
    rows,
    scouted,
    write,
)
from ingestion.loading import CABINET, NOW, at, day, load_days, put
from leads.errors import LeadsError

#: As written, and as compared.
CANARIES = [
    *("987246813", "987 246 813", "964135792"),
    *("43219876", "43219877", "73219876"),
    *("KNR987", "KNR-987", "ZKW986"),
    *("ZYXKANARIO", "PLUGHQUUX", "WIXWAXWUX", "KRAZEBIRD"),
]
BIRD: dict[str, Any] = {
    "phone": "987 246 813",
    "license_number": "Q43219876",
    "full_name": "ZYXKANARIO PLUGHQUUX WIXWAXWUX KRAZEBIRD",
    "car_number": "KNR-987",
    "car_brand": "Toyota",
    "car_model": "Yaris",
}
MATE: dict[str, Any] = BIRD | {"license_number": "Q73219876", "phone": "964135792"}
HER_NAME = {"first_name": "Zyxkanario", "middle_name": "Plughquux", "last_name": "Wixwaxwux"}
#: Tables that hold personal data because they must, and are restricted by role.
MEANT = {
    *("canon.drivers_index", "canon.lead_keys", "canon.phone_readings", "canon.stale_accounts"),
    *("canon.account_name_keys", "canon.lead_name_keys", "canon.identity_registry"),
    # Words of names and how many people have them; none beside another.
    "canon.identity_model_terms",
    "observational.lead_events",
}
MEANT_COLUMNS = {("ops.ingestion_rejects", "raw"), ("canon.identity_decisions", "reason")}


def live(connection: Connection[Any]) -> None:
    """Links, merges, splits, conflicts, reviews, rejects and decisions, all of the same birds."""
    account(connection, "bird", **BIRD)
    account(connection, "twin", **BIRD | {"park_id": OTHER_PARK, "hire_date": day(-9)})
    account(connection, "mate", **MATE)
    named = {"driver_name": BIRD["full_name"]}
    lead(connection, "named", park_phone="987246813", **HER_NAME)
    lead(connection, "alone", park_phone="987 246 813")
    lead(connection, "plate", asset_plate_number="knr-987", **HER_NAME)
    lead(connection, "slip", asset_plate_number="KNR987", **HER_NAME | {"last_name": "Wixwaxwu"})
    lead(connection, "other", park_phone="987246813", first_name="Rosa", last_name="Paz Krazebird")
    scouted(connection, "1", driver_license="Q43219876", scout=1, **named)
    scouted(connection, "2", driver_license="Q43219877", driver_phone="987246813", **named)
    scouted(connection, "3", driver_license="Q73219876", driver_phone="987246813", **named)
    migration(connection, "1", "bird", **named)
    migration(connection, "2", "987246813", **named)
    put(connection, CABINET, id=1, lead_created_at=None, created_at=at(0), park_phone="987246813")
    load_days(connection, CABINET, -1, 0)
    resolve(connection)
    correct(connection, "mate", license_number="Q43219876", phone="987246813")
    resolve(connection)
    decide(connection, "different", driver_a="bird", driver_b="twin", reason="ZYXKANARIO says so")
    decide_lead(connection, "confirm", "other", driver_a="bird")
    decide_lead(connection, "ignore", "alone")
    resolve(connection)
    correct(connection, "twin", phone="964135792", license_number=None)
    lead(connection, "named", park_phone="964135792", **HER_NAME)
    resolve(connection)


def fail(connection: Connection[Any], owner: Connection[Any], damage: str, repair: str) -> str:
    """What a run says that meets this damage."""
    write(owner, damage)
    try:
        with pytest.raises(LeadsError) as caught:
            resolve_only(connection)
    finally:
        write(owner, repair)
    links: BaseException | None = caught.value
    while links is not None:
        assert not isinstance(links, psycopg.Error)
        links = links.__cause__ or links.__context__
    return str(caught.value)


DAMAGES = [
    (
        "ALTER TABLE canon.drivers_index ADD CONSTRAINT bird CHECK (phone_norm != '+51987246813') "
        "NOT VALID",
        "ALTER TABLE canon.drivers_index DROP CONSTRAINT bird",
    ),
    (
        "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'not KNR-987 of ZYXKANARIO' USING DETAIL = '987246813'; END $$;"
        "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON canon.lead_keys "
        "FOR EACH ROW EXECUTE FUNCTION public.refuse()",
        "DROP FUNCTION public.refuse() CASCADE",
    ),
    (
        "ALTER TABLE public.drivers RENAME hire_date TO zyxdate; "
        "ALTER TABLE public.drivers ADD hire_date text DEFAULT 'ZYXKANARIO'",
        "ALTER TABLE public.drivers DROP hire_date; "
        "ALTER TABLE public.drivers RENAME zyxdate TO hire_date",
    ),
    (
        "CREATE UNIQUE INDEX birds ON canon.lead_keys (license_norm, name_tokens) "
        "WHERE source_pk != '1'",
        "DROP INDEX canon.birds",
    ),
]


def text_columns(connection: Connection[Any]) -> list[tuple[str, str]]:
    found = rows(
        connection,
        "SELECT col.table_schema || '.' || col.table_name, col.column_name "
        "FROM information_schema.columns AS col INNER JOIN information_schema.tables AS kept "
        "USING (table_schema, table_name) WHERE kept.table_type = 'BASE TABLE' "
        "AND col.table_schema IN ('ops', 'canon', 'observational') AND col.data_type IN "
        "('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'character') ORDER BY 1, 2",
    )
    return [one for one in found if one[0] not in MEANT and one not in MEANT_COLUMNS]


def sightings(connection: Connection[Any]) -> list[tuple[str, str, str]]:
    """Table, column and canary of each value that was found."""
    seen = []
    for table, column in text_columns(connection):
        query = sql.SQL("SELECT coalesce(string_agg({}::text, ' '), '') FROM {}").format(
            sql.Identifier(column), sql.Identifier(*table.split("."))
        )
        ((text,),) = rows(connection, query)
        seen += [(table, column, bird) for bird in CANARIES if bird in text.upper()]
    return seen


@pytest.fixture
def owner(server: Any, connection: Connection[Any]) -> Any:
    """The server's superuser, in the same warehouse."""
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=connection.info.dbname)
    with psycopg.connect(conninfo) as session:
        yield session


def test_no_canary_gets_out(
    connection: Connection[Any],
    owner: Connection[Any],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    live(connection)
    messages = []
    for number, (damage, repair) in enumerate(DAMAGES):
        # Something for the run to stumble over.
        correct(connection, "bird", updated_at=NOW.replace(tzinfo=None, hour=number + 1))
        scouted(connection, f"new-{number}", driver_license="Q43219876", driver_name="ZYXKANARIO P")
        scouted(connection, f"two-{number}", driver_license="Q43219876", driver_name="ZYXKANARIO P")
        messages.append(fail(connection, owner, damage, repair))
    resolve(connection)
    out, err = capfd.readouterr()
    told = " ".join([*messages, caplog.text, out, err]).upper()
    assert [bird for bird in CANARIES if bird in told] == []
    assert sightings(connection) == []


def test_the_birds_were_really_there(connection: Connection[Any]) -> None:
    """Otherwise the test above would find nothing anywhere."""
    live(connection)
    assert linked(connection, "1", MIGRATIONS)
    counts = {
        table: rows(connection, f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
        for table in (
            *("canon.identity_links", "canon.identity_unmatched", "canon.identity_merges"),
            *("canon.identity_link_history", "canon.identity_decisions"),
            *("observational.lead_ledger", "ops.ingestion_rejects", "ops.ingestion_runs"),
        )
    }
    assert {table for table, count in counts.items() if not count} == set()
    columns = text_columns(connection)
    for place in (
        ("canon.identity_links", "evidence"),
        ("canon.identity_unmatched", "details"),
        ("canon.identity_unmatched", "candidates_preview"),
        ("canon.identity_merges", "evidence"),
        ("canon.identity_link_history", "evidence"),
        ("observational.lead_ledger", "evidence_json"),
        ("ops.ingestion_runs", "error_message"),
        ("ops.ingestion_runs", "stats"),
    ):
        assert place in columns
    write(
        connection,
        'UPDATE canon.identity_links SET evidence = \'{"name": "zyxKanario"}\' '
        "WHERE source_pk = 'bird'",
    )
    assert sightings(connection) == [("canon.identity_links", "evidence", "ZYXKANARIO")]
