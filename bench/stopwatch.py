"""Where the seconds of a load go: a cursor that times each statement."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

import psutil
from psycopg import Connection, Cursor

from leads.statements import name_of


class Stopwatch:
    """Seconds per statement of one or more loads, by the name of the SQL file."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def cursor_factory(self) -> type[Cursor[Any]]:
        """A cursor class for `psycopg.connect` whose statements this stopwatch times."""
        seconds = self.seconds

        class TimedCursor(Cursor[Any]):
            def execute(self, query: Any, params: Any = None, **options: Any) -> TimedCursor:
                started = time.perf_counter()
                try:
                    return super().execute(query, params, **options)
                finally:
                    seconds[_name(query)] += time.perf_counter() - started

        return TimedCursor

    def take(self) -> dict[str, float]:
        """The seconds so far, slowest first; starts anew."""
        taken = dict(sorted(self.seconds.items(), key=lambda item: -item[1]))
        self.seconds.clear()
        return taken


def _name(query: Any) -> str:
    """The file a statement was read from, below `include/sql`; other text goes by its verb."""
    text = query if isinstance(query, str) else query.as_string(None)
    return name_of(text) or text.split(maxsplit=1)[0].lower()


def processor_seconds(connection: Connection[Any]) -> float:
    """Processor time that the session's server process has used; waiting does not count.

    On a machine that others use too, it is steadier than the wall clock.
    """
    times = psutil.Process(connection.info.backend_pid).cpu_times()
    return float(times.user + times.system)


def whole_processor_seconds(connection: Connection[Any]) -> float:
    """Processor time of this process and of all the server's, workers that ended included."""
    main = psutil.Process(connection.info.backend_pid).parent()
    times = main.cpu_times()
    total = float(times.children_user + times.children_system)
    for process in main.children():
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:  # counted among those that ended, the next time
            continue
        total += used.user + used.system
    return total + time.process_time()
