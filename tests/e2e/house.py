"""A stack in a home of its own, driven as a person drives it: by command, REST and SQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from leads.local.api import DAG_ID, DAG_RUNS, MONITOR_DAG_ID, AirflowApi
from leads.local.home import Home
from leads.local.postgres import EmbeddedPostgres
from leads.local.running import running_api
from leads.settings import REPOSITORY

PATIENCE_SECONDS = 300.0  # for anything; a quiet machine needs a few of them
READY = "Ctrl-C stops everything."
TIMINGS: list[tuple[str, float]] = []  # what took how many seconds, for the end of the report
OURS = ("AIRFLOW", "LEADS_", "PG", "PYTHON", "PYTEST", "COVERAGE")
Truth = TypeVar("Truth")


def wait_for(what: str, truth: Callable[[], Truth], seconds: float = PATIENCE_SECONDS) -> Truth:
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (answer := truth()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.1)
    return answer


@contextmanager
def stopwatch(what: str) -> Iterator[None]:
    """Time a block for the report."""
    began = time.monotonic()
    yield
    TIMINGS.append((what, time.monotonic() - began))


def quiet_zone() -> ZoneInfo:
    """A zone whose six-hour grid has no edge soon: no scheduled run comes between the tests."""
    now = datetime.now(timezone.utc)
    for name in ("America/Lima", "America/Sao_Paulo"):
        local = now.astimezone(ZoneInfo(name))
        if (local + timedelta(minutes=45)).hour // 6 == local.hour // 6:
            return ZoneInfo(name)
    raise AssertionError("the two grids are two hours apart")


@dataclass(frozen=True)
class FirstUp:
    """How `./leads up --once` went, in an empty home."""

    status: int
    said: str
    seconds: float


@dataclass
class House:
    """One LEADS_HOME, its commands, and the stack that may be up in it."""

    path: Path
    zone: ZoneInfo
    extra: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    up_seconds: float = 0.0  # of the last time
    printed: Path = field(init=False)

    def __post_init__(self) -> None:
        self.printed = self.path / "up.txt"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        self.environment = {
            **kept,
            "LEADS_HOME": str(self.path),
            "LEADS_TIME_ZONE": self.zone.key,
            **self.extra,
        }
        self.command = [str(REPOSITORY / "leads")]
        if Path(sys.prefix) != REPOSITORY / ".venv":  # a developer's own environment
            self.command = [sys.executable, "-m", "leads.cli"]
            self.environment["PYTHONPATH"] = str(REPOSITORY / "plugins")

    # Commands ---------------------------------------------------------------------------------

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin `./leads …`; its words are read with `communicate`."""
        return subprocess.Popen(
            [*self.command, *arguments],
            env=self.environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def leads(self, *arguments: str) -> tuple[int, str]:
        """Do `./leads …`: its exit status and all that it said, in one line of single spaces."""
        return ended(self.start(*arguments))

    def airflow(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin `./leads airflow …`."""
        return self.start("airflow", *arguments)

    # The stack --------------------------------------------------------------------------------

    def up(self) -> None:
        """Have the stack up."""
        if self.process is not None and not self._has_ended():
            return
        began = time.monotonic()
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                [*self.command, "up"],
                env=self.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for("./leads up", lambda: READY in self.said() or self._has_ended())
        assert not self._has_ended(), self.said()
        self.up_seconds = time.monotonic() - began
        TIMINGS.append(("./leads up, with data", self.up_seconds))

    def said(self) -> str:
        """What the `./leads up` of now has printed."""
        return self.printed.read_text(encoding="utf-8")

    def stop(self) -> int | None:
        """Ctrl-C, if it is up; returns its exit status."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=PATIENCE_SECONDS)
        finally:
            self.process.kill()
            self.process = None

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def processes(self) -> list[str]:
        """Every live process that belongs to this home, by whatever trace."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                    continue
                traces = [*process.cmdline(), process.cwd(), *process.environ().values()]
            except psutil.Error:
                continue
            if any(str(self.path) in trace for trace in traces):
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
        return found

    # REST -------------------------------------------------------------------------------------

    @property
    def home(self) -> Home:
        return Home(self.path)

    @property
    def api(self) -> AirflowApi:
        api = running_api(self.home)
        assert api is not None
        return api

    def finished(self, *run_ids: str) -> list[str]:
        """The states of some DAG runs, once all have ended."""

        def states() -> list[str]:
            now = [str(self.api.run(run_id)["state"]) for run_id in run_ids]
            return now if all(state in ("success", "failed") for state in now) else []

        return wait_for(f"runs {', '.join(run_ids)}", states)

    def look(self) -> str:
        """Have the monitor look at health once; returns the state of its run."""
        runs = f"/api/v2/dags/{MONITOR_DAG_ID}/dagRuns"
        run_id = quote(self.api.post(runs, {"logical_date": None})["dag_run_id"], safe="")

        def state() -> str:
            now = str(self.api.get(f"{runs}/{run_id}")["state"])
            return now if now in ("success", "failed") else ""

        return wait_for("the monitor", state)

    def states(self, run_id: str) -> dict[str, str]:
        """Task -> its state, without the group's name."""
        tasks = self.api.tasks(run_id)
        return {task["task_id"].removeprefix("ingest."): task["state"] for task in tasks}

    def log(self, run_id: str, task_id: str, try_number: int = 1) -> str:
        """The log of one try, as the UI shows it."""
        path = f"{DAG_RUNS}/{quote(run_id, safe='')}/taskInstances/{task_id}/logs/{try_number}"
        return str(self.api.get(path)["content"])

    def runs(self, **query: object) -> list[dict[str, Any]]:
        """DAG runs, oldest first."""
        return list(self.api.get(DAG_RUNS, limit=100, order_by="run_after", **query)["dag_runs"])

    def clear(self, run_id: str, *, only_failed: bool = False) -> None:
        """Have the tasks of a run done again, as the button *Clear* does."""
        self.api.post(
            f"/api/v2/dags/{DAG_ID}/clearTaskInstances",
            {"dry_run": False, "dag_run_id": run_id, "only_failed": only_failed},
        )

    # SQL --------------------------------------------------------------------------------------

    @property
    def server(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.path, int(self.home.recall()["ports"]["postgres_port"]))

    def sql(self, query: bytes, *values: object, database: str = "warehouse") -> list[Any]:
        """Run one statement as the server's superuser, in a transaction of its own."""
        conninfo = make_conninfo(self.server.superuser, dbname=database)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def locked(self, table: bytes) -> Iterator[None]:
        """Hold a lock that keeps everybody from reading a table."""
        with psycopg.connect(self.server.superuser) as connection:
            connection.execute(b"LOCK TABLE " + table + b" IN ACCESS EXCLUSIVE MODE")
            yield


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit status and words of a command, once it has ended."""
    words, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, " ".join(words.split())
