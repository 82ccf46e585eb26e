"""`canon.scout_conflicts`: whom several scouts claim."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from attribution.people import (
    ANA,
    BRUNO,
    CARLA,
    MIGRATIONS,
    NOW,
    SCOUTING,
    attribute,
    day,
    know,
    mark,
    put,
    rows,
)

QUERY = (
    "SELECT person_key, scouts, first_on, last_on, events, updated_at FROM canon.scout_conflicts"
)


def test_each_conflict_is_one_row_until_it_is_none(connection: Connection[Any]) -> None:
    know(connection, ANA, BRUNO, CARLA)
    for person in (ANA, BRUNO, CARLA):
        for number, (on, scout) in enumerate([(0, 22), (4, 11), (7, 22), (30, None)]):
            put(connection, person, SCOUTING, f"{person.int}-{number}", on, scout)
    put(connection, CARLA, SCOUTING, "early", -1, 11)
    mark(connection, ANA, BRUNO, CARLA)
    attribute(connection)
    conflict = (2, day(0), day(7), 3, NOW)
    assert sorted(rows(connection, QUERY)) == [(ANA, *conflict), (BRUNO, *conflict)]

    put(connection, BRUNO, MIGRATIONS, "1", 0, 13)
    mark(connection, BRUNO)
    attribute(connection)
    assert rows(connection, QUERY) == [(ANA, *conflict)]
