"""What the page says of a warehouse: well, ill, empty, hostile, unmigrated, gone."""

from __future__ import annotations

import html
import json
import re
from datetime import datetime, timedelta, timezone

import psycopg
import pytest
from psycopg import sql

from conftest import Database
from leads.local.postgres import EmbeddedPostgres
from page.airflow_house import Page
from page.warehouses import CABINET, MIGRATIONS, RUN, SOURCES, cover, ledger, put, today

pytestmark = pytest.mark.timeout(300)

CANARIES = {
    "phone": "+51987654321",
    "name": "CANARIO PEREZ AMARILLO",
    "plate": "CNR-987",
    "licence": "Q99887766",
}


def _state(text: str, source: str, days_ago: int) -> str:
    """The state of one day, as its box is coloured."""
    day = today() - timedelta(days=days_ago)
    table = re.search(rf"<table>\s*<caption>[^<]*<code>{source}</code>.*?</table>", text, re.S)
    assert table, source
    told = f"{day.day} {day:%b} {day.year}: "
    found = re.search(rf'<td class="(\w+)" title="{told}', table[0])
    assert found, told
    return found[1]


def test_each_day_has_its_state(page: Page, raw_database: Database) -> None:
    now = datetime.now(timezone.utc)
    with raw_database.connect() as connection:
        for ago in (1, 4, 5, 6):
            cover(connection, MIGRATIONS, today() - timedelta(days=ago), verified=ago != 4)
        cover(connection, MIGRATIONS, today() - timedelta(days=2), hours=12)
        ledger(
            connection,
            status="RUNNING",
            completed_at=None,
            source_table=MIGRATIONS,
            scope_date_from=today() - timedelta(days=7),
            scope_date_to=today() - timedelta(days=7),
        )
        put(
            connection,
            "ops",
            "ingestion_rejects",
            source_table=MIGRATIONS,
            source_pk="7",
            raw_pk="7",
            reason_code="UNREADABLE_DATE",
            raw="{}",
            slot_on=today() - timedelta(days=5),
        )
        for pk, created in (("a", now - timedelta(days=5)), ("b", now - timedelta(hours=1))):
            put(
                connection,
                "observational",
                "lead_events",
                source_table=MIGRATIONS,
                source_pk=pk,
                event_date=today() - timedelta(days=6),
                created_at=created,
            )
    text = page.get("/?lang=en", "op").text
    assert [_state(text, MIGRATIONS, ago) for ago in range(8)] == [
        "open",
        "verified",
        "missing",  # half of it
        "missing",
        "covered",
        "rejected",
        "late",
        "running",
    ]


def test_the_marked_row_is_the_one_that_was_asked_for(page: Page, raw_database: Database) -> None:
    with raw_database.connect() as connection:
        ledger(connection, task_id=f"ingest.{CABINET}")
        ledger(connection, task_id="resolve_identities", job_type="identity_run", source_table=None)
        for _ in range(30):
            ledger(connection, dag_run_id="scheduled__later")
    asked = f"run={RUN.replace('+', '%2B')}&task=resolve_identities"
    text = page.get(f"/?{asked}&lang=en").text
    [marked] = re.findall(r'<tr id="run-(\d+)" class="wanted"', text)
    assert marked == "2"
    assert text.count('id="run-chosen"') == 1
    href = f"/dags/identity_ingestion/runs/{RUN.replace(':', '%3A').replace('+', '%2B')}"
    assert f'href="{href}/tasks/resolve_identities?try_number=1" data-top' in text
    assert 'class="wanted"' not in page.get("/").text


def test_a_verdict_is_filled_with_its_facts_in_either_language(
    page: Page, raw_database: Database
) -> None:
    with raw_database.connect() as connection:
        put(
            connection,
            "ops",
            "incidents",
            cause_key=f"source:{MIGRATIONS}",
            verdict="UPSTREAM_STALE",
            opened_at=datetime.now(timezone.utc) - timedelta(days=2),
            seen_at=datetime.now(timezone.utc),
            facts=json.dumps({"cause_table": f"public.{MIGRATIONS}", "last_ingestion": "ayer"}),
            impact=json.dumps(["lead_events"]),
        )
    spanish, english = page.get("/").text, page.get("/?lang=en").text
    assert '<html lang="es">' in spanish
    assert '<html lang="en">' in english
    assert "La fuente no tiene nada más nuevo" in spanish
    assert "hace 2 d" in spanish
    assert "2 d ago" in english
    assert f"public.{MIGRATIONS}" in english
    assert not re.search(r"[{][a-z_]+[}]", spanish + english), "a fact was not filled in"


def test_hostile_text_is_inert(
    page: Page, raw_database: Database, server: EmbeddedPostgres
) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
    name = "evil<b>table"
    with psycopg.connect(raw_database.superuser) as connection:
        connection.execute(sql.SQL("CREATE TABLE public.{} (d date)").format(sql.Identifier(name)))
        connection.execute(
            "UPDATE ops.data_sources SET object_name = %s WHERE source_name = 'drivers'", (name,)
        )
        ledger(connection, status="FAILED", error_message=evil, dag_run_id=evil, task_id=evil)
        for verdict in ("UPSTREAM_STALE", evil):
            put(
                connection,
                "ops",
                "incidents",
                cause_key=evil + verdict,
                verdict=verdict,
                opened_at=datetime.now(timezone.utc),
                seen_at=datetime.now(timezone.utc),
                facts=json.dumps({"cause_table": evil}),
                impact=json.dumps([evil]),
            )
        put(
            connection,
            "ops",
            "ingestion_rejects",
            source_table=evil,
            reason_code=evil,
            raw="{}",
            raw_pk="1",
        )
        put(
            connection,
            "ops",
            "check_results",
            check_name=evil,
            severity="warn",
            claim=evil,
            scope="sample",
            violation_count=1,
            tolerance=0,
            is_passed=False,
            seconds=1,
            checked_at=datetime.now(timezone.utc),
        )
    answer = page.get(f"/?run={evil.replace(' ', '%20')}&choose={'<b>'}&lang={'<i>'}", "op")
    assert answer.status == 200
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert "<b>" not in answer.text
    assert html.escape("<script>alert(1)</script>") in answer.text
    for href in re.findall(r'href="([^"]*)"', answer.text):
        assert href.startswith(("/data-health/", "/dags/", "#")), href


