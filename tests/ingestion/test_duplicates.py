"""One lead key, several raw rows: who is the event, and what happens when that changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from psycopg import Connection

from ingestion.loading import (
    CABINET,
    NOW,
    SCOUTING,
    at,
    change,
    day,
    events,
    findings,
    load_days,
    open_rejects,
    put,
    remove,
    rows,
)

DUPLICATE = "DUPLICATE_SOURCE_PK"


def put_lead(
    connection: Connection[Any],
    number: int,
    external_id: str | None,
    *,
    event: datetime | None = None,
    landed: datetime | None = None,
) -> None:
    put(
        connection,
        CABINET,
        id=number,
        external_id=external_id,
        lead_created_at=event or at(-1),
        created_at=landed,
    )


def holders(connection: Connection[Any]) -> dict[str, str | None]:
    """The raw row behind each event, by lead key."""
    return {pk: event.raw_pk for pk, event in events(connection).items()}


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        (at(-2), at(-1), "2"),
        (at(-1), at(-2), "1"),
        (None, at(-9), "2"),
        (at(-9), None, "1"),
        (at(-1), at(-1), "2"),
        (None, None, "2"),
    ],
)
@pytest.mark.parametrize("apart", [False, True], ids=["in one run", "one by one"])
def test_the_last_to_land_wins_and_then_the_greater_id(
    connection: Connection[Any],
    first: datetime | None,
    second: datetime | None,
    winner: str,
    apart: bool,
) -> None:
    put_lead(connection, 1, "A", landed=first)
    if apart:
        load_days(connection, CABINET, -9, 0)
    put_lead(connection, 2, "A", landed=second)
    load_days(connection, CABINET, -9, 0)
    loser = "1" if winner == "2" else "2"
    assert holders(connection) == {"A": winner}
    assert open_rejects(connection) == {loser: DUPLICATE}
    assert findings(connection) == []


def test_ids_are_compared_as_numbers(connection: Connection[Any]) -> None:
    for number in (9, 10):
        put_lead(connection, number, "A")
    load_days(connection, CABINET, -1, -1)
    assert holders(connection) == {"A": "10"}


def test_no_order_of_arrival_changes_who_wins(connection: Connection[Any]) -> None:
    for case, order in enumerate(permutations([(-3, -1), (-2, -3), (-9, -2)])):
        for place, (event, landed) in enumerate(order):
            number = case * 10 + place
            put_lead(connection, number, f"K{case}", event=at(event), landed=at(landed))
            load_days(connection, CABINET, -9, 0)
        won = events(connection)[f"K{case}"]
        assert won.event_date == day(-3), order
    assert len(open_rejects(connection)) == 12
    assert findings(connection) == []


def test_the_runner_up_takes_over_when_the_winner_vanishes(connection: Connection[Any]) -> None:
    put_lead(connection, 1, "A", landed=at(-2))
    put_lead(connection, 2, "A", landed=at(-1))
    load_days(connection, CABINET, -2, 0)
    before = events(connection)["A"]
    remove(connection, CABINET, 2)
    load_days(connection, CABINET, 0, 0, now=NOW + timedelta(hours=6))
    after = events(connection)["A"]
    assert (before.raw_pk, after.raw_pk) == ("2", "1")
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert not after.is_vanished
    assert open_rejects(connection) == {}
    assert findings(connection) == []


def test_the_runner_up_gets_an_event_when_the_winner_moves_to_another_key(
    connection: Connection[Any],
) -> None:
    put_lead(connection, 1, "A", landed=at(-2))
    put_lead(connection, 2, "A", landed=at(-1))
    load_days(connection, CABINET, -2, 0)
    before = events(connection)["A"]
    change(connection, CABINET, 2, external_id="B")
    load_days(connection, CABINET, 0, 0)
    after = events(connection)
    assert holders(connection) == {"A": "1", "B": "2"}
    assert after["B"].id == before.id
    assert open_rejects(connection) == {}


def test_the_runner_up_takes_over_when_the_winner_turns_bad(connection: Connection[Any]) -> None:
    put_lead(connection, 1, "A", landed=at(-2))
    put_lead(connection, 2, "A", landed=at(-1))
    load_days(connection, CABINET, -2, 0)
    change(connection, CABINET, 2, lead_created_at=None)
    load_days(connection, CABINET, 0, 0)
    assert holders(connection) == {"A": "1"}
    assert open_rejects(connection) == {"2": "MISSING_EVENT_DATE"}
    assert findings(connection) == []


def test_a_rival_far_back_in_history_is_found(connection: Connection[Any]) -> None:
    """The old row's day is far outside of the window and the lookback of the second load."""
    put_lead(connection, 1, "A", event=at(-200), landed=at(-200))
    load_days(connection, CABINET, -200, -200)
    before = events(connection)["A"]
    put_lead(connection, 2, "A", landed=at(0))
    load_days(connection, CABINET, -1, 0)
    after = events(connection)["A"]
    assert (after.id, after.raw_pk, after.event_date) == (before.id, "2", day(-1))
    assert open_rejects(connection) == {"1": DUPLICATE}
    assert findings(connection) == []


