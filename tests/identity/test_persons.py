"""Golden cases of accounts: which are one person, what if that changes, and who said so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection, sql

from identity.people import (
    MIGRATIONS,
    OTHER_PARK,
    SCOUTING,
    account,
    correct,
    decide,
    decide_lead,
    history,
    lead,
    ledger,
    link,
    linked,
    migration,
    orphans,
    person_of,
    reason,
    registry,
    resolve,
    rows,
    scouted,
    status,
    undo,
    write,
    writing_nothing,
)
from ingestion.loading import NOW, day
from leads.identity.keys import person_key

JUAN: dict[str, Any] = {
    "phone": "987111222",
    "full_name": "QUISPE MAMANI JUAN CARLOS",
    "license_number": "Q40111222",
}
NAME = {"first_name": "Juan", "middle_name": "Carlos", "last_name": "Quispe Mamani"}
#: Shares nothing with the above.
NORA: dict[str, Any] = {
    "phone": "987555444",
    "full_name": "OXOLON UYUQUIPA ZORAIDA IFIGENIA",
    "license_number": "Q70555666",
}
HER_NAME = {"first_name": "Zoraida Ifigenia", "last_name": "Oxolón Uyuquipa"}


def people(connection: Connection[Any], *driver_ids: str) -> int:
    """How many persons these accounts are."""
    return len({person_of(connection, driver_id) for driver_id in driver_ids})


def merges(connection: Connection[Any]) -> list[tuple[Any, ...]]:
    """Loser, survivor and whether it was undone, of each merge."""
    return rows(
        connection,
        "SELECT loser_key, survivor_key, undone_at IS NOT NULL FROM canon.identity_merges "
        "ORDER BY id",
    )


def meaning(connection: Connection[Any], key: UUID) -> UUID:
    """The current person that a key means."""
    found = rows(
        connection, "SELECT person_key FROM canon.person_aliases WHERE alias_key = %s", key
    )
    return found[0][0] if found else key


def refusals(connection: Connection[Any]) -> list[tuple[Any, ...]]:
    """Reason and accounts of each component that waits for a person's word."""
    return rows(
        connection,
        "SELECT reason_code, driver_ids FROM canon.review_queue WHERE kind = 'accounts' "
        "ORDER BY driver_ids",
    )


