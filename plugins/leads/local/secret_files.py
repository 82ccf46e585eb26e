"""Passwords and keys made once and kept for their owner only."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

BYTES = 48  # 64 characters of base64: enough for Airflow's JWT signing key, too


def remembered_secrets(file: Path, names: Iterable[str]) -> dict[str, str]:
    """Read named secrets from a file, making those that are missing.

    Args:
        file: JSON, 0600; its folder is made at need. Two processes may ask at once.
        names: what must be there.

    Returns:
        name -> secret, of letters, digits, `-` and `_` only, so that it fits into any URI.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(file.with_name(f".{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        missing = [name for name in names if name not in known]
        if missing:
            known |= {name: secrets.token_urlsafe(BYTES) for name in missing}
            write_private(file, json.dumps(known, indent=1))
    finally:
        os.close(lock)
    return known


def write_private(file: Path, text: str) -> None:
    """Replace a file's content in one step; only its owner can read it."""
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    partial.replace(file)
