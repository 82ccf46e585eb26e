"""`./leads health`: what it says, what it sends, how it ends; without Airflow, too."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from string import Formatter

import pytest

from cli_identity.fleet import Fleet
from health.mail_server import Desk, free_port, mail_server
from health.world import DRIVERS, WORK, World
from leads.cli.texts import Language, read_texts
from leads.health import incidents
from leads.settings import INCLUDE, REPOSITORY, load_settings
from leads.windows import UTC

CATALOGUES = {
    language: read_texts(INCLUDE / "texts" / f"health.{language.value}.yml")
    for language in Language
}


@pytest.fixture
def fleet(world: World, health_conninfo: str, tmp_path: object) -> Fleet:
    """A warehouse that is well now, and watched."""
    world.all_well(datetime.now(UTC))
    watch(world, datetime.now(UTC))
    return Fleet(health_conninfo)


def watch(world: World, at: datetime) -> None:
    world.run("TRUNCATE ops.health_watches")
    incidents.watch(world.session, load_settings({}), at=at, by="lead_health.watch")


def test_all_well_says_so_and_ends_with_0(fleet: Fleet) -> None:
    said = fleet.ok("health", "--exit-code")
    assert "All critical sources are well." in said
    assert "No open incidents." in said
    assert said.count("GREEN") == 8


def test_a_critical_source_that_is_red_ends_with_1_for_a_monitor_only(
    fleet: Fleet, world: World
) -> None:
    world.run("TRUNCATE ops.ingestion_runs CASCADE")
    said = fleet.refused("health", "--exit-code", status=1)
    assert "Not well: ingestion_runs." in said
    assert "RED" in fleet.ok("health")


def test_a_source_that_is_not_critical_is_told_and_ends_with_0(fleet: Fleet, world: World) -> None:
    world.run(f"ALTER TABLE {WORK} RENAME TO elsewhere")
    said = fleet.ok("health", "--exit-code", COLUMNS="250")
    assert "The table is missing" in said
    assert f"Restore the table public.{WORK}" in said


def test_it_speaks_spanish(fleet: Fleet, world: World) -> None:
    world.run(f"ALTER TABLE {WORK} RENAME TO elsewhere")
    said = fleet.ok("health", "--lang", "es", COLUMNS="250")
    assert "Falta la tabla" in said
    assert "Todas las fuentes críticas están bien." in said


def test_that_nobody_watches_ends_with_1(fleet: Fleet, world: World) -> None:
    watch(world, datetime.now(UTC) - timedelta(minutes=61))
    said = fleet.refused("health", "--exit-code", status=1)
    assert "nobody is watching" in said
    world.run("TRUNCATE ops.health_watches")
    assert "never looked" in fleet.refused("health", "--exit-code", status=1)


def test_the_dead_mans_check_mails_once_that_nobody_watches(
    fleet: Fleet, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(world, datetime.now(UTC) - timedelta(minutes=61))
    desk, port = Desk(), free_port()
    extra = {
        "LEADS_ALERT_TO": "ops@example.com",
        "AIRFLOW_CONN_SMTP_DEFAULT": f"smtp://127.0.0.1:{port}/?disable_ssl=true&disable_tls=true",
    }
    with mail_server(desk, port):
        fleet.refused("health", "--exit-code", "--send", status=1, **extra)
        said = fleet.refused("health", "--exit-code", "--send", status=1, **extra)
    assert desk.subjects == ["[leads] Nobody looked"]
    assert "Nobody looked" in said


def test_a_mail_server_that_is_down_is_told_and_changes_nothing(fleet: Fleet, world: World) -> None:
    world.run(f"ALTER TABLE {DRIVERS} RENAME TO elsewhere")
    extra = {
        "LEADS_ALERT_TO": "ops@example.com",
        "AIRFLOW_CONN_SMTP_DEFAULT": f"smtp://127.0.0.1:{free_port()}/?disable_ssl=true",
    }
    said = " ".join(fleet.ok("health", "--exit-code", "--send", **extra).split())
    assert "1 mails wait since" in said
    assert "down: ConnectionRefusedError" in said


def test_programs_read_json(fleet: Fleet) -> None:
    told = json.loads(fleet.ok("health", "--json"))
    assert (told["is_well"], told["is_watched"], told["incidents"]) == (True, True, [])
    assert {source["level"] for source in told["sources"]} == {"GREEN"}
    assert told["mails"]["waiting_count"] == 0


def test_a_warehouse_that_cannot_be_reached_ends_with_3(fleet: Fleet) -> None:
    nowhere = f"postgresql://warehouse:secret@127.0.0.1:{free_port()}/x"
    said = fleet.refused("health", "--exit-code", status=3, AIRFLOW_CONN_WAREHOUSE=nowhere)
    assert "cannot be reached" in said
    assert "secret" not in said


def test_wrong_usage_ends_with_2(fleet: Fleet) -> None:
    fleet.refused("health", "--lang", "fr", status=2)


def test_help_teaches_by_example(fleet: Fleet) -> None:
    said = fleet.ok("health", "--help")
    assert "For example:" in said
    assert "*/10 * * * *" in said
    assert "--language" in said


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    english, spanish = CATALOGUES[Language.EN], CATALOGUES[Language.ES]
    assert english.keys() == spanish.keys()
    for key, text in english.items():
        assert fields(text) == fields(spanish[key]), key
        assert text.strip()
        assert text != spanish[key] or len(text.split()) < 3


def test_every_text_that_the_command_names_is_there_and_no_other() -> None:
    code = (REPOSITORY / "plugins/leads/cli/health.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"(health\.[a-z_]+)"', code))
    known = {key for key in CATALOGUES[Language.EN] if not key.startswith("health.col.")}
    assert named == known
