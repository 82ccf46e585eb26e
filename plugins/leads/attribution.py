"""Attribute people to who brought them: events become `observational.lead_ledger`.

One transaction of a few statements of `include/sql/attribution/`:

1. *queue*: one run at a time, and none while identity resolution is at work;
2. *take*: the people whose events changed since the last run, or everybody;
3. *judge*: from all events of each of them, the ledger row that should be;
4. *write*: rows of the ledger, only where they differ;
5. *close*: the row in the run ledger, in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from psycopg import Connection

from leads import runs
from leads.jobs import run_job, take_turn
from leads.staging import Limits
from leads.statements import statement
from leads.windows import UTC

#: The rules, first one first.
RULES = ("A_FLEET", "C", "A", "B", "U")
DEFAULT_LIMITS = Limits()

_JOB = "lead_attribution"


def run_attribution(
    connection: Connection[Any],
    *,
    limits: Limits = DEFAULT_LIMITS,
    full: bool = False,
    dry_run: bool = False,
    identity: runs.RunIdentity | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[str, Any]:
    """Bring the lead ledger up to date, with a row in the run ledger.

    Args:
        connection: idle session, not in autocommit; used for nothing else until the run ended.
        limits: how long to wait for locks.
        full: whether everybody is looked at anew, not only people marked in
            `canon.stale_people`; the ledger ends the same.
        dry_run: whether to run everything and roll it back, leaving no trace in the run ledger.
        identity: the Airflow task instance, for the run ledger.
        clock: the time that changed rows are stamped with, aware.

    Returns:
        Flat counts: people = inserted + updated + unchanged + deleted (who has no events and had
        no row is unchanged), people by rule, such as rule_A_FLEET, conflicts; the seconds it took,
        whether it was a full run, and whether a dry one.

    Raises:
        LeadsError: the run failed, its transaction is rolled back, its row in the run ledger is
            FAILED, and the people stay marked.
    """

    def work(_: int | None) -> dict[str, Any]:
        busy = f"{_JOB}: another attribution, or identity resolution, was still at work"
        take_turn(connection, ("attribution/queue",), {}, limits, busy=busy)
        return attribute(connection, full=full, read_at=clock())

    return run_job(
        connection,
        work,
        job_type=_JOB,
        subject=_JOB,
        limits=limits,
        identity=identity,
        dry_run=dry_run,
    )


def attribute(connection: Connection[Any], *, full: bool, read_at: datetime) -> dict[str, Any]:
    """Judge the touched people and write what differs, in the caller's transaction.

    Args:
        connection: in a transaction that has taken its turn.
        full: whether everybody is looked at, not only people marked in `canon.stale_people`.
        read_at: the time that changed rows are stamped with, aware.

    Returns:
        The counts of `run_attribution`, but for seconds and dry_run.
    """
    connection.execute(statement("attribution/create_touched"))
    people = connection.execute(statement("attribution/take_stale")).rowcount
    if full:
        people += connection.execute(statement("attribution/take_everyone")).rowcount
    written: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()
    if people:
        connection.execute(statement("attribution/analyze_touched"))
        for rule, outcome, count in _judge(connection):
            by_rule[rule] += count
            written[outcome] += count
        connection.execute(statement("attribution/mark_views"))
        written["deleted"] = connection.execute(statement("attribution/delete_ledger")).rowcount
        if written["inserted"] or written["updated"]:
            connection.execute(statement("attribution/upsert_ledger"), {"read_at": read_at})
    changed = written["inserted"] + written["updated"] + written["deleted"]
    return {
        "people": people,
        "inserted": written["inserted"],
        "updated": written["updated"],
        "unchanged": people - changed,
        "deleted": written["deleted"],
        **{f"rule_{rule}": by_rule[rule] for rule in RULES},
        "conflicts": by_rule["C"],
        "full": full,
    }


def _judge(connection: Connection[Any]) -> list[tuple[str, str, int]]:
    """Work out the touched people's rows; returns rule, outcome and how many people."""
    connection.execute(statement("attribution/create_judged"))
    return connection.execute(statement("attribution/count_outcomes")).fetchall()
