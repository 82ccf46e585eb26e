"""However a raw table was written, a refresh reads as little as will do, and misses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection

from leads.views import raw_reads
from leads.views import work as work_module
from leads.views.raw_reads import Facts, Way
from views.facts import driver_days
from views.grown_table import WORK, grow, settle, trips
from views.outcome import refresh
from views.reading import check, read_inputs
from views.world import Session, at, rows, work, write


@pytest.fixture(autouse=True)
def grown(connection: Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of some blocks that was read; every table counts as large."""
    monkeypatch.setattr(raw_reads, "SMALL_BLOCKS", 0)
    grow(connection)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[Way]:
    """The ways that were tried, from now on."""
    tried: list[Way] = []
    stage = work_module._stage

    def note(connection: Any, binds: Any, facts: Facts, way: Way) -> bool:
        tried.append(way)
        return stage(connection, binds, facts, way)

    monkeypatch.setattr(work_module, "_stage", note)
    return tried


def read(connection: Connection[Any]) -> None:
    """Refresh; then days and figures are as the raw table says."""
    refresh(connection)
    check(connection)
    wanted = {
        (driver_id, on): done
        for driver_id, days in driver_days(read_inputs(connection).work).items()
        for on, done in days.items()
    }
    found = rows(
        connection, "SELECT driver_id, work_date, trip_count, work_seconds FROM ops.driver_days"
    )
    assert {(driver_id, on): (trips, seconds) for driver_id, on, trips, seconds in found} == wanted
    accounted = rows(connection, "SELECT row_count FROM ops.raw_reads WHERE raw_table = %s", WORK)
    assert accounted == rows(connection, "SELECT count(*) FROM public.summary_daily")


def test_of_a_table_at_rest_the_end_alone_is_looked_at(
    connection: Connection[Any], ways: list[Way]
) -> None:
    read(connection)
    assert ways == [Way.APPENDED]


def test_of_a_table_that_grew_only_the_end_is_read(
    connection: Connection[Any], ways: list[Way]
) -> None:
    work(connection, "d1", 1, 4)
    work(connection, "d1", 0, 1, landed=at(59))
    work(connection, "d1", "n/a", 1)
    settle(connection)
    read(connection)
    assert (ways, trips(connection)) == ([Way.APPENDED], 7)
    read(connection)
    assert ways == [Way.APPENDED] * 2


def test_rows_that_were_written_over_or_removed_are_found(
    connection: Connection[Any], ways: list[Way]
) -> None:
    write(connection, "UPDATE summary_daily SET count_orders_completed = 9 WHERE driver_id = 'd1'")
    settle(connection)
    read(connection)
    assert (ways, trips(connection)) == ([Way.WRITTEN], 9)
    write(connection, "DELETE FROM summary_daily WHERE driver_id = 'd1'")
    settle(connection)
    read(connection)
    # That rows are gone, the number of rows tells; of which accounts they were, nothing does.
    assert (ways, trips(connection)) == ([Way.WRITTEN, Way.WRITTEN, Way.EVERYTHING], 0)


def test_a_row_that_went_to_another_account_is_missed_in_neither(
    connection: Connection[Any], ways: list[Way]
) -> None:
    write(connection, "UPDATE summary_daily SET driver_id = 'd1' WHERE driver_id = 'other3'")
    settle(connection)
    read(connection)
    assert ways == [Way.WRITTEN, Way.EVERYTHING]
    assert rows(connection, "SELECT 1 FROM ops.driver_days WHERE driver_id = 'other3'") == []


def test_an_emptied_and_refilled_table_is_read_as_a_whole(
    connection: Connection[Any], ways: list[Way]
) -> None:
    write(
        connection,
        "CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM summary_daily; "
        "TRUNCATE summary_daily; INSERT INTO summary_daily SELECT * FROM kept "
        "WHERE driver_id <> 'd1'; INSERT INTO summary_daily VALUES "
        "('d1', '01-10-2026', 8, 60, '2026-11-30')",
    )
    settle(connection)
    read(connection)
    assert (ways, trips(connection)) == ([Way.EVERYTHING], 8)


