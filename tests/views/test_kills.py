"""A refresh whose session is ended half-way publishes nothing; the next one does all of it."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection

from leads.errors import PassingError
from views.outcome import figures, refresh
from views.reading import check, versions
from views.world import (
    ANA,
    BRUNO,
    SCOUTING,
    Session,
    account,
    lead,
    pay,
    quarantine,
    rows,
    work,
    write,
)

#: Statements right after which the session is ended.
STEPS = [
    "views/state/read_state",
    "views/work/insert_days",
    "views/payments/update_matches",
    "views/people/take_stale",
    "views/figures/delete_conversion",
    "views/figures/update_conversion",
    "views/figures/insert_conversion",
    "views/figures/insert_payment",
    "views/figures/update_financial",
    "views/state/close_state",
    "checks/people_touched",
]


def change(connection: Connection[Any], number: int) -> None:
    """News of every kind."""
    work(connection, "d1", number, 3)
    account(connection, "d2", BRUNO, name=f"Bruno Paz {'X' * (number + 1)}")
    lead(connection, BRUNO, str(number), number, source=SCOUTING, scout=number)
    pay(connection, 1, name=f"Bruno Paz {'X' * (number + 1)}")
    quarantine(connection, "d3", "quarantined" if number % 2 else "resolved")
    write(connection, "UPDATE ops.partner_payment_rules SET amount = amount + 1")


@pytest.mark.parametrize("full", [False, True])
def test_killed_anywhere_nothing_is_published_and_nothing_lost(
    connection: Session, views_conninfo: str, owner: Connection[Any], full: bool
) -> None:
    for number, driver_id in enumerate(("d1", "d3"), 1):
        account(connection, driver_id, (ANA, BRUNO)[number - 1], name="Ana Rey")
        lead(connection, (ANA, BRUNO)[number - 1], f"of {number}", 0)
    refresh(connection)
    for number, step in enumerate(STEPS):
        change(connection, number)
        before, published = versions(connection), figures(connection)
        victim = Session.connect(views_conninfo, prepare_threshold=None)
        pid = victim.info.backend_pid
        victim.after(step, lambda pid=pid: write(owner, "SELECT pg_terminate_backend(%s)", pid))
        with pytest.raises(PassingError, match="connection to the warehouse was lost"):
            refresh(victim, full=full)
        assert victim.happening is None, f"{step} was not reached"
        victim.close()
        assert figures(connection) == published
        assert versions(connection) == before
        refresh(connection)
        check(connection)
        assert figures(connection) != published
    statuses = rows(
        connection,
        "SELECT status, count(*) FROM ops.ingestion_runs WHERE job_type = 'view_refresh' "
        "GROUP BY 1 ORDER BY 1",
    )
    assert statuses == [("COMPLETED", 1 + len(STEPS)), ("FAILED", len(STEPS))]
    assert rows(
        connection,
        "SELECT DISTINCT error_message LIKE '%%worker died%%' FROM ops.ingestion_runs "
        "WHERE status = 'FAILED'",
    ) == [(True,)]
