"""After the demo data was loaded: rows are corrected, others come late, life goes on."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import Connection

from leads.local.demo import tables
from leads.local.demo.registrations import Scout
from leads.local.demo.world import Period, imagine
from leads.settings import SQL

CORRECTIONS = ("correct_cabinet", "correct_scouting", "correct_migrations")
#: With no leads or old ones only, life goes on from this long ago.
LONGEST_GAP = timedelta(days=60)


def live(
    conninfo: str,
    *,
    now: datetime,
    seed: int,
    scale: float,
    time_zone: ZoneInfo,
    home_park_id: str,
    mended: float = 0.25,
    touched: float = 0.01,
) -> dict[str, int]:
    """Let the raw tables live on from their last row until `now`, in one transaction.

    Bad rows and blank keys are mended, a few good rows of the last weeks change their date or
    scout, some leads of earlier weeks land late, new ones come, and drivers go on working.

    Args:
        conninfo: libpq connection string of a role that may write the raw tables.
        now: aware; where the data ends afterwards.
        seed: same seed, `now` and tables: the same changes.
        scale: 1.0 is about 60 new lead rows a day; above 0.
        time_zone: zone of the naive timestamps.
        home_park_id: `drivers.park_id` of the fleet's own park.
        mended: share of the faulty rows that get mended, 0 to 1.
        touched: share of the good recent rows that get changed, 0 to 1.

    Returns:
        Rows written by table name, and rows corrected as `<table>.<correction>`.

    Raises:
        ValueError: `now` is naive or before the last row.
    """
    if now.tzinfo is None:
        raise ValueError("now: naive datetime")
    end = now.astimezone(time_zone).replace(tzinfo=None)
    rng = Random(f"{seed} {end.isoformat()}")
    with psycopg.connect(conninfo) as connection:
        start = max(_last_landing(connection) or end - LONGEST_GAP, end - LONGEST_GAP)
        if start >= end:
            raise ValueError(f"now: {end} is not after the last row of the tables, {start}")
        counts: Counter[str] = Counter()
        choice = {"local_now": end, "seed": rng.random(), "mended": mended, "touched": touched}
        for name in CORRECTIONS:
            for (correction,) in connection.execute(_statement(name), choice):
                counts[correction] += 1
        period = Period(
            start,
            end,
            scale,
            home_park_id,
            is_history=False,
            first_ids=tables.first_ids(connection),
            scouts=[Scout(*row) for row in connection.execute(_statement("known_scouts"))],
        )
        more_work = connection.execute(
            _statement("continue_work"), {"local_now": end, "seed": rng.random()}
        )
        counts[tables.WORK_TABLE] = more_work.rowcount
        counts.update(tables.write(connection, rng, imagine(rng, period), period))
        tables.finish(connection)
    return dict(counts)


def _last_landing(connection: Connection[Any]) -> datetime | None:
    """Naive local time at which the last lead row appeared; None without any."""
    row = connection.execute(_statement("last_landing")).fetchone()
    return row[0] if row else None


def _statement(name: str) -> bytes:
    return (SQL / "demo" / f"{name}.sql").read_bytes()