# Joining -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two", "are_one"),
    [
        ({"license_number": "Q40111222", "phone": "987111222"}, {}, True),
        (
            {"license_number": "40111222", "full_name": "Juan Quispe"},
            {"full_name": "JUAN QUISPE MAMANI"},
            True,
        ),
        ({"license_number": "Q40111222", "full_name": "Juan"}, {"full_name": "JUAN Q"}, False),
        (
            {"phone": "987111222", "full_name": "Juan Quispe Mamani"},
            {"full_name": "QUISPE MAMANI JUAN CARLOS"},
            True,
        ),
        (
            {"phone": "987111222", "full_name": "Juan Quispe"},
            {"full_name": "QUISPE JUAN CARLOS"},
            False,
        ),
        (
            {"phone": "987111222", "full_name": "Juan Quispe Mamani"},
            {"full_name": "LUIS QUISPE MAMANI"},
            False,
        ),
        (
            {"phone": "987111222", "full_name": "Juan Carlos Quispe Mamani"},
            {"full_name": "LUIS CARLOS QUISPE MAMANI"},
            False,
        ),
        (
            {"car_number": "ABC123", "full_name": "Juan Carlos Quispe Mamani"},
            {"full_name": "JUAN QUISPE MAMANI CARLOS"},
            True,
        ),
        (
            {"car_number": "ABC123", "full_name": "Juan Carlos Quispe Mamani"},
            {"full_name": "JUAN QUISPE"},
            False,
        ),
        ({"full_name": "Juan Carlos Quispe Mamani"}, {}, False),
        (
            {"license_number": "Q40111222", "car_number": "ABC123", "full_name": "Juan"},
            {"full_name": "JUAN Q"},
            False,
        ),
        (
            {"license_number": "Q40111222", "car_number": "ABC123", "full_name": "Juan"},
            {"full_name": "PEDRO"},
            False,
        ),
        (
            {"license_number": "Q009123456", "full_name": "Juan Quispe"},
            {"license_number": "009123456"},
            True,
        ),
        (
            {"license_number": "Q009123456", "full_name": "Juan Quispe"},
            {"license_number": "qOO9-123456"},
            True,
        ),
        (
            {"license_number": "009123456", "full_name": "Juan Quispe"},
            {"license_number": "Q009123456", "full_name": "Luis Quispe"},
            False,
        ),
        (
            {"phone": "987111222", "full_name": "Juan Quispe Quispe"},
            {"full_name": "QUISPE QUISPE JUAN"},
            True,
        ),
        (
            {"phone": "987111222", "full_name": "Erik Joaquín Medina Medina"},
            {"full_name": "MEDINA BARBOZA ERIK JOAQUIN"},
            False,
        ),
        (
            {"phone": "987111222", "car_number": "ABC123", "full_name": "Juan Quispe"},
            {"full_name": "JUAN QUISPE MAMANI"},
            False,
        ),
        (
            {"phone": "987111222", "car_number": "ABC123", "full_name": "Maria Quispe Mamani"},
            {"full_name": "PEDRO QUISPE MAMANI"},
            False,
        ),
        (
            {"phone": "987111222", "full_name": "Ian Quispe Mamani Rojas"},
            {"full_name": "Ivan Quispe Mamani Rojas"},
            True,
        ),
    ],
    ids=[
        "licence and phone",
        "licence and two tokens",
        "licence alone",
        "phone and three tokens",
        "phone and two tokens",
        "phone of a brother",
        "phone of a brother with a name in common",
        "plate and the same name",
        "plate and a likeness",
        "a namesake",
        "licence, plate and the one word",
        "licence, plate and another word",
        "a foreign document without its letter",
        "a foreign document with O for 0",
        "a foreign document and another name",
        "both surnames the same",
        "both surnames the same, and another one",
        "phone, plate and a shorter name",
        "phone and plate of a couple",
        "phone and a short word with a slip",
    ],
)
def test_accounts_are_joined_by_what_leaves_no_doubt(
    connection: Connection[Any], one: dict[str, Any], two: dict[str, Any], are_one: bool
) -> None:
    account(connection, "a", **one)
    account(connection, "b", **one | {"park_id": OTHER_PARK} | two)
    resolve(connection)
    assert (people(connection, "a", "b") == 1) is are_one


def test_contradicting_licences_keep_the_same_phone_and_name_apart(
    connection: Connection[Any],
) -> None:
    account(connection, "a", **JUAN)
    account(connection, "b", **JUAN | {"license_number": "Q40999888"})
    resolve(connection)
    assert people(connection, "a", "b") == 2
    assert refusals(connection) == []


@pytest.mark.parametrize(
    ("licence", "are_one"),
    [
        ("Q4011122", True),
        ("Q401112222", True),
        ("40-111-222", True),
        ("Q40111223", False),
        ("Q40112122", False),
        ("Q4011123", False),
    ],
    ids=["a digit lost", "a digit doubled", "only dashes", "wrong", "swapped", "lost and wrong"],
)
def test_a_licence_with_a_digit_lost_contradicts_nobody(
    connection: Connection[Any], licence: str, are_one: bool
) -> None:
    account(connection, "a", **JUAN)
    account(connection, "b", **JUAN | {"license_number": licence})
    resolve(connection)
    assert (people(connection, "a", "b") == 1) is are_one
    assert refusals(connection) == []


def test_a_licence_that_two_others_may_mean_is_refused_and_listed(
    connection: Connection[Any],
) -> None:
    account(connection, "a", **JUAN)
    account(connection, "b", **JUAN | {"license_number": "Q40111232"})
    account(connection, "c", **JUAN | {"license_number": "Q4011122"})
    resolve(connection)
    assert people(connection, "a", "b", "c") == 3
    assert refusals(connection) == [("DIFFERENT_LICENCES", ["a", "b", "c"])]
    correct(connection, "c", license_number="Q4001122")
    resolve(connection)
    assert people(connection, "a", "b", "c") == 3
    assert refusals(connection) == []
    correct(connection, "b", license_number="40111222")
    correct(connection, "c", license_number="Q4011122")
    resolve(connection)
    assert people(connection, "a", "b", "c") == 1


