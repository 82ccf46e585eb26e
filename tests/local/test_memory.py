"""How much memory the embedded server takes a part of."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from leads.local.memory import memory_bytes

MACHINE = psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("text", "expected"),
    [(f"{2**30}\n", 2**30), ("max\n", MACHINE), (f"{2**63}\n", MACHINE), ("", MACHINE)],
)
def test_a_container_has_what_it_may_use(tmp_path: Path, text: str, expected: int) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(text)
    assert memory_bytes((tmp_path / "missing", limit)) == expected
