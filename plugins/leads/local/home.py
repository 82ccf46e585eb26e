"""LEADS_HOME: the folder with everything the local stack makes at run time."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leads.local.secret_files import write_private

NEEDED_BYTES = 500_000_000


class HomeError(RuntimeError):
    """The folder cannot be used; the message says why and the fix."""


class AlreadyRunning(HomeError):
    """Another process runs the stack of this folder."""


@dataclass(frozen=True, slots=True)
class Home:
    """Paths and small remembered facts of one stack."""

    path: Path

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.path / "airflow"

    @property
    def logs(self) -> Path:
        """Logs of the stack's own processes; task logs are in `airflow/logs`."""
        return self.path / "logs"

    @property
    def passwords(self) -> Path:
        """JSON, user of the Airflow UI -> password; Airflow reads this very file."""
        return self.path / "passwords.json"

    def prepare(self) -> None:
        """Make the folder.

        Raises:
            HomeError: it belongs to somebody else, cannot be written, or its disk is full.
        """
        try:
            # Others may pass through (the server user needs that when root runs us), not look.
            self.path.mkdir(parents=True, exist_ok=True, mode=0o711)
            for folder in (self.airflow, self.logs):
                folder.mkdir(exist_ok=True, mode=0o700)
            write_private(self.path / ".writable", "")
        except OSError as error:
            raise HomeError(
                f"{self.path} cannot be written ({error.strerror}). Use the user that made it, "
                "or set LEADS_HOME to a folder of yours."
            ) from error
        if (free := shutil.disk_usage(self.path).free) < NEEDED_BYTES:
            raise HomeError(
                f"The disk of {self.path} has {free / 1e9:.1f} GB free, 0.5 GB are needed. "
                "Free some space, or set LEADS_HOME to a folder on a larger disk."
            )

    def recall(self) -> dict[str, Any]:
        """What was remembered; empty at first."""
        try:
            return dict(json.loads((self.path / "state.json").read_text()))
        except FileNotFoundError:
            return {}

    def remember(self, **facts: object) -> None:
        """Keep facts (JSON values) for the next command; None forgets one."""
        known = self.recall() | facts
        kept = {name: fact for name, fact in known.items() if fact is not None}
        write_private(self.path / "state.json", json.dumps(kept, indent=1, default=str))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Be the one process that runs this folder's stack.

        Raises:
            AlreadyRunning: another one does; the message says where.
        """
        try:
            with self._locked("running.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
                yield
        except BlockingIOError:
            raise AlreadyRunning(self._where()) from None

    def is_running(self) -> bool:
        """Whether a process runs this folder's stack now."""
        try:
            with self.running():
                return False
        except AlreadyRunning:
            return True
        except FileNotFoundError:
            return False

    @contextmanager
    def server_in_use(self) -> Iterator[None]:
        """Be one of the users of the embedded server; see `only_user`."""
        with self._locked("server.lock", fcntl.LOCK_SH):
            yield

    @contextmanager
    def starting_server(self) -> Iterator[None]:
        """Be the one process that starts the embedded server; others wait for it."""
        with self._locked("starting.lock", fcntl.LOCK_EX):
            yield

    @contextmanager
    def only_user(self) -> Iterator[bool]:
        """True while no process uses the embedded server, and none can begin to."""
        try:
            with self._locked("server.lock", fcntl.LOCK_EX | fcntl.LOCK_NB):
                yield True
        except BlockingIOError:
            yield False

    @contextmanager
    def _locked(self, name: str, mode: int) -> Iterator[None]:
        # The kernel gives a lock back when its holder dies, however it dies.
        lock = os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, mode)
            yield
        finally:
            os.close(lock)

    def _where(self) -> str:
        facts = self.recall()
        if url := facts.get("url"):
            return (
                f"The stack of {self.path} is already running at {url} (process "
                f"{facts.get('pid')}). Stop it with: ./leads down"
            )
        return (
            f"Another ./leads (process {facts.get('pid', 'unknown')}) is working in {self.path}. "
            "Wait for it, or stop it with: ./leads down"
        )
