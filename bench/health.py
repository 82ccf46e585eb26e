"""What a look at the health of every table costs while the tables grow."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from psycopg import Connection

from bench.cabinet import statement
from bench.figures import Figure, Grid, Result
from bench.server import Database, new_database
from leads.cli.progress import Display
from leads.local.postgres import EmbeddedPostgres

#: Rows of each table and day in the last forty days, whatever the history.
DAILY_ROWS = 1_000
RECENT_DAYS = 40
ROUNDS = 9
#: The least that one can ask: the newest date of one table, by its index.
FLOOR = "SELECT max(created_at) FROM public.module_ct_cabinet_leads"
LOOKS = {
    "every table's level and verdict": "SELECT * FROM ops.v_data_health_status",
    "rows per day, 30 days": "SELECT * FROM ops.data_daily(clock_timestamp(), 30)",
    "the newest date of one table": FLOOR,
}


def measure(server: EmbeddedPostgres, histories: list[int], display: Display) -> Result:
    """The same looks at ever longer histories.

    Args:
        server: running.
        histories: rows of each of three tables, ascending.
        display: shows how far it is.
    """
    found: dict[int, dict[str, list[float]]] = {}
    with display.step("Health", total=len(histories)) as line:
        for place, rows in enumerate(histories):
            line.show(f"fill {rows:,} rows", done=place)
            database = new_database(server, f"bench_health_{rows}")
            _fill(database, rows)
            line.show(f"look, {rows:,} rows", done=place)
            with database.connect(autocommit=True) as connection:
                found[rows] = {name: _time(connection, look) for name, look in LOOKS.items()}
            database.drop()
    return _result(found)


def _fill(database: Database, rows: int) -> None:
    with database.connect() as connection:
        binds = {"rows": rows, "daily_rows": DAILY_ROWS, "recent_days": RECENT_DAYS}
        for table in ("cabinet", "work", "events"):
            connection.execute(statement(f"health/fill_{table}"), binds)
    database.vacuum()
    database.checkpoint()


def _time(connection: Connection[Any], look: Any) -> list[float]:
    """Seconds of each round; the first, which plans and warms up, is left out."""
    seconds = []
    for _ in range(1 + ROUNDS):
        started = time.perf_counter()
        connection.execute(look).fetchall()
        seconds.append(time.perf_counter() - started)
    return seconds[1:]


def _result(found: dict[int, dict[str, list[float]]]) -> Result:
    small, large = min(found), max(found)
    status = next(iter(LOOKS))
    before, after = (median(found[rows][status]) for rows in (small, large))
    return Result(
        title="Health",
        figures=[
            Figure(
                f"status of all, {large:,} / {small:,} rows",
                after / before,
                "×",
                2.0,
                f"{before * 1000:.0f} ms and {after * 1000:.0f} ms",
            ),
            Figure(f"status of all, {large:,} rows a table", after * 1000, "ms", 300),
        ],
        series={
            name: [(rows, median(looks[name])) for rows, looks in sorted(found.items())]
            for name in LOOKS
        },
        curves=("Health: seconds of a look", "rows of each table"),
        grid=Grid(
            ["look", "rows a table", "ms", "least to greatest"],
            [
                [
                    name,
                    f"{rows:,}",
                    f"{median(took) * 1000:.1f}",
                    f"{min(took) * 1000:.1f} to {max(took) * 1000:.1f} ms",
                ]
                for name in LOOKS
                for rows, looks in sorted(found.items())
                for took in [looks[name]]
            ],
        ),
    )
