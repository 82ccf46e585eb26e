"""`./leads why`: the decision, its reasons, and what would change it."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb

from cli_identity.fleet import REGISTRY, Fleet, subprocess_environment
from cli_identity.world import CABINET, CANARIES, HIRED, MIGRATIONS, SCOUTING, lead, resolve
from leads.identity.explain import explain_lead
from leads.identity.explanation import Explanation
from leads.identity.masking import Mask
from leads.settings import REPOSITORY

ALL = """SELECT source_table, source_pk FROM observational.lead_events ORDER BY 1, 2"""


def explained(fleet: Fleet, source: str, pk: str, *, reveal: bool = False) -> Explanation:
    with fleet.connect() as connection:
        return explain_lead(
            connection, REGISTRY, source, pk, home_park_id="lima-home-park", mask=Mask(reveal)
        )


def column(said: str, place: int) -> dict[str, str]:
    """A column of the table of bits, by what stands first in each row."""
    rows = [re.split(r"[│┃]", line) for line in said.splitlines() if line.startswith("│")]
    return {cells[1].strip(): cells[place].strip() for cells in rows if cells[1].strip()}


def test_the_decision_comes_first_in_one_sentence(still: Fleet) -> None:
    ana = still.person_of("D-ANA")
    said = still.ok("why", SCOUTING, "high")
    assert said.splitlines()[0] == (
        f"Lead high of {SCOUTING} ({HIRED}) is person {ana}: 99.9999 % certain, HIGH, "
        "by R1_PHONE_EXACT."
    )
    assert "rules that agree: R1_PHONE_EXACT, R2_LICENSE_EXACT" in said
    assert "model version: 1, learnt from" in said
    assert "runner-up: none" in said
    assert "What would" not in said


def test_the_language_is_the_settings_unless_one_is_asked_for(still: Fleet) -> None:
    spanish = still.ok("why", SCOUTING, "high", LEADS_LANGUAGE="es")
    assert spanish.startswith(f"El lead high de {SCOUTING} ({HIRED}) es la persona ")
    assert "suma de los bits" in spanish
    assert still.ok("why", SCOUTING, "high", "--language", "es") == spanish
    english = still.ok("why", SCOUTING, "high", "--language", "en", LEADS_LANGUAGE="es")
    assert english.startswith("Lead high of ")


@pytest.mark.parametrize("pk", ["medium", "phone", "plate", "other-name"])
def test_a_person_can_add_the_bits_up(still: Fleet, pk: str) -> None:
    bits = column(still.ok("why", CABINET, pk), 5)
    fields = ("phone", "licence", "plate", "car model", "date", "name")
    total = sum(float(bits[field]) for field in fields)
    assert float(bits["sum of the bits"]) == pytest.approx(total, abs=0.001)
    prior = next(float(value) for key, value in bits.items() if key == "prior")
    power = next(float(value) for key, value in bits.items() if key == "all together")
    assert power == pytest.approx(total + prior, abs=0.001)
    posterior = next(value for key, value in bits.items() if key == "probability")
    # There is no other candidate: odds against nobody are all there is.
    assert float(posterior.removesuffix(" %")) / 100 == pytest.approx(
        1 / (1 + 2**-power), abs=0.002
    )


def test_the_prior_stands_for_the_share_of_leads_with_an_account(still: Fleet) -> None:
    found = explained(still, CABINET, "phone")
    assert found.prior is not None
    assert found.prior_bits == pytest.approx(
        math.log2(found.prior / found.people / (1 - found.prior)), abs=0.006
    )


def test_the_runner_up_has_its_own_column(still: Fleet) -> None:
    said = still.ok("why", CABINET, "several")
    assert column(said, 5)["phone"] == column(said, 6)["phone"]
    assert float(column(said, 6)["phone"]) > 5
    dino, dora = still.person_of("D-DINO"), still.person_of("D-DORA")
    assert f"runner-up: person {dora}, 49." in said or f"runner-up: person {dino}, 49." in said
    assert "candidates: 2" in said


def test_every_lead_is_explained_as_it_was_decided(still: Fleet) -> None:
    stored = {
        (row[0], row[1]): row[2:]
        for row in still.rows(
            "SELECT source_table, source_pk, person_key, match_rule, confidence_level, NULL,"
            " evidence FROM canon.identity_links WHERE source_table != 'drivers'"
            " UNION ALL SELECT source_table, source_pk, NULL, NULL, NULL, reason_code, details"
            " FROM canon.identity_unmatched"
        )
    }
    assert len(stored) == len(still.rows(ALL)) > 15
    for (source, pk), (person, rule, level, reason, evidence) in stored.items():
        found = explained(still, source, pk)
        assert (found.person_key, found.level, found.reason_code) == (person, level, reason), pk
        assert rule in (None, found.match_rule)
        assert found.linked_key == person
        if "bits" in evidence and found.best is not None:
            bits = {field.name: field.bits for field in found.best.fields}
            assert bits == pytest.approx(evidence["bits"])
            assert found.best.posterior == pytest.approx(evidence["posterior"], abs=1e-6)
            assert found.candidates == evidence["candidates"]


@pytest.fixture(scope="module")
def tour(still: Fleet) -> dict[tuple[str, str], str]:
    """What is said about every lead, by source and key, half of it in Spanish."""
    before = still.everything()
    said = {
        (source, pk): still.ok("why", source, pk, "--language", ("es", "en")[place % 2])
        for place, (source, pk) in enumerate(still.rows(ALL))
    }
    said["everything", "before"] = repr(before)
    said["everything", "after"] = repr(still.everything())
    return said


def test_looking_writes_nothing(tour: dict[tuple[str, str], str]) -> None:
    assert tour["everything", "after"] == tour["everything", "before"]


@pytest.mark.parametrize(
    ("source", "pk", "code", "advice"),
    [
        (CABINET, "common", "KEY_TOO_COMMON", "The phone +51 *** *** 111 belongs to 55 people."),
        (CABINET, "several", "MULTIPLE_CANDIDATES", "./leads identity same D-D"),
        (CABINET, "stranger", "NO_CANDIDATES", "It carries: phone, name."),
        (CABINET, "empty", "NO_EVIDENCE", "Fill in phone, licence, plate or at least two words"),
        (CABINET, "other-name", "NAME_CONFLICT", "has it wrong, correct it there"),
        (SCOUTING, "other-licence", "LICENCE_CONFLICT", "has it wrong, correct it there"),
        (CABINET, "plate", "REVIEW", f"./leads identity confirm {CABINET} plate --reason"),
        (CABINET, "phone", "WEAK_MATCH_ONLY", " bits more would do."),
        (MIGRATIONS, "missing", "DRIVER_NOT_FOUND", "Account D-NOBODY must arrive"),
        (MIGRATIONS, "blank", "NO_EVIDENCE", "Fill in the driver_id of the raw row"),
    ],
)
def test_an_unmatched_lead_says_why_and_what_would_change_it(
    still: Fleet, source: str, pk: str, code: str, advice: str
) -> None:
    said = still.ok("why", source, pk)
    first = said.splitlines()[0]
    assert first.startswith(f"Lead {pk} of {source} ({'2025-08-06' if pk == 'phone' else HIRED})")
    assert "is linked to nobody: " in first
    assert first.endswith(f"({code}).")
    assert "What would change it:" in said
    assert advice in said
    spanish = still.ok("why", source, pk, "--language", "es")
    assert "no está vinculado a nadie: " in spanish.splitlines()[0]
    assert "Qué lo cambiaría:" in spanish


def test_a_medium_link_says_what_would_make_it_high(still: Fleet) -> None:
    said = still.ok("why", CABINET, "medium")
    assert "MEDIUM counts in reports and pays nothing until" in said
    assert "What would make it HIGH:" in said
    assert re.search(r"If the licence agreed, .* bits: 99\.9999 %, linked, HIGH\.", said)
    assert f"./leads identity confirm {CABINET} medium" in said


def test_what_one_more_field_would_do_is_what_it_then_does(fleet: Fleet) -> None:
    found = explained(fleet, CABINET, "plate")
    promised = next(one for one in found.prospects if one.field == "phone")
    assert promised.level == "MEDIUM"
    with fleet.connect() as connection:
        connection.execute(
            "UPDATE observational.lead_events SET identity_pending = true,"
            " payload_json = payload_json || %s WHERE source_pk = 'plate'",
            (Jsonb({"park_phone": "972000001"}),),
        )
        connection.commit()
        resolve(connection)
    kept = explained(fleet, CABINET, "plate")
    assert kept.best is not None
    assert found.best is not None
    assert kept.best.posterior == pytest.approx(promised.posterior)
    assert kept.best.bits - found.best.bits == pytest.approx(promised.bits, abs=0.1)
    assert kept.level == promised.level


def test_the_bits_that_are_missing_are_just_enough(still: Fleet) -> None:
    for pk in ("phone", "plate", "several"):
        found = explained(still, CABINET, pk)
        assert found.best is not None
        assert found.bits_needed is not None
        odds = found.best.posterior / (1 - found.best.posterior) * 2**found.bits_needed
        assert odds / (1 + odds) == pytest.approx(found.threshold_accept, abs=0.001)


def test_a_lead_that_names_its_account_needs_no_bits(still: Fleet) -> None:
    said = still.ok("why", MIGRATIONS, "known")
    assert "it names their account D-EVA itself, HIGH, by DRIVER_ID." in said
    assert "sum of the bits" not in said


def test_personal_data_is_masked_in_every_explanation(
    still: Fleet, tour: dict[tuple[str, str], str]
) -> None:
    for (source, pk), said in tour.items():
        if source != "everything":
            assert [value for value in CANARIES if value in said.upper()] == [], pk
            found = repr(explained(still, source, pk)).upper()
            assert [value for value in CANARIES if value in found] == [], pk


def test_masked_values_are_still_recognised(still: Fleet) -> None:
    said = still.ok("why", SCOUTING, "high")
    for masked in ("+51 *** *** 321", "*****678", "****13", "H. Q. Z."):
        assert masked in said


def test_reveal_shows_them(still: Fleet) -> None:
    said = still.ok("why", SCOUTING, "high", "--reveal")
    for value in ("+51987451321", "40556678", "ZQX913", "HUAMANCHUMO QUISPILLACTA ZULEMA"):
        assert value in said


def test_an_account_in_brackets_is_no_markup(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute(
            "UPDATE canon.drivers_index SET driver_id = '[bold]' WHERE driver_id = 'D-ANA'"
        )
    assert "best by account [bold]" in fleet.ok("why", SCOUTING, "high")


def test_a_changed_lead_says_that_it_waits(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute("UPDATE observational.lead_events SET identity_pending = true")
    assert "The lead changed since it was last resolved" in fleet.ok("why", SCOUTING, "high")


def test_tables_that_are_behind_are_told_apart(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute("DELETE FROM canon.identity_links WHERE source_pk = 'high'")
    assert "The tables still say nobody; the next run" in fleet.ok("why", SCOUTING, "high")


def test_a_lead_that_no_run_has_seen_says_so(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        lead(connection, CABINET, "fresh", HIRED + timedelta(days=1), park_phone="987451321")
    said = fleet.refused("why", CABINET, "fresh")
    assert "fresh: no run has looked for its person yet." in said
    assert "./leads run" in said


def test_a_refused_raw_row_says_why_it_is_no_lead(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute(
            "INSERT INTO ops.ingestion_rejects (source_table, source_pk, reason_code, raw)"
            " VALUES (%s, 'bad', 'EVENT_DATE_IN_FUTURE', '{}')",
            (CABINET,),
        )
    said = fleet.refused("why", CABINET, "bad")
    assert "refused (EVENT_DATE_IN_FUTURE)" in said
    assert f"Correct the row in public.{CABINET}" in said


def test_an_unknown_lead_or_source_says_which_there_are(still: Fleet) -> None:
    said = still.refused("why", CABINET, "no-such")
    assert f"{CABINET} has no lead 'no-such'" in said
    assert "source_pk" in said
    said = still.refused("why", "module_ct_nowhere", "1")
    assert "Unknown source 'module_ct_nowhere'" in said
    assert all(name in said for name in (CABINET, SCOUTING, MIGRATIONS))


def test_the_command_itself_fails_with_one_sentence(still: Fleet) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "leads.cli", "why", CABINET, "no-such"],
        cwd=REPOSITORY / "plugins",
        env=subprocess_environment(still),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"leads: {CABINET} has no lead 'no-such'.")
    assert len(done.stderr.splitlines()) == 1
