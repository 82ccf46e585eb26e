"""Level and status of every kind of table, at the edges of the clock and the calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from psycopg import errors

from health.world import (
    CABINET,
    DRIVERS,
    EVENTS,
    LEAD_SOURCES,
    LIMA,
    NOW,
    PAYMENTS,
    RUNS,
    SCOUTING,
    WORK,
    World,
    ago,
)
from leads.sources import Calendar, Registry, Weekday, load_registry

EVERYTHING = (*LEAD_SOURCES, DRIVERS, WORK, PAYMENTS, EVENTS, RUNS)


def local(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of November 2026 in Lima; the 15th and the 22nd are Sundays."""
    return datetime(2026, 11, day, hour, minute, tzinfo=LIMA)


def with_calendar(calendar: Calendar, *names: str) -> Registry:
    """The registry of the repository, with some tables on a calendar."""
    registry = load_registry()
    return Registry(
        sources={
            name: source.model_copy(
                update={"health": source.health.model_copy(update={"calendar": "c"})}
            )
            if name in names
            else source
            for name, source in registry.sources.items()
        },
        monitored={
            name: one.model_copy(update={"calendar": "c"}) if name in names else one
            for name, one in registry.monitored.items()
        },
        calendars={"c": calendar},
    )


def test_a_warehouse_in_which_everything_came_is_green(world: World) -> None:
    world.all_well()
    assert world.statuses() == dict.fromkeys(EVERYTHING, "GREEN_OK")
    for row in world.health().values():
        assert (row.level, row.diagnosis, row.action, row.since_at) == ("GREEN", None, None, None)
        assert row.business_days_lag == 0


def test_the_catalogue_names_every_table_of_the_contract(world: World) -> None:
    rows = world.run("SELECT * FROM ops.v_data_sources_catalog")
    assert {row.source_name: row.source_type for row in rows} == {
        **dict.fromkeys(LEAD_SOURCES, "ct_ingest"),
        EVENTS: "ct_ingest",
        DRIVERS: "master",
        WORK: "activity",
        PAYMENTS: "ledger",
        RUNS: "pipeline",
    }
    # Its expressions can be used as they are.
    world.all_well()
    for row in rows:
        table = f"{row.schema_name}.{row.object_name}"
        (found,) = world.run(
            f"SELECT max({row.business_date_expr}) AS business, "  # noqa: S608 - ours
            f"max({row.ingestion_ts_expr}) AS ingestion FROM {table}"
        )
        assert type(found.business) is date
        assert isinstance(found.ingestion, datetime)


@pytest.mark.parametrize("table", [*LEAD_SOURCES, DRIVERS, WORK, PAYMENTS])
def test_a_missing_table_is_a_red_row_and_keeps_no_other_from_its_own(
    world: World, table: str
) -> None:
    world.all_well()
    world.run(f"DROP TABLE public.{table}")
    found = world.health()
    assert found[table].health_status == "RED_MISSING_TABLE"
    assert found[table].diagnosis == "SOURCE_MISSING"
    assert f"public.{table}" in found[table].action
    others = {name: row.level for name, row in found.items() if name != table}
    assert others == dict.fromkeys((name for name in EVERYTHING if name != table), "GREEN")
    assert len(world.run("SELECT * FROM ops.v_data_freshness_status")) == len(EVERYTHING)
    daily = world.run("SELECT DISTINCT source_name FROM ops.v_data_ingestion_daily")
    assert table not in {row.source_name for row in daily}
    assert len(daily) == len(EVERYTHING) - 1


def test_a_renamed_column_is_told_apart_from_a_missing_table(world: World) -> None:
    world.all_well()
    world.run(f"ALTER TABLE public.{PAYMENTS} RENAME COLUMN updated_at TO changed_at")
    found = world.health()[PAYMENTS]
    assert (found.health_status, found.diagnosis) == ("RED_UNREADABLE", "SOURCE_UNREADABLE")
    assert found.evidence["probe_error"] == errors.UndefinedColumn.sqlstate


def test_an_empty_warehouse_is_red_everywhere_and_breaks_nothing(world: World) -> None:
    assert world.statuses() == {
        **dict.fromkeys((*LEAD_SOURCES, WORK, PAYMENTS, EVENTS), "RED_NO_INGESTION_2D"),
        DRIVERS: "RED_NO_DATA",
        RUNS: "RED_NO_DATA",
    }


