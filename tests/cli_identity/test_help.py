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


@pytest.mark.parametrize("name", ["train", "models", "rescore", "evaluate"])
def test_what_speaks_one_language_says_so(still: Fleet, name: str) -> None:
    said = " ".join(still.ok("identity", name, "--help").split())
    assert "It speaks English only." in said
    assert f"./leads identity {name}" in said


@pytest.mark.parametrize("words", [("why",), ("identity", "confirm"), ("identity", "ignore")])
def test_help_says_what_the_key_of_a_lead_is(still: Fleet, words: tuple[str, ...]) -> None:
    said = " ".join(still.ok(*words, "--help").replace("│", " ").split())
    assert "cabinet: external_id, or id where blank" in said


def test_the_list_of_commands_names_them(still: Fleet) -> None:
    said = still.ok("identity", "--help")
    assert all(command[-1] in said for command in COMMANDS if len(command) == 2)