@pytest.mark.parametrize("blank", [None, "", "  ", "\t\n", "\u00a0"])
def test_an_external_id_filled_in_later_keeps_the_event(
    connection: Connection[Any], blank: str | None
) -> None:
    put_lead(connection, 1, blank)
    load_days(connection, CABINET, -1, -1)
    before = events(connection)["1"]
    change(connection, CABINET, 1, external_id=" EXT-1 ")
    load_days(connection, CABINET, 0, 0, now=NOW + timedelta(hours=6))
    assert set(events(connection)) == {"EXT-1"}
    after = events(connection)["EXT-1"]
    assert (after.id, after.created_at) == (before.id, before.created_at)
    assert after.payload["external_id"] == " EXT-1 "


def test_an_external_id_that_equals_another_rows_id_is_the_same_key(
    connection: Connection[Any],
) -> None:
    put_lead(connection, 1, None, landed=at(-2))
    put_lead(connection, 2, "1", landed=at(-1))
    load_days(connection, CABINET, -2, 0)
    assert holders(connection) == {"1": "2"}
    assert open_rejects(connection) == {"1": DUPLICATE}
    change(connection, CABINET, 1, external_id="own")
    load_days(connection, CABINET, 0, 0)
    assert holders(connection) == {"1": "2", "own": "1"}
    assert open_rejects(connection) == {}


def test_two_rows_can_swap_their_keys_in_one_run(connection: Connection[Any]) -> None:
    put_lead(connection, 1, "A")
    put_lead(connection, 2, "B")
    load_days(connection, CABINET, -1, -1)
    before = events(connection)
    change(connection, CABINET, 1, external_id="B")
    change(connection, CABINET, 2, external_id="A")
    stats = load_days(connection, CABINET, 0, 0)
    after = events(connection)
    assert stats["updated"] == 2
    assert (after["A"].id, after["B"].id) == (before["B"].id, before["A"].id)


def test_a_key_that_a_vanished_row_held_belongs_to_the_row_that_has_it_now(
    connection: Connection[Any],
) -> None:
    put_lead(connection, 1, "A")
    put_lead(connection, 2, "B")
    load_days(connection, CABINET, -1, -1)
    before = events(connection)
    remove(connection, CABINET, 1)
    change(connection, CABINET, 2, external_id="A")
    load_days(connection, CABINET, 0, 0)
    after = events(connection)
    assert {pk: event.id for pk, event in after.items()} == {"A": before["B"].id}
    assert not after["A"].is_vanished
    assert findings(connection) == []


def test_keys_of_different_sources_are_no_rivals(connection: Connection[Any]) -> None:
    put_lead(connection, 1, None)
    put(connection, SCOUTING, id=1, registration_date=day(-1))
    load_days(connection, CABINET, -1, -1)
    load_days(connection, SCOUTING, -1, -1)
    assert rows(
        connection, "SELECT source_table, source_pk FROM observational.lead_events ORDER BY 1"
    ) == [(CABINET, "1"), (SCOUTING, "1")]
