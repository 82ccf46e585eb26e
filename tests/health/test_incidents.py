"""Incidents: opened once, updated, closed when over; one opening and one recovery mail each."""

from __future__ import annotations

from datetime import datetime, timedelta

from psycopg import sql

from health.world import CABINET, DRIVERS, NOW, World
from leads.health import incidents
from leads.health.incidents import Watched
from leads.settings import Settings, load_settings

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def settings(**overrides: str) -> Settings:
    chosen = {"ALERT_TO": "ops@example.com", "LANGUAGE": "en", **overrides}
    return load_settings({f"LEADS_{name}": value for name, value in chosen.items()})


def look(world: World, at: datetime, by: str = "watch", **overrides: str) -> Watched:
    return incidents.watch(world.session, settings(**overrides), at=at, by=by)


def keys(found: tuple[incidents.Incident, ...]) -> list[str]:
    return [one.cause_key for one in found]


def mails(world: World) -> list[str]:
    return [
        f"{row.kind}: {row.subject}" for row in world.run("SELECT * FROM ops.mails ORDER BY id")
    ]


def test_a_world_that_is_well_has_no_incident(world: World) -> None:
    world.all_well()
    found = look(world, NOW)
    assert (found.opened, found.still_open, found.mail_count) == ((), (), 0)
    assert [row.level for row in found.rows] == ["GREEN"] * 8


def test_one_problem_is_opened_once_updated_and_closed_with_one_mail_each(world: World) -> None:
    world.all_well()
    world.run(f"ALTER TABLE {DRIVERS} RENAME TO elsewhere")
    try:
        assert keys(look(world, NOW).opened) == [f"source:{DRIVERS}"]
        again = look(world, NOW + 15 * MINUTE)
        assert (again.opened, again.mail_count) == ((), 0)
        assert again.still_open[0].seen_count == 2
    finally:
        world.run(f"ALTER TABLE elsewhere RENAME TO {DRIVERS}")
    looks_well = look(world, NOW + 30 * MINUTE)
    assert (looks_well.closed, keys(looks_well.still_open)) == ((), [f"source:{DRIVERS}"])
    over = look(world, NOW + 60 * MINUTE)
    assert keys(over.closed) == [f"source:{DRIVERS}"]
    assert mails(world) == [
        f"opening: [leads] The table is missing: {DRIVERS}",
        f"recovery: [leads] Well again after 30 min: {DRIVERS}",
    ]
    assert look(world, NOW + 75 * MINUTE).mail_count == 0


def test_a_failed_load_opens_one_and_the_next_load_closes_it_at_once(world: World) -> None:
    world.all_well(NOW - DAY)
    world.ledger(CABINET, NOW - HOUR, "FAILED", error="column gone", task_id=f"ingest.{CABINET}")
    found = look(world, NOW)
    assert f"source:{CABINET}" in keys(found.opened)


def test_new_rows_that_are_all_rejected_are_told_though_nothing_is_red(world: World) -> None:
    world.all_well(NOW)
    for table in ("module_ct_cabinet_leads", "observational.lead_events"):
        world.run(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table.split("."))))
    world.put(CABINET, id=50, created_at=NOW - 3 * HOUR)
    world.reject(CABINET, 50, NOW - 2 * HOUR)
    assert world.health(NOW)[CABINET].level == "YELLOW"
    assert keys(look(world, NOW).opened) == [f"source:{CABINET}"]
    assert "REJECTED" in {row.verdict for row in world.run("SELECT verdict FROM ops.incidents")}
