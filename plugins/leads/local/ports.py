"""TCP ports of the stack: wanted, free, reserved, remembered."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SPAN = 200  # how far above the wanted port a free one is looked for


class PortTaken(RuntimeError):
    """A port that was asked for by name is in use; the message says the fix."""


@dataclass(frozen=True, slots=True)
class Want:
    """One port that the stack needs."""

    name: str  # settings key, such as `api_port`
    default: int
    everywhere: bool  # True: the program listens on all interfaces


class Reservations:
    """Ports held for this process, so that two stacks starting at once never choose the same."""

    def __init__(self) -> None:
        """Prepare; nothing is held yet."""
        self._folder = Path(tempfile.gettempdir()) / f"leads-ports-{os.geteuid()}"
        self._held: dict[int, int] = {}

    def take(self, port: int, *, everywhere: bool = False) -> bool:
        """Hold a port until `release`; False when a program or another stack has it."""
        if port in self._held:
            return False
        self._folder.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(self._folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        if not is_free(port, "" if everywhere else "127.0.0.1"):
            os.close(lock)
            return False
        self._held[port] = lock
        return True

    def release(self) -> None:
        """Give every held port back."""
        for lock in self._held.values():
            os.close(lock)
        self._held.clear()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nothing listens on a port of this machine.

    Args:
        port: TCP port.
        host: the address to listen on; "" means all of them.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose(
    wants: list[Want],
    remembered: Mapping[str, int],
    environment: Mapping[str, str],
    reservations: Reservations,
) -> tuple[dict[str, int], list[str]]:
    """Choose and hold one port for each want.

    A port named in the environment is taken as it is. Otherwise the remembered one, then the
    default, then the next free one above it.

    Args:
        wants: what is needed.
        remembered: settings key -> port of the last time.
        environment: `LEADS_<KEY>` there makes a port fixed.
        reservations: where the chosen ports are held.

    Returns:
        settings key -> port, and one sentence for each default that had to give way.

    Raises:
        PortTaken: a port named in the environment is in use, or no port is free.
    """
    chosen: dict[str, int] = {}
    remarks: list[str] = []
    for want in wants:
        variable = f"LEADS_{want.name.upper()}"
        if environment.get(variable):
            if not reservations.take(want.default, everywhere=want.everywhere):
                raise PortTaken(
                    f"Port {want.default} ({variable}) is taken by another program. "
                    f"Set {variable} to a free port, or unset it and one is found."
                )
            chosen[want.name] = want.default
            continue
        first = remembered.get(want.name, want.default)
        candidates = [first, *range(want.default, min(want.default + SPAN, 65536))]
        for port in candidates:
            if reservations.take(port, everywhere=want.everywhere):
                break
        else:
            raise PortTaken(
                f"Ports {want.default} to {candidates[-1]} are all taken. Set {variable}."
            )
        if port != first:
            remarks.append(f"Port {first} is taken: using {port} ({variable}).")
        chosen[want.name] = port
    return chosen, remarks
