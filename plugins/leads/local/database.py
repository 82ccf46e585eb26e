"""Which warehouse the commands work on: the one that is named, or the embedded server's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from leads.local import ports
from leads.local.home import Home
from leads.local.postgres import EmbeddedPostgres
from leads.local.reach import say
from leads.settings import Settings
from leads.warehouse import VARIABLE, airflow_uri, conninfo_from_airflow


@dataclass(frozen=True, slots=True)
class Warehouse:
    """The warehouse of one command, as libpq and as Airflow want it named."""

    conninfo: str
    airflow_uri: str
    embedded: bool


def named_warehouse(environment: Mapping[str, str]) -> Warehouse | None:
    """The warehouse that `AIRFLOW_CONN_WAREHOUSE` names, or None when it is not set.

    Raises:
        WarehouseConnectionError: it is set and cannot be read.
    """
    value = environment.get(VARIABLE, "").strip()
    if not value:
        return None
    conninfo = conninfo_from_airflow(value)
    # Airflow knows `postgresql`, not SQLAlchemy's `postgresql+psycopg`.
    scheme, separator, rest = value.partition("://")
    if separator and not value.startswith("{"):
        value = f"{scheme.partition('+')[0]}://{rest}"
    return Warehouse(conninfo=conninfo, airflow_uri=value, embedded=False)


def embedded_warehouse(server: EmbeddedPostgres) -> Warehouse:
    """The warehouse database of the embedded server."""
    return Warehouse(
        conninfo=server.conninfo("warehouse", "warehouse"),
        airflow_uri=airflow_uri(
            host="127.0.0.1",
            port=server.port,
            user="warehouse",
            password=server.password("warehouse"),
            database="warehouse",
            extras={"sslmode": "disable"},
        ),
        embedded=True,
    )


@contextmanager
def embedded_server(
    home: Home, settings: Settings, environment: Mapping[str, str] = os.environ
) -> Iterator[EmbeddedPostgres]:
    """The embedded server, running for as long as the block lasts.

    It may be shared with other commands; the last one to leave stops it.

    Raises:
        PostgresError, PortTaken, ReachError, HomeError: it cannot run; the message says the fix.
    """
    home.prepare()
    try:
        with home.server_in_use():
            with home.starting_server():
                server = _running_server(home) or _start_server(home, settings, environment)
            yield server
    finally:
        stop_server(home)


@contextmanager
def open_warehouse(
    home: Home, settings: Settings, environment: Mapping[str, str] = os.environ
) -> Iterator[Warehouse]:
    """The warehouse for as long as the block lasts; starts the embedded server at need."""
    if named := named_warehouse(environment):
        yield named
        return
    with embedded_server(home, settings, environment) as server:
        yield embedded_warehouse(server)


def stop_server(home: Home) -> bool:
    """Stop the embedded server, unless a command still uses it.

    Returns:
        Whether one was stopped.
    """
    with home.only_user() as alone:
        server = _running_server(home) if alone else None
        if server is None:
            return False
        server.stop()
        return True


def _running_server(home: Home) -> EmbeddedPostgres | None:
    # The fourth line of its pid file is the port that it listens on.
    pid_file = EmbeddedPostgres(home.path, 0).data / "postmaster.pid"
    try:
        port = int(pid_file.read_text().splitlines()[3])
    except (OSError, ValueError, IndexError):
        return None
    server = EmbeddedPostgres(home.path, port)
    if not server.is_running():
        return None
    server.start()  # finishes what a cut-short first start left undone
    return server


def _start_server(
    home: Home, settings: Settings, environment: Mapping[str, str]
) -> EmbeddedPostgres:
    reservations = ports.Reservations()
    want = ports.Want("postgres_port", settings.postgres_port, everywhere=False)
    try:
        remembered = home.recall().get("ports", {})
        chosen, remarks = ports.choose([want], remembered, environment, reservations)
        for remark in remarks:
            say(remark)
        server = EmbeddedPostgres(home.path, chosen["postgres_port"])
        server.start()
    finally:
        reservations.release()
    home.remember(ports=remembered | chosen)
    return server
