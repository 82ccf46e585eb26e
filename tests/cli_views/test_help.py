"""The help of every command about figures teaches it by example."""

from __future__ import annotations

import pytest

from cli_views.fleet import Fleet

COMMANDS = [
    *(("refresh",), ("check",), ("rules",)),
    *(("rules", name) for name in ("history", "add", "end", "withdraw")),
    *(("explain", name) for name in ("payment", "due")),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_teaches_by_example(still: Fleet, command: tuple[str, ...]) -> None:
    said = still.ok(*command, "--help")
    assert "For example:" in said
    assert f"./leads {' '.join(command)}" in said
    assert "--language" in said


def test_the_list_of_commands_names_them(still: Fleet) -> None:
    said = still.ok("--help")
    assert all(name in said for name in ("refresh", "check", "rules", "explain"))
    for group in ("rules", "explain"):
        said = still.ok(group, "--help")
        assert all(command[-1] in said for command in COMMANDS if command[0] == group)