def test_a_second_surname_like_the_first_is_noticed_when_it_comes(
    connection: Connection[Any],
) -> None:
    phone = {"phone": "987111222"}
    account(connection, "a", **phone, full_name="Erik Joaquín Medina")
    account(connection, "b", **phone, full_name="ERIK JOAQUIN MEDINA BARBOZA")
    resolve(connection)
    assert people(connection, "a", "b") == 1
    correct(connection, "a", full_name="Erik Joaquín Medina Medina")
    resolve(connection)
    assert people(connection, "a", "b") == 2


def test_a_phone_that_becomes_everybodys_parts_those_it_joined(
    connection: Connection[Any],
) -> None:
    shared = {"phone": "987111222", "full_name": "Juan Quispe Mamani"}
    account(connection, "a", **shared)
    account(connection, "b", **shared)
    for number in range(48):
        account(connection, f"hub{number}", phone="987111222", full_name=f"Abcd{number}")
    resolve(connection)
    assert people(connection, "a", "b") == 1
    account(connection, "hub48", phone="987111222")
    resolve(connection)
    assert people(connection, "a", "b") == 2
    correct(connection, "hub48", phone=None)
    resolve(connection)
    assert people(connection, "a", "b") == 1


def test_a_document_in_a_spelling_that_is_everybodys_joins_nobody(
    connection: Connection[Any],
) -> None:
    for number in range(51):
        account(connection, f"hub{number}", license_number="Q009123456", full_name=f"Abcd{number}")
    correct(connection, "hub0", full_name="Juan Quispe Mamani", phone="987111222")
    resolve(connection)
    account(connection, "a", license_number="009123456", full_name="Juan Quispe", phone="987111222")
    resolve(connection)
    assert people(connection, "hub0", "a") == 2
    correct(connection, "hub50", license_number=None)
    resolve(connection)
    assert people(connection, "hub0", "a") == 1


def test_two_licences_connected_by_a_third_account_are_refused_and_listed(
    connection: Connection[Any],
) -> None:
    account(connection, "a", **JUAN)
    account(connection, "b", **JUAN | {"license_number": "Q40999888"})
    account(connection, "c", **JUAN | {"license_number": None})
    resolve(connection)
    assert people(connection, "a", "b", "c") == 3
    assert refusals(connection) == [("DIFFERENT_LICENCES", ["a", "b", "c"])]
    correct(connection, "b", license_number="Q40111222")
    resolve(connection)
    assert people(connection, "a", "b", "c") == 1
    assert refusals(connection) == []


def test_five_accounts_are_refused_and_listed_and_four_are_a_person(
    connection: Connection[Any],
) -> None:
    for number in range(4):
        account(connection, f"d{number}", **JUAN)
    resolve(connection)
    assert people(connection, "d0", "d1", "d2", "d3") == 1
    account(connection, "d4", **JUAN)
    lead(connection, "a", park_phone="987111222", **NAME)
    resolve(connection)
    assert people(connection, "d0", "d1", "d2", "d3", "d4") == 5
    assert refusals(connection) == [("TOO_MANY_ACCOUNTS", ["d0", "d1", "d2", "d3", "d4"])]
    assert len(registry(connection)) == 5
    assert reason(connection, "a") == "MULTIPLE_CANDIDATES"
    assert merges(connection) == []
    # People know better.
    decide(connection, "same", driver_a="d4", driver_b="d0")
    resolve(connection)
    assert people(connection, "d0", "d1", "d2", "d3", "d4") == 1
    assert refusals(connection) == []


def test_the_person_key_comes_from_the_earliest_account(connection: Connection[Any]) -> None:
    account(connection, "b", **JUAN | {"hire_date": day(-10)})
    account(connection, "a", **JUAN | {"hire_date": day(-5)})
    resolve(connection)
    assert person_of(connection, "a") == person_key("b")
    # A late anchor: an account that is older, and arrives last.
    account(connection, "z", **JUAN | {"hire_date": day(-20)})
    resolve(connection)
    assert person_of(connection, "a") == person_of(connection, "b") == person_key("z")
    assert meaning(connection, person_key("b")) == person_key("z")


