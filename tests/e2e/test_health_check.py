"""The last task of a real run: it waits in the triggerer, fails with the verdict, and recovers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from e2e.house import House, stopwatch

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

#: The last rows to land may all have been rejected: that is another verdict, so they are older yet.
AGE = b"""
    WITH aged AS (
        UPDATE ops.ingestion_rejects SET first_seen_at = first_seen_at - interval '4 days'
    )
    UPDATE observational.lead_events SET created_at = created_at - interval '3 days'"""
MAKE_YOUNG = AGE.replace(b" - interval", b" + interval")
#: Whatever source it is named after: the one that lead_events suffers from.
INCIDENTS = b"""
    SELECT incident.id, incident.verdict, count(mail.sent_at)
    FROM ops.incidents AS incident
    LEFT JOIN ops.mails AS mail ON mail.incident_id = incident.id AND mail.kind = 'opening'
    WHERE incident.closed_at IS NULL AND incident.impact ? 'lead_events'
    GROUP BY incident.id"""


@dataclass(frozen=True)
class Unwell:
    state: str
    states: dict[str, str]
    log: str
    incidents: list[tuple[int, str, int]]
    state_after: list[str]


@pytest.fixture(scope="module")
def unwell(well_house: House) -> Unwell:
    """A run up to now while no lead has arrived for days; then they have, and it is cleared."""
    house = well_house
    house.up()
    with stopwatch("run without a lead for days: failed with the verdict, cleared"):
        # What other tests have left behind would land now, and be fresh.
        house.finished(house.api.trigger({}))
        house.sql(AGE)
        try:
            run_id = house.api.trigger({})
            (state,) = house.finished(run_id)
            states, log = house.states(run_id), house.log(run_id, "health_check")
            incidents = house.sql(INCIDENTS)
        finally:
            house.sql(MAKE_YOUNG)
        house.clear(run_id, only_failed=True)
        state_after = house.finished(run_id)
    return Unwell(state, states, log, incidents, state_after)


def test_the_work_is_done_and_only_the_last_task_fails(unwell: Unwell) -> None:
    assert unwell.state == "failed"
    failed = {task for task, state in unwell.states.items() if state != "success"}
    assert failed == {"health_check"}


def test_its_log_says_whose_fault_it_is_and_what_to_do(unwell: Unwell) -> None:
    assert "lead_events RED_NO_INGESTION_2D, UPSTREAM_STALE" in unwell.log
    assert "The pipeline is well" in unwell.log


def test_the_incident_is_one_and_so_is_its_mail(unwell: Unwell) -> None:
    ((_, verdict, mail_count),) = unwell.incidents
    assert (verdict, mail_count) == ("UPSTREAM_STALE", 1)


def test_cleared_once_leads_arrive_it_succeeds(unwell: Unwell) -> None:
    assert unwell.state_after == ["success"]
