"""What the page says, in the reader's language, and how it tells times and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from re import sub
from typing import Any

import yaml

from leads.health.verdicts import LANGUAGES
from leads.settings import INCLUDE

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Words:
    """The texts of one language."""

    def __init__(self, language: str, entries: Mapping[str, str]) -> None:
        """Hold them.

        Args:
            language: es or en.
            entries: text by dotted key, such as `level.RED`; names in braces are filled in.
        """
        self.language = language
        self.entries = entries

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, with its values filled in."""
        return self.entries[key].format(**values)

    def known(self, group: str, code: object) -> str:
        """The words for a code, or the code itself where there are none."""
        return self.entries.get(f"{group}.{code}", str(code))

    def many(self, key: str, count: int, **values: object) -> str:
        """The text of a key for one (`key.one`) or several (`key.many`)."""
        number = self.number(count)
        return self(f"{key}.{'one' if count == 1 else 'many'}", count=number, **values)

    def ago(self, moment: datetime | None, now: datetime) -> str:
        """How long ago something was, in its greatest unit."""
        if moment is None:
            return self("ago.never")
        gone = now - moment
        side = "ago" if gone >= timedelta(0) else "in"
        gone = abs(gone)
        if gone < _MINUTE:
            return self("ago.now")
        for unit, size, until in (
            ("minutes", _MINUTE, _HOUR),
            ("hours", _HOUR, 2 * _DAY),
        ):
            if gone < until:
                return self(f"{side}.{unit}", count=gone // size)
        return self(f"{side}.days", count=self.number(gone // _DAY))

    def number(self, value: float | Decimal | int) -> str:
        """A number with the separators of the language; money with two decimals."""
        text = f"{value:,.2f}" if isinstance(value, Decimal) else f"{value:,}"
        return text.translate({44: 46, 46: 44}) if self.language == "es" else text

    def day(self, day: date | None) -> str:
        """A date, written out: 3 nov 2026."""
        if day is None:
            return self("none")
        return f"{day.day} {self(f'month.{day.month}')} {day.year}"

    def fill(self, text: str, facts: Mapping[str, Any]) -> str:
        """A verdict's text with each {name} replaced by that fact, or by a dash; as `ops.fill`."""
        for name, value in facts.items():
            told = ", ".join(map(str, value)) if isinstance(value, list) else value
            text = text.replace(f"{{{name}}}", "–" if told is None else str(told))
        return sub(r"[{][a-z_]+[}]", "–", text)


@cache
def words(language: str) -> Words:
    """The texts of a language; of the first known one when there is no such language."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    document = yaml.safe_load((INCLUDE / "texts" / f"page.{known}.yml").read_text(encoding="utf-8"))
    return Words(known, dict(_flat(document)))


@cache
def borrowed(about: str, group: str, language: str) -> Mapping[str, str]:
    """A group of texts that the command line says as well; empty where there is none.

    Args:
        about: which file: identity or views.
        group: its group, such as `claim`.
        language: es or en.
    """
    file = INCLUDE / "texts" / f"{about}.{language}.yml"
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return dict(_flat(document.get(group) or {}))


def _flat(document: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", " ".join(str(value).split())
