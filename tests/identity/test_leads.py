"""Golden cases of a lead: who it is, or why nobody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from psycopg import Connection

from identity.people import (
    MIGRATIONS,
    OTHER_PARK,
    SCOUTING,
    account,
    correct,
    days,
    lead,
    link,
    linked,
    migration,
    person_of,
    reason,
    resolve,
    rows,
    scouted,
    status,
    write,
)
from ingestion.loading import TODAY, day

#: A man whose every field is known.
JUAN: dict[str, Any] = {
    "phone": "987111222",
    "full_name": "QUISPE MAMANI JUAN CARLOS",
    "license_number": "Q40111222",
    "car_number": "ABC123",
    "car_brand": "Toyota",
    "car_model": "Yaris",
}
NAME = {"first_name": "Juan", "middle_name": "Carlos", "last_name": "Quispe Mamani"}
#: A name that nobody of the model's people has.
RARE = {"first_name": "Zoraida", "middle_name": "Ifigenia", "last_name": "Oxolón Uyuquipa"}
LONG_AGO = TODAY - timedelta(days=900)


def test_phone_and_name_link(connection: Connection[Any]) -> None:
    juan = account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="+51 987-111-222", **NAME)
    resolve(connection)
    found = link(connection, "a")
    assert found
    assert (found.person, found.rule, found.level) == (juan, "R1_PHONE_EXACT", "HIGH")
    bits = found.evidence["bits"]
    assert sum(bits.values()) == pytest.approx(found.evidence["total_bits"], abs=0.05)
    assert bits["phone"] > 5 < bits["name"]
    assert bits["licence"] == bits["plate"] == bits["model"] == 0


def test_a_relative_who_never_drove_and_uses_the_drivers_number_is_nobody(
    connection: Connection[Any],
) -> None:
    account(connection, "juan", **JUAN)
    sister = {"first_name": "Rosa", "last_name": "Quispe Mamani"}
    wife = {"first_name": "Delia", "last_name": "Rojas Paz"}
    lead(connection, "sister", park_phone="987111222", **sister)
    lead(connection, "wife", park_phone="987111222", **wife)
    resolve(connection)
    assert reason(connection, "sister") in ("NAME_CONFLICT", "REVIEW")
    assert reason(connection, "wife") == "NAME_CONFLICT"
    assert linked(connection, "sister") is linked(connection, "wife") is None


def test_a_relative_in_the_drivers_car_with_the_drivers_number_is_never_paid_for(
    connection: Connection[Any],
) -> None:
    account(connection, "juan", **JUAN)
    borrowed = {"park_phone": "987111222", "asset_plate_number": "ABC-123"}
    lead(connection, "brother", first_name="Luis", last_name="Quispe Mamani", **borrowed)
    resolve(connection)
    found = link(connection, "brother")
    assert found is None or found.level == "MEDIUM"


def test_a_household_phone_of_two_drivers_links_each_to_himself(
    connection: Connection[Any],
) -> None:
    juan = account(connection, "juan", **JUAN)
    luis = account(
        connection,
        "luis",
        phone="987111222",
        full_name="QUISPE MAMANI LUIS ALBERTO",
        license_number="Q40999888",
    )
    lead(connection, "a", park_phone="987111222", **NAME)
    lead(
        connection,
        "b",
        park_phone="987111222",
        first_name="Luis Alberto",
        last_name="Quispe Mamani",
    )
    resolve(connection)
    assert (linked(connection, "a"), linked(connection, "b")) == (juan, luis)
    assert juan != luis


def test_a_household_phone_without_a_name_is_several_candidates(
    connection: Connection[Any],
) -> None:
    account(connection, "juan", **JUAN)
    account(connection, "luis", phone="987111222", full_name="QUISPE MAMANI LUIS ALBERTO")
    lead(connection, "a", park_phone="987111222")
    resolve(connection)
    assert reason(connection, "a") == "MULTIPLE_CANDIDATES"
    ((preview,),) = rows(connection, "SELECT candidates_preview FROM canon.identity_unmatched")
    assert len(preview) == 2


def test_a_recycled_phone_links_to_its_new_owner(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN | {"hire_date": LONG_AGO})
    nora = account(
        connection,
        "nora",
        phone="987111222",
        full_name="Zoraida Ifigenia Oxolón Uyuquipa",
        license_number="Q70555666",
    )
    lead(connection, "a", park_phone="987111222", **RARE)
    resolve(connection)
    assert linked(connection, "a") == nora


def test_a_recycled_phone_whose_new_owner_never_drove_links_to_nobody(
    connection: Connection[Any],
) -> None:
    account(connection, "juan", **JUAN | {"hire_date": LONG_AGO})
    lead(connection, "a", park_phone="987111222", **RARE)
    resolve(connection)
    assert reason(connection, "a") == "NAME_CONFLICT"


def test_a_phone_alone_years_after_the_hire_links_to_nobody(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN | {"hire_date": LONG_AGO})
    lead(connection, "a", park_phone="987111222")
    resolve(connection)
    assert reason(connection, "a") in ("REVIEW", "WEAK_MATCH_ONLY")


def test_a_phone_alone_is_never_paid_for(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="987111222")
    resolve(connection)
    found = link(connection, "a")
    assert found is None or found.level == "MEDIUM"


def test_a_missing_name_says_nothing_for_or_against(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    account(connection, "unnamed", phone="987333444", hire_date=day(0))
    lead(connection, "a", park_phone="987111222")
    lead(connection, "b", park_phone="987333444", **RARE)
    lead(connection, "c", park_phone="987333444", first_name=" ", last_name="- .")
    resolve(connection)
    told = rows(
        connection,
        "SELECT source_pk, evidence FROM canon.identity_links WHERE source_table != 'drivers' "
        "UNION ALL SELECT source_pk, details FROM canon.identity_unmatched ORDER BY 1",
    )
    assert [pk for pk, _ in told] == ["a", "b", "c"]
    for _, evidence in told:
        assert evidence["bits"]["name"] == 0
        assert "tokens_left_over" not in evidence


def test_a_plate_alone_links_to_nobody(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    lead(connection, "near", asset_plate_number="abc-123")
    lead(connection, "far", on=LONG_AGO, asset_plate_number="ABC 123")
    resolve(connection)
    found = link(connection, "near")
    assert found is None or found.level == "MEDIUM"
    assert reason(connection, "far") in ("REVIEW", "WEAK_MATCH_ONLY")


def test_a_plate_with_the_next_drivers_name_links_to_nobody(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    lead(connection, "a", asset_plate_number="ABC123", **RARE)
    resolve(connection)
    assert reason(connection, "a") == "NAME_CONFLICT"


def test_a_name_of_one_token_never_matches_alone(connection: Connection[Any]) -> None:
    account(connection, "one", full_name="Zxyqua", car_brand="Kia", car_model="Rio")
    account(connection, "two", full_name="Zxyqua Oxolón", car_brand="Kia", car_model="Rio")
    lead(connection, "a", first_name="Zxyqua", asset_model="Kia Rio")
    lead(connection, "b", first_name="de la", last_name="Zxyqua")
    resolve(connection)
    for pk in ("a", "b"):
        assert reason(connection, pk) == "NO_EVIDENCE"


def test_three_rare_tokens_and_the_date_find_a_person_by_name_alone(
    connection: Connection[Any],
) -> None:
    account(connection, "z", full_name="OXOLON UYUQUIPA ZORAIDA IFIGENIA", hire_date=day(0))
    lead(connection, "near", **RARE)
    lead(connection, "far", on=LONG_AGO, **RARE)
    resolve(connection)
    found = rows(connection, "SELECT evidence FROM canon.identity_links WHERE source_pk = 'near'")
    found += rows(connection, "SELECT details FROM canon.identity_unmatched WHERE source_pk='near'")
    assert found[0][0]["shared_tokens"] == 4
    assert reason(connection, "far") == "NO_CANDIDATES"


def test_a_misspelt_rare_token_beside_an_equal_plate_links(connection: Connection[Any]) -> None:
    zoraida = account(
        connection,
        "z",
        full_name="OXOLON UYUQUIPA ZORAIDA IFIGENIA",
        car_number="XYZ987",
        license_number="Q70555666",
    )
    lead(
        connection,
        "a",
        asset_plate_number="XYZ-987",
        **RARE | {"last_name": "Oxolóm Uyuquipa"},
    )
    resolve(connection)
    found = link(connection, "a")
    assert found
    assert (found.person, found.evidence["near_tokens"]) == (zoraida, 1)
    assert found.evidence["tokens_left_over"] == 0


@pytest.mark.parametrize(
    ("written", "name", "near", "left_over"),
    [("Rosa Rosal Quispe", "ROSAS MAMANI TICONA", 1, 2), ("Juan Rosa Rosal", "JUAN ROSAS", 1, 0)],
)
def test_a_word_is_near_to_one_word_only(
    connection: Connection[Any], written: str, name: str, near: int, left_over: int
) -> None:
    account(connection, "a", phone="987111222", full_name=name)
    lead(connection, "a", park_phone="987111222", first_name=written)
    resolve(connection)
    ((evidence,),) = rows(
        connection,
        "SELECT evidence FROM canon.identity_links WHERE source_table != 'drivers' "
        "UNION ALL SELECT details FROM canon.identity_unmatched",
    )
    assert (evidence["near_tokens"], evidence["tokens_left_over"]) == (near, left_over)


def test_a_misspelt_common_token_alone_is_no_candidate(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    lead(connection, "a", **NAME | {"last_name": "Quispe Mamanu"})
    resolve(connection)
    assert reason(connection, "a") == "NO_CANDIDATES"


def test_a_licence_one_digit_off_links_beside_phone_and_name(connection: Connection[Any]) -> None:
    juan = account(connection, "juan", **JUAN)
    scouted(
        connection,
        "1",
        driver_phone="987111222",
        driver_license="Q40111223",
        driver_name="Juan Carlos Quispe Mamani",
    )
    resolve(connection)
    found = link(connection, "1", SCOUTING)
    assert found
    assert (found.person, found.level) == (juan, "HIGH")
    # Next to nothing, either way; another document altogether would be a veto.
    assert found.evidence["bits"]["licence"] > -5


def test_a_licence_one_digit_off_without_phone_does_not_link(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    scouted(connection, "1", driver_license="Q40111223", driver_name="Juan Quispe")
    scouted(connection, "2", driver_license="Q40111223")
    resolve(connection)
    assert reason(connection, "1", SCOUTING) == "NO_CANDIDATES"
    assert reason(connection, "2", SCOUTING) == "NO_CANDIDATES"


def test_another_licence_is_a_veto_though_phone_and_name_agree(
    connection: Connection[Any],
) -> None:
    account(connection, "juan", **JUAN)
    scouted(
        connection,
        "1",
        driver_phone="987111222",
        driver_license="Q77123987",
        driver_name="Juan Mamani",
    )
    resolve(connection)
    assert reason(connection, "1", SCOUTING) == "LICENCE_CONFLICT"


def test_a_foreign_licence_links(connection: Connection[Any]) -> None:
    foreigner = account(
        connection, "v", full_name="Yulimar Castellanos Rondón", license_number="V-18.345.672-A"
    )
    assert rows(connection, "SELECT license_norm FROM canon.drivers_index") == []
    scouted(connection, "1", driver_license="v18345672a", driver_name="Castellanos Yulimar")
    resolve(connection)
    assert rows(connection, "SELECT license_norm FROM canon.drivers_index") == [("X:V18345672A",)]
    found = link(connection, "1", SCOUTING)
    assert found
    assert (found.person, found.rule) == (foreigner, "R2_LICENSE_EXACT")


def test_twins_in_two_parks_are_one_person_and_no_ambiguity(connection: Connection[Any]) -> None:
    home = account(connection, "home", **JUAN)
    account(connection, "other", **JUAN | {"park_id": OTHER_PARK, "hire_date": day(5)})
    lead(connection, "a", park_phone="987111222", **NAME)
    resolve(connection)
    assert person_of(connection, "home") == person_of(connection, "other") == home
    found = link(connection, "a")
    assert found
    assert (found.person, found.level) == (home, "HIGH")
    assert (found.evidence["candidates"], "runner_up" in found.evidence) == (1, False)


def test_an_account_of_no_park_gives_way_to_the_one_at_home(connection: Connection[Any]) -> None:
    account(connection, "a", **JUAN | {"park_id": None})
    account(connection, "home", **JUAN)
    lead(connection, "a", park_phone="987111222", **NAME)
    resolve(connection)
    found = link(connection, "a")
    assert found
    assert found.evidence["driver_id"] == "home"


def test_an_account_without_a_date_is_found_by_name_once_it_has_one(
    connection: Connection[Any],
) -> None:
    account(connection, "z", full_name="OXOLON UYUQUIPA ZORAIDA IFIGENIA", hire_date=None)
    lead(connection, "a", **RARE)
    resolve(connection)
    assert rows(connection, "SELECT * FROM canon.account_name_keys") == []
    assert reason(connection, "a") == "NO_CANDIDATES"
    correct(connection, "z", hire_date=day(0))
    resolve(connection)
    assert reason(connection, "a") != "NO_CANDIDATES"
    correct(connection, "z", hire_date=None)
    resolve(connection)
    assert reason(connection, "a") == "NO_CANDIDATES"
    assert rows(connection, "SELECT * FROM canon.account_name_keys") == []


def test_all_accounts_of_a_person_speak_for_it(connection: Connection[Any]) -> None:
    """A lead meets the person by one account, and the other one tells its name."""
    account(connection, "a", license_number="Q40111222", phone="987111222", full_name="Juan Quispe")
    account(
        connection,
        "b",
        license_number="Q40111222",
        phone="987555444",
        full_name="QUISPE MAMANI JUAN CARLOS",
        park_id=OTHER_PARK,
    )
    # Too long before the hire to be found by name.
    lead(connection, "a", park_phone="987111222", on=day(-200), **NAME)
    resolve(connection)
    assert person_of(connection, "a") == person_of(connection, "b")
    before = link(connection, "a")
    assert before
    assert before.evidence["shared_tokens"] == 4
    # What the lead shares no key with changes; its evidence does, too.
    correct(connection, "b", full_name="QUISPE JUAN")
    resolve(connection)
    assert linked(connection, "a") is None
    assert rows(
        connection, "SELECT (details ->> 'shared_tokens')::int FROM canon.identity_unmatched"
    ) == [(2,)]


def test_a_migration_is_linked_by_the_account_it_names(connection: Connection[Any]) -> None:
    juan = account(connection, "juan", **JUAN)
    migration(connection, "1", " juan ", driver_name="Somebody Else Altogether")
    resolve(connection)
    found = link(connection, "1", MIGRATIONS)
    assert found
    assert (found.person, found.rule, found.score, found.level) == (juan, "DRIVER_ID", 100, "HIGH")


def test_blanks_around_the_name_of_an_account_are_no_matter(connection: Connection[Any]) -> None:
    migration(connection, "1", "juan ")
    migration(connection, "2", "nora")
    resolve(connection)
    juan = account(connection, " juan ", **JUAN)
    account(connection, " nora")
    resolve(connection)
    assert linked(connection, "1", MIGRATIONS) == juan
    nora = account(connection, "nora")
    resolve(connection)
    assert linked(connection, "2", MIGRATIONS) == nora, "it is named as it is written"


def test_a_migration_that_names_nobody_has_no_evidence(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    blanks = {"1": None, "2": "", "3": "   "}
    for pk, driver_id in blanks.items():
        migration(connection, pk, driver_id, driver_name=JUAN["full_name"])
    resolve(connection)
    assert {reason(connection, pk, MIGRATIONS) for pk in blanks} == {"NO_EVIDENCE"}


def test_a_migration_of_an_unknown_driver_links_once_the_driver_appears(
    connection: Connection[Any],
) -> None:
    migration(connection, "1", "juan")
    resolve(connection)
    assert reason(connection, "1", MIGRATIONS) == "DRIVER_NOT_FOUND"
    assert status(connection, "1", MIGRATIONS) == "OPEN"
    # Nobody knows what was written there.
    assert rows(connection, "SELECT details FROM canon.identity_unmatched") == [({},)]
    juan = account(connection, "juan", **JUAN)
    resolve(connection)
    assert linked(connection, "1", MIGRATIONS) == juan
    assert status(connection, "1", MIGRATIONS) == "RESOLVED"


def test_a_lead_before_its_driver_links_once_the_driver_appears(
    connection: Connection[Any],
) -> None:
    lead(connection, "a", park_phone="987111222", **NAME)
    resolve(connection)
    assert reason(connection, "a") == "NO_CANDIDATES"
    juan = account(connection, "juan", **JUAN | {"hire_date": day(4)})
    resolve(connection)
    assert linked(connection, "a") == juan
    assert status(connection, "a") == "RESOLVED"


def test_junk_is_no_evidence(connection: Connection[Any]) -> None:
    junk = ["999999999", "000000000", "912345", "S/N", "-", "12"]
    for text in junk:
        account(connection, text, phone=text, license_number=text, car_number=text)
        lead(connection, text, park_phone=text, asset_plate_number=text)
        scouted(connection, text, driver_phone=text, driver_license=text)
    resolve(connection)
    for text in junk:
        assert reason(connection, text) == reason(connection, text, SCOUTING) == "NO_EVIDENCE"


def test_a_number_that_5_000_accounts_share_is_no_evidence_and_no_work(
    connection: Connection[Any],
) -> None:
    write(
        connection,
        "INSERT INTO public.drivers (driver_id, park_id, phone, full_name, hire_date) "
        "SELECT 'hub' || n, 'p', '987111222', 'NAME' || md5(n::text) || ' X' || md5('a' || n), "
        "date '2026-11-20' FROM generate_series(1, 5000) AS n",
    )
    juan = account(connection, "juan", **JUAN)
    lead(connection, "hub", park_phone="987111222")
    lead(connection, "named", park_phone="987111222", asset_plate_number="ABC123", **NAME)
    for number in range(20):
        lead(connection, f"also-{number}", park_phone="987111222", first_name=f"Q{number}")
    stats = resolve(connection)
    assert stats["accounts"] == 5_001
    assert stats["candidate_people"] == 1
    assert reason(connection, "hub") == "KEY_TOO_COMMON"
    found = link(connection, "named")
    assert found
    assert (found.person, found.evidence["too_common"]) == (juan, ["phone"])
    assert found.evidence["bits"]["phone"] == 0
    assert rows(connection, "SELECT count(*) FROM canon.account_edges") == [(0,)]
    # One account more does not bring all of them, or all leads, back to work.
    account(connection, "hub-again", phone="987111222")
    again = resolve(connection)
    assert again["accounts"] == 1
    assert again["candidate_people"] <= 1


def test_a_key_counts_again_once_50_people_or_fewer_hold_it(connection: Connection[Any]) -> None:
    write(
        connection,
        "INSERT INTO public.drivers (driver_id, park_id, phone, full_name, hire_date) "
        "SELECT 'hub' || n, 'p', '987111222', NULL, date '2020-01-01' "
        "FROM generate_series(1, 50) AS n",
    )
    juan = account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="987111222", **NAME)
    lead(connection, "nameless", park_phone="987111222")
    resolve(connection)
    assert reason(connection, "nameless") == "KEY_TOO_COMMON"
    before = link(connection, "a")
    assert before is None or before.evidence["bits"]["phone"] == 0
    correct(connection, "hub1", phone="987000111")
    resolve(connection)
    assert reason(connection, "nameless") not in ("KEY_TOO_COMMON", None)
    after = link(connection, "a")
    assert after
    assert (after.person, after.rule) == (juan, "R1_PHONE_EXACT")
    # And stops to count with the fifty-first.
    correct(connection, "hub1", phone="987111222")
    resolve(connection)
    assert reason(connection, "nameless") == "KEY_TOO_COMMON"
    again = link(connection, "a")
    assert again is None or again.evidence["bits"]["phone"] == 0


def test_a_deleted_phone_unlinks_the_leads_and_a_new_one_links_them_elsewhere(
    connection: Connection[Any],
) -> None:
    juan = account(connection, "juan", phone="987111222", full_name=JUAN["full_name"])
    lead(connection, "a", park_phone="987111222", on=day(0) - days(400), **NAME)
    resolve(connection)
    assert linked(connection, "a") == juan
    correct(connection, "juan", phone=None)
    resolve(connection)
    assert linked(connection, "a") is None
    assert (reason(connection, "a"), status(connection, "a")) == ("NO_CANDIDATES", "OPEN")
    heir = account(connection, "heir", phone="987111222", full_name=JUAN["full_name"])
    resolve(connection)
    assert linked(connection, "a") == heir
    correct(connection, "juan", phone="987111222")
    correct(connection, "heir", phone="987333444", full_name="Oxolón Uyuquipa Zoraida")
    resolve(connection)
    assert linked(connection, "a") == juan


def test_the_day_of_a_link_is_the_leads(connection: Connection[Any]) -> None:
    account(connection, "juan", **JUAN)
    lead(connection, "a", park_phone="987111222", on=date(2026, 11, 3), **NAME)
    resolve(connection)
    assert rows(
        connection,
        "SELECT source_table, snapshot_date FROM canon.identity_links ORDER BY 1",
    ) == [("drivers", day(0)), ("module_ct_cabinet_leads", date(2026, 11, 3))]
