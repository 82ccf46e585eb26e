"""History older than the lookback is compared in rotation: all of it, at least once a week."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from psycopg import Connection

from ingestion.loading import (
    CABINET,
    LIMA,
    NOW,
    REGISTRY,
    SCOUTING,
    at,
    change,
    day,
    events,
    findings,
    load_between,
    load_days,
    open_rejects,
    put,
    remove,
    rows,
)
from leads.sources import Source

WEEK = timedelta(days=7)
SIX_HOURS = timedelta(hours=6)


def live_through(
    connection: Connection[Any],
    source: str | Source,
    *,
    runs: int,
    is_done: Callable[[datetime], bool] = lambda _: False,
) -> datetime | None:
    """Four scheduled runs a day from now on; when it was that something came about."""
    for number in range(1, runs + 1):
        now = NOW + SIX_HOURS * number
        end = now.astimezone(LIMA).replace(tzinfo=None)
        load_between(connection, source, end - SIX_HOURS, end, now=now)
        if is_done(now):
            return now
    return None


def put_history(connection: Connection[Any], days: int) -> None:
    """One row a day; keys far apart, so that no run meets an old one by its key."""
    with connection.transaction():
        connection.execute(
            "INSERT INTO module_ct_scouting_daily (id, registration_date, scout_id) "
            "SELECT (%s - age) * 2000, %s::date - age, 7 FROM generate_series(0, %s) AS age",
            (days + 1, day(0), days),
        )
    load_days(connection, SCOUTING, -days, 0)


def number_of(days: int, age: int) -> int:
    """The key of the row of that age in days, among so many days of history."""
    return (days + 1 - age) * 2000


@pytest.mark.parametrize("age", [100, 60, 37])
def test_a_correction_in_old_history_is_found_within_a_week(
    connection: Connection[Any], age: int
) -> None:
    put_history(connection, 100)
    change(connection, SCOUTING, number_of(100, age), scout_id=8)
    pk = str(number_of(100, age))
    found = live_through(
        connection,
        SCOUTING,
        runs=28,
        is_done=lambda _: events(connection, SCOUTING)[pk].scout_id == 8,
    )
    assert found is not None
    assert found <= NOW + WEEK


def test_each_covered_day_is_proved_again_at_least_once_a_week(
    connection: Connection[Any],
) -> None:
    put_history(connection, 400)
    proofs: dict[date, datetime] = {}

    def no_proof_is_older_than_a_week(now: datetime) -> bool:
        proofs.update(rows(connection, "SELECT covered_on, verified_at FROM ops.source_coverage"))
        assert min(proofs.values()) >= now - WEEK
        return False

    live_through(connection, SCOUTING, runs=60, is_done=no_proof_is_older_than_a_week)
    assert len(proofs) >= 401
    assert min(proofs.values()) > NOW, "each day was proved again"
    # After the first load all of it falls due together, and is shared out over three days of runs:
    # a run reads the lookback's 36 days and a small part of the other 365.
    assert rows(
        connection,
        "SELECT max((stats ->> 'read')::int) - 36 < 365 / 8 FROM ops.ingestion_runs WHERE id > 1",
    ) == [(True,)]


def test_a_row_that_vanished_from_old_history_is_found(connection: Connection[Any]) -> None:
    put_history(connection, 60)
    remove(connection, SCOUTING, number_of(60, 50))
    pk = str(number_of(60, 50))
    assert live_through(
        connection,
        SCOUTING,
        runs=28,
        is_done=lambda _: events(connection, SCOUTING)[pk].is_vanished,
    )


def test_an_event_lost_from_old_history_is_written_again(connection: Connection[Any]) -> None:
    put_history(connection, 60)
    pk = str(number_of(60, 50))
    with connection.transaction():
        connection.execute("DELETE FROM observational.lead_events WHERE source_pk = %s", (pk,))
    assert live_through(
        connection, SCOUTING, runs=28, is_done=lambda _: pk in events(connection, SCOUTING)
    )
    assert findings(connection, SCOUTING, now=NOW + WEEK) == []


def test_a_row_without_a_date_that_came_late_to_old_history_is_found(
    connection: Connection[Any],
) -> None:
    """It is counted on the day it says it landed; its key, without order, does not give it away."""
    source = REGISTRY[CABINET].model_copy(update={"ascending_key": False})
    put(connection, CABINET, id=1, lead_created_at=at(-60), created_at=at(-60))
    load_days(connection, source, -60, 0)
    put(connection, CABINET, id=2, lead_created_at=None, created_at=at(-50))
    assert live_through(
        connection, source, runs=28, is_done=lambda _: "2" in open_rejects(connection)
    )
    assert findings(connection, source, now=NOW + WEEK) == []


def test_a_run_of_the_window_only_takes_no_part_in_it(connection: Connection[Any]) -> None:
    put_history(connection, 60)
    change(connection, SCOUTING, number_of(60, 50), scout_id=8)
    pk = str(number_of(60, 50))
    late = NOW + timedelta(days=20)
    load_days(connection, SCOUTING, 20, 20, now=late, incremental=False)
    assert events(connection, SCOUTING)[pk].scout_id == 7
    # And the first run after a pause catches up with all that is overdue.
    load_days(connection, SCOUTING, 20, 20, now=late)
    assert events(connection, SCOUTING)[pk].scout_id == 8
