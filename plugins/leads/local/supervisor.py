"""Airflow's processes as our children: started, watched, started again, stopped for good."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from leads.local.reach import tail

LAUNCHER = Path(__file__).with_name("child.py")
QUICK_DEATH_SECONDS = 30.0
BACKOFF_SECONDS = (1.0, 4.0)  # after the first and the second quick death; the third gives up
STOP_SECONDS = 20.0  # the scheduler waits for the tasks that are running
# The triggerer always takes ten; what it waits for is in the database and waits on.
PATIENCE_SECONDS = {"triggerer": 1.0}
ORPHAN_SECONDS = 2.0  # what a process left behind gets to follow it
LOG_BYTES = 20_000_000


class ChildFailed(RuntimeError):
    """A process of the stack cannot be kept alive; the message ends with its log."""


@dataclass
class Child:
    """One process, the leader of its own session."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0  # monotonic seconds
    quick_deaths: int = 0
    restart_at: float = field(default=0.0)  # monotonic seconds


class Supervisor:
    """Keeps a set of processes alive until told to stop. Not thread-safe.

    Start it from the main thread: the children end with the thread that started them.
    """

    def __init__(
        self, environment: Mapping[str, str], folder: Path, logs: Path, say: Callable[[str], None]
    ) -> None:
        """Prepare; nothing is started.

        Args:
            environment: of every child.
            folder: their working directory.
            logs: gets one `<name>.log` each.
            say: told, in one sentence, when a child had to be started again.
        """
        self._environment = dict(environment)
        self._folder = folder
        self._logs = logs
        self._say = say
        self.children: list[Child] = []

    def start(self, name: str, command: list[str]) -> None:
        """Start one process; its output goes to `<name>.log`."""
        child = Child(name, command, self._logs / f"{name}.log")
        self.children.append(child)
        self._launch(child)

    def sessions(self) -> dict[str, list[float]]:
        """Live children: name -> [process number, start time in epoch seconds]."""
        live = {}
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                created = psutil.Process(child.process.pid).create_time()
                live[child.name] = [child.process.pid, created]
        return live

    def check(self) -> bool:
        """Look after every child once; call it about every second.

        Returns:
            Whether a child was started again, so its process number changed.

        Raises:
            ChildFailed: one died three times in a row right after its start.
        """
        changed = False
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, child.process)
            if child.process is None and time.monotonic() >= child.restart_at:
                self._launch(child)
                changed = True
        return changed

    def stop(self) -> None:
        """Stop all children and whatever they started; returns when none is left."""
        live = [(child.name, child.process) for child in self.children if child.process is not None]
        # The API server goes last: a task that is just ending reports to it.
        for last in (False, True):
            group = {
                process.pid: PATIENCE_SECONDS.get(name, STOP_SECONDS)
                for name, process in live
                if (name == "api-server") is last
            }
            stop_sessions(group)
        for _, process in live:
            process.wait()
        self.children.clear()

    def _launch(self, child: Child) -> None:
        if child.log.exists() and child.log.stat().st_size > LOG_BYTES:
            child.log.replace(child.log.with_suffix(".log.1"))
        with child.log.open("ab") as log:
            child.process = subprocess.Popen(
                [sys.executable, str(LAUNCHER), str(os.getpid()), *child.command],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child.started_at = time.monotonic()

    def _bury(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        lived = time.monotonic() - child.started_at
        child.quick_deaths = child.quick_deaths + 1 if lived < QUICK_DEATH_SECONDS else 1
        stop_sessions({process.pid: 3.0})  # workers that it left behind
        child.process = None
        if child.quick_deaths > len(BACKOFF_SECONDS):
            raise ChildFailed(
                f"{child.name} ended {child.quick_deaths} times in a row "
                f"(exit status {process.returncode}). {child.log} ends:\n{tail(child.log)}"
            )
        pause = BACKOFF_SECONDS[child.quick_deaths - 1]
        child.restart_at = time.monotonic() + pause
        self._say(
            f"{child.name} ended (exit status {process.returncode}); "
            f"starting it again in {pause:.0f} s. Log: {child.log}"
        )


def stop_sessions(leaders: Mapping[int, float]) -> None:
    """SIGTERM the leaders, wait, then SIGKILL all that is left in their sessions.

    Args:
        leaders: process number that is, or was, a session leader -> how many seconds it and
            what it started may take to end by themselves.
    """
    for leader in leaders:
        _signal(leader, signal.SIGTERM)
    began = time.monotonic()
    gone: dict[int, float] = {}  # leader -> when it was first seen gone
    while members := _members(leaders):
        now = time.monotonic()
        for leader in leaders:
            if leader not in members:
                gone.setdefault(leader, now)
        for pid, leader in members.items():
            orphaned = leader in gone and now - gone[leader] > ORPHAN_SECONDS
            if orphaned or now - began > leaders[leader]:
                _signal(pid, signal.SIGKILL)
        time.sleep(0.1)


def still_ours(pid: int, created: float) -> bool:
    """Whether a remembered session leader, or what it left behind, is still there.

    Args:
        pid: the leader's process number.
        created: its start time, epoch seconds; guards against a number used again.
    """
    try:
        return bool(abs(psutil.Process(pid).create_time() - created) < 1)
    except psutil.NoSuchProcess:
        # While any member lives, the system gives the number to nobody else.
        return any(
            psutil.Process(member).create_time() >= created - 1 for member in _members([pid])
        )


def _members(leaders: Iterable[int]) -> dict[int, int]:
    """Live process -> the leader of its session, for these leaders."""
    wanted, found = set(leaders), {}
    for pid in psutil.pids():
        try:
            session = os.getsid(pid)
            if session in wanted and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found[pid] = session
        except (OSError, psutil.Error):
            continue
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
