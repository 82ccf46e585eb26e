"""How statements that are the same text for every source see the source's raw table."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from leads.sources import Source
from leads.statements import named, statement

if TYPE_CHECKING:
    from typing_extensions import LiteralString

#: Event dates before this are too old to be real.
FLOOR = date(2015, 1, 1)

#: Parts of other statements. No views: each costs a dozen rows of the server's catalogue, and
#: their pages in its log, at every load.
_PARTS = ("compared", "unsettled")


def day_limits(now: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """The local times between which an event date is usable: `floor_at` to before `ceiling_at`."""
    today = now.astimezone(zone).date()
    return {
        "floor_at": datetime.combine(FLOOR, time.min),
        # Tomorrow is usable, the day after is not.
        "ceiling_at": datetime.combine(today + timedelta(days=2), time.min),
    }


def about(source: Source, name: str) -> LiteralString:
    """The text of `include/sql/<name>.sql` about a source; to be executed with binds, if empty.

    In it `%(raw_source)s` is the source's own SELECT, a file of this repository; `%(compared)s` and
    `%(unsettled)s` are the files of that name in `include/sql/load`.

    Args:
        source: the lead source.
        name: path below `include/sql`, without the suffix, such as `load/insert_events`.
    """
    return _filled(name, source.sql)


@cache
def _filled(name: str, raw_source: LiteralString) -> LiteralString:
    text = statement(name)
    for part in _PARTS:
        text = text.replace(f"%({part})s", statement(f"load/{part}"))
    return named(reading(text, raw_source), name)


def reading(text: LiteralString, raw_source: LiteralString) -> LiteralString:
    """A statement's text with a source's own SELECT in the place of `%(raw_source)s`."""
    # What is no bind of ours stands for itself, such as the sign of a LIKE.
    return text.replace("%(raw_source)s", raw_source.replace("%", "%%"))