@pytest.mark.parametrize(
    ("landed", "at", "status"),
    [
        (local(19, 8), local(19, 10), "GREEN_OK"),
        (local(18, 23), local(19, 0, 5), "GREEN_OK"),  # just after midnight, nothing of today yet
        (local(18, 10), local(18, 23, 59), "GREEN_OK"),  # today brought one, however long ago
        (local(18, 19, 59), local(19, 10), "YELLOW_INGESTION_1D"),  # more than 14 h
        (local(18, 20), local(19, 10), "GREEN_OK"),  # 14 h exactly
        (local(18, 9), local(19, 10, 59), "YELLOW_INGESTION_1D"),  # 25 h 59 min
        (local(18, 8, 0), local(19, 10), "YELLOW_INGESTION_1D"),  # 26 h exactly
        (local(18, 7, 59), local(19, 10), "RED_INGESTION_STALE"),  # more than 26 h
        (local(18, 0), local(19, 23), "RED_INGESTION_STALE"),  # yesterday, but 47 h
        (local(17, 23, 59), local(19, 0, 30), "RED_NO_INGESTION_2D"),  # only 24 h 31 min
        (local(14, 12), local(19, 10), "RED_NO_INGESTION_2D"),
    ],
)
@pytest.mark.parametrize("table", [CABINET, WORK, PAYMENTS])
def test_the_clock_edges_of_the_ingestion_rules(
    world: World, table: str, landed: datetime, at: datetime, status: str
) -> None:
    today = at.astimezone(LIMA).date()
    if table == CABINET:
        world.lead(table, landed, happened=today)
    elif table == WORK:
        world.put(table, driver_id="d", date_file=f"{today:%Y-%m-%d}", created_at=landed)
    else:
        world.put(table, date=today, created_at=landed)
    assert world.statuses(at)[table] == status


@pytest.mark.parametrize(
    ("days", "status"),
    [(0, "GREEN_OK"), (1, "GREEN_OK"), (2, "YELLOW_BUSINESS_LAG"), (9, "YELLOW_BUSINESS_LAG")],
)
def test_fresh_rows_about_old_days_are_yellow(world: World, days: int, status: str) -> None:
    world.lead(CABINET, ago(hours=1), happened=(NOW - timedelta(days=days)).date())
    found = world.health()[CABINET]
    assert (found.health_status, found.business_days_lag) == (status, days)


@pytest.mark.parametrize("day", ["junk", "31-02-2026", "", None, "2031-01-01"])
def test_junk_is_never_green(world: World, day: str | None) -> None:
    world.put(WORK, driver_id="d", date_file=day, created_at=ago(hours=1))
    found = world.health()[WORK]
    assert (found.health_status, found.max_business_date) == ("YELLOW_BUSINESS_LAG", None)
    assert found.rows_in_future == (1 if day == "2031-01-01" else 0)


def test_dates_after_tomorrow_are_counted_and_never_fresh(world: World) -> None:
    old = ago(days=5)
    world.lead(CABINET, old)
    world.lead(CABINET, NOW + timedelta(days=3), happened=date(2031, 1, 1))
    found = world.health()[CABINET]
    assert found.health_status == "RED_NO_INGESTION_2D"
    assert (found.max_business_date, found.max_ingestion_ts) == (old.date(), old)
    assert found.rows_in_future == 1


def test_tomorrow_is_not_the_future_yet(world: World) -> None:
    tomorrow = (NOW + timedelta(days=1)).date()
    world.lead(CABINET, ago(hours=1), happened=tomorrow)
    found = world.health()[CABINET]
    assert (found.health_status, found.max_business_date) == ("GREEN_OK", tomorrow)
    assert (found.business_days_lag, found.rows_in_future) == (0, 0)


@pytest.mark.parametrize("zone", ["UTC", "America/Lima", "Asia/Tokyo", "Pacific/Kiritimati"])
def test_days_are_local_whatever_the_readers_zone(world: World, zone: str) -> None:
    at = local(19, 0, 30)
    world.lead(CABINET, local(18, 23, 50))
    world.lead(CABINET, local(19, 0, 10))
    world.taken(CABINET, local(19, 0, 20))
    world.ledger(CABINET, local(19, 0, 20))
    world.run(f"SET TIME ZONE '{zone}'")
    found = world.health(at)
    for name in (CABINET, EVENTS):
        row = found[name]
        assert row.max_business_date == date(2026, 11, 19)
        assert (row.rows_business_yesterday, row.rows_business_today) == (1, 1)
    assert (found[CABINET].rows_ingested_yesterday, found[CABINET].rows_ingested_today) == (1, 1)
    assert (found[EVENTS].rows_ingested_yesterday, found[EVENTS].rows_ingested_today) == (0, 2)
    daily = world.run("SELECT * FROM ops.data_daily(%s, 90) WHERE rows_count > 0", at)
    assert {
        (row.metric_type, row.metric_date, row.rows_count)
        for row in daily
        if row.source_name == CABINET
    } == {(kind, date(2026, 11, day), 1) for kind in ("business", "ingestion") for day in (18, 19)}
    # The reader's own zone is as it was.
    assert world.run("SHOW TIME ZONE")[0][0] == zone


