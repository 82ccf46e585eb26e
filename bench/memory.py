"""How much memory a measured piece of work takes, here and in the session's server process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
from psycopg import Connection

EVERY_SECONDS = 0.05


@dataclass
class Memory:
    """Most memory that was seen, in bytes.

    Attributes:
        here: of this process, before the work included.
        before: of this process when the work began.
        server: of the session's server process, without what the server's processes share.
    """

    here: int = 0
    before: int = 0
    server: int = 0


@contextmanager
def watched(connection: Connection[Any]) -> Iterator[Memory]:
    """Look at the memory again and again while the block runs."""
    ours, theirs = psutil.Process(), psutil.Process(connection.info.backend_pid)
    found, is_over = Memory(before=ours.memory_info().rss), threading.Event()

    def look() -> None:
        while True:
            info = theirs.memory_info()
            found.here = max(found.here, ours.memory_info().rss)
            # Only Linux tells what is shared.
            found.server = max(found.server, info.rss - getattr(info, "shared", 0))
            if is_over.wait(EVERY_SECONDS):
                return

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        is_over.set()
        watcher.join()
