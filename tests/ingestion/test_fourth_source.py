"""A source is declared, not coded: one entry and one SQL file make a fourth one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from ingestion.loading import (
    at,
    change,
    day,
    events,
    findings,
    load_days,
    open_rejects,
    put,
    remove,
    row_versions,
)
from leads.settings import INCLUDE, REPOSITORY
from leads.sources import Source, load_registry
from leads.warehouse import airflow_uri

WEB = "web_leads"
ENTRY = """
  web_leads:
    description: Leads from the web form
    origin_tag: cabinet
"""
SQL = """
-- Shapes  one row per form that was sent.
SELECT
    raw.id AS raw_id,
    btrim(raw.code) AS source_pk,
    raw.sent_at AS event_at,
    raw.created_at AS landed_at,
    raw.scout AS scout_id,
    raw,
    raw.xmin AS written_by
FROM public.web_leads AS raw;
"""
FIRST, SECOND, THIRD = (str(uuid.UUID(int=number)) for number in (1, 2, 3))


def declare(include: Path) -> Path:
    """What somebody does who adds a source."""
    with (include / "sources.yml").open("a", encoding="utf-8") as registry:
        registry.write(ENTRY)
    (include / "sql" / "ingest" / f"{WEB}.sql").write_text(SQL, encoding="utf-8")
    return include


@pytest.fixture
def source(tmp_path: Path) -> Source:
    shutil.copytree(INCLUDE, tmp_path / "include")
    registry = load_registry(declare(tmp_path / "include"))
    assert list(registry.sources)[-1] == WEB
    return registry[WEB]


@pytest.fixture(params=["uuid", "text"])
def web(connection: Connection[Any], request: pytest.FixtureRequest) -> Connection[Any]:
    """The raw table, with a key that does not grow with each row."""
    make_table(connection, request.param)
    return connection


def make_table(connection: Connection[Any], key_type: str) -> None:
    with connection.transaction():
        connection.execute(
            f"CREATE TABLE web_leads (id {key_type} PRIMARY KEY, code text, sent_at timestamp, "
            "created_at timestamp, scout integer)"
        )


def test_its_events_land_and_its_bad_rows_are_kept(web: Connection[Any], source: Source) -> None:
    put(web, WEB, id=FIRST, code=" W-1 ", sent_at=at(-1), created_at=at(-1), scout=4)
    put(web, WEB, id=SECOND, code="  ", sent_at=at(-1), created_at=at(-1))
    put(web, WEB, id=THIRD, code=None, sent_at=None, created_at=at(-1))
    stats = load_days(web, source, -1, 0)
    assert (stats["inserted"], stats["rejected"]) == (1, 2)
    event = events(web, WEB)["W-1"]
    assert (event.event_date, event.scout_id, event.raw_pk) == (day(-1), 4, FIRST)
    assert event.payload == {
        "id": FIRST,
        "code": " W-1 ",
        "sent_at": "2026-11-19T09:00:00",
        "created_at": "2026-11-19T09:00:00",
        "scout": 4,
        "origin_tag": "cabinet",
    }
    # Without key and without date: the key is looked at first.
    assert open_rejects(web, WEB) == dict.fromkeys((SECOND, THIRD), "MISSING_SOURCE_PK")
    assert findings(web, source) == []


def test_it_follows_corrections_vanished_and_late_rows_like_the_others(
    web: Connection[Any], source: Source
) -> None:
    put(web, WEB, id=SECOND, code="W-2", sent_at=at(-2), created_at=at(-2))
    put(web, WEB, id=THIRD, code=None, sent_at=at(-2), created_at=at(-2))
    load_days(web, source, -2, 0)
    before = events(web, WEB)["W-2"]
    change(web, WEB, SECOND, code="W-2b")
    change(web, WEB, THIRD, code="W-3")
    put(web, WEB, id=FIRST, code="W-1", sent_at=at(-300), created_at=at(-1))
    stats = load_days(web, source, 0, 0)
    assert (stats["inserted"], stats["updated"], stats["released"]) == (2, 1, 1)
    after = events(web, WEB)
    assert set(after) == {"W-1", "W-2b", "W-3"}
    assert after["W-2b"].id == before.id
    remove(web, WEB, SECOND)
    assert load_days(web, source, 0, 0)["vanished"] == 1
    assert events(web, WEB)["W-2b"].is_vanished
    versions = row_versions(web)
    load_days(web, source, -300, 0)
    assert row_versions(web) == versions


def test_its_duplicates_are_told_apart_by_landing_then_by_key(
    web: Connection[Any], source: Source
) -> None:
    for number in (FIRST, THIRD, SECOND):
        put(web, WEB, id=number, code="same", sent_at=at(-1), created_at=at(-1))
    load_days(web, source, -1, 0)
    assert events(web, WEB)["same"].raw_pk == THIRD
    assert open_rejects(web, WEB) == dict.fromkeys((FIRST, SECOND), "DUPLICATE_SOURCE_PK")
    change(web, WEB, FIRST, created_at=at(0))
    load_days(web, source, 0, 0)
    assert events(web, WEB)["same"].raw_pk == FIRST


PROGRAM = """
import json, sys
from airflow.dag_processing.dagbag import DagBag

bag = DagBag(dag_folder=sys.argv[1])
dag = bag.dags["identity_ingestion"]
from task_context import execute

execute(dag.get_task("ingest.web_leads"))
print("RESULT " + json.dumps({
    "errors": bag.import_errors,
    "tasks": sorted(dag.task_ids),
    "upstream": sorted(dag.get_task("health_check").upstream_task_ids),
    "sources": dag.params.get_param("sources").schema["items"]["enum"],
}))
"""


def test_it_gets_its_task_and_its_events_without_a_line_of_python(
    connection: Connection[Any], tmp_path: Path
) -> None:
    """A copy of the repository's own files, read by Airflow in a process of its own."""
    for folder in ("dags", "plugins", "include"):
        shutil.copytree(
            REPOSITORY / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    declare(tmp_path / "include")
    make_table(connection, "uuid")
    put(connection, WEB, id=FIRST, code="W-1", sent_at=at(0, 1), created_at=at(0, 1))
    info = connection.info
    warehouse = airflow_uri(
        host=info.host, port=info.port, user=info.user, password=info.password, database=info.dbname
    )
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(tmp_path / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(tmp_path / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_WAREHOUSE": warehouse,
        "LEADS_TIME_ZONE": "America/Lima",
        "PYTHONPATH": str(REPOSITORY / "tests"),
    }
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "dags")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    (line,) = (line for line in process.stdout.splitlines() if line.startswith("RESULT "))
    result = json.loads(line.removeprefix("RESULT "))
    assert result["errors"] == {}
    assert "ingest.web_leads" in result["tasks"]
    assert "ingest.web_leads" in result["upstream"]
    assert WEB in result["sources"]
    assert set(events(connection, WEB)) == {"W-1"}
    assert events(connection, WEB)["W-1"].event_date == day(0)
