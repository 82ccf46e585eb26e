"""`./leads refresh`: what it says, what it writes, and what it does when a claim does not hold."""

from __future__ import annotations

import pytest

from cli_views.fleet import Fleet, cells
from cli_views.world import NORA, ROSA, day, work

TRIPS = "SELECT total_trips_14d FROM ops.v_cabinet_financial_14d WHERE driver_id = %s"


def add_work(fleet: Fleet, driver_id: str, trips: int) -> None:
    with fleet.connect() as connection:
        work(connection, driver_id, day(5), trips)


def break_a_claim(fleet: Fleet) -> None:
    """A load counted more leads on that day than there are."""
    fleet.write(
        "INSERT INTO ops.source_coverage (source_table, covered_on, covered, verified_at,"
        " event_count) VALUES ('module_ct_scouting_daily', %s, '{}', now(), 99)",
        day(0),
    )


def test_it_publishes_what_changed_and_says_how_much(fleet: Fleet) -> None:
    add_work(fleet, NORA, 4)
    said = fleet.ok("refresh")
    assert "People reckoned anew: 1; changed driver-days: 1; changed payments: 0." in said
    assert fleet.rows(TRIPS, NORA) == [(7,)]
    for view, written in (
        ("observational.v_conversion_metrics", 1),
        ("ops.v_payment_calculation", 2),
        ("ops.v_cabinet_financial_14d", 1),
    ):
        assert cells(said, view)[1:] == [str(written), "0"]
    assert fleet.rows(
        "SELECT job_type, status FROM ops.ingestion_runs ORDER BY id DESC LIMIT 1"
    ) == [("view_refresh", "COMPLETED")]


def test_a_dry_run_says_the_same_and_writes_nothing(fleet: Fleet) -> None:
    add_work(fleet, NORA, 4)
    before = fleet.everything()
    said = fleet.ok("refresh", "--dry-run")
    assert "Dry run, nothing was written" in said
    assert "People to reckon anew: 1; changed driver-days: 1" in said
    assert fleet.everything() == before
    assert fleet.rows(TRIPS, NORA) == [(3,)]


def test_a_full_refresh_reckons_everybody_and_changes_nothing(fleet: Fleet) -> None:
    people = fleet.rows("SELECT count(DISTINCT person_key) FROM observational.conversion_metrics")
    before = fleet.rows("SELECT * FROM ops.view_totals ORDER BY 1")
    said = fleet.ok("refresh", "--full")
    assert f"People reckoned anew: {people[0][0]};" in said
    assert fleet.rows("SELECT * FROM ops.view_totals ORDER BY 1") == before


def test_a_claim_that_does_not_hold_is_named_with_the_next_command(fleet: Fleet) -> None:
    break_a_claim(fleet)
    add_work(fleet, NORA, 4)
    said = fleet.refused("refresh")
    assert "events_kept" in said
    assert "No lead event is gone that a load counted" in said
    assert "Nothing was published: readers keep the last good figures." in said
    assert said.strip().endswith("See the rows and what to do: ./leads check events_kept")
    assert fleet.rows(TRIPS, NORA) == [(3,)]
    assert fleet.rows(
        "SELECT job_type, status FROM ops.ingestion_runs ORDER BY id DESC LIMIT 1"
    ) == [("view_refresh", "FAILED")]


def test_warnings_are_counted_and_do_not_stop_it(fleet: Fleet) -> None:
    # What was paid to her for 5 trips was not reached.
    add_work(fleet, NORA, 1)
    said = fleet.ok("refresh")
    assert "warnings: 1." in said
    assert "What they found: ./leads check" in said


@pytest.mark.parametrize("words", [(), ("--full",), ("--dry-run",)])
def test_it_speaks_spanish(fleet: Fleet, words: tuple[str, ...]) -> None:
    add_work(fleet, ROSA, 1)
    said = fleet.ok("refresh", *words, "--language", "es")
    assert ("Ensayo, no se escribió nada" if "--dry-run" in words else "Publicado en") in said
    assert "Comprobaciones hechas" in said
