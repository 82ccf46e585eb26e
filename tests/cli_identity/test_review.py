"""`./leads identity review` and `decisions`: what waits, and what was said."""

from __future__ import annotations

from cli_identity.fleet import Fleet
from cli_identity.world import CABINET, SCOUTING

NO_LEADS = "DELETE FROM canon.identity_unmatched"


def test_what_waits_is_counted_by_reason_and_age(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute(
            "UPDATE canon.identity_unmatched SET created_at = now() - interval '10 days'"
            " WHERE source_pk = 'plate'"
        )
    said = fleet.ok("identity", "review")
    [row] = [line for line in said.splitlines() if line.startswith("│ lead ")]
    assert [cell.strip() for cell in row.split("│")[2:8]] == ["REVIEW", "2", "1", "0", "1", "0"]
    # The oldest first, with what shows more.
    assert said.index(f"./leads why {CABINET} plate") < said.index(
        f"./leads why {CABINET} phone-near"
    )


def test_the_list_is_as_long_as_wanted(still: Fleet) -> None:
    said = still.ok("identity", "review", "--limit", "1")
    assert said.count("./leads why") == 1
    assert "The oldest 1" in said
    spanish = still.ok("identity", "review", "--limit", "1", "--language", "es")
    assert "Los 1 más antiguos" in spanish


def test_accounts_that_were_not_joined_and_scouts_wait_too(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute(
            "UPDATE canon.drivers_index SET refused_reason = 'DIFFERENT_LICENCES',"
            " component_id = 1 WHERE driver_id IN ('D-DINO', 'D-DORA')"
        )
    fleet.ok("identity", "same", "D-BETO1", "D-BETO2", "--reason", "one man", "--yes")
    said = fleet.ok("identity", "review")
    for word in ("same", "different"):
        command = f"./leads identity {word} D-DINO D-DORA"
        assert command in said
        assert "Nothing was written." in fleet.ok(*command.split()[1:])
    assert f"./leads person {fleet.person_of('D-BETO1')}" in said
    assert "SCOUT_CONFLICT" in said


def test_of_more_accounts_a_pair_comes_first(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute(
            "UPDATE canon.drivers_index SET refused_reason = 'TOO_MANY_ACCOUNTS', component_id = 1"
            " WHERE driver_id IN ('D-CARO1', 'D-DINO', 'D-DORA', 'D-EVA')"
        )
    said = fleet.ok("identity", "review", "--limit", "100")
    assert "./leads identity same D-CARO1 D-DINO " in said
    assert "also: D-DORA, D-EVA" in said


def test_an_empty_queue_says_so(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute(NO_LEADS)
    assert fleet.ok("identity", "review").strip() == "Nothing waits for anybody."
    spanish = fleet.ok("identity", "review", "--language", "es").strip()
    assert spanish == "No hay nada que espere a nadie."


def test_decisions_are_listed_newest_first_with_their_withdrawal(fleet: Fleet) -> None:
    assert fleet.ok("identity", "decisions").strip() == "Nobody has decided anything."
    fleet.ok("identity", "ignore", SCOUTING, "high", "--by", "Rosa", "--reason", "test", "--yes")
    fleet.ok("identity", "same", "D-ANA", "D-EVA", "--by", "Luis", "--reason", "twin", "--yes")
    fleet.ok("identity", "undo", "1", "--by", "Eva", "--reason", "no test", "--yes")
    said = fleet.ok("identity", "decisions", "--reveal")
    assert said.index("same") < said.index("ignore")
    for words in (f"{SCOUTING} high", "D-ANA D-EVA", "Rosa", "Luis", "twin", "Eva, no test"):
        assert words in said
    assert "ignore" not in fleet.ok("identity", "decisions", "--limit", "1")