def test_the_daily_counts_cover_ninety_days_without_a_gap(world: World) -> None:
    world.all_well()
    rows = world.run("SELECT * FROM ops.data_daily(%s, 90) WHERE source_name = %s", NOW, CABINET)
    days = sorted({row.metric_date for row in rows})
    assert days == [NOW.date() - timedelta(days=back) for back in range(89, -1, -1)]
    assert len(rows) == 180
    assert sum(row.rows_count for row in rows) == 2


# --- The pipeline ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "status"), [(1, "GREEN_OK"), (18, "GREEN_OK"), (18.1, "RED_INGESTION_STALE")]
)
def test_a_pipeline_that_stopped_is_red_after_eighteen_hours(
    world: World, hours: float, status: str
) -> None:
    world.ledger(CABINET, ago(hours=hours))
    assert world.statuses()[RUNS] == status


def test_only_completed_rows_are_fresh_and_a_failed_last_one_is_yellow(world: World) -> None:
    world.ledger(CABINET, ago(hours=2), "FAILED", error="no")
    assert world.statuses()[RUNS] == "RED_NO_DATA"
    world.ledger(CABINET, ago(hours=3))
    found = world.health()[RUNS]
    assert (found.health_status, found.diagnosis) == ("YELLOW_LAST_RUN_FAILED", "RUN_FAILED")
    assert found.max_ingestion_ts == ago(hours=3)
    world.ledger(SCOUTING, ago(hours=1))
    assert world.statuses()[RUNS] == "GREEN_OK"


# --- Days on which nothing is expected ----------------------------------------------------------

SUNDAYS = Calendar(idle_weekdays=(Weekday.SUNDAY,))


@pytest.mark.parametrize(
    ("at", "without", "rested"),
    [
        (local(21, 20), "GREEN_OK", "GREEN_OK"),  # Saturday
        (local(22, 12), "YELLOW_INGESTION_1D", "GREEN_OK"),  # Sunday
        (local(22, 22), "RED_INGESTION_STALE", "GREEN_OK"),
        (local(23, 7), "RED_NO_INGESTION_2D", "GREEN_OK"),  # Monday, before work begins
        (local(23, 23), "RED_NO_INGESTION_2D", "RED_INGESTION_STALE"),  # Monday is over, too
        (local(24, 1), "RED_NO_INGESTION_2D", "RED_NO_INGESTION_2D"),
    ],
)
def test_an_idle_sunday_is_no_fault_where_the_calendar_says_so(
    world: World, at: datetime, without: str, rested: str
) -> None:
    world.lead(CABINET, local(21, 18))
    assert world.statuses(at)[CABINET] == without
    world.declare(with_calendar(SUNDAYS, CABINET))
    assert world.statuses(at)[CABINET] == rested


def test_a_holiday_counts_as_neither_hours_nor_days(world: World) -> None:
    holidays = Calendar(idle_dates=(date(2026, 11, 17), date(2026, 11, 18)))
    world.lead(CABINET, local(16, 20))
    world.declare(with_calendar(holidays, CABINET))
    found = world.health(local(19, 9))[CABINET]
    assert (found.health_status, found.business_days_lag) == ("GREEN_OK", 1)
    assert found.ingestion_lag_interval == timedelta(days=2, hours=13)
    assert world.statuses(local(19, 23))[CABINET] == "RED_INGESTION_STALE"


def test_the_catalogue_follows_the_registry_and_is_left_alone_otherwise(world: World) -> None:
    before = world.run("SELECT source_name, xmin::text FROM ops.data_sources ORDER BY 1")
    world.declare(load_registry())
    assert world.run("SELECT source_name, xmin::text FROM ops.data_sources ORDER BY 1") == before
    registry = load_registry()
    fewer = Registry(
        sources={CABINET: registry[CABINET]},
        monitored={EVENTS: registry.monitored[EVENTS]},
    )
    world.declare(fewer, LEADS_LANGUAGE="en", LEADS_TIME_ZONE="UTC")
    assert set(world.statuses()) == {CABINET, EVENTS}
    assert world.run("SELECT time_zone, language FROM ops.monitor_settings") == [("UTC", "en")]
