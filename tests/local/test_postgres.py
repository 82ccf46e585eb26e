"""The embedded server keeps its promises: passwords, survival, adoption, clear refusals."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from leads.local.postgres import EmbeddedPostgres, PostgresError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home that the server's user may enter, also when root runs the tests."""
    for parent in (tmp_path, *tmp_path.parents[:3]):
        if parent.stat().st_uid == os.getuid() and parent != Path("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return tmp_path / "home"


@pytest.fixture
def server(folder: Path, free_port: int) -> Iterator[EmbeddedPostgres]:
    one = EmbeddedPostgres(folder, free_port, throwaway=True)
    one.start()
    yield one
    one.stop()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def rows(server: EmbeddedPostgres, query: bytes) -> list[tuple[object, ...]]:
    conninfo = server.conninfo("warehouse", "warehouse")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def test_a_new_server_has_roles_databases_and_extensions(server: EmbeddedPostgres) -> None:
    assert server.is_running()
    assert rows(server, b"SELECT current_user, current_setting('timezone')") == [
        ("warehouse", "UTC")
    ]
    assert rows(server, b"SELECT rolsuper FROM pg_roles WHERE rolname = 'warehouse'") == [(False,)]
    found = {name for (name,) in rows(server, b"SELECT extname FROM pg_extension")}
    assert found >= {"unaccent", "pg_trgm", "intarray", "fuzzystrmatch"}
    with psycopg.connect(server.conninfo("airflow", "airflow")) as connection:
        connection.execute("CREATE TABLE mine ()")


def test_passwords_are_private_and_a_wrong_one_is_refused(server: EmbeddedPostgres) -> None:
    file = server.home / "postgres.json"
    assert file.stat().st_mode & 0o777 == 0o600
    wrong = server.conninfo("warehouse", "warehouse").replace(server.password("warehouse"), "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_committed_rows_survive_kill_9_and_a_stop(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.conninfo("warehouse", "warehouse")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    os.kill(postmaster(server), signal.SIGKILL)
    server.start()
    assert rows(server, b"TABLE kept") == [(1,)]
    server.stop()
    assert not server.is_running()
    server.start()
    assert rows(server, b"TABLE kept") == [(1,)]


def test_a_killed_server_is_seen_to_be_gone_and_a_started_one_to_be_there(
    server: EmbeddedPostgres,
) -> None:
    assert server.is_alive()
    os.kill(postmaster(server), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    server.start()
    assert server.is_alive()
    server.stop()
    assert not server.is_alive()


def test_a_second_start_adopts_the_running_server(server: EmbeddedPostgres) -> None:
    before = postmaster(server)
    EmbeddedPostgres(server.home, server.port).start()
    assert postmaster(server) == before


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(server: EmbeddedPostgres) -> None:
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))  # as after a reboot
    server.start()
    assert rows(server, b"SELECT 1") == [(1,)]


def test_a_cut_short_first_start_is_done_again(server: EmbeddedPostgres) -> None:
    server.stop()
    server.data.rename(server.data.with_name("postgres.partial"))
    (server.home / "provisioned").unlink()
    server.start()
    assert rows(server, b"SELECT 1") == [(1,)]


def test_a_taken_port_is_named_with_the_fix(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PostgresError, match=f"Port {port} is taken.*LEADS_POSTGRES_PORT"):
            EmbeddedPostgres(folder, port, throwaway=True).start()
