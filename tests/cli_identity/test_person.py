"""`./leads person`: all that is known of one."""

from __future__ import annotations

import pytest

from cli_identity.fleet import Fleet
from cli_identity.world import CANARIES, SCOUTING

UNKNOWN = "00000000-0000-5000-8000-000000000000"


def test_a_person_is_told_in_one_sentence_first(still: Fleet) -> None:
    ana = still.person_of("D-ANA")
    said = still.ok("person", str(ana))
    assert said.splitlines()[0] == (
        f"Person {ana} has 1 account and 2 leads; credited to scout 9 (scouting, rule A, assigned)."
    )
    assert "the winning lead: high of module_ct_scouting_daily" in said
    assert "leads by source: module_ct_cabinet_leads 1, module_ct_scouting_daily 1" in said
    assert "D-ANA" in said
    assert "MEDIUM" in said


def test_it_speaks_spanish(still: Fleet) -> None:
    said = still.ok("person", str(still.person_of("D-ANA")), LEADS_LANGUAGE="es")
    assert "tiene 1 cuenta y 2 leads; se atribuye al scout 9" in said
    assert "el lead que gana" in said
    english = still.ok(
        "person", str(still.person_of("D-ANA")), "--language", "en", LEADS_LANGUAGE="es"
    )
    assert "has 1 account and 2 leads" in english


def test_personal_data_is_masked_unless_revealed(still: Fleet) -> None:
    key = str(still.person_of("D-ANA"))
    for language in ("es", "en"):
        said = still.ok("person", key, "--language", language)
        assert [value for value in CANARIES if value in said.upper()] == []
        assert all(masked in said for masked in ("+51 *** *** 321", "*****678", "****13"))
    revealed = still.ok("person", key, "--reveal")
    assert all(value in revealed for value in ("+51987451321", "40556678", "ZQX913", "Zulema"))


def test_joined_accounts_say_what_joined_them(still: Fleet) -> None:
    said = still.ok("person", str(still.person_of("D-CARO1")))
    assert "has 2 accounts and 1 lead" in said
    assert "D-CARO1" in said
    assert "D-CARO2" in said
    assert "LICENCE" in said


def test_a_merged_key_leads_to_the_person_of_today(fleet: Fleet) -> None:
    old = fleet.person_of("D-BETO2")
    fleet.ok("identity", "same", "D-BETO1", "D-BETO2", "--reason", "one man", "--yes")
    new = fleet.person_of("D-BETO2")
    assert new != old
    said = fleet.ok("person", str(old), "--reveal")
    assert said.startswith(f"Person {old} was merged away; today that is person {new}.")
    assert f"{old} gave way to {new} on " in said
    assert "undone" not in said
    # Two scouts within seven days.
    assert "credited to nobody while scouts disagree (rule C, conflict)" in said
    assert "Scouts, at most seven days apart" in said
    assert "one man" in said
    assert "a person said so" in said
    fleet.ok("identity", "undo", "1", "--reason", "two men", "--yes")
    said = fleet.ok("person", str(old))
    assert said.startswith(f"Person {old} has 1 account")
    assert "; undone on " in said


def test_what_people_wrote_is_hidden_unless_revealed(fleet: Fleet) -> None:
    reason, withdrawn = "she is Zulema, plate ZQX 913", "Zulema again"
    fleet.ok("identity", "same", "D-ANA", "D-EVA", "--reason", reason, "--yes")
    fleet.ok("identity", "undo", "1", "--reason", withdrawn, "--yes")
    person = ("person", str(fleet.person_of("D-ANA")))
    for words in (person, ("identity", "decisions")):
        assert "Zulema" not in fleet.ok(*words)
        revealed = " ".join(fleet.ok(*words, "--reveal").split())
        assert "she is Zulema" in revealed
        assert withdrawn in revealed
    fleet.ok("identity", "ignore", SCOUTING, "high", "--reason", reason, "--yes")
    said = fleet.ok("why", SCOUTING, "high")
    assert "They gave a reason; --reveal shows it." in said
    assert "Zulema" not in said
    assert f"They said: {reason}" in fleet.ok("why", SCOUTING, "high", "--reveal")


def test_leads_that_nobody_is_credited_with_yet_are_no_contradiction(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute("DELETE FROM observational.lead_ledger")
    said = fleet.ok("person", str(fleet.person_of("D-ANA"))).splitlines()[0]
    assert "2 leads; nobody is credited yet" in said
    alone = fleet.ok("person", str(fleet.person_of("B-001"))).splitlines()[0]
    assert "0 leads; nobody is credited, as there is no lead" in alone


@pytest.mark.parametrize("key", ["nobody", "123", UNKNOWN])
def test_an_unknown_key_says_where_keys_are_found(still: Fleet, key: str) -> None:
    said = still.refused("person", key)
    assert ("is no person key" in said) == (key != UNKNOWN)
    assert "./leads why SOURCE PK" in said
