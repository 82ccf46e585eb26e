"""Demo data: six raw tables full of invented people that look like life, ending now.

`load` fills empty tables; `live` goes on from there: corrections, late rows, new leads, more work.
Everything is a function of its arguments: the same ones give the same rows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import psycopg

from leads.local.demo import tables
from leads.local.demo.continuation import live
from leads.local.demo.tables import DemoDataError
from leads.local.demo.world import Period, imagine

__all__ = ["DemoDataError", "live", "load"]


def load(
    conninfo: str,
    *,
    now: datetime,
    days: int,
    scale: float,
    seed: int,
    time_zone: ZoneInfo,
    home_park_id: str,
) -> dict[str, int]:
    """Create the six raw tables where they are missing, and fill them, in one transaction.

    Args:
        conninfo: libpq connection string of a role that may create tables in `public`.
        now: aware; where the data ends. Only deliberately bad dates lie after it.
        days: length of the history; at least 1.
        scale: 1.0 is about 60 lead rows a day; above 0.
        seed: same seed, days, scale and `now`: the same rows.
        time_zone: zone of the naive timestamps written.
        home_park_id: `drivers.park_id` of the fleet's own park.

    Returns:
        Rows written, by table name.

    Raises:
        DemoDataError: one of the tables already has rows.
        ValueError: `now` is naive, or `days` or `scale` out of range.
    """
    if now.tzinfo is None:
        raise ValueError("now: naive datetime")
    if days < 1 or scale <= 0:
        raise ValueError(f"days {days} and scale {scale} must be above 0")
    end = now.astimezone(time_zone).replace(tzinfo=None)
    period = Period(end - timedelta(days=days), end, scale, home_park_id, True, {})
    rng = Random(seed)
    with psycopg.connect(conninfo) as connection:
        tables.create(connection)
        tables.refuse_rows(connection)
        counts = tables.write(connection, rng, imagine(rng, period), period)
        tables.finish(connection)
    return counts