def test_the_golden_record_is_traceable(connection: Connection[Any]) -> None:
    account(connection, "a", **JUAN | {"created_at": "2024-01-01", "hire_date": day(-400)})
    account(
        connection,
        "b",
        license_number="Q40111222",
        phone="987333444",
        full_name="Quispe Juan",
        created_at="2025-01-01",
    )
    resolve(connection)
    ((phone, document, licence, name, flags),) = rows(
        connection,
        "SELECT primary_phone, primary_document, primary_license, primary_full_name, flags "
        "FROM canon.identity_registry",
    )
    assert (phone, document, licence) == ("+51987333444", "40111222", "40111222")
    assert name == JUAN["full_name"]
    assert flags == {
        "accounts": 2,
        "hired_on": str(day(-400)),
        "phone_from": "b",
        "license_from": "b",
        "name_from": "a",
    }
    correct(connection, "a", updated_at="2025-06-01")
    resolve(connection)
    assert rows(connection, "SELECT primary_phone FROM canon.identity_registry") == [
        ("+51987111222",)
    ]


def test_confidence_of_a_person_is_the_best_of_the_leads(connection: Connection[Any]) -> None:
    juan = account(connection, "juan", **JUAN)
    nora = account(connection, "nora", **NORA)
    lead(connection, "a", park_phone="987111222", **NAME)
    resolve(connection)
    assert registry(connection) == {juan: "HIGH", nora: "LOW"}
    lead(connection, "a", park_phone="987555444", **HER_NAME)
    resolve(connection)
    assert registry(connection) == {juan: "LOW", nora: "HIGH"}
    # Leads that are likely hers, but say less.
    for number, offset in enumerate((0, -20, 14, -60, -200)):
        lead(connection, f"phone-{number}", park_phone="987555444", on=day(offset))
        lead(connection, f"{number}", park_phone="987555444", on=day(offset), first_name="Ifigenia")
    resolve(connection)
    levels = rows(connection, "SELECT confidence_level FROM canon.identity_links")
    assert ("MEDIUM",) in levels, "this needs another kind of lead"
    assert registry(connection)[nora] == "HIGH"


# Merge, then split -------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["phone", "licence"])
def test_merge_then_split(connection: Connection[Any], how: str) -> None:
    """A correction joins two accounts, another one parts them again; all follow both times."""
    old = account(connection, "old", **JUAN | {"hire_date": day(-50)})
    separate = JUAN | {"license_number": None, "phone": "987333444"}
    new = account(connection, "new", **separate)
    scouted(connection, "1", driver_phone="987333444", driver_name=JUAN["full_name"])
    migration(connection, "2", "old", on=day(-50))
    resolve(connection)
    assert (linked(connection, "1", SCOUTING), linked(connection, "2", MIGRATIONS)) == (new, old)
    assert ledger(connection) == {new: "A", old: "A_FLEET"}
    assert meaning(connection, new) == new

    joined = {"phone": "987111222"} if how == "phone" else {"license_number": "Q40111222"}
    correct(connection, "new", **joined)
    if how == "phone":
        scouted(connection, "1", driver_phone="987111222", driver_name=JUAN["full_name"])
    stats = resolve(connection)
    assert (stats["merges"], merges(connection)) == (1, [(new, old, False)])
    assert meaning(connection, new) == old
    assert person_of(connection, "new") == person_of(connection, "old") == old
    assert linked(connection, "1", SCOUTING) == linked(connection, "2", MIGRATIONS) == old
    assert history(connection, "1", SCOUTING) == [new]
    assert registry(connection) == {old: "HIGH"}
    assert orphans(connection) == []
    assert ledger(connection) == {old: "A_FLEET"}

    correct(connection, "new", **separate)
    if how == "phone":
        scouted(connection, "1", driver_phone="987333444", driver_name=JUAN["full_name"])
    stats = resolve(connection)
    assert (stats["merges"], merges(connection)) == (0, [(new, old, True)])
    assert meaning(connection, new) == new
    assert (person_of(connection, "new"), person_of(connection, "old")) == (new, old)
    assert linked(connection, "1", SCOUTING) == new
    assert linked(connection, "2", MIGRATIONS) == old
    assert history(connection, "1", SCOUTING) == [new, old]
    assert history(connection, "new", "drivers") == [new, old]
    assert orphans(connection) == []
    assert registry(connection) == {new: "HIGH", old: "HIGH"}
    assert ledger(connection) == {new: "A", old: "A_FLEET"}
    with writing_nothing(connection):
        resolve(connection)


