"""Rows that arrive after their window was loaded, in any order of timestamps, keys and commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg import Connection

from ingestion.loading import (
    CABINET,
    LIMA,
    NOW,
    SCOUTING,
    at,
    change,
    day,
    events,
    findings,
    load_between,
    load_days,
    load_window,
    open_rejects,
    put,
    rows,
)
from leads.windows import Window, WindowError, WindowKind, resolve_window

LATER = NOW + timedelta(hours=6)
INSERT = "INSERT INTO module_ct_cabinet_leads (id, lead_created_at, created_at) VALUES (%s, %s, %s)"


def load_next_window(connection: Connection[Any], **options: Any) -> dict[str, Any]:
    """Today from 10:00 to 16:00, six hours after the loads up to 10:00."""
    return load_between(connection, CABINET, at(0, 10), at(0, 16), now=LATER, **options)


def test_a_window_is_half_open(connection: Connection[Any]) -> None:
    for number, event in enumerate([at(0, 0) - timedelta(microseconds=1), at(0, 0), at(0, 6)], 1):
        put(connection, CABINET, id=number, lead_created_at=event, created_at=at(-9))
    load_between(connection, CABINET, at(0, 0), at(0, 6))
    assert set(events(connection)) == {"2"}
    load_between(connection, CABINET, at(0, 6), at(0, 12))
    assert set(events(connection)) == {"2", "3"}


@pytest.mark.parametrize(
    ("number", "event", "landed"),
    [
        (2001, at(0, 9), at(0, 9)),  # the plain case: it began before our read and committed after
        (2001, at(-300), at(0, 9)),  # its event is far in the past
        (1, at(0, 9), at(0, 9)),  # its key is lower than all that were seen
        (1, at(-300), at(0, 9)),
        (2001, at(-300), None),  # nothing but its key says that it is new
        (1500, at(-300), None),  # and here not even that: it lies among those seen
        (1500, at(-300), at(-300)),
        (2001, None, at(-1)),
        (2001, None, None),
        (1, at(-20), at(-20)),
    ],
)
def test_a_writer_that_commits_after_our_read_is_picked_up_by_the_next_run(
    connection: Connection[Any],
    second: Connection[Any],
    number: int,
    event: datetime | None,
    landed: datetime | None,
) -> None:
    put(connection, CABINET, id=2000, lead_created_at=at(0, 9), created_at=at(0, 9))
    load_between(connection, CABINET, at(-301), at(0, 4))
    second.execute(INSERT, (number, event, landed))
    stats = load_between(connection, CABINET, at(0, 4), at(0, 10))
    assert (stats["inserted"], stats["rejected"]) == (1, 0)
    second.commit()
    assert findings(connection) == [], "what came since is not missing"
    stats = load_next_window(connection)
    if event is None:
        assert open_rejects(connection) == {str(number): "MISSING_EVENT_DATE"}
    else:
        assert stats["inserted"] == 1
        assert set(events(connection)) == {"2000", str(number)}
    assert findings(connection, now=LATER) == []


def test_a_writer_in_flight_over_several_runs_is_not_forgotten(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    second.execute(INSERT, (1, at(-300), at(0, 3)))
    for number in range(2, 5):
        put(connection, CABINET, id=number, lead_created_at=at(0, 3), created_at=at(0, 3))
        load_between(connection, CABINET, at(-300), at(0, 4))
    second.commit()
    load_next_window(connection)
    assert set(events(connection)) == {"1", "2", "3", "4"}


def test_a_writer_in_flight_is_picked_up_on_a_day_that_no_run_covered(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    """Neither its times nor the coverage tell that it is late: only that no load could see it."""
    put(connection, CABINET, id=1, lead_created_at=at(-300), created_at=at(-300))
    second.execute(INSERT, (2, at(-300), at(0, 9)))
    load_between(connection, CABINET, at(0, 4), at(0, 10))
    second.commit()
    load_next_window(connection)
    assert set(events(connection)) == {"2"}


@pytest.mark.parametrize("is_first", [True, False], ids=["first load", "later load"])
@pytest.mark.parametrize(
    ("event", "landed", "incremental", "is_taken"),
    [
        (at(-10), at(0, 11), True, True),  # late, and it landed in the window
        (at(-200), at(0, 11), True, True),  # however old its event date
        (at(-10), at(0, 11), False, False),  # the window only
        (at(0, 11), at(0, 11), False, True),  # which it lies in
        (at(0, 11), None, False, True),
        (at(0, 20), at(0, 11), True, False),  # not late: its window is still to come
        (None, at(0, 11), False, True),
    ],
)
def test_late_arrivals_are_taken_when_incremental(
    connection: Connection[Any],
    event: datetime | None,
    landed: datetime | None,
    incremental: bool,
    is_taken: bool,
    is_first: bool,
) -> None:
    if not is_first:
        load_days(connection, CABINET, -1, -1)
    put(connection, CABINET, id=1, lead_created_at=event, created_at=landed)
    load_next_window(connection, incremental=incremental)
    assert bool(events(connection) or open_rejects(connection)) is is_taken


def test_history_on_a_day_that_no_run_covered_waits_for_its_own_window(
    connection: Connection[Any],
) -> None:
    for number, offset in enumerate([-100, -20, -2], 1):
        put(connection, CABINET, id=number, lead_created_at=at(offset), created_at=at(offset))
    for _ in range(2):
        stats = load_between(connection, CABINET, at(0, 4), at(0, 10))
        assert stats["read"] == 0
    load_next_window(connection)
    assert events(connection) == {}
    load_days(connection, CABINET, -20, -20)
    assert set(events(connection)) == {"2"}
    assert findings(connection) == []


def test_a_row_missed_on_a_covered_day_is_made_good_within_the_lookback(
    connection: Connection[Any],
) -> None:
    """Somebody deleted an event behind our back: the next run writes it again."""
    put(connection, CABINET, id=1, lead_created_at=at(-5), created_at=at(-5))
    load_days(connection, CABINET, -5, -5)
    with connection.transaction():
        connection.execute("DELETE FROM observational.lead_events")
    load_days(connection, CABINET, 0, 0)
    assert set(events(connection)) == {"1"}


def test_late_rows_are_taken_by_a_manual_window_of_the_past(connection: Connection[Any]) -> None:
    load_days(connection, CABINET, -3, 0)
    put(connection, CABINET, id=1, lead_created_at=at(-2), created_at=None)
    load_days(connection, CABINET, -2, -2, incremental=False)
    assert set(events(connection)) == {"1"}


def continue_from(last_covered: Callable[[], datetime | None], now: datetime) -> Window:
    """The window of a manual run without dates."""
    return resolve_window(
        has_own_interval=False,
        interval=None,
        date_from=None,
        date_to=None,
        last_covered=last_covered(),
        now=now,
        zone=LIMA,
    )


def test_a_run_without_dates_continues_from_the_first_load_to_now(
    connection: Connection[Any],
) -> None:
    put(connection, CABINET, id=1, lead_created_at=at(-500), created_at=at(-500))
    put(connection, CABINET, id=2, lead_created_at=at(0, 9), created_at=at(0, 9))
    load_days(connection, CABINET, -500, -1)
    assert set(events(connection)) == {"1"}
    with connection.transaction():  # proof that history is not read again
        connection.execute("UPDATE module_ct_cabinet_leads SET status = 'x' WHERE id = 1")
    put(connection, CABINET, id=5000, lead_created_at=at(0, 9), created_at=at(0, 9))
    windows: list[Window] = []

    def resolve(last_covered: Callable[[], datetime | None]) -> Window:
        windows.append(continue_from(last_covered, NOW))
        return windows[-1]

    load_window(connection, CABINET, resolve)
    assert set(events(connection)) == {"1", "2", "5000"}
    (window,) = windows
    assert window.start.astimezone(LIMA).replace(tzinfo=None) == at(0, 0)
    assert (window.end, window.kind) == (NOW, WindowKind.CONTINUED)
    load_window(connection, CABINET, lambda last: continue_from(last, LATER), now=LATER)
    assert rows(
        connection,
        "SELECT window_from, window_to FROM ops.ingestion_runs ORDER BY id DESC LIMIT 1",
    ) == [(NOW, LATER)]


def test_a_run_without_dates_has_nothing_to_continue_on_an_empty_warehouse(
    connection: Connection[Any],
) -> None:
    with pytest.raises(WindowError, match="date_from and date_to"):
        load_window(connection, CABINET, lambda last: continue_from(last, NOW))
    assert rows(connection, "SELECT count(*) FROM ops.ingestion_runs") == [(0,)]


def test_a_source_continues_from_its_own_coverage(connection: Connection[Any]) -> None:
    load_days(connection, CABINET, -3, -1)
    with pytest.raises(WindowError, match="Nothing is covered yet"):
        load_window(connection, SCOUTING, lambda last: continue_from(last, NOW))


def test_a_window_that_ends_after_now_covers_only_what_has_been(
    connection: Connection[Any],
) -> None:
    """Rows of the rest of today are still to come: a run without dates begins at the reading."""
    load_days(connection, CABINET, 0, 3)
    put(connection, CABINET, id=1, lead_created_at=at(0, 11), created_at=at(-9))
    load_window(connection, CABINET, lambda last: continue_from(last, LATER), now=LATER)
    assert set(events(connection)) == {"1"}
    assert rows(
        connection, "SELECT window_from FROM ops.ingestion_runs ORDER BY id DESC LIMIT 1"
    ) == [(NOW,)]


def test_an_old_row_that_is_corrected_before_it_was_ever_loaded_is_no_error(
    connection: Connection[Any],
) -> None:
    put(connection, CABINET, id=1, lead_created_at=at(-20), created_at=at(-20))
    load_days(connection, CABINET, 0, 0)
    change(connection, CABINET, 1, status="corrected")
    load_days(connection, CABINET, 0, 0)
    load_days(connection, CABINET, -20, -20)
    assert events(connection)["1"].event_date == day(-20)
    assert findings(connection) == []
