"""The test's side of the worker processes: start, kill, freeze, thaw, and hear how they end."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import psutil

from faults import worker as program
from faults.worker import Job

#: A busy machine may take long; a worker that never answers is a failure all the same.
PATIENCE_SECONDS = 60


class Worker:
    """One worker process, started and connected."""

    def __init__(self, words: queue.Queue[dict[str, Any]], job: Job) -> None:
        self.job = job
        self._words = words
        hello = words.get(timeout=PATIENCE_SECONDS)
        assert "pid" in hello, f"the worker did not start: {hello}"
        self.backend_pid = int(hello["backend_pid"])
        self.process: psutil.Process | None
        try:
            self.process = psutil.Process(int(hello["pid"]))
        except psutil.NoSuchProcess:  # it was quick, or killed by the database's end
            self.process = None

    def kill(self) -> None:
        """SIGKILL, and wait until the process is gone; nothing when it is gone already."""
        if self.process is None:
            return
        try:
            self.process.kill()
        except psutil.NoSuchProcess:
            return
        self.process.wait(PATIENCE_SECONDS)

    def freeze(self) -> None:
        """SIGSTOP from outside."""
        assert self.process is not None
        self.process.suspend()
        self.wait_until_frozen()

    def wait_until_frozen(self) -> None:
        """Wait until the worker has stopped itself."""
        assert self.process is not None
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.process.status() != psutil.STATUS_STOPPED:
            assert self._words.empty(), f"it ended instead of freezing: {self._words.get()}"
            assert time.monotonic() < deadline, "the worker never came to where it freezes"
            time.sleep(0.01)

    def thaw(self) -> None:
        """SIGCONT."""
        assert self.process is not None
        self.process.resume()

    def has_ended(self) -> bool:
        """Whether it has said how it ended."""
        return not self._words.empty()

    def outcome(self) -> dict[str, Any]:
        """How the load ended: `outcome`, and `stats` or `message`."""
        return self._words.get(timeout=PATIENCE_SECONDS)

    def stats(self) -> dict[str, Any]:
        """The counts of a load that must have completed."""
        outcome = self.outcome()
        assert outcome["outcome"] == "COMPLETED", outcome
        stats: dict[str, Any] = outcome["stats"]
        return stats

    def check_lost(self) -> None:
        """Its database went away: it must have noticed, and say so, unless it had ended before."""
        outcome = self.outcome()
        if outcome["outcome"] != "COMPLETED":
            assert outcome["outcome"] == "PassingError", outcome
            assert "connection to the warehouse was lost" in outcome["message"], outcome


class Nursery:
    """The warm parent of worker processes; a context manager that leaves none behind."""

    def __init__(self) -> None:
        self._words: defaultdict[int, queue.Queue[dict[str, Any]]] = defaultdict(queue.Queue)
        self.workers: list[Worker] = []
        self._started = 0
        self._turn = threading.Lock()
        self._parent = subprocess.Popen(
            [sys.executable, str(Path(program.__file__))],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.workers:
            one.kill()
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        self._parent.wait(PATIENCE_SECONDS)
        self._listener.join(PATIENCE_SECONDS)

    def start(self, job: Job) -> Worker:
        """Start a worker; it is connected, and about to begin its load."""
        assert self._parent.stdin is not None
        with self._turn:
            number, self._started = self._started, self._started + 1
            words = self._words[number]
            self._parent.stdin.write(job.to_json() + "\n")
            self._parent.stdin.flush()
        worker = Worker(words, job)
        self.workers.append(worker)
        return worker

    def _listen(self) -> None:
        assert self._parent.stdout is not None
        for line in self._parent.stdout:
            words = json.loads(line)
            self._words[words.pop("number")].put(words)
