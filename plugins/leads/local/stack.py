"""The local stack: embedded PostgreSQL and the four processes of Airflow, as one thing."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta

import psutil

from leads.local import ports
from leads.local.api import COMPONENTS, DAG_ID, MONITOR_DAG_ID, AirflowApi, ApiError
from leads.local.database import (
    Warehouse,
    embedded_server,
    embedded_warehouse,
    named_warehouse,
)
from leads.local.environment import airflow_environment, ensure_passwords
from leads.local.home import Home
from leads.local.postgres import EmbeddedPostgres
from leads.local.reach import tail
from leads.local.running import stop_leftovers
from leads.local.supervisor import Supervisor
from leads.settings import REPOSITORY, Settings

PROCESSES = ("api-server", "scheduler", "dag-processor", "triggerer")
HEALTHY_SECONDS = 300.0
PARSED_SECONDS = 90.0


class StackError(RuntimeError):
    """The stack cannot be brought up; the message says why and the fix."""


class Stack:
    """One running stack. Make it with `open_stack`; use it from the main thread."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        server: EmbeddedPostgres,
        warehouse: Warehouse,
        chosen_ports: Mapping[str, int],
        say: Callable[[str], None],
        *,
        schedule: bool,
        base_environment: Mapping[str, str],
    ) -> None:
        """Put the parts together; `open_stack` does it."""
        self.home = home
        self.settings = settings
        self.server = server
        self.warehouse = warehouse
        self.url = f"http://127.0.0.1:{chosen_ports['api_port']}"
        self.passwords = ensure_passwords(home)
        self.api = AirflowApi(self.url, "admin", self.passwords["admin"])
        self.start_date = _start_date(home, settings, base_environment, warehouse.embedded)
        self.say = say
        self.supervisor: Supervisor | None = None
        self._ports = {**chosen_ports, "postgres_port": server.port}
        self._schedule = schedule
        self._base_environment = base_environment

    def environment(self, metadata_database: str) -> dict[str, str]:
        """The environment of Airflow's processes, with their own database's name in it."""
        secret, port = self.server.password("airflow"), self.server.port
        return airflow_environment(
            self._base_environment,
            home=self.home,
            settings=self.settings,
            ports=self._ports,
            metadata_uri=f"postgresql+psycopg2://airflow:{secret}@127.0.0.1:{port}"
            f"/{metadata_database}?sslmode=disable",
            warehouse_uri=self.warehouse.airflow_uri,
            start_date=self.start_date.isoformat(),
            schedule=self._schedule,
        )

    def migrate_metadata(self, database: str) -> None:
        """Bring Airflow's own database to this Airflow version; skipped when it is there.

        Raises:
            StackError: `airflow db migrate` failed.
        """
        version = importlib.metadata.version("apache-airflow-core")
        fact = f"version_of_{database}"
        if self.home.recall().get(fact) == version:
            return
        self.server.ensure_database(database, "airflow")
        log = self.home.logs / "db-migrate.log"
        with log.open("wb") as output:
            done = subprocess.run(
                _airflow("db", "migrate"),
                env=self.environment(database),
                cwd=self.home.airflow,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise StackError(f"airflow db migrate failed; {log} ends:\n{tail(log)}")
        self.home.remember(**{fact: version})

    def start_airflow(self, metadata_database: str) -> None:
        """Start Airflow's processes; they end with this thread, however it ends."""
        environment = self.environment(metadata_database)
        self.supervisor = Supervisor(environment, self.home.airflow, self.home.logs, self.say)
        for name in PROCESSES:
            self.supervisor.start(name, _airflow(name))
            self._remember_processes()

    def check(self) -> None:
        """Look after the processes; call it about every second while waiting for anything."""
        if not self.server.is_alive():
            # Before Airflow's processes: without it they end as often as they are started.
            self.say(f"PostgreSQL ended; starting it again. Log: {self.server.log}")
            with self.home.starting_server():
                self.server.start()
        if self.supervisor is not None and self.supervisor.check():
            self._remember_processes()

    def stop_airflow(self) -> None:
        """Stop Airflow's processes; returns when none is left."""
        if self.supervisor is not None:
            self.supervisor.stop()

    def wait_until_ready(self, show: Callable[[str], None]) -> None:
        """Wait until every component is healthy and the DAG is known.

        Args:
            show: told what is still missing, whenever that changes.

        Raises:
            StackError: it takes too long, or the DAG file cannot be imported.
            ChildFailed: a process cannot be kept alive.
        """
        deadline = time.monotonic() + HEALTHY_SECONDS
        while missing := [c for c in COMPONENTS if self.api.health()[c] != "healthy"]:
            show("waiting for " + ", ".join(name.replace("_", " ") for name in missing))
            if time.monotonic() > deadline:
                raise StackError(
                    f"Airflow is not healthy after {HEALTHY_SECONDS:.0f} s (missing: "
                    f"{', '.join(missing)}). The logs are in {self.home.logs}."
                )
            self.pause(0.5)
        show("waiting for the DAG file to be read")
        self._wait_for_dag()

    def pause(self, seconds: float) -> None:
        """Sleep and look after the processes."""
        time.sleep(seconds)
        self.check()

    def _wait_for_dag(self) -> None:
        deadline = time.monotonic() + PARSED_SECONDS
        missing = [DAG_ID, MONITOR_DAG_ID]
        while True:
            try:
                while missing:
                    self.api.get(f"/api/v2/dags/{missing[0]}")
                    missing.pop(0)
                return
            except ApiError as error:
                if error.status != 404:
                    raise
            errors = self.api.get("/api/v2/importErrors")["import_errors"]
            for problem in errors:
                last = problem["stack_trace"].strip().splitlines()[-1:]
                raise StackError(f"Airflow cannot read {problem['filename']}: {''.join(last)}")
            if time.monotonic() > deadline:
                raise StackError(f"Airflow found no DAG {missing[0]} in {REPOSITORY / 'dags'}.")
            self.pause(0.5)

    def _remember_processes(self) -> None:
        if self.supervisor is not None:
            self.home.remember(children=self.supervisor.sessions())


@contextmanager
def open_stack(
    home: Home,
    settings: Settings,
    say: Callable[[str], None],
    *,
    schedule: bool = True,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Stack]:
    """Be the one stack of this home: locks, ports and the embedded server, all given back.

    Args:
        home: LEADS_HOME.
        settings: the settings.
        say: told single sentences that a person should read.
        schedule: False keeps the scheduler from making scheduled runs.
        environment: the caller's.

    Raises:
        AlreadyRunning: another process runs it.
        PortTaken, PostgresError, ReachError, HomeError, WarehouseConnectionError: as they say.
    """
    home.prepare()
    warehouse = named_warehouse(environment)
    with ExitStack() as stack:
        stack.enter_context(home.running())
        stop_leftovers(home)
        home.remember(pid=os.getpid(), pid_created=psutil.Process().create_time(), url=None)
        stack.callback(home.remember, pid=None, pid_created=None, url=None, children=None)
        reservations = ports.Reservations()
        stack.callback(reservations.release)
        server = stack.enter_context(embedded_server(home, settings, environment))
        chosen = _choose_ports(home, settings, environment, reservations, say)
        one = Stack(
            home,
            settings,
            server,
            warehouse or embedded_warehouse(server),
            chosen,
            say,
            schedule=schedule,
            base_environment=environment,
        )
        stack.callback(one.stop_airflow)
        yield one


def _airflow(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def _choose_ports(
    home: Home,
    settings: Settings,
    environment: Mapping[str, str],
    reservations: ports.Reservations,
    say: Callable[[str], None],
) -> dict[str, int]:
    wants = [
        ports.Want("api_port", settings.api_port, everywhere=False),
        # Airflow's log servers listen on every interface and cannot be told otherwise.
        ports.Want("worker_log_port", settings.worker_log_port, everywhere=True),
        ports.Want("trigger_log_port", settings.trigger_log_port, everywhere=True),
    ]
    remembered = home.recall().get("ports", {})
    chosen, remarks = ports.choose(wants, remembered, environment, reservations)
    for remark in remarks:
        say(remark)
    home.remember(ports=remembered | chosen)
    return chosen


def _start_date(
    home: Home, settings: Settings, environment: Mapping[str, str], embedded: bool
) -> date:
    """The demo's schedule begins a few days before its first `up`, and stays there."""
    if environment.get("LEADS_START_DATE") or not embedded:
        return settings.start_date
    if remembered := home.recall().get("start_date"):
        return date.fromisoformat(remembered)
    today = datetime.now(settings.zone).date()
    chosen = today - timedelta(days=settings.demo_catchup_days)
    home.remember(start_date=chosen.isoformat())
    return chosen
