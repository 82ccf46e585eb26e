"""Claims about models: training changes nothing, a re-score changes everything at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection

from identity_model.conftest import Trained
from identity_model.worlds import (
    OPTIONS,
    REGISTRY,
    Said,
    arrive,
    begin_anew,
    connect,
    model_in_use,
    resolve,
    row_versions,
    rows,
    said,
    value,
    write,
)
from leads.errors import LeadsError
from leads.identity.rescore import rescore as rescore_all
from leads.identity.resolution import Resolution
from leads.identity.training import Training, models, train_model

BATCH = 100


class Killed(BaseException):
    """As when somebody presses Ctrl-C."""


def train(connection: Connection[Any]) -> Training:
    return train_model(connection, REGISTRY, **OPTIONS)


def rescore(connection: Connection[Any], **options: Any) -> dict[str, Any] | None:
    return rescore_all(connection, REGISTRY, **(OPTIONS | {"batch_size": BATCH} | options))


def after_batches(count: int, happening: Callable[[], None]) -> Callable[[int, int], None]:
    """Let something happen, once, after so many batches."""
    shown = iter(range(1_000))

    def show(_judged: int, _leads: int) -> None:
        if next(shown) == count:
            happening()

    return show


def kill() -> None:
    raise Killed


def kept(connection: Connection[Any]) -> int:
    return int(value(connection, "SELECT count(*) FROM canon.identity_rescores"))


def stats(connection: Connection[Any], key: str) -> list[Any]:
    """A figure of all runs that have it, in their order."""
    found = rows(
        connection,
        "SELECT stats -> %s FROM ops.ingestion_runs WHERE job_type = 'identity_run' "
        "AND status = 'COMPLETED' AND stats ? %s ORDER BY id",
        *(key, key),
    )
    return [row[0] for row in found]


def people_of(found: Said) -> dict[tuple[str, str], tuple[UUID, str]]:
    """Person and level of each lead with a link."""
    return {(row[0], row[1]): (row[2], row[6]) for row in found["links"] if row[0] != "drivers"}


# Training ---------------------------------------------------------------------------------------


def test_a_new_model_is_not_in_use_and_changes_nothing(untrained: Connection[Any]) -> None:
    before = row_versions(untrained)
    training = train(untrained)
    after = row_versions(untrained)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {
        "canon.identity_models",
        "canon.identity_model_parameters",
        "canon.identity_model_terms",
        "ops.ingestion_runs",
    }
    assert (training.old_version, training.version, model_in_use(untrained)) == (1, 2, 1)
    assert [(one.version, one.is_in_use) for one in models(untrained)] == [(2, False), (1, True)]
    new, old = models(untrained)
    assert (new.accounts, new.leads) == (
        value(untrained, "SELECT count(*) FROM public.drivers"),
        value(untrained, "SELECT count(*) FROM canon.lead_keys"),
    )
    assert new.leads > old.leads
    assert stats(untrained, "trained") == [2]
    by_name = {one.parameter: one for one in training.parameters}
    for version, name in ((1, "old_value"), (2, "new_value")):
        assert {one: getattr(by_name[one], name) for one in by_name} == dict(
            rows(
                untrained,
                "SELECT parameter, value FROM canon.identity_model_parameters WHERE version = %s",
                version,
            )
        )
    assert by_name["phone_m"].old_value != by_name["phone_m"].new_value
    assert by_name["phone_m"].support > 0
    assert by_name["threshold_high"].support == 0


def test_training_says_what_a_rescore_then_does(trained: Trained, untrained: Any) -> None:
    before, after = people_of(trained.before), people_of(trained.after)
    done: Counter[tuple[str, str]] = Counter()
    for lead in before | after:
        old, new = before.get(lead), after.get(lead)
        if old is None or new is None:
            change = "linked" if old is None else "unlinked"
        elif old[0] != new[0]:
            change = "moved"
        elif old[1] != new[1]:
            change = "raised" if new[1] == "HIGH" else "lowered"
        else:
            change = "unchanged"
        done[lead[0], change] += 1
    told: Counter[tuple[str, str]] = Counter()
    for one in train(untrained).changes:
        told[one.source_table, one.change] += one.leads
    assert told == done
    assert len({change for _, change in done}) > 2, "the models agree: nothing was shown"


def test_there_is_nothing_to_train_before_the_first_run(database: Any) -> None:
    with connect(database.conninfo) as connection:
        with pytest.raises(LeadsError, match="no matching model yet"):
            train(connection)
        with pytest.raises(LeadsError, match="no matching model yet"):
            rescore(connection)
        assert models(connection) == []


# Re-scoring -------------------------------------------------------------------------------------


def test_a_rescore_gives_what_a_new_warehouse_gives_at_once(
    connection: Connection[Any], second: Connection[Any], trained: Trained
) -> None:
    seen = []

    def look(judged: int, leads: int) -> None:
        seen.append((judged, leads, said(second) == trained.before, model_in_use(second)))

    found = rescore(connection, show=look)
    assert found is not None
    assert found["put_into_use"] == model_in_use(connection) == 2
    assert said(connection) == trained.after
    assert kept(connection) == 0
    leads = found["rescored"]
    assert stats(connection, "rescored") == [
        *([BATCH] * (leads // BATCH)), leads % BATCH, leads
    ]  # fmt: skip
    # Until the last moment everybody saw the old model's links.
    assert [judged for judged, *_ in seen] == [*range(0, leads, BATCH), leads]
    assert all(one[1:] == (leads, True, 1) for one in seen)

    before = row_versions(connection)
    assert rescore(connection) is None
    assert rescore(connection, model_version=2) is None
    assert row_versions(connection) == before, "a second re-score wrote"

    again = resolve(connection)
    assert (again["leads"], again["accounts"], again["model"]) == (0, 0, 2)
    assert said(connection) == trained.after


def test_the_way_back_to_an_older_model_is_a_rescore_too(
    connection: Connection[Any], trained: Trained
) -> None:
    rescore(connection, batch_size=10_000)
    rescore(connection, model_version=1, batch_size=10_000)
    assert said(connection) == trained.before
    assert [(one.version, one.is_in_use) for one in models(connection)] == [(2, False), (1, True)]
    with pytest.raises(LeadsError, match="no matching model 7"):
        rescore(connection, model_version=7)


def test_killed_between_batches_it_goes_on_where_it_stopped(
    connection: Connection[Any], second: Connection[Any], trained: Trained
) -> None:
    with pytest.raises(Killed):
        rescore(connection, show=after_batches(2, kill))
    assert kept(second) == 2 * BATCH == models(second)[0].rescored
    assert (said(second), model_in_use(second)) == (trained.before, 1)
    found = rescore(second)
    assert found is not None
    assert sum(stats(second, "rescored")[:-1]) == found["rescored"], "leads were judged twice"
    assert said(second) == trained.after


def test_a_session_that_dies_in_a_batch_loses_that_batch_only(
    connection: Connection[Any], second: Connection[Any], trained: Trained
) -> None:
    backend = connection.info.backend_pid

    def terminate(_: Resolution) -> None:
        write(second, "SELECT pg_terminate_backend(%s, 5000)", backend)

    def terminate_later() -> None:
        patch.setattr(Resolution, "compare_candidates", terminate)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(LeadsError):
        rescore(connection, show=after_batches(1, terminate_later))
    assert (kept(second), model_in_use(second)) == (BATCH, 1)
    rescore(second)
    assert said(second) == trained.after


def test_a_failure_while_publishing_leaves_the_old_model_and_what_was_judged(
    connection: Connection[Any], second: Connection[Any], trained: Trained
) -> None:
    write(
        second,
        "CREATE FUNCTION canon.no_room() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION USING ERRCODE = ''disk_full''; END'; "
        "CREATE TRIGGER no_room BEFORE UPDATE ON canon.identity_state FOR EACH ROW "
        "WHEN (NEW.model_version <> OLD.model_version) EXECUTE FUNCTION canon.no_room()",
    )
    try:
        with pytest.raises(LeadsError, match="DiskFull"):
            rescore(connection)
    finally:
        write(second, "DROP FUNCTION canon.no_room CASCADE")
    assert (said(connection), model_in_use(connection)) == (trained.before, 1)
    assert kept(connection) == value(connection, "SELECT count(*) FROM canon.lead_keys")
    assert rescore(connection) is not None
    assert said(connection) == trained.after


def test_of_two_rescores_the_slower_one_publishes_nothing(
    connection: Connection[Any], second: Connection[Any], trained: Trained
) -> None:
    def overtake() -> None:
        assert rescore(second) is not None

    assert rescore(connection, show=after_batches(2, overtake)) is None
    assert (model_in_use(second), kept(second)) == (2, 0)
    assert stats(second, "put_into_use") == [2]
    assert said(second) == trained.after


# Runs in between --------------------------------------------------------------------------------


def change_much(connection: Connection[Any]) -> None:
    """New leads and accounts, changed accounts, a lead that is gone, one not to be linked."""
    write(
        connection,
        "UPDATE public.drivers SET phone = '+51987' || lpad((hashtext(driver_id) & 65535)::text, "
        "6, '0'), updated_at = timestamp '2026-11-21' WHERE hashtext(driver_id) % 20 = 0",
    )
    write(connection, "UPDATE public.drivers SET phone = NULL WHERE hashtext(driver_id) % 40 = 1")
    ((gone,), (ignored,)) = rows(
        connection,
        "SELECT source_pk FROM canon.identity_links WHERE source_table = "
        "'module_ct_scouting_daily' ORDER BY source_pk LIMIT 2",
    )
    write(connection, "DELETE FROM public.module_ct_scouting_daily WHERE id = %s::int", gone)
    write(
        connection,
        "DELETE FROM observational.lead_events WHERE source_pk = %s "
        "AND source_table = 'module_ct_scouting_daily'",
        gone,
    )
    write(
        connection,
        "INSERT INTO canon.identity_decisions (decision, source_table, source_pk, decided_by, "
        "decided_at) VALUES ('ignore', 'module_ct_scouting_daily', %s, 'rosa', '2026-11-21Z')",
        ignored,
    )
    arrive(connection, 3)


def test_a_run_before_the_rescore_uses_the_old_model(connection: Connection[Any]) -> None:
    assert arrive(connection, 3)["model"] == 1
    used = rows(
        connection,
        "SELECT DISTINCT evidence ->> 'model' FROM canon.identity_links "
        "WHERE match_rule = 'R1_PHONE_EXACT'",
    )
    assert used == [("1",)]


def test_runs_between_batches_leave_nothing_stale(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    counted = []

    def happening() -> None:
        before = kept(second)
        change_much(second)
        counted.append((before, kept(second)))

    found = rescore(connection, show=after_batches(3, happening))
    assert found is not None
    ((before, after),) = counted
    assert 0 < after < before == 3 * BATCH, "the run dropped all, or nothing"
    assert found["put_into_use"] == 2
    rescored = said(connection)
    begin_anew(connection, 2)
    assert said(connection) == rescored


def test_what_changes_after_the_last_batch_is_judged_by_the_publishing_run(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    leads = value(connection, "SELECT count(*) FROM canon.lead_keys")

    def unresolved() -> None:
        write(second, "UPDATE public.drivers SET phone = NULL WHERE hashtext(driver_id) % 9 = 0")

    found = rescore(connection, show=after_batches(-(-leads // BATCH), unresolved))
    assert found is not None
    assert 0 < found["leads"] < leads
    assert found["leads"] + found["rescored"] == leads
    rescored = said(connection)
    begin_anew(connection, 2)
    assert said(connection) == rescored


def test_judged_leads_of_another_model_do_not_get_in(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    with pytest.raises(Killed):
        rescore(connection, show=after_batches(2, kill))
    write(second, "UPDATE public.drivers SET phone = NULL WHERE hashtext(driver_id) % 9 = 0")
    resolve(second)
    assert train(second).version == 3
    rescore(second)
    rescored = said(second)
    assert (model_in_use(second), kept(second)) == (3, 0)
    begin_anew(second, 3)
    assert said(second) == rescored
