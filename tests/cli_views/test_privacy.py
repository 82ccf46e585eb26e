"""No command about figures shows personal data unless it is asked to."""

from __future__ import annotations

import pytest

from cli_identity.world import CANARIES as OTHER_CANARIES
from cli_views.fleet import Fleet
from cli_views.test_refresh import add_work, break_a_claim
from cli_views.world import CANARIES, NORA, PEDRO, ROSA, ROSA_NAME
from leads.views.checks import checks

ALL = {*CANARIES, *OTHER_CANARIES, "ANCASI", "TUPA", "LIPA", "CUTIPA"}
READING = [
    ("check",),
    ("check", "--all"),
    *(("check", check.name) for check in checks()),
    ("refresh", "--dry-run"),
    ("rules",),
    ("rules", "withdraw", "1", "--scope", "partner"),
    *(("explain", "due", driver_id) for driver_id in (ROSA, NORA, f"{PEDRO}1", "D-ANA")),
    *(
        ("explain", "payment", driver_id, number, "--scope", scope)
        for driver_id in (ROSA, NORA, "D-ANA")
        for number in ("1", "2")
        for scope in ("partner", "scout")
    ),
]


def leaks(said: str) -> set[str]:
    return {canary for canary in ALL if canary in said.upper()}


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_nothing_personal_is_shown(still: Fleet, words: tuple[str, ...]) -> None:
    for language in ("es", "en"):
        status, said = still.leads(*words, LEADS_LANGUAGE=language)
        assert status == 0
        assert leaks(said) == set()


@pytest.mark.parametrize("command", [("due", ROSA), ("payment", ROSA, "2")], ids=" ".join)
def test_names_are_shown_when_asked_for(still: Fleet, command: tuple[str, ...]) -> None:
    said = still.ok("explain", *command, "--reveal").upper()
    assert all(word in said for word in ROSA_NAME.upper().split())
    # Of the platform's payment too.
    assert said.count(ROSA_NAME.upper().split()[0]) > 2


def test_a_refresh_that_fails_names_nobody(fleet: Fleet) -> None:
    break_a_claim(fleet)
    add_work(fleet, ROSA, 1)
    assert leaks(fleet.refused("refresh")) == set()


def test_errors_of_the_database_name_nobody(fleet: Fleet) -> None:
    fleet.write(
        "ALTER TABLE ops.cabinet_financial_14d ADD CONSTRAINT nobody_ck CHECK"
        " (driver_name IS NULL) NOT VALID"
    )
    add_work(fleet, ROSA, 1)
    for words in (("refresh",), ("rules", "withdraw", "1", "--scope", "partner")):
        said = fleet.refused(*words)
        assert "nobody_ck" in said
        assert leaks(said) == set()
