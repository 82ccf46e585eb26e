"""What commands say to people, in their language: `include/texts/<about>.<language>.yml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from leads.settings import INCLUDE

TEXTS = INCLUDE / "texts"
#: What the files are about; their keys differ.
ABOUT = ("health", "identity", "views")


class Language(str, Enum):
    """A language that people are spoken to in."""

    ES = "es"
    EN = "en"


class Texts:
    """The texts of one language."""

    def __init__(self, entries: Mapping[str, str]) -> None:
        """Hold them.

        Args:
            entries: text by dotted key, such as `why.linked`; names in braces are filled in.
        """
        self.entries = entries

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, with its values filled in."""
        return self.entries[key].format(**values)

    def reason(self, code: str | None) -> str:
        """Why nobody, in words; codes of other systems have none of their own."""
        return self.entries.get(f"reason.{code}") or self.entries["reason.OTHER"]


def read_texts(file: Path) -> dict[str, str]:
    """Text by dotted key."""
    return dict(_flat(yaml.safe_load(file.read_text(encoding="utf-8")), ""))


def _flat(branch: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for key, value in branch.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", str(value)


@cache
def texts(language: str) -> Texts:
    """The texts of a language.

    Args:
        language: es or en.
    """
    entries: dict[str, str] = {}
    for about in ABOUT:
        entries |= read_texts(TEXTS / f"{about}.{language}.yml")
    return Texts(entries)
