"""Whatever changes, the views end as a slow reckoning from the raw rows says, to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from psycopg import Connection

from identity.people import Session, furnish
from ingestion.shared_database import shared_database
from views.changes import Life
from views.emptying import empty
from views.outcome import refresh, refresh_only
from views.reading import check, versions
from views.world import rows

SEED = 20_261_122
#: Sets of changes, with a refresh after each, and how many of them one fleet lives through.
SETS, A_LIFE = 304, 19
WRITTEN = [
    f"{view}_{done}"
    for view in ("conversion", "payment", "financial")
    for done in ("written", "deleted")
]


def check_lives(connection: Connection[Any], seed: int, sets: int) -> Counter[str]:
    """Fleets that change and change again; gives how often what happened."""
    rng, seen = Random(seed), Counter[str]()
    for number in range(sets):
        if number % A_LIFE == 0:
            empty(connection)
            life = Life(connection, rng, seen)
            life.begin()
            refresh(connection, home_park_id=life.home)
            check(connection, life.home)
        for _ in range(rng.randint(1, 5)):
            life.change()
        stats = refresh(connection, home_park_id=life.home)
        found = check(connection, life.home)
        seen["rows"] += sum(map(len, found.values()))
        seen["written"] += sum(stats[name] for name in WRITTEN)
        if number % A_LIFE in (8, A_LIFE - 1):
            check_rest(connection, life.home)
    return seen


def check_rest(connection: Connection[Any], home: str) -> None:
    """Neither another refresh nor a full one has anything to write."""
    before = versions(connection)
    again = refresh_only(connection, home_park_id=home)
    assert [again[name] for name in ("driver_days", "payments", "people")] == [0, 0, 0]
    assert versions(connection) == before, "a refresh without news wrote rows"
    full = refresh_only(connection, home_park_id=home, full=True)
    assert [full[name] for name in (*WRITTEN, "driver_days", "payments")] == [0] * 8
    check(connection, home)
    totals = {"ops.view_totals", "ops.view_totals_daily"}
    assert [one for one in versions(connection) if one[0] not in totals] == [
        one for one in before if one[0] not in totals
    ], "a full refresh wrote rows that were right"


@pytest.fixture(scope="module")
def twin_conninfo(server: Any) -> Iterator[str]:
    with shared_database(server, "leads_views_twin") as conninfo:
        with Session.connect(conninfo) as session:
            furnish(session)
        yield conninfo


@pytest.mark.timeout(3600)
def test_after_any_change_incremental_is_full_is_the_oracle(
    connection: Connection[Any], twin_conninfo: str, nightly: bool
) -> None:
    # Two warehouses at once, as the machine has two cores.
    sets = 10 * SETS if nightly else SETS // 2
    with (
        Session.connect(twin_conninfo, prepare_threshold=None) as twin,
        ThreadPoolExecutor(2) as pool,
    ):
        lives = pool.map(check_lives, [connection, twin], [SEED, SEED + 1], [sets, sets])
        seen = sum(lives, Counter[str]())
    kinds = {kind.__name__ for kind in Life(connection, Random(0), seen).kinds}
    assert kinds <= seen.keys(), "some change never happened"
    assert seen["refused rules"], "no rule was refused"
    assert seen["rows"] > 15 * SETS, "the fleets are too dull"
    assert seen["written"] > 3 * SETS, "the changes change nothing"
    assert rows(
        connection,
        "SELECT DISTINCT status FROM ops.ingestion_runs WHERE job_type = 'view_refresh'",
    ) == [("COMPLETED",)]
