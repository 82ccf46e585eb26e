"""Put another matching model into use: judge all leads with it bit by bit, then publish at once.

Leads are judged in batches, each in a transaction of its own, into `canon.identity_rescores`, where
nobody looks. The last transaction is an ordinary run under the new model that takes over what was
kept. Until it commits every link is the old model's, afterwards every link is the new one's.

Runs may come in between. What makes that safe is one invariant:

    A row of `canon.identity_rescores` is what its model would decide about the lead today.

A decision is a function of the lead, the accounts that share a key with it, and the model. Each
run finds the leads for which one of these changed (that is what makes it incremental) and deletes
their rows, in the transaction that makes the change. Whoever publishes judges the leads that have
no row, those of its own run among them. A batch judges under the same lock as runs, so nothing
changes beneath it. The order of batches, runs and kills therefore makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from psycopg import Connection

from leads.errors import LeadsError
from leads.identity.resolution import DRIVERS, Resolution, identity_job
from leads.identity.training import hold_still, models
from leads.sources import Registry
from leads.staging import Limits
from leads.windows import UTC

#: Leads per transaction: some seconds of work, lost at worst when it is killed.
BATCH = 20_000


def rescore(
    connection: Connection[Any],
    registry: Registry,
    *,
    home_park_id: str,
    model_version: int | None = None,
    batch_size: int = BATCH,
    show: Callable[[int, int], None] = lambda judged, leads: None,
    limits: Limits | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[str, Any] | None:
    """Judge all leads with a model and put it into use; goes on where an earlier call stopped.

    Each batch has a row in the run ledger (stats `rescored`), the last run one with the usual
    stats and `put_into_use`.

    Args:
        connection: idle session, not in autocommit.
        registry: the lead sources.
        home_park_id: the fleet's own park; its account wins a tie.
        model_version: the model; None for the newest.
        batch_size: leads per transaction.
        show: told before each batch how many leads are judged, of how many.
        limits: how long to wait.
        clock: the time of reading, aware.

    Returns:
        Stats of the last run; None when the model is in use already, or somebody else put it into
        use meanwhile.

    Raises:
        LeadsError: there is no such model, or it failed; judged batches are kept.
    """
    known = models(connection)
    chosen = [one for one in known if model_version in (None, one.version)][:1]
    if not chosen:
        raise LeadsError(
            f"There is no matching model {model_version}. ./leads identity models lists them."
            if known
            else "There is no matching model yet: the first run makes one."
        )
    if chosen[0].is_in_use:
        return None
    version = chosen[0].version

    def job(work: Callable[[Resolution], dict[str, Any]]) -> dict[str, Any]:
        return identity_job(
            connection,
            registry,
            work,
            home_park_id=home_park_id,
            subject=DRIVERS,
            limits=limits,
            clock=clock,
        )

    after, judged, leads = 0, chosen[0].rescored, leads_to_judge(connection)
    show(judged, leads)
    while judged < leads:
        stats = job(partial(_judge_batch, version=version, after=after, batch_size=batch_size))
        if stats["model"] == version:
            return None  # somebody else was faster
        judged += stats["rescored"]
        show(judged, leads)
        if stats["rescored"] < batch_size:
            break
        after = stats["rescored_to"]
    return job(partial(_publish, version=version))


def _judge_batch(run: Resolution, version: int, after: int, batch_size: int) -> dict[str, Any]:
    in_use = hold_still(run)
    if in_use == version:
        return {"model": in_use, "rescored": 0}
    run.binds |= {"model_version": version, "after": after, "batch_size": batch_size}
    run.execute("candidates/next_leads")
    run.analyze("dirty_leads")
    run.compare_candidates()
    run.judge(version)
    kept = run.execute("decide/keep_rescores")
    row = run.connection.execute("SELECT coalesce(max(event_id), 0) FROM dirty_leads").fetchone()
    return {
        "model": in_use,
        "rescored": kept,
        "rescored_to": int(row[0]) if row else 0,
        "rescored_with": version,
    }


def _publish(run: Resolution, version: int) -> dict[str, Any]:
    run.take_turn()
    in_use = run.binds["model_version"]
    run.normalise()
    run.join_people()
    run.find_leads()
    run.binds["model_version"] = version
    run.sizes["dirty_leads"] += run.execute("candidates/missing_rescores")
    run.analyze("dirty_leads")
    run.compare_candidates()
    run.judge(version)
    kept = run.execute("decide/add_rescores")
    run.sizes["decided"] += kept
    run.analyze("decided")
    merges = run.apply()
    run.execute("apply/delete_rescores")
    run.execute("state/close_state")
    run.execute("state/tell_loads")
    return run.outcomes() | {
        "merges": merges,
        "model": in_use,
        "put_into_use": version,
        "rescored": kept,
    }


def leads_to_judge(connection: Connection[Any]) -> int:
    """How many leads there are.

    Args:
        connection: idle session.
    """
    with connection.transaction():
        row = connection.execute("SELECT count(*) FROM canon.lead_keys").fetchone()
    return int(row[0]) if row else 0
