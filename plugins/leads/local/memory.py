"""How much memory there is to share out."""

from __future__ import annotations

from pathlib import Path

import psutil

#: Where a container reads its own limit: control groups of version 2, then of version 1.
LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def memory_bytes(limits: tuple[Path, ...] = LIMITS) -> int:
    """Bytes of memory of this machine, or of the container we are in when that may use less.

    Args:
        limits: files that hold a limit in bytes, or a word for none; those that are not there say
            nothing.
    """
    said = [int(psutil.virtual_memory().total)]
    for file in limits:
        text = file.read_text().strip() if file.is_file() else ""
        if text.isdecimal():
            said.append(int(text))
    return min(said)