def test_a_key_that_was_merged_twice_means_the_last_survivor(connection: Connection[Any]) -> None:
    newest = account(connection, "c", **JUAN)
    resolve(connection)
    middle = account(connection, "b", **JUAN | {"hire_date": day(-10)})
    resolve(connection)
    oldest = account(connection, "a", **JUAN | {"hire_date": day(-20)})
    resolve(connection)
    assert merges(connection) == [(newest, middle, False), (middle, oldest, False)]
    assert meaning(connection, newest) == meaning(connection, middle) == oldest
    decide(connection, "different", driver_a="a", driver_b="c")
    decide(connection, "different", driver_a="a", driver_b="b")
    resolve(connection)
    assert person_of(connection, "a") == oldest
    assert person_of(connection, "b") == person_of(connection, "c") == middle
    assert meaning(connection, newest) == middle


# Decisions about accounts ------------------------------------------------------------------------


def test_different_beats_the_strongest_evidence(connection: Connection[Any]) -> None:
    account(connection, "a", **JUAN)
    account(connection, "b", **JUAN)
    resolve(connection)
    assert people(connection, "a", "b") == 1
    decision = decide(connection, "different", driver_a="b", driver_b="a")
    resolve(connection)
    assert people(connection, "a", "b") == 2
    with writing_nothing(connection):
        resolve(connection)
    correct(connection, "b", full_name="QUISPE MAMANI JUAN", updated_at=NOW.replace(tzinfo=None))
    resolve(connection)
    assert people(connection, "a", "b") == 2
    undo(connection, decision)
    resolve(connection)
    assert people(connection, "a", "b") == 1


def test_different_keeps_apart_what_a_third_account_connects(connection: Connection[Any]) -> None:
    for driver_id in "abc":
        account(connection, driver_id, **JUAN)
    decide(connection, "different", driver_a="a", driver_b="b")
    resolve(connection)
    assert people(connection, "a", "b") == 2
    assert refusals(connection) == [("DENIED_PAIR", ["a", "b", "c"])]


def test_same_beats_different_licences(connection: Connection[Any]) -> None:
    old = account(connection, "a", **JUAN | {"hire_date": day(-9)})
    account(connection, "b", **NORA)
    lead(connection, "1", park_phone="987555444", **HER_NAME)
    decision = decide(connection, "same", driver_a="a", driver_b="b")
    resolve(connection)
    assert person_of(connection, "a") == person_of(connection, "b") == old
    assert linked(connection, "1") == old
    assert rows(
        connection,
        "SELECT DISTINCT match_rule, confidence_level FROM canon.identity_links "
        "WHERE source_table = 'drivers'",
    ) == [("MANUAL", "HIGH")]
    with writing_nothing(connection):
        resolve(connection)
    undo(connection, decision)
    resolve(connection)
    assert people(connection, "a", "b") == 2
    assert linked(connection, "1") == person_key("b")


def test_of_two_decisions_about_the_same_accounts_the_last_one_counts(
    connection: Connection[Any],
) -> None:
    account(connection, "a", **JUAN)
    account(connection, "b", **NORA)
    decide(connection, "same", driver_a="a", driver_b="b")
    last = decide(connection, "different", driver_a="b", driver_b="a")
    resolve(connection)
    assert people(connection, "a", "b") == 2
    undo(connection, last)
    resolve(connection)
    assert people(connection, "a", "b") == 1


def test_decisions_that_contradict_each_other_join_nobody_and_are_listed(
    connection: Connection[Any],
) -> None:
    account(connection, "a", **JUAN)
    account(connection, "b", **NORA)
    account(connection, "c", full_name="Somebody Else")
    decide(connection, "same", driver_a="a", driver_b="b")
    decide(connection, "same", driver_a="b", driver_b="c")
    last = decide(connection, "different", driver_a="a", driver_b="c")
    resolve(connection)
    assert people(connection, "a", "b", "c") == 3
    assert refusals(connection) == [("DECISIONS_CONTRADICT", ["a", "b", "c"])]
    undo(connection, last)
    resolve(connection)
    assert people(connection, "a", "b", "c") == 1
    assert refusals(connection) == []


