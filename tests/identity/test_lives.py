"""What becomes of links while raw rows, events and accounts change, turn bad or go away."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection

from identity.people import (
    MIGRATIONS,
    SCOUTING,
    Session,
    account,
    correct,
    decide_lead,
    forget_models,
    history,
    lead,
    ledger,
    link,
    linked,
    migration,
    person_of,
    reason,
    registry,
    remove_event,
    resolve,
    resolve_only,
    rows,
    scouted,
    status,
    undo,
    write,
    writing_nothing,
)
from ingestion.loading import CABINET, at, change, contents, day, events, load_days, put
from leads.errors import LeadsError

JUAN: dict[str, Any] = {
    "phone": "987111222",
    "full_name": "QUISPE MAMANI JUAN CARLOS",
    "license_number": "Q40111222",
}
NAME = {"first_name": "Juan", "middle_name": "Carlos", "last_name": "Quispe Mamani"}
NORA: dict[str, Any] = {
    "phone": "987555444",
    "full_name": "OXOLON UYUQUIPA ZORAIDA IFIGENIA",
    "license_number": "Q70555666",
}
HER_NAME = {"first_name": "Zoraida Ifigenia", "last_name": "Oxolón Uyuquipa"}


def load(connection: Connection[Any], source: str = CABINET) -> None:
    load_days(connection, source, -3, 0)


@pytest.fixture
def juan(connection: Connection[Any]) -> Any:
    """An account, and a raw row of his, loaded and linked."""
    person = account(connection, "juan", **JUAN)
    put(
        connection,
        CABINET,
        id=1,
        lead_created_at=at(-1),
        created_at=at(-1),
        park_phone="987111222",
        **NAME,
    )
    load(connection)
    resolve(connection)
    assert linked(connection, "1") == person
    return person


def test_a_changed_source_pk_carries_its_link_along(connection: Connection[Any], juan: Any) -> None:
    (before,) = events(connection).values()
    change(connection, CABINET, 1, external_id="EXT-1")
    load(connection)
    assert {pk: event.id for pk, event in events(connection).items()} == {"EXT-1": before.id}
    resolve(connection)
    assert linked(connection, "EXT-1") == juan
    assert link(connection, "1") is None
    assert history(connection, "1") == [juan]
    assert ledger(connection) == {juan: "B"}
    with writing_nothing(connection):
        resolve(connection)


def test_the_unmatched_row_of_a_changed_source_pk_goes_along(
    connection: Connection[Any],
) -> None:
    put(connection, CABINET, id=1, lead_created_at=at(-1), park_phone="987000111")
    load(connection)
    resolve(connection)
    assert reason(connection, "1") == "NO_CANDIDATES"
    change(connection, CABINET, 1, external_id="EXT-1")
    load(connection)
    resolve(connection)
    assert (status(connection, "1"), status(connection, "EXT-1")) == ("RESOLVED", "OPEN")


def test_what_people_said_of_a_lead_goes_along_with_a_changed_source_pk(
    connection: Connection[Any], juan: Any
) -> None:
    nora = account(connection, "nora", **NORA)
    confirmed = decide_lead(connection, "confirm", "1", driver_a="nora")
    resolve(connection)
    assert linked(connection, "1") == nora
    change(connection, CABINET, 1, external_id="EXT-1")
    load(connection)
    resolve(connection)
    assert linked(connection, "EXT-1") == nora
    undo(connection, confirmed)
    resolve(connection)
    assert linked(connection, "EXT-1") == juan
    decide_lead(connection, "ignore", "EXT-1")
    resolve(connection)
    change(connection, CABINET, 1, external_id="EXT-2")
    load(connection)
    resolve(connection)
    assert status(connection, "EXT-2") == "IGNORED"
    assert linked(connection, "EXT-2") is None


def test_two_leads_that_swap_their_keys_keep_their_people(
    connection: Connection[Any],
) -> None:
    juan = account(connection, "juan", **JUAN)
    nora = account(connection, "nora", **NORA)
    lead(connection, "a", park_phone="987111222", **NAME)
    lead(connection, "b", park_phone="987555444", **HER_NAME)
    resolve(connection)
    for old, new in (("a", "x"), ("b", "a"), ("x", "b")):
        write(
            connection,
            "UPDATE observational.lead_events SET source_pk = %s, identity_pending = true "
            "WHERE source_pk = %s",
            *(new, old),
        )
    resolve(connection)
    assert (linked(connection, "a"), linked(connection, "b")) == (nora, juan)
    assert history(connection, "a") == [juan]
    assert history(connection, "b") == [nora]


def test_a_row_that_turns_bad_loses_its_link_and_keeps_its_history(
    connection: Connection[Any], juan: Any
) -> None:
    change(connection, CABINET, 1, lead_created_at=None)
    load(connection)
    assert events(connection) == {}
    resolve(connection)
    assert link(connection, "1") is None
    assert history(connection, "1") == [juan]
    assert ledger(connection) == {}
    assert registry(connection) == {juan: "LOW"}
    assert rows(connection, "SELECT * FROM canon.lead_keys") == []
    assert rows(connection, "SELECT * FROM canon.lead_name_keys") == []
    change(connection, CABINET, 1, lead_created_at=at(-1))
    load(connection)
    resolve(connection)
    assert linked(connection, "1") == juan
    assert ledger(connection) == {juan: "B"}


def test_an_unmatched_event_that_is_deleted_is_settled(connection: Connection[Any]) -> None:
    lead(connection, "a", park_phone="987000111", **NAME)
    resolve(connection)
    assert status(connection, "a") == "OPEN"
    remove_event(connection, "a")
    resolve(connection)
    assert status(connection, "a") == "RESOLVED"


def test_an_event_that_is_deleted_before_anybody_looked_leaves_no_trace(
    connection: Connection[Any],
) -> None:
    lead(connection, "a", park_phone="987111222", **NAME)
    remove_event(connection, "a")
    resolve(connection)
    assert rows(connection, "SELECT * FROM canon.identity_unmatched") == []
    assert rows(connection, "SELECT * FROM canon.departed_leads") == []


def test_an_account_that_vanishes_keeps_its_keys_and_links(
    connection: Connection[Any], juan: Any
) -> None:
    write(connection, "DELETE FROM public.drivers")
    with writing_nothing(connection):
        resolve(connection)
    assert person_of(connection, "juan") == juan
    # Leads that come later still find it.
    lead(connection, "late", park_phone="987111222", **NAME)
    migration(connection, "1", "juan")
    resolve(connection)
    assert linked(connection, "late") == linked(connection, "1", MIGRATIONS) == juan
    # When it comes back, it is the same one.
    account(connection, "juan", **JUAN)
    resolve(connection)
    assert person_of(connection, "juan") == juan
    assert rows(connection, "SELECT count(*) FROM canon.drivers_index") == [(1,)]


def test_a_corrected_lead_is_judged_anew(connection: Connection[Any], juan: Any) -> None:
    nora = account(connection, "nora", **NORA)
    change(connection, CABINET, 1, park_phone="987555444", last_name="Oxolón Uyuquipa")
    change(connection, CABINET, 1, first_name="Zoraida", middle_name="Ifigenia")
    load(connection)
    resolve(connection)
    assert linked(connection, "1") == nora
    assert history(connection, "1") == [juan]
    assert ledger(connection) == {nora: "B"}


def test_a_changed_date_moves_the_links_day_and_the_attribution(
    connection: Connection[Any],
) -> None:
    juan = account(connection, "juan", **JUAN)
    scouted(connection, "1", driver_phone="987111222", driver_name="Juan Carlos Quispe", scout=1)
    named = {"driver_phone": "987111222", "driver_name": "Juan Carlos Quispe"}
    scouted(connection, "2", scout=2, on=day(-20), **named)
    resolve(connection)
    assert ledger(connection) == {juan: "A"}
    scouted(connection, "2", scout=2, on=day(-7), **named)
    assert resolve(connection)["relinked"] == 0, "it is the same link"
    assert ledger(connection) == {juan: "C"}
    assert rows(
        connection,
        "SELECT snapshot_date FROM canon.identity_links WHERE source_pk = '2'",
    ) == [(day(-7),)]
    assert rows(connection, "SELECT kind, reason_code, person_key FROM canon.review_queue") == [
        ("scouts", "SCOUT_CONFLICT", juan)
    ]
    assert rows(
        connection,
        "SELECT run_id FROM canon.identity_links WHERE source_pk = '2'",
    ) == rows(connection, "SELECT min(id) FROM ops.ingestion_runs WHERE job_type = 'identity_run'")
    # The scout alone: no link changes.
    scouted(connection, "2", scout=1, on=day(-7), **named)
    resolve(connection)
    assert ledger(connection) == {juan: "A"}


def test_accounts_written_since_are_read_again_and_no_others(
    connection: Connection[Any],
) -> None:
    account(connection, "juan", **JUAN)
    account(connection, "nora", **NORA)
    assert resolve(connection)["accounts"] == 2
    assert resolve(connection)["accounts"] == 0
    correct(connection, "nora", car_number="ABC123")
    assert resolve(connection)["accounts"] == 1
    # Written, but as it was.
    correct(connection, "nora", car_number="ABC123")
    with writing_nothing(connection):
        assert resolve(connection)["accounts"] == 0


def test_an_account_committed_late_by_a_slow_writer_is_found(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    """Its transaction was open, and older than those that the run between could see."""
    second.execute("SELECT 1")
    with second.transaction():
        second.execute(
            "INSERT INTO public.drivers (driver_id, phone, full_name, hire_date) "
            "VALUES ('slow', '987111222', 'QUISPE MAMANI JUAN CARLOS', '2026-11-20')"
        )
        account(connection, "nora", **NORA)
        lead(connection, "a", park_phone="987111222", **NAME)
        assert resolve(connection)["accounts"] == 1
    second.commit()
    resolve(connection)
    assert linked(connection, "a") == person_of(connection, "slow")


def test_a_busy_database_hides_no_account(connection: Session, second: Connection[Any]) -> None:
    """Transactions that begin while a run begins do not push older ones out of its sight."""
    with second.transaction():
        second.execute(
            "INSERT INTO public.drivers (driver_id, phone, full_name, hire_date) "
            "VALUES ('slow', '987111222', 'QUISPE MAMANI JUAN CARLOS', '2026-11-20')"
        )
        account(connection, "nora", **NORA)
        resolve(connection)
    second.commit()

    def be_busy() -> None:
        for number in range(20):
            write(second, "CREATE TEMPORARY TABLE IF NOT EXISTS busy (number int)")
            write(second, "INSERT INTO busy VALUES (%s)", number)

    connection.after("identity/state/read_state", be_busy)
    resolve(connection)
    assert connection.happening is None
    assert person_of(connection, "slow")


def test_an_odd_phone_that_is_committed_during_a_run_is_read_by_the_next(
    connection: Session, second: Connection[Any]
) -> None:
    account(connection, "nora", **NORA)
    connection.after(
        "identity/normalise/odd_account_phones",
        lambda: account(second, "juan", **JUAN | {"phone": "01 4271234"}),
    )
    resolve(connection)
    resolve(connection)
    assert rows(
        connection, "SELECT phone_norm FROM canon.drivers_index WHERE driver_id = 'juan'"
    ) == [("+5114271234",)]


def test_a_lost_index_is_made_anew(connection: Connection[Any], juan: Any) -> None:
    write(connection, "DELETE FROM canon.drivers_index")
    resolve(connection)
    assert person_of(connection, "juan") == linked(connection, "1") == juan
    assert registry(connection) == {juan: "HIGH"}


def test_the_types_of_the_drivers_columns_are_no_matter(connection: Connection[Any]) -> None:
    write(connection, "ALTER TABLE public.drivers RENAME TO drivers_kept")
    write(
        connection,
        "CREATE TABLE public.drivers (driver_id bigint PRIMARY KEY, park_id int, phone bigint, "
        "license_number bigint, license_normalized_number char(12), full_name char(40), "
        "first_name text, middle_name text, last_name text, car_number text, "
        "car_normalized_number text, car_brand int, car_model int, hire_date timestamp, "
        "created_at date, updated_at timestamptz)",
    )
    try:
        write(
            connection,
            "INSERT INTO public.drivers (driver_id, phone, license_number, full_name, car_brand, "
            "hire_date, created_at) VALUES (7, 987111222, 40111222, 'QUISPE MAMANI JUAN CARLOS', "
            "3, %s, %s)",
            *(day(0), day(0)),
        )
        lead(connection, "a", park_phone="987111222", **NAME)
        resolve(connection)
        assert linked(connection, "a") == person_of(connection, "7")
        assert rows(connection, "SELECT license_norm, hire_date FROM canon.drivers_index") == [
            ("40111222", day(0))
        ]
        with writing_nothing(connection):
            resolve(connection)
    finally:
        write(connection, "DROP TABLE public.drivers")
        write(connection, "ALTER TABLE public.drivers_kept RENAME TO drivers")


def test_a_restored_database_whose_transactions_count_anew_reads_all_accounts(
    connection: Connection[Any],
) -> None:
    account(connection, "juan", **JUAN)
    resolve(connection)
    correct(connection, "juan", phone="987333444")
    write(
        connection,
        "UPDATE canon.identity_state SET drivers_snapshot = "
        "(later.xid || ':' || later.xid || ':')::pg_snapshot "
        "FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000) "
        "AS later (xid)",
    )
    assert resolve(connection)["accounts"] == 1


def test_a_missing_drivers_table_is_named_and_in_the_ledger(
    connection: Connection[Any], juan: Any
) -> None:
    lead(connection, "late", park_phone="987111222", **NAME)
    before = contents(connection)
    write(connection, "ALTER TABLE public.drivers RENAME TO drivers_moved")
    try:
        with pytest.raises(LeadsError, match=r"public\.drivers") as caught:
            resolve_only(connection)
    finally:
        write(connection, "ALTER TABLE public.drivers_moved RENAME TO drivers")
    after = contents(connection)
    assert before.pop("ops.ingestion_runs") != after.pop("ops.ingestion_runs")
    assert after == before
    assert rows(
        connection,
        "SELECT job_type, status, error_message, stats FROM ops.ingestion_runs "
        "ORDER BY id DESC LIMIT 1",
    ) == [("identity_run", "FAILED", str(caught.value), None)]
    resolve(connection)
    assert linked(connection, "late") == juan


@pytest.mark.parametrize("column", ["phone", "hire_date", "car_normalized_number", "updated_at"])
def test_a_missing_column_is_named(connection: Connection[Any], column: str) -> None:
    account(connection, "juan", **JUAN)
    write(connection, f"ALTER TABLE public.drivers RENAME {column} TO moved")
    try:
        with pytest.raises(LeadsError, match=rf"public\.drivers.*{column}"):
            resolve_only(connection)
    finally:
        write(connection, f"ALTER TABLE public.drivers RENAME moved TO {column}")


def test_a_dry_run_leaves_no_trace(connection: Connection[Any], juan: Any) -> None:
    account(connection, "twin", **JUAN | {"hire_date": day(-5)})
    lead(connection, "late", park_phone="987111222", **NAME)
    before = contents(connection)
    stats = resolve_only(connection, dry_run=True)
    assert contents(connection) == before
    assert (stats["dry_run"], stats["merges"]) == (True, 1)
    assert (stats["linked"], stats["relinked"]) == (1, 1)


def test_the_first_run_of_a_warehouse_trains_a_model_though_there_is_little_to_learn_from(
    connection: Connection[Any],
) -> None:
    forget_models(connection)
    juan = account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="987111222", **NAME)
    stats = resolve(connection)
    assert stats["model"] == 1
    assert rows(connection, "SELECT version, accounts, leads FROM canon.identity_models") == [
        (1, 1, 1)
    ]
    assert linked(connection, "a") in (juan, None)
    account(connection, "nora", **NORA)
    resolve(connection)
    assert rows(connection, "SELECT version, accounts FROM canon.identity_models") == [(1, 1)]


def test_the_very_first_run_may_find_nothing_at_all(connection: Connection[Any]) -> None:
    forget_models(connection)
    resolve(connection)
    resolve(connection)
    account(connection, "juan", **JUAN)
    migration(connection, "1", "juan")
    resolve(connection)
    assert linked(connection, "1", MIGRATIONS)


def test_a_run_says_in_the_ledger_what_it_did(connection: Connection[Any], juan: Any) -> None:
    lead(connection, "late", park_phone="987111222", **NAME)
    lead(connection, "nobody")
    scouted(connection, "1", driver_license="Q00000000")
    stats = resolve_only(connection)
    ((job, state, kept),) = rows(
        connection,
        "SELECT job_type, status, stats FROM ops.ingestion_runs ORDER BY id DESC LIMIT 1",
    )
    assert (job, state, kept) == ("identity_run", "COMPLETED", stats)
    assert stats.pop("seconds") >= 0
    assert stats == {
        "accounts": 0,
        "leads": 3,
        "candidate_people": 1,
        "linked": 1,
        "relinked": 0,
        "unlinked": 0,
        "rule_R1_PHONE_EXACT": 1,
        "unmatched_NO_EVIDENCE": 2,
        "merges": 0,
        "model": 1,
        "dry_run": False,
    }
    decide_lead(connection, "ignore", "late")
    assert resolve_only(connection)["unlinked"] == 1
    assert linked(connection, "1", SCOUTING) is None