def test_rows_that_land_in_gaps_before_the_end_are_found(
    connection: Connection[Any], owner: Connection[Any], ways: list[Way]
) -> None:
    write(connection, "DELETE FROM summary_daily WHERE driver_id = 'other1'")
    settle(connection)
    read(connection)
    owner.autocommit = True
    owner.execute("VACUUM public.summary_daily")
    ways.clear()
    work(connection, "d1", 2, 5)
    settle(connection)
    before = rows(connection, "SELECT block_count FROM ops.raw_reads WHERE raw_table = %s", WORK)
    assert rows(
        connection,
        "SELECT (ctid::text::point)[0] FROM summary_daily WHERE date_file = '03-10-2026'",
    ) < [(before[0][0] - 1,)], "the row did not land in a gap"
    read(connection)
    assert (ways, trips(connection)) == ([Way.APPENDED, Way.WRITTEN], 8)


def test_one_who_commits_after_our_read_with_older_rows_is_heard_the_next_time(
    connection: Connection[Any], second: Connection[Any], ways: list[Way]
) -> None:
    second.execute(
        "INSERT INTO summary_daily VALUES ('d1', '05-10-2026', 5, 60, '2026-10-06 03:00')"
    )
    with second.transaction():  # a part of a transaction has a number of its own
        second.execute(
            "INSERT INTO summary_daily VALUES ('d1', '06-10-2026', 7, 60, '2026-10-07 03:00')"
        )
    work(connection, "d1", 8, 1, landed=at(70))
    settle(connection)
    refresh(connection)
    assert trips(connection) == 4
    second.commit()
    settle(second)
    second.commit()
    read(connection)
    assert trips(connection) == 16


def test_one_who_commits_in_the_middle_of_our_read_is_heard_the_next_time(
    connection: Session, second: Connection[Any]
) -> None:
    def write_on() -> None:
        work(second, "d1", 5, 7)
        work(second, "d1", "junk of a kind not seen before", 7)

    for step in ("create_drivers", "create_dates", "wanted_days", "update_days"):
        write(connection, "UPDATE summary_daily SET sum_work_time_seconds = 2")
        settle(connection)
        connection.after(f"views/work/{step}", write_on)
        refresh(connection)
        assert connection.happening is None, "nothing happened"
        settle(second)
        read(connection)
        assert trips(connection) == 10


def test_counts_that_come_late_only_delay(
    connection: Connection[Any], second: Connection[Any], ways: list[Way]
) -> None:
    """The server counts what a session wrote up to ten seconds after it went idle."""
    settle(second)
    second.commit()
    work(second, "d1", 3, 2)
    refresh(connection)
    settle(second)
    second.commit()
    read(connection)
    assert trips(connection) == 5
    assert Way.EVERYTHING not in ways


def test_an_overwritten_row_is_found_though_its_count_comes_later_than_that_of_new_rows(
    connection: Connection[Any], second: Connection[Any], ways: list[Way]
) -> None:
    second.autocommit = True
    # Room in the first block, where the new versions will lie; no row that is added goes there, as
    # nothing tells that there is room before a VACUUM.
    second.execute("DELETE FROM summary_daily WHERE ctid < '(1,0)' AND driver_id < 'other4'")
    settle(second)
    read(connection)
    ways.clear()
    second.execute("SELECT count(*) FROM summary_daily")
    second.execute("UPDATE summary_daily SET count_orders_completed = 50 WHERE ctid < '(1,0)'")
    work(connection, "d1", 9, 1)
    settle(connection)
    refresh(connection)
    assert ways == [Way.APPENDED], "the count was not late"
    settle(second)
    read(connection)
    assert (ways, trips(connection)) == ([Way.APPENDED, Way.WRITTEN], 4)


def test_another_database_s_or_server_s_counts_lead_to_a_whole_read() -> None:
    same = {"oid": 1, "is_plain_table": True, "file_node": 1, "block_count": 9_999}
    counts = {"inserted_count": 5, "updated_count": 2, "deleted_count": 1}
    old = {
        "old_file_node": 1,
        "old_block_count": 9,
        "old_row_count": 4,
        "old_inserted_count": 5,
        "old_updated_count": 2,
        "old_deleted_count": 1,
        "old_snapshot": "1:1:",
        "old_is_overtaken": False,
        "old_age": 3,
        "old_looked_age": 9,
    }

    def way(**other: Any) -> Way:
        return Facts(**(same | counts | old | other)).way

    assert way() is Way.APPENDED
    assert way(inserted_count=6) is Way.APPENDED
    assert way(inserted_count=6, old_is_overtaken=True) is Way.WRITTEN
    assert way(updated_count=3) is way(deleted_count=2) is Way.WRITTEN
    assert way(inserted_count=0) is Way.WRITTEN  # the counts were set to zero
    assert (
        way(old_looked_age=None) is way(file_node=2) is way(is_plain_table=False) is Way.EVERYTHING
    )
