"""Whatever changes in whatever order, the ledger ends as one clean run would leave it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.types.json import Jsonb

from attribution.oracle import Event, clean_ledger
from attribution.people import (
    CABINET,
    MIGRATIONS,
    ORIGIN,
    OTHER_FLEET,
    SCOUTING,
    WALK_IN,
    attribute,
    day,
    forget,
    know,
    ledger,
    mark,
    marked,
    runs_of,
    versions,
    write,
)

PEOPLE = [UUID(int=number) for number in range(1, 5)]

#: Scouting most of all, as its rules look at several events; some rows know no origin.
sources = st.sampled_from(
    [SCOUTING] * 9 + [CABINET] * 2 + [MIGRATIONS, OTHER_FLEET] + [WALK_IN] * 2
)
#: Few, so that they meet; of several lengths, and in an order that languages see differently.
keys = st.sampled_from(["1", "2", "9", "10", "B", "a", "é"])
#: Days around the seven that make a conflict.
days = st.sampled_from([0, 0, 1, 7, 8, 8, 15])
owners = st.sampled_from([*PEOPLE, *PEOPLE, None])


@st.composite
def events(draw: st.DrawFn) -> Event:
    source = draw(sources)
    may_scout = st.sampled_from([1, 2, 3, None]) if source != CABINET else st.none()
    return Event(
        source_table=source,
        source_pk=draw(keys),
        event_date=day(draw(days)),
        person_key=draw(owners),
        scout_id=draw(may_scout),
        origin_tag=draw(st.sampled_from([ORIGIN[source]] * 9 + [None])),
    )


people = st.sampled_from(PEOPLE)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), events()),
        st.tuples(st.just("put"), events()),
        st.tuples(st.just("remove"), st.tuples(sources, keys)),
        st.tuples(st.just("merge"), st.tuples(people, people)),
        st.tuples(st.just("mark"), people),
        st.tuples(st.just("run"), st.booleans()),
    ),
    max_size=25,
)
histories = st.tuples(st.lists(events(), max_size=14), steps)


class World:
    """The warehouse, and beside it what should be there."""

    def __init__(self, connection: Connection[Any], owner: Connection[Any]) -> None:
        self.connection, self.owner = connection, owner
        self.events: dict[tuple[str, str], Event] = {}
        self.people: set[UUID] = set()

    def empty(self) -> None:
        self.events.clear()
        self.people.clear()
        write(
            self.connection,
            # Not TRUNCATE, which costs more than all else here.
            "DELETE FROM canon.stale_people; DELETE FROM observational.lead_ledger; "
            "DELETE FROM observational.lead_events; DELETE FROM canon.departed_leads; "
            "DELETE FROM canon.identity_registry; DELETE FROM ops.ingestion_runs",
        )

    def put(self, event: Event) -> None:
        place = (event.source_table, event.source_pk)
        before = self.events.get(place)
        self.events[place] = event
        if event.person_key is not None and event.person_key not in self.people:
            know(self.connection, event.person_key)
            self.people.add(event.person_key)
        write(
            self.connection,
            "INSERT INTO observational.lead_events "
            "(source_table, source_pk, event_date, person_key, scout_id, payload_json) "
            "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (source_table, source_pk) DO UPDATE SET "
            "event_date = excluded.event_date, person_key = excluded.person_key, "
            "scout_id = excluded.scout_id, payload_json = excluded.payload_json",
            *(*place, event.event_date, event.person_key, event.scout_id),
            Jsonb({"origin_tag": event.origin_tag} if event.origin_tag else {}),
        )
        mark(self.connection, before and before.person_key, event.person_key)

    def remove(self, place: tuple[str, str]) -> None:
        if event := self.events.pop(place, None):
            write(
                self.connection,
                "DELETE FROM observational.lead_events WHERE source_table = %s AND source_pk = %s",
                *place,
            )
            mark(self.connection, event.person_key)

    def merge(self, pair: tuple[UUID, UUID]) -> None:
        loser, survivor = pair
        if loser == survivor or not self.people >= {loser, survivor}:
            return
        write(
            self.connection,
            "UPDATE observational.lead_events SET person_key = %s WHERE person_key = %s",
            survivor,
            loser,
        )
        for place, event in self.events.items():
            if event.person_key == loser:
                self.events[place] = replace(event, person_key=survivor)
        forget(self.owner, loser)
        self.people.remove(loser)
        mark(self.connection, loser, survivor)

    def run(self, full: bool) -> None:
        attribute(self.connection, full=full)
        assert ledger(self.connection) == clean_ledger(self.events.values(), self.people)

    def live(self, history: tuple[list[Event], list[tuple[str, Any]]]) -> None:
        first, then = history
        for event in first:
            self.put(event)
        for action, what in then:
            if action == "mark":
                mark(self.connection, what)
            else:
                getattr(self, action)(what)


@pytest.mark.timeout(1800)
def test_any_history_ends_like_one_clean_run(
    connection: Connection[Any], owner: Connection[Any], nightly: bool
) -> None:
    world = World(connection, owner)
    seen: set[str] = set()

    @settings(
        max_examples=3000 if nightly else 250,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        derandomize=not nightly,
        database=None,
    )
    @given(history=histories)
    @example(history=([], [("mark", PEOPLE[0]), ("run", False)]))
    def claim(history: tuple[list[Event], list[tuple[str, Any]]]) -> None:
        world.empty()
        world.live(history)
        world.run(full=False)
        bit_by_bit = ledger(connection)
        seen.update(row[2] for row in bit_by_bit.values())

        before = versions(connection)
        attribute(connection)
        stats = attribute(connection, full=True)
        assert versions(connection) == before, "an unchanged row was written again"
        assert (stats["inserted"], stats["updated"], stats["deleted"]) == (0, 0, 0)

        write(connection, "DELETE FROM observational.lead_ledger")
        attribute(connection, full=True)
        assert ledger(connection) == bit_by_bit
        assert marked(connection) == []
        assert {status for status, _, _ in runs_of(connection)} == {"COMPLETED"}

    claim()
    assert seen == {"A_FLEET", "C", "A", "B", "U"}, "the histories left a rule out"


def test_the_oracle_itself_knows_each_rule() -> None:
    ana = PEOPLE[0]

    def lead(source: str, key: str, on: int, scout: int | None = None) -> Event:
        return Event(source, key, day(on), ana, scout, ORIGIN[source])

    def verdict(*leads: Event) -> tuple[Any, Any]:
        row = clean_ledger(leads, [ana])[ana]
        return row[2], row[1]

    one, week, later = lead(SCOUTING, "1", 0, 5), lead(SCOUTING, "2", 7, 6), day(8)
    assert verdict(one, week) == ("C", None)
    assert verdict(one, replace(week, event_date=later)) == ("A", 6)
    assert verdict(one, week, lead(MIGRATIONS, "9", 0, 7), lead(MIGRATIONS, "10", 0, 8)) == (
        "A_FLEET",
        7,
    )
    assert verdict(lead(SCOUTING, "1", 0)) == ("B", None)
    assert verdict(lead(CABINET, "1", 0), lead(WALK_IN, "1", 0, 5)) == ("B", None)
    assert verdict(lead(WALK_IN, "1", 0, 5)) == ("U", None)
    assert clean_ledger([one], []) == {}
    assert clean_ledger([replace(one, person_key=None)], [ana]) == {}
