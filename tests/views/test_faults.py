"""Figures that are not as they claim to be are never published: each check catches its fault."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection

from leads.views.checks import ChecksFailed
from views.faults import FALSIFIED, METRICS, falsified, kept, ledger, named, six_trips
from views.outcome import figures, refresh, refresh_only
from views.reading import check, versions
from views.world import ANA, BRUNO, CABINET, account, day, lead, mark, pay, rows, work, write


@pytest.fixture(autouse=True)
def settled(connection: Connection[Any]) -> None:
    six_trips(connection)


def expect_refusal(connection: Connection[Any], name: str) -> list[dict[str, Any]]:
    """A refresh is refused for this check and publishes nothing; gives the offending rows' keys."""
    before, published = versions(connection), figures(connection)
    claim = named(name).claim
    with pytest.raises(ChecksFailed) as caught:
        refresh(connection)
    assert name in [result.check.name for result in caught.value.failed]
    assert claim in str(caught.value)
    assert figures(connection) == published
    assert versions(connection) == before
    job, status, message = ledger(connection)
    assert (job, status) == ("view_refresh", "FAILED")
    assert claim in message
    assert f"./leads check {name}" in message
    assert kept(connection, name)[:3] == ("view_refresh", "FAILED", False)
    found: list[dict[str, Any]] = kept(connection, name)[3]
    return found


@pytest.mark.parametrize("name", FALSIFIED)
def test_a_falsified_figure_is_not_published(connection: Connection[Any], name: str) -> None:
    with falsified(connection, *FALSIFIED[name]):
        violations = expect_refusal(connection, name)
        assert {one["person_key"] for one in violations} == {str(ANA)}
    refresh(connection)
    found = check(connection)
    assert sum(map(len, found.values())) == 8
    assert kept(connection, name)[2:] == (True, None)


def test_a_lost_event_stops_publication_until_it_is_back(connection: Connection[Any]) -> None:
    write(connection, "DELETE FROM observational.lead_events WHERE source_table = %s", CABINET)
    mark(connection, ANA)
    assert expect_refusal(connection, "events_kept") == [
        {"source_table": CABINET, "covered_on": str(day(0)), "counted": 1, "present": 0}
    ]
    lead(connection, ANA, "1", 0)
    refresh(connection)
    check(connection)


def test_a_refusal_gives_the_marks_and_news_back(connection: Connection[Any]) -> None:
    account(connection, "d3", BRUNO, name="Bruno Paz")
    lead(connection, BRUNO, "9", 0)
    pay(connection, 1, name="Bruno Paz")
    work(connection, "d3", 0, 1)
    with falsified(connection, METRICS, "NEW.trips_30d := -1;"):
        expect_refusal(connection, "conversion_in_order")
    assert refresh_only(connection)["people"] == 2
    check(connection)


def test_a_dry_run_is_refused_too_and_keeps_nothing(connection: Connection[Any]) -> None:
    before = rows(connection, "SELECT count(*) FROM ops.check_results")
    with (
        falsified(connection, METRICS, "NEW.trips_30d := -1;"),
        pytest.raises(ChecksFailed, match="windows hold no fewer trips"),
    ):
        refresh(connection, dry_run=True)
    assert rows(connection, "SELECT count(*) FROM ops.check_results") == before
    assert ledger(connection)[1] == "COMPLETED"