def test_no_personal_data_anywhere(page: Page, raw_database: Database) -> None:
    phone, name = CANARIES["phone"], CANARIES["name"]
    raw = json.dumps(CANARIES)
    now = datetime.now(timezone.utc)
    with raw_database.connect() as connection:
        for reason in ("MISSING_DATE", "UNREADABLE_DATE"):
            put(
                connection,
                "ops",
                "ingestion_rejects",
                source_table=CABINET,
                source_pk=phone,
                raw_pk=phone + reason,
                reason_code=reason,
                raw=raw,
            )
        put(
            connection,
            "canon",
            "identity_unmatched",
            source_table=CABINET,
            source_pk=phone,
            reason_code="REVIEW",
            details=raw,
            candidates_preview=raw,
        )
        put(
            connection,
            "ops",
            "check_results",
            check_name="events_kept",
            severity="error",
            claim="claim",
            scope="sample",
            violation_count=1,
            tolerance=0,
            is_passed=False,
            violations=json.dumps([{"source_pk": name}]),
            seconds=1,
            checked_at=now,
        )
        ledger(
            connection,
            stats=json.dumps(
                {
                    "read": 0,
                    "inserted": 0,
                    "updated": 0,
                    "unchanged": 0,
                    "rejected": 0,
                    "note": name,
                }
            ),
        )
    for path in ("/", "/?lang=en", "/status.json"):
        told = page.get(path, "admin").text
        for what, canary in CANARIES.items():
            assert canary not in told, f"{path}: {what}"


def test_an_unmigrated_warehouse_is_told_section_by_section(
    served: Page, server: EmbeddedPostgres
) -> None:
    server.ensure_database("leads_bare", "warehouse")
    served.look_at(server.conninfo("leads_bare", "warehouse"))
    answer = served.get("/?lang=en", "op")
    assert answer.status == 200
    assert "./leads migrate" in answer.text
    assert "Nobody knows how the sources are." in answer.text
    assert served.get("/status.json").status == 503


@pytest.mark.parametrize(
    "gone",
    [
        "ops.incidents",
        "ops.source_coverage",
        "ops.check_results",
        "ops.ingestion_rejects",
        "canon.identity_unmatched",
        "ops.view_totals",
        "ops.airflow_state",
    ],
)
def test_one_missing_table_keeps_no_other_section_from_view(
    page: Page, raw_database: Database, gone: str
) -> None:
    with raw_database.connect() as connection:
        connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(sql.SQL(gone)))
    answer = page.get("/?lang=en", "op")
    assert answer.status == 200
    assert 'id="h-totals"' in answer.text


@pytest.mark.parametrize("source", SOURCES)
def test_a_missing_raw_table_has_its_row(page: Page, raw_database: Database, source: str) -> None:
    with raw_database.connect() as connection:
        connection.execute(sql.SQL("DROP TABLE public.{} CASCADE").format(sql.Identifier(source)))
    text = page.get("/?lang=en").text
    row = re.search(rf'<tr id="source-{source}">.*?</tr>', text, re.S)
    assert row
    assert "The table is missing." in row[0]


def test_a_warehouse_that_is_down_is_said_in_words(served: Page) -> None:
    served.look_at(None)
    for path, status in (("/", 503), ("/?lang=en", 503), ("/status.json", 503)):
        answer = served.get(path, "admin")
        assert answer.status == status
        for secret in ("Traceback", "psycopg", "canary-password", "canary_database", "127.0.0.1"):
            assert secret not in answer.text, path
    assert "The warehouse does not answer" in served.get("/?lang=en").text
    log = served.log()
    assert "canary-password" not in log


def test_the_views_learn_what_airflow_said(page: Page, raw_database: Database) -> None:
    assert page.get("/", "viewer").status == 200
    with raw_database.connect() as connection:
        [row] = connection.execute(
            "SELECT is_paused, is_scheduler_alive, running_count FROM ops.airflow_state"
        ).fetchall()
    # A DAG that was never switched on, and only an API server.
    assert row == (True, False, 0)


def test_it_is_small_and_needs_nothing_from_elsewhere(page: Page, raw_database: Database) -> None:
    with raw_database.connect() as connection:
        for ago in range(56):
            for source in SOURCES:
                if ago % 3:
                    cover(connection, source, today() - timedelta(days=ago))
        for _ in range(20):
            ledger(connection, status="FAILED", error_message="x" * 600)
    text = page.get("/", "admin").text
    parts = [page.get(f"/static/{name}", "admin") for name in ("page.css", "page.js")]
    assert len(text.encode()) + sum(part.size for part in parts) < 150_000
    outside = re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', text)
    assert outside == []
    assert "<script>" not in text
    assert " style=" not in text
    assert not re.search(r"\son[a-z]+=", text)