def test_a_word_about_others_settles_no_contradiction(connection: Connection[Any]) -> None:
    """Though a lookalike connects them with those who contradict each other."""
    alike = {"phone": "987333444", "full_name": "Ana Flores Ticona"}
    account(connection, "a", **JUAN)
    account(connection, "b", **NORA)
    account(connection, "c", **alike)
    account(connection, "d", **alike)
    account(connection, "e", full_name="Somebody Else")
    decide(connection, "same", driver_a="a", driver_b="b")
    decide(connection, "same", driver_a="b", driver_b="c")
    decide(connection, "different", driver_a="a", driver_b="c")
    decide(connection, "same", driver_a="d", driver_b="e")
    resolve(connection)
    assert refusals(connection) == [("DECISIONS_CONTRADICT", ["a", "b", "c", "d", "e"])]
    assert people(connection, "a", "b", "c", "d") == 4
    assert people(connection, "d", "e") == 1


def test_a_settled_contradiction_hides_no_denied_lookalike(connection: Connection[Any]) -> None:
    alike = {"phone": "987333444", "full_name": "Ana Flores Ticona"}
    account(connection, "a", **JUAN)
    account(connection, "b", **NORA)
    account(connection, "c", **alike)
    account(connection, "d", **alike)
    decide(connection, "different", driver_a="a", driver_b="c")
    decide(connection, "same", driver_a="a", driver_b="b")
    decide(connection, "same", driver_a="b", driver_b="c")
    decide(connection, "different", driver_a="a", driver_b="d")
    resolve(connection)
    assert refusals(connection) == [("DENIED_PAIR", ["a", "b", "c", "d"])]
    assert people(connection, "a", "b", "c") == 1
    assert people(connection, "a", "d") == 2


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_decision_about_an_account_that_does_not_exist_yet_waits_for_it(
    connection: Connection[Any], first: str
) -> None:
    rest = {"a": NORA, "b": JUAN}
    other = "b" if first == "a" else "a"
    account(connection, first, **rest[first])
    decide(connection, "same", driver_a="a", driver_b="b")
    resolve(connection)
    assert len(registry(connection)) == 1
    account(connection, other, **rest[other])
    resolve(connection)
    assert people(connection, "a", "b") == 1


def test_a_decision_about_nobody_is_no_error(connection: Connection[Any]) -> None:
    account(connection, "a", **JUAN)
    decide(connection, "same", driver_a="x", driver_b="y")
    decide(connection, "same", driver_a="a", driver_b="a")
    decide(connection, "different", driver_a="a", driver_b=None)
    decide_lead(connection, "confirm", "no such lead", driver_a="a")
    resolve(connection)
    assert len(registry(connection)) == 1
    with writing_nothing(connection):
        resolve(connection)


# Decisions about leads ---------------------------------------------------------------------------


def test_a_confirmed_lead_is_manual_and_beats_all_evidence(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    nora = account(connection, "nora", **NORA)
    lead(connection, "a", park_phone="987111222", **NAME)
    resolve(connection)
    decision = decide_lead(connection, "confirm", "a", driver_a="nora")
    resolve(connection)
    found = link(connection, "a")
    assert found
    assert (found.person, found.rule, found.level, found.score) == (nora, "MANUAL", "HIGH", 100)
    # What speaks for somebody else is no evidence.
    ((model,),) = rows(connection, "SELECT model_version FROM canon.identity_state")
    assert found.evidence == {"model": model, "decision": decision, "driver_id": "nora"}
    assert history(connection, "a") == [person_key("juan")]
    assert ledger(connection) == {nora: "B"}
    correct(connection, "juan", car_number="ABC123")
    lead(connection, "a", park_phone="987111222", asset_plate_number="ABC123", **NAME)
    resolve(connection)
    assert linked(connection, "a") == nora
    undo(connection, decision)
    resolve(connection)
    found = link(connection, "a")
    assert found
    assert (found.person, found.rule) == (person_key("juan"), "R1_PHONE_EXACT")


def test_confirming_without_an_account_takes_the_best_candidate(
    connection: Connection[Any],
) -> None:
    juan = account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="987111222", first_name="Rosa", last_name="Quispe Mamani")
    lead(connection, "nobody", park_phone="987000111")
    resolve(connection)
    assert linked(connection, "a") is None
    decide_lead(connection, "confirm", "a")
    decide_lead(connection, "confirm", "nobody")
    resolve(connection)
    found = link(connection, "a")
    assert found
    assert (found.person, found.rule, found.level, found.score) == (juan, "MANUAL", "HIGH", 100)
    assert found.evidence["bits"]["phone"] > 0
    assert reason(connection, "nobody") == "NO_CANDIDATES"


