"""A year of faults: which are noticed, whose they are said to be, how many mails go out."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from health.year import DAYS, RIGHT, SOURCES, Fault, Kind, Year
from ingestion.shared_database import shared_database

# The year itself takes one to three minutes, by night nine.
pytestmark = pytest.mark.timeout(1800)
#: An incident belongs to a fault until this long after it: runs have to take what waited first.
AFTERMATH = timedelta(hours=30)


@pytest.fixture(scope="module")
def year(server: Any, nightly: bool) -> Iterator[Year]:
    """The year, lived through: a look every three hours, by night every hour."""
    hours = 1 if nightly else 3
    with (
        shared_database(server, "leads_year") as conninfo,
        psycopg.connect(conninfo, prepare_threshold=None) as session,
    ):
        session.execute("SET synchronous_commit = off")
        session.commit()
        lived = Year(session, random.Random(20261122))
        lived.begin()
        for number, at in enumerate(lived.moments(hours)):
            lived.live(at, hours)
            if number % 200 == 0:
                session.commit()
                session.autocommit = True
                session.execute("VACUUM ANALYZE")
                session.autocommit = False
        yield lived


@pytest.fixture(scope="module")
def found(year: Year) -> list[Any]:
    """Every incident of the year."""
    with year.session.transaction():
        cursor = year.session.cursor(row_factory=namedtuple_row)
        return cursor.execute("SELECT * FROM ops.incidents ORDER BY opened_at").fetchall()


def of(fault: Fault, found: list[Any]) -> list[Any]:
    """The incidents that a fault made."""
    return [
        one
        for one in found
        if one.cause_key == fault.cause_key
        and fault.begins <= one.opened_at <= fault.ends + AFTERMATH
    ]


def test_the_year_has_enough_of_everything(year: Year) -> None:
    assert DAYS >= 365
    assert len(SOURCES) == 10
    assert len(year.faults) >= 40
    assert len({fault.kind for fault in year.faults}) == len(Kind) >= 8


def test_faults_are_noticed(year: Year, found: list[Any]) -> None:
    missed = [fault for fault in year.faults if not of(fault, found)]
    assert len(missed) <= 0.05 * len(year.faults), missed


def test_whose_fault_it_is_is_right(year: Year, found: list[Any]) -> None:
    wrong = [
        (fault, year.verdicts[one.id], one.opened_at)
        for fault in year.faults
        for one in of(fault, found)[:1]
        if year.verdicts[one.id] not in RIGHT[fault.kind]
    ]
    assert len(wrong) <= 0.1 * len(year.faults), wrong


def test_there_are_few_false_alarms(year: Year, found: list[Any]) -> None:
    real = {one.id for fault in year.faults for one in of(fault, found)}
    false = [one for one in found if one.id not in real]

    def quarter(at: datetime) -> int:
        return (at.month - 1) // 3 + 4 * at.year

    per_quarter = Counter((one.cause_key, quarter(one.opened_at)) for one in false)
    assert max(per_quarter.values(), default=0) <= 2, false
    assert len(false) <= len(SOURCES), [(one.cause_key, one.opened_at) for one in false]


def test_each_fault_makes_one_incident_with_one_mail_at_each_end(
    year: Year, found: list[Any]
) -> None:
    for fault in year.faults:
        assert len(of(fault, found)) <= 1, (fault, of(fault, found))
    assert all(one.closed_at for one in found), [one for one in found if not one.closed_at]
    with year.session.transaction():
        rows = year.session.execute(
            "SELECT incident_id, kind FROM ops.mails WHERE kind != 'digest'"
        ).fetchall()
    assert Counter(rows) == {(one.id, kind): 1 for one in found for kind in ("opening", "recovery")}


def test_a_digest_goes_out_at_most_once_a_day(year: Year, found: list[Any]) -> None:
    with year.session.transaction():
        days = [
            day
            for (day,) in year.session.execute(
                "SELECT (created_at AT TIME ZONE 'America/Lima')::date FROM ops.mails "
                "WHERE kind = 'digest'"
            )
        ]
    assert len(set(days)) == len(days)
    assert days, "faults of several days make digests"


def test_nothing_is_noticed_late(year: Year, found: list[Any]) -> None:
    """What fails by itself is told at the next run or look, what is silent within two days."""
    at_once = {Kind.DROPPED, Kind.RENAMED, Kind.LOAD_FAILS, Kind.TASK_FAILS, Kind.EMPTIED}
    for fault in year.faults:
        for one in of(fault, found):
            limit = timedelta(hours=7) if fault.kind in at_once else timedelta(hours=75)
            assert one.opened_at - fault.begins <= limit, (fault, one.opened_at)
