"""What a run may be asked for, and what a refusal says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from leads.params import NAMES, ParamsError, Request, parse_request

SOURCES = ("module_ct_cabinet_leads", "module_ct_migrations")


@pytest.mark.parametrize(
    "conf",
    [
        None,
        {},
        dict.fromkeys(NAMES),
        {"date_from": "", "date_to": ""},  # a form field that was emptied
        {"sources": []},
    ],
)
def test_nothing_given_means_the_defaults(conf: dict[str, Any] | None) -> None:
    request = parse_request(conf, SOURCES)
    assert request == Request()
    assert request.incremental
    assert not request.dry_run
    assert request.asks_for("module_ct_migrations")


def test_everything_given_is_taken() -> None:
    conf = {
        "date_from": "2026-11-01",
        "date_to": "2026-11-03",
        "sources": ["module_ct_migrations"],
        "incremental": False,
        "dry_run": True,
    }
    request = parse_request(conf, SOURCES)
    assert request == Request(
        date_from=date(2026, 11, 1),
        date_to=date(2026, 11, 3),
        sources=frozenset({"module_ct_migrations"}),
        incremental=False,
        dry_run=True,
    )
    assert not request.asks_for("module_ct_cabinet_leads")


def test_the_same_day_may_be_first_and_last() -> None:
    request = parse_request({"date_from": "2026-11-01", "date_to": "2026-11-01"}, SOURCES)
    assert request.date_from == request.date_to == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("conf", "message"),
    [
        ({"datefrom": "2026-11-01"}, r"Unknown param 'datefrom'\. Known: date_from, date_to, "),
        ({"b": 1, "a": 2}, r"Unknown param 'a', 'b'"),
        ({"date_from": "2026-11-01"}, "date_from is given without date_to"),
        ({"date_to": "2026-11-01"}, "date_to is given without date_from"),
        ({"date_from": "2026-11-01", "date_to": ""}, "date_from is given without date_to"),
        (
            {"date_from": "2026-11-03", "date_to": "2026-11-01"},
            "date_from 2026-11-03 is after date_to 2026-11-01. Swap them",
        ),
        ({"date_from": "yesterday", "date_to": "2026-11-01"}, "date_from 'yesterday' is no date"),
        ({"date_from": "2026-11-01", "date_to": "2026-02-30"}, "date_to '2026-02-30' is no date"),
        ({"date_from": "01-11-2026", "date_to": "2026-11-01"}, "Write it as in 2026-11-01"),
        ({"date_from": 20261101, "date_to": "2026-11-01"}, "date_from 20261101 is no date"),
        ({"date_from": "2026-11-01T00:00:00", "date_to": "2026-11-01"}, "is no date"),
        ({"sources": "module_ct_migrations"}, "sources must be a list of"),
        ({"sources": [1]}, "sources must be a list of"),
        (
            {"sources": ["module_ct_migrations", "drivers"]},
            "Unknown source 'drivers'. Known: module_ct_cabinet_leads, module_ct_migrations",
        ),
        ({"incremental": "yes"}, "incremental must be true or false, not 'yes'"),
        ({"incremental": 1}, "incremental must be true or false, not 1"),
        ({"dry_run": "false"}, "dry_run must be true or false, not 'false'"),
    ],
)
def test_a_wrong_request_is_refused_with_a_clear_message(
    conf: dict[str, Any], message: str
) -> None:
    with pytest.raises(ParamsError, match=message):
        parse_request(conf, SOURCES)
