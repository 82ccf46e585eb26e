"""The last task of a real run: it waits in the triggerer, fails with the verdict, and recovers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from e2e.house import House, stopwatch, wait_for
from e2e.post_office import PostOffice

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

AGE = b"UPDATE observational.lead_events SET created_at = created_at - interval '3 days'"
MAKE_YOUNG = b"UPDATE observational.lead_events SET created_at = created_at + interval '3 days'"
INCIDENTS = b"SELECT cause_key, verdict, closed_at IS NOT NULL FROM ops.incidents WHERE id > %s"
LAST_INCIDENT = b"SELECT coalesce(max(id), 0) FROM ops.incidents"


@dataclass(frozen=True)
class Unwell:
    state: str
    states: dict[str, str]
    log: str
    incidents: list[tuple[str, str, bool]]
    openings: list[str]
    state_after: list[str]
    incidents_after: list[tuple[str, str, bool]]
    recoveries: list[str]


@pytest.fixture(scope="module")
def unwell(house: House, post_office: PostOffice) -> Unwell:
    """A run up to now while no lead has arrived for days; then they have, and it is cleared."""
    house.up()
    with stopwatch("run without a lead for days: failed with the verdict, cleared"):
        # What other tests have left behind would land now, and be fresh.
        house.finished(house.api.trigger({}))
        ((last,),) = house.sql(LAST_INCIDENT)
        house.sql(AGE)
        try:
            run_id = house.api.trigger({})
            (state,) = house.finished(run_id)
            states, log = house.states(run_id), house.log(run_id, "health_check")
            incidents = house.sql(INCIDENTS, last)
            wait_for("the mail", lambda: post_office.texts("nothing newer: lead_events"))
            openings = post_office.texts("nothing newer: lead_events")
        finally:
            house.sql(MAKE_YOUNG)
        house.clear(run_id, only_failed=True)
        state_after = house.finished(run_id)
    return Unwell(
        state,
        states,
        log,
        incidents,
        openings,
        state_after,
        house.sql(INCIDENTS, last),
        post_office.texts("Well again"),
    )


def test_the_work_is_done_and_only_the_last_task_fails(unwell: Unwell) -> None:
    assert unwell.state == "failed"
    failed = {task for task, state in unwell.states.items() if state != "success"}
    assert failed == {"health_check"}


def test_its_log_says_whose_fault_it_is_and_what_to_do(unwell: Unwell) -> None:
    assert "lead_events RED_NO_INGESTION_2D, UPSTREAM_STALE" in unwell.log
    assert "The pipeline is well" in unwell.log


def test_the_incident_is_one_and_so_is_its_mail(unwell: Unwell) -> None:
    assert [(key, verdict) for key, verdict, _ in unwell.incidents] == [
        ("source:lead_events", "UPSTREAM_STALE")
    ]
    assert len(unwell.openings) == 1


def test_cleared_once_leads_arrive_it_succeeds(unwell: Unwell) -> None:
    assert unwell.state_after == ["success"]
