"""Which runs load chosen days, and what the page says in either language."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leads.page.plan import MOST_RUNS, ChoiceError, plan
from leads.page.words import words
from leads.settings import INCLUDE

KNOWN = ("cabinet", "scouting", "migrations")
TODAY = date(2026, 11, 22)


@given(
    st.sets(
        st.tuples(st.sampled_from(KNOWN), st.integers(0, 12)).map(
            lambda pair: (pair[0], TODAY - timedelta(days=pair[1]))
        ),
        min_size=1,
    )
)
def test_the_runs_load_exactly_the_chosen_days(chosen: set[tuple[str, date]]) -> None:
    planned = plan([f"{source}:{day}" for source, day in chosen], KNOWN, TODAY)
    loaded = [
        (source, run.date_from + timedelta(days=place))
        for run in planned
        for source in run.sources
        for place in range(run.day_count)
    ]
    assert sorted(loaded) == sorted(chosen)  # none left out, none else, none twice
    for run in planned:
        for source in run.sources:
            assert (source, run.date_from - timedelta(days=1)) not in chosen
            assert (source, run.date_to + timedelta(days=1)) not in chosen


def test_sources_that_lack_the_same_days_share_a_run() -> None:
    [run] = plan(
        [
            "migrations:2026-11-02",
            "cabinet:2026-11-01",
            "cabinet:2026-11-02",
            "migrations:2026-11-01",
        ],
        KNOWN,
        TODAY,
    )
    assert run.conf == {
        "date_from": "2026-11-01",
        "date_to": "2026-11-02",
        "sources": ["cabinet", "migrations"],
        "incremental": False,
    }


def test_too_many_runs_at_once_are_refused() -> None:
    every_other = [f"cabinet:{TODAY - timedelta(days=2 * n)}" for n in range(MOST_RUNS + 1)]
    with pytest.raises(ChoiceError, match="too_much"):
        plan(every_other, KNOWN, TODAY)


def _keys(document: Any, prefix: str = "") -> set[str]:
    if not isinstance(document, dict):
        return {prefix}
    return set().union(*(_keys(value, f"{prefix}.{key}") for key, value in document.items()))


def test_both_languages_have_the_same_keys() -> None:
    spanish, english = (
        yaml.safe_load((INCLUDE / "texts" / f"page.{language}.yml").read_text(encoding="utf-8"))
        for language in ("es", "en")
    )
    assert _keys(spanish) == _keys(english)


@pytest.mark.parametrize(
    ("gone", "spanish", "english"),
    [
        (timedelta(seconds=20), "ahora mismo", "just now"),
        (timedelta(minutes=59), "hace 59 min", "59 min ago"),
        (timedelta(hours=2), "hace 2 h", "2 h ago"),
        (timedelta(hours=47), "hace 47 h", "47 h ago"),
        (timedelta(days=1500), "hace 1.500 d", "1,500 d ago"),
        (-timedelta(hours=3), "en 3 h", "in 3 h"),
    ],
)
def test_times_are_told_in_their_greatest_unit(gone: timedelta, spanish: str, english: str) -> None:
    now = datetime(2026, 11, 22, 17, tzinfo=timezone.utc)
    assert words("es").ago(now - gone, now) == spanish
    assert words("en").ago(now - gone, now) == english


def test_every_status_of_the_views_has_words() -> None:
    views = (INCLUDE / "migrations" / "versions" / "0005_health.up.sql").read_text(encoding="utf-8")
    for code in set(re.findall(r"'((?:RED|YELLOW|GREEN)_[A-Z0-9_]+)'", views)):
        assert words("es").known("status", code) != code
        assert words("en").known("status", code) != code


def test_every_reason_of_the_loads_has_words() -> None:
    folder = INCLUDE / "sql" / "ingest"
    files = [*folder.glob("*.sql"), *(INCLUDE / "sql" / "load").glob("*.sql")]
    versions = INCLUDE / "migrations" / "versions"
    files += versions.glob("0002*.up.sql")
    text = " ".join(file.read_text(encoding="utf-8") for file in files)
    found = set(re.findall(r"'((?:MISSING|UNREADABLE|IMPOSSIBLE|EVENT|DUPLICATE)_[A-Z_]+)'", text))
    assert found
    for code in found:
        assert words("es").known("reject", code) != code
        assert words("en").known("reject", code) != code
