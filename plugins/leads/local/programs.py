"""Running the embedded server's own programs as the user that the server may have."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from leads.local import reach


def server_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of the server's programs: no PG* of the user's, a locale that exists."""
    kept = {name: value for name, value in environment.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8"}


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run one of the server's programs as the server user and wait for it.

    Args:
        program: such as `initdb` or `pg_ctl`.
        arguments: its arguments; paths and numbers are turned into text.

    Returns:
        The exit status and stderr; stdout is dropped, because a started server keeps it open.
    """
    server_user: dict[str, Any] = {}
    if (account := reach.server_account()) is not None:
        server_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    binary = reach.binaries() / program
    # A file, not a pipe: the server inherits it from pg_ctl and would hold a pipe open for ever.
    with tempfile.TemporaryFile() as errors:
        done = subprocess.run(
            [str(binary), *map(str, arguments)],
            env=server_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            check=False,
            **server_user,
        )
        errors.seek(0)
        message = errors.read().decode(errors="replace")
    return subprocess.CompletedProcess(done.args, done.returncode, "", message)


def working_in(folder: Path) -> list[int]:
    """Numbers of the live processes whose working directory is this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder.resolve()):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found
