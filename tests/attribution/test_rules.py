"""Each rule, and which events decide it."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb

from attribution.people import (
    ANA,
    BRUNO,
    CABINET,
    MIGRATIONS,
    OTHER_FLEET,
    SCOUTING,
    WALK_IN,
    Row,
    attribute,
    know,
    ledger,
    mark,
    put,
    write,
)

A_FLEET = ("fleet_migration", "A_FLEET", "0.95", "high", "assigned")
CONFLICT = ("scouting", "C", "0.50", "low", "conflict")
SCOUTED = ("scouting", "A", "0.95", "high", "assigned")
ON_CABINET = ("cabinet", "B", "0.80", "medium", "assigned")
UNASSIGNED = (None, "U", "0.00", "low", "unassigned")

#: Source, key, day, and the scout if there is one.
Lead = tuple[Any, ...]


@pytest.fixture(autouse=True)
def known(connection: Connection[Any]) -> None:
    know(connection, ANA, BRUNO)


def judge(connection: Connection[Any], *leads: Lead) -> Row:
    """Ana's ledger row, when these are her leads."""
    for lead in leads:
        put(connection, ANA, *lead)
    mark(connection, ANA)
    attribute(connection)
    return ledger(connection)[ANA]


def check(row: Row, verdict: tuple[Any, ...], scout: int | None, winner: Lead) -> dict[str, Any]:
    """Compare all but the rest of the evidence, which is returned."""
    source, scout_id, *rest, evidence = row
    assert ((source, *rest), scout_id) == (verdict, scout)
    won = evidence["winning_event"]
    assert (won["source_table"], won["source_pk"], won["scout_id"]) == winner
    return dict(evidence)


def test_a_migration_takes_the_person_from_the_scouts(connection: Connection[Any]) -> None:
    row = judge(
        connection,
        (MIGRATIONS, "1", 0, 7),
        (SCOUTING, "2", 5, 1),
        (SCOUTING, "3", 6, 2),
        (CABINET, "4", 9),
    )
    evidence = check(row, A_FLEET, 7, (MIGRATIONS, "1", 7))
    assert evidence == {
        "events_by_source": {MIGRATIONS: 1, SCOUTING: 2, CABINET: 1},
        "winning_event": {
            "source_table": MIGRATIONS,
            "source_pk": "1",
            "event_date": "2026-10-01",
            "scout_id": 7,
        },
    }


def test_the_latest_of_several_migrations_names_the_scout(connection: Connection[Any]) -> None:
    row = judge(connection, (MIGRATIONS, "9", 3, 7), (MIGRATIONS, "1", 4, 8))
    check(row, A_FLEET, 8, (MIGRATIONS, "1", 8))


def test_the_latest_migration_counts_though_it_has_no_scout(connection: Connection[Any]) -> None:
    row = judge(connection, (MIGRATIONS, "1", 3, 7), (MIGRATIONS, "2", 4))
    check(row, A_FLEET, None, (MIGRATIONS, "2", None))


def test_migrations_are_known_by_their_origin(connection: Connection[Any]) -> None:
    row = judge(connection, (OTHER_FLEET, "1", 0, 5), (SCOUTING, "1", 3, 6))
    check(row, A_FLEET, 5, (OTHER_FLEET, "1", 5))


def test_two_scouts_within_seven_days_are_a_conflict(connection: Connection[Any]) -> None:
    row = judge(
        connection,
        (SCOUTING, "1", 0, 22),
        (SCOUTING, "2", 4, 11),
        (SCOUTING, "3", 7, 22),
        (CABINET, "4", 30),
    )
    evidence = check(row, CONFLICT, None, (SCOUTING, "3", 22))
    assert evidence["events_by_source"] == {SCOUTING: 3, CABINET: 1}
    assert evidence["scouts"] == [
        {"scout_id": 11, "first_on": "2026-10-05", "last_on": "2026-10-05", "event_count": 1},
        {"scout_id": 22, "first_on": "2026-10-01", "last_on": "2026-10-08", "event_count": 2},
    ]


def test_two_scouts_eight_days_apart_are_none(connection: Connection[Any]) -> None:
    row = judge(connection, (SCOUTING, "1", 0, 22), (SCOUTING, "2", 8, 11))
    evidence = check(row, SCOUTED, 11, (SCOUTING, "2", 11))
    assert "scouts" not in evidence


def test_a_conflict_spans_all_events_with_a_scout(connection: Connection[Any]) -> None:
    """Two scouts a day apart, but one of them knew the driver long before."""
    row = judge(
        connection, (SCOUTING, "1", 0, 22), (SCOUTING, "2", 20, 11), (SCOUTING, "3", 21, 22)
    )
    check(row, SCOUTED, 22, (SCOUTING, "3", 22))


def test_rows_without_a_scout_do_not_stretch_a_conflict(connection: Connection[Any]) -> None:
    row = judge(connection, (SCOUTING, "1", 0), (SCOUTING, "2", 20, 11), (SCOUTING, "3", 21, 22))
    evidence = check(row, CONFLICT, None, (SCOUTING, "3", 22))
    assert [scout["scout_id"] for scout in evidence["scouts"]] == [11, 22]


