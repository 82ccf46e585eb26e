"""The help of every command teaches it by example."""

from __future__ import annotations

import pytest

from cli_identity.fleet import Fleet

COMMANDS = [
    ("why",),
    ("person",),
    *(
        ("identity", name)
        for name in ("same", "different", "confirm", "ignore", "undo", "review", "decisions")
    ),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_teaches_by_example(still: Fleet, command: tuple[str, ...]) -> None:
    said = still.ok(*command, "--help")
    assert "For example:" in said
    assert f"./leads {' '.join(command)}" in said
    assert "--language" in said


def test_the_list_of_commands_names_them(still: Fleet) -> None:
    said = still.ok("identity", "--help")
    assert all(command[-1] in said for command in COMMANDS if len(command) == 2)
