"""SQL files, read once per process. The text that tests run is the text that Airflow runs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leads.settings import SQL

if TYPE_CHECKING:
    from typing_extensions import LiteralString


@cache
def statement(name: str) -> LiteralString:
    """The text of `include/sql/<name>.sql`.

    Args:
        name: path below `include/sql`, without the suffix, such as `load/insert_events`.
    """
    return named((SQL / f"{name}.sql").read_text(encoding="utf-8"), name)


_NAMES: dict[str, str] = {}


def named(text: LiteralString, name: str) -> LiteralString:
    """A statement's text, noted as that of `include/sql/<name>.sql`, whatever was put into it."""
    _NAMES[text] = name
    return text


def name_of(text: object) -> str | None:
    """Which file below `include/sql` a statement was made of, without its suffix; None: none."""
    return _NAMES.get(text) if isinstance(text, str) else None


def preload() -> None:
    """Read all files now, for the processes that are forked from this one."""
    for file in SQL.rglob("*.sql"):
        statement(file.relative_to(SQL).with_suffix("").as_posix())