def test_one_scout_twice_is_no_conflict(connection: Connection[Any]) -> None:
    row = judge(connection, (SCOUTING, "1", 0, 11), (SCOUTING, "2", 1, 11))
    check(row, SCOUTED, 11, (SCOUTING, "2", 11))


def test_a_scout_beats_later_registrations_without_one(connection: Connection[Any]) -> None:
    row = judge(
        connection, (SCOUTING, "1", 0, 11), (SCOUTING, "2", 5), (CABINET, "3", 9), (WALK_IN, "4", 9)
    )
    check(row, SCOUTED, 11, (SCOUTING, "1", 11))


def test_a_scouting_row_without_a_scout_counts_as_cabinet(connection: Connection[Any]) -> None:
    row = judge(connection, (CABINET, "1", 0), (SCOUTING, "2", 1))
    evidence = check(row, ON_CABINET, None, (SCOUTING, "2", None))
    assert evidence["events_by_source"] == {CABINET: 1, SCOUTING: 1}


def test_a_registration_on_the_cabinet_alone(connection: Connection[Any]) -> None:
    row = judge(connection, (CABINET, "1", 0), (CABINET, "2", 3), (WALK_IN, "3", 9, 11))
    check(row, ON_CABINET, None, (CABINET, "2", None))


def test_a_scout_of_another_source_is_not_credited(connection: Connection[Any]) -> None:
    """Only street scouting names scouts; another source of origin cabinet does not."""
    row = judge(connection, (CABINET, "1", 0, 11))
    check(row, ON_CABINET, None, (CABINET, "1", 11))


def test_a_future_source_is_not_attributed(connection: Connection[Any]) -> None:
    row = judge(connection, (WALK_IN, "1", 0, 11), (WALK_IN, "2", 1, 12))
    evidence = check(row, UNASSIGNED, None, (WALK_IN, "2", 12))
    assert evidence["events_by_source"] == {WALK_IN: 2}


def test_an_event_without_an_origin_is_not_attributed(connection: Connection[Any]) -> None:
    put(connection, ANA, CABINET, "1", 0)
    write(connection, "UPDATE observational.lead_events SET payload_json = NULL")
    mark(connection, ANA)
    attribute(connection)
    check(ledger(connection)[ANA], UNASSIGNED, None, (CABINET, "1", None))


def test_on_one_day_the_greater_key_as_text_is_the_later(connection: Connection[Any]) -> None:
    row = judge(connection, (MIGRATIONS, "9", 0, 7), (MIGRATIONS, "10", 0, 8))
    check(row, A_FLEET, 7, (MIGRATIONS, "9", 7))


def test_the_same_key_on_one_day_in_two_sources(connection: Connection[Any]) -> None:
    row = judge(connection, (OTHER_FLEET, "1", 0, 7), (MIGRATIONS, "1", 0, 8))
    check(row, A_FLEET, 7, (OTHER_FLEET, "1", 7))


def test_the_date_decides_before_the_key(connection: Connection[Any]) -> None:
    row = judge(connection, (SCOUTING, "9", 0, 7), (SCOUTING, "1", 10, 8))
    check(row, SCOUTED, 8, (SCOUTING, "1", 8))


def test_events_of_nobody_and_of_others_do_not_count(connection: Connection[Any]) -> None:
    put(connection, None, MIGRATIONS, "1", 5, 7)
    put(connection, BRUNO, SCOUTING, "1", 5, 8)
    row = judge(connection, (CABINET, "1", 0))
    evidence = check(row, ON_CABINET, None, (CABINET, "1", None))
    assert evidence["events_by_source"] == {CABINET: 1}
    assert set(ledger(connection)) == {ANA}, "Bruno was not marked"


def test_evidence_holds_nothing_of_the_payload(connection: Connection[Any]) -> None:
    put(connection, ANA, SCOUTING, "1", 0, 11, driver_name="CANARY", driver_phone="987654321")
    put(connection, ANA, SCOUTING, "2", 0, 12, driver_name="CANARY", scout_name="CANARY")
    row = str(judge(connection))
    assert "CANARY" not in row
    assert "987654321" not in row


def test_a_correction_of_the_row_by_hand_is_put_right(connection: Connection[Any]) -> None:
    """Whatever column was meddled with."""
    should = judge(connection, (SCOUTING, "1", 0, 11))
    for column, value in {
        "attributed_source": "cabinet",
        "attributed_scout_id": None,
        "attribution_rule": "B",
        "attribution_score": 0.5,
        "confidence_level": "low",
        "evidence_json": Jsonb({}),
        "decision_status": "conflict",
    }.items():
        write(connection, f"UPDATE observational.lead_ledger SET {column} = %s", value)  # noqa: S608
        assert ledger(connection)[ANA] != should
        mark(connection, ANA)
        assert attribute(connection)["updated"] == 1, column
        assert ledger(connection)[ANA] == should
