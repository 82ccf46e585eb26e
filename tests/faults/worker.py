"""A worker process for one load, to be killed, frozen and thawed.

Run as a program it is the nursery: it has everything imported, and forks one worker for each job
that it reads from stdin. What the workers have to say goes to its stdout, a JSON object a line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from leads.errors import LeadsError, explain
from leads.ingestion import run_load
from leads.runs import RunIdentity
from leads.settings import SQL
from leads.sources import load_registry
from leads.staging import Limits, Load
from leads.statements import name_of, statement
from leads.windows import Window, WindowKind

LIMA = ZoneInfo("America/Lima")


@dataclass(frozen=True, slots=True)
class Job:
    """One load.

    Attributes:
        conninfo: the warehouse.
        source_table: what to load.
        window_from: start of the window, aware, ISO 8601.
        window_to: end of it.
        clock: the time of reading, aware, ISO 8601.
        dag_run_id: with the source it names the task instance.
        try_number: try of the task instance.
        idle_seconds: how long the server lets a frozen worker hold its transaction.
        freeze_before: the worker stops itself (SIGSTOP) before this statement of `include/sql`.
        freeze_after: the same, when the statement has been answered.
    """

    conninfo: str
    source_table: str
    window_from: str
    window_to: str
    clock: str
    dag_run_id: str
    try_number: int = 1
    idle_seconds: float = 60
    freeze_before: str | None = None
    freeze_after: str | None = None

    @property
    def task_id(self) -> str:
        return f"ingest.{self.source_table}"

    def to_json(self) -> str:
        return json.dumps(asdict(self))


class FreezingConnection(psycopg.Connection[Any]):
    """A connection whose process stops at a chosen statement, as a frozen machine would."""

    freeze_before: str | None = None
    freeze_after: str | None = None

    def execute(self, query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:
        if self.freeze_before and name_of(query) == self.freeze_before:
            self._stop()
        cursor = super().execute(query, *arguments, **options)
        if self.freeze_after and name_of(query) == self.freeze_after:
            self._stop()
        return cursor

    def _stop(self) -> None:
        """Stop, once."""
        self.freeze_before = self.freeze_after = None
        os.kill(os.getpid(), signal.SIGSTOP)


def work(connection: FreezingConnection, job: Job) -> dict[str, Any]:
    """Run the load as the operator does, and say how it ended."""
    connection.freeze_before, connection.freeze_after = job.freeze_before, job.freeze_after
    source = load_registry()[job.source_table]
    window = Window(
        datetime.fromisoformat(job.window_from),
        datetime.fromisoformat(job.window_to),
        WindowKind.INTERVAL,
    )
    try:
        stats = run_load(
            connection,
            Load(
                source=source,
                incremental=True,
                dry_run=False,
                zone=LIMA,
                limits=Limits(idle_seconds=job.idle_seconds),
            ),
            lambda _: window,
            identity=RunIdentity("identity_ingestion", job.dag_run_id, job.task_id, job.try_number),
            clock=lambda: datetime.fromisoformat(job.clock),
        )
    except LeadsError as error:
        failure = error
    except psycopg.Error as error:
        failure = explain(error, source.qualified_name)
    else:
        return {"outcome": "COMPLETED", "stats": stats}
    return {"outcome": type(failure).__name__, "message": str(failure)}


def _say(number: int, **words: Any) -> None:
    """One line, in one write: so lines of several workers never mix."""
    os.write(1, (json.dumps({"number": number, **words}) + "\n").encode())


def _be_worker(number: int, job: Job) -> None:
    with FreezingConnection.connect(job.conninfo, prepare_threshold=None) as connection:
        _say(number, pid=os.getpid(), backend_pid=connection.info.backend_pid)
        outcome = work(connection, job)
    _say(number, **outcome)


def main() -> None:
    """Fork a worker for each line of stdin, until it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended workers are gone at once
    for file in SQL.rglob("*.sql"):  # read before the first fork, so that all use the same text
        statement(str(file.relative_to(SQL).with_suffix("")))
    for number, line in enumerate(sys.stdin):
        if os.fork():
            continue
        try:
            _be_worker(number, Job(**json.loads(line)))
        except Exception as error:  # noqa: BLE001  (the test must hear of it, whatever it is)
            _say(number, outcome=type(error).__name__, message=str(error))
        finally:
            os._exit(0)


if __name__ == "__main__":
    main()