def test_confirming_beats_the_account_that_a_migration_names(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    nora = account(connection, "nora", **NORA)
    migration(connection, "1", "juan")
    decide_lead(connection, "confirm", "1", MIGRATIONS, driver_a="nora")
    resolve(connection)
    assert linked(connection, "1", MIGRATIONS) == nora


def test_a_lead_confirmed_for_an_account_that_does_not_exist_yet_waits_for_it(
    connection: Connection[Any],
) -> None:
    account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="987111222", **NAME)
    decide_lead(connection, "confirm", "a", driver_a="nora")
    resolve(connection)
    assert reason(connection, "a") == "DRIVER_NOT_FOUND"
    nora = account(connection, "nora", **NORA)
    resolve(connection)
    assert linked(connection, "a") == nora


def test_a_confirmed_lead_follows_its_account_through_a_merge(connection: Connection[Any]) -> None:
    account(connection, "nora", **NORA)
    lead(connection, "a", park_phone="987111222", **NAME)
    decide_lead(connection, "confirm", "a", driver_a="nora")
    resolve(connection)
    older = account(connection, "older", **NORA | {"hire_date": day(-90)})
    resolve(connection)
    assert linked(connection, "a") == older


def test_an_ignored_lead_stays_so_through_reruns_and_rebuilds(connection: Connection[Any]) -> None:
    juan = account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="987111222", **NAME)
    resolve(connection)
    decision = decide_lead(connection, "ignore", "a")
    resolve(connection)
    assert linked(connection, "a") is None
    assert (reason(connection, "a"), status(connection, "a")) == ("IGNORED", "IGNORED")
    assert ledger(connection) == {}
    with writing_nothing(connection):
        resolve(connection)
    correct(connection, "juan", hire_date=day(-1))
    resolve(connection)
    assert status(connection, "a") == "IGNORED"
    rebuild(connection)
    resolve(connection)
    assert status(connection, "a") == "IGNORED"
    assert linked(connection, "a") is None
    undo(connection, decision)
    resolve(connection)
    assert linked(connection, "a") == juan
    assert status(connection, "a") == "RESOLVED"


def test_an_ignored_migration_is_ignored(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    migration(connection, "1", "juan")
    decide_lead(connection, "ignore", "1", MIGRATIONS)
    resolve(connection)
    assert status(connection, "1", MIGRATIONS) == "IGNORED"


def test_of_two_decisions_about_a_lead_the_last_one_counts(connection: Connection[Any]) -> None:
    juan = account(connection, "juan", **JUAN)
    lead(connection, "a")
    decide_lead(connection, "ignore", "a")
    last = decide_lead(connection, "confirm", "a", driver_a="juan")
    resolve(connection)
    assert linked(connection, "a") == juan
    undo(connection, last)
    resolve(connection)
    assert status(connection, "a") == "IGNORED"


def test_decisions_survive_a_rebuild(connection: Connection[Any]) -> None:
    account(connection, "a", **JUAN)
    account(connection, "b", **JUAN)
    nora = account(connection, "nora", **NORA)
    lead(connection, "1", park_phone="987111222", **NAME)
    decide(connection, "different", driver_a="a", driver_b="b")
    decide_lead(connection, "confirm", "1", driver_a="nora")
    resolve(connection)
    rebuild(connection)
    resolve(connection)
    assert people(connection, "a", "b") == 2
    assert linked(connection, "1") == nora


def rebuild(connection: Connection[Any]) -> None:
    """Forget all that was worked out, but for what people decided."""
    write(connection, "DELETE FROM observational.lead_ledger")
    write(connection, "UPDATE observational.lead_events SET person_key = NULL")
    for table in (
        *("identity_links", "identity_unmatched", "identity_merges", "drivers_index"),
        *("account_name_keys", "account_edges", "lead_keys", "lead_name_keys"),
    ):
        write(connection, sql.SQL("DELETE FROM {}").format(sql.Identifier("canon", table)))
    write(connection, "DELETE FROM canon.identity_registry")
    write(connection, "UPDATE observational.lead_events SET identity_pending = true")
    write(connection, "UPDATE canon.identity_state SET drivers_snapshot = NULL")
