"""What people decide: shown before it is written, and then just that."""

from __future__ import annotations

import getpass
import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus

from cli_identity.fleet import Fleet, subprocess_environment
from cli_identity.world import (
    CABINET,
    CANARIES,
    HIRED,
    MIGRATIONS,
    SCOUTING,
    account,
    lead,
    resolve,
)
from leads.errors import LeadsError, PassingError
from leads.identity.previews import Credit, LedgerChange, LinkChange, PersonChange, Standing
from leads.identity.proposals import DecisionRefused, Proposal
from leads.settings import REPOSITORY
from leads.windows import UTC

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
SAME = Proposal("same", driver_a="D-BETO1", driver_b="D-BETO2")
DIFFERENT = Proposal("different", driver_a="D-CARO1", driver_b="D-CARO2")
CONFIRM = Proposal("confirm", source_table=CABINET, source_pk="plate", driver_a="D-CARO2")
IGNORE = Proposal("ignore", source_table=SCOUTING, source_pk="high")
EVERY = {
    "same": SAME,
    "different": DIFFERENT,
    "confirm": CONFIRM,
    "confirm elsewhere": replace(IGNORE, decision="confirm", driver_a="D-BETO1"),
    "confirm against driver_id": Proposal(
        "confirm", source_table=MIGRATIONS, source_pk="known", driver_a="D-ANA"
    ),
    "ignore": IGNORE,
}


def write(fleet: Fleet, proposal: Proposal) -> int:
    """Write a decision and let it count."""
    with fleet.decisions() as decisions:
        decisions.check(proposal)
        number = decisions.write(proposal, decided_by="Rosa", reason="knows", decided_at=NOW)
        decisions.apply()
    return number


def links(fleet: Fleet) -> dict[tuple[str, str], Standing]:
    rows = fleet.rows(
        "SELECT source_table, source_pk, person_key, match_rule, confidence_level, NULL"
        " FROM canon.identity_links UNION ALL SELECT source_table, source_pk, NULL, NULL, NULL,"
        " reason_code FROM canon.identity_unmatched WHERE status != 'RESOLVED'"
    )
    return {(row[0], row[1]): Standing(*row[2:]) for row in rows}


def credits(fleet: Fleet) -> dict[UUID, Credit]:
    rows = fleet.rows(
        "SELECT person_key, attributed_source, attributed_scout_id, attribution_rule,"
        " decision_status FROM observational.lead_ledger"
    )
    return {row[0]: Credit(*row[1:]) for row in rows}


def people(fleet: Fleet) -> set[UUID]:
    return {row[0] for row in fleet.rows("SELECT person_key FROM canon.identity_registry")}


State = tuple[dict[Any, Standing], dict[UUID, Credit], set[UUID]]


def state(fleet: Fleet) -> State:
    return links(fleet), credits(fleet), people(fleet)


def changes(before: State, after: State) -> tuple[Any, ...]:
    """What a preview must have said, from all rows of the tables."""
    nobody = Credit()
    return (
        {
            key: (before[0].get(key), after[0].get(key))
            for key in before[0].keys() | after[0].keys()
            if before[0].get(key) != after[0].get(key)
        },
        {
            key: (before[1].get(key, nobody), after[1].get(key, nobody))
            for key in before[1].keys() | after[1].keys()
            if before[1].get(key) != after[1].get(key)
        },
        before[2] - after[2],
        after[2] - before[2],
    )


def promised(fleet: Fleet, proposal: Proposal) -> tuple[Any, ...]:
    with fleet.decisions() as decisions:
        found = decisions.preview(proposal, read_at=NOW)
    return (
        {(one.source_table, one.source_pk): (one.before, one.after) for one in found.links},
        {one.person_key: (one.before, one.after) for one in found.ledger},
        {one.person_key for one in found.people if one.is_merge},
        {one.person_key for one in found.people if not one.is_merge},
    )


@pytest.mark.parametrize("proposal", EVERY.values(), ids=EVERY)
def test_what_is_shown_is_what_then_happens_and_undone_again(
    fleet: Fleet, proposal: Proposal
) -> None:
    before = state(fleet)
    shown = promised(fleet, proposal)
    assert state(fleet) == before
    number = write(fleet, proposal)
    after = state(fleet)
    assert changes(before, after) == shown
    assert shown[0]
    undo = Proposal("undo", undoes=number)
    shown = promised(fleet, undo)
    write(fleet, undo)
    assert changes(after, state(fleet)) == shown
    assert state(fleet) == before


def test_joining_two_accounts_shows_people_links_and_credits(fleet: Fleet) -> None:
    one, two = fleet.person_of("D-BETO1"), fleet.person_of("D-BETO2")
    with fleet.decisions() as decisions:
        found = decisions.preview(SAME, read_at=NOW)
    [move] = found.people
    assert move.is_merge
    assert {move.person_key, move.other_key} == {one, two}
    survivor = move.other_key
    moved = {(link.source_table, link.source_pk): link for link in found.links}
    lost = "beto2" if move.person_key == two else "beto1"
    assert moved[SCOUTING, lost].before.person_key == move.person_key
    assert moved[SCOUTING, lost].after.person_key == survivor
    assert moved["drivers", "D-BETO1"].after.match_rule == "MANUAL"
    # A day apart, two scouts: nobody is credited until they agree.
    after = {change.person_key: change.after for change in found.ledger}
    assert after[move.person_key] == Credit()
    assert after[survivor or one].attribution_rule == "C"


WORDS = {
    "same": ("same", "D-BETO1", "D-BETO2"),
    "different": ("different", "D-CARO1", "D-CARO2"),
    "confirm": ("confirm", CABINET, "plate"),
    "ignore": ("ignore", SCOUTING, "high"),
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_preview_writes_nothing_and_says_how_to_write(
    still: Fleet, words: tuple[str, ...]
) -> None:
    before = still.everything()
    said = still.ok("identity", *words)
    assert still.everything() == before
    assert "Nothing was written." in said
    assert re.search(r'To write it: ./leads identity .* --reason "…" --yes', said)
    assert "Links that change" in said
    spanish = still.ok("identity", *words, "--language", "es", "--reason", "así es")
    assert "No se escribió nada." in spanish
    assert "--reason 'así es' --yes" in spanish
    assert "Vínculos que cambian" in spanish
    assert still.everything() == before


def test_the_command_that_is_shown_writes(fleet: Fleet) -> None:
    said = fleet.ok("identity", "confirm", CABINET, "plate", "--reason", "phoned her")
    command = said.rpartition("To write it: ./leads ")[2].strip().replace("'phoned her'", "it")
    assert command == f"identity confirm {CABINET} plate --driver D-CARO2 --reason it --yes"
    said = fleet.ok(*command.split())
    assert said.strip().endswith("To take it back: ./leads identity undo 1")


def test_the_command_that_is_shown_says_who(still: Fleet) -> None:
    words = ("same", "D-BETO1", "D-BETO2", "--by", "Rosa (fleet)")
    said = still.ok("identity", *words, "--reason", "one man")
    assert said.rstrip().endswith(
        "./leads identity same D-BETO1 D-BETO2 --by 'Rosa (fleet)' --reason 'one man' --yes"
    )


def test_writing_runs_both_jobs_and_says_who(fleet: Fleet) -> None:
    runs = "SELECT job_type, status FROM ops.ingestion_runs ORDER BY id DESC LIMIT 2"
    count = fleet.rows("SELECT count(*) FROM ops.ingestion_runs")[0][0]
    said = fleet.ok("identity", *WORDS["same"], "--by", "Rosa", "--reason", "one man", "--yes")
    assert "Decision 1 is written, by Rosa." in said
    assert "1 merges" in said
    assert fleet.rows(runs) == [("lead_attribution", "COMPLETED"), ("identity_run", "COMPLETED")]
    assert fleet.rows("SELECT count(*) FROM ops.ingestion_runs")[0][0] == count + 2
    assert fleet.rows(
        "SELECT id, decision, driver_a, driver_b, decided_by, reason FROM canon.identity_decisions"
    ) == [(1, "same", "D-BETO1", "D-BETO2", "Rosa", "one man")]


def test_who_decides_is_the_user_unless_said(fleet: Fleet) -> None:
    fleet.ok("identity", *WORDS["ignore"], "--reason", "test entry", "--yes")
    assert fleet.rows("SELECT decided_by FROM canon.identity_decisions") == [(getpass.getuser(),)]


def test_a_withdrawal_keeps_who_and_why(fleet: Fleet) -> None:
    write(fleet, IGNORE)
    said = fleet.ok("identity", "undo", "1", "--by", "Luis", "--reason", "real lead", "--yes")
    assert "Decision 1 is withdrawn, by Luis." in said
    assert fleet.rows(
        "SELECT undone_by, undone_reason, undone_at IS NOT NULL FROM canon.identity_decisions"
    ) == [("Luis", "real lead", True)]


@pytest.mark.parametrize("reason", [(), ("--reason", "  ")])
def test_nothing_is_written_without_a_reason(still: Fleet, reason: tuple[str, ...]) -> None:
    before = still.everything()
    said = still.refused("identity", *WORDS["same"], "--yes", *reason, status=2)
    assert "--yes needs --reason" in said
    assert still.everything() == before


@pytest.mark.parametrize(
    ("language", "answer", "written"),
    [
        ("en", "n", 0),
        ("en", "", 0),
        ("en", "s", 0),
        ("en", "y", 1),
        ("es", "no", 0),
        ("es", "s", 1),
        ("es", "Sí", 1),
    ],
)
def test_on_a_terminal_it_asks_first(
    fleet: Fleet, language: str, answer: str, written: int
) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.Popen(
            [sys.executable, "-m", "leads.cli", "identity", *WORDS["ignore"], "--reason", "test"],
            cwd=REPOSITORY / "plugins",
            env=subprocess_environment(fleet) | {"LEADS_LANGUAGE": language},
            stdin=theirs,
            stdout=subprocess.PIPE,
            text=True,
        )
        os.write(ours, f"{answer}\n".encode())
        said = done.communicate(timeout=60)[0]
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0
    texts = {
        "en": ("Write it? [y/N]", "Nothing was"),
        "es": ("¿Escribirlo? [s/N]", "No se escribió"),
    }
    asks, leaves = texts[language]
    assert asks in said
    assert (leaves in said) == (not written)
    assert fleet.rows("SELECT count(*) FROM canon.identity_decisions") == [(written,)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("same", "D-ANA", "D-NONE"), "Unknown account 'D-NONE': give a driver_id"),
        (("different", "D-NONE", "D-ANA"), "Unknown account 'D-NONE'"),
        (("same", "D-ANA", "D-ANA"), "name two different accounts"),
        (("confirm", CABINET, "no-such"), f"{CABINET} has no lead 'no-such'"),
        (("ignore", CABINET, "no-such"), f"{CABINET} has no lead 'no-such'"),
        (("ignore", "nowhere", "1"), "Unknown source 'nowhere'. Known: "),
        (("confirm", CABINET, "plate", "--driver", "D-NONE"), "Unknown account 'D-NONE'"),
        (("confirm", CABINET, "plate", "--person", "nobody"), "is no person key"),
        (("confirm", CABINET, "stranger"), "no candidate to confirm. Name the account with"),
        (("confirm", MIGRATIONS, "missing"), "Unknown account 'D-NOBODY'"),
        (("undo", "7"), "There is no decision 7. ./leads identity decisions lists them."),
    ],
)
def test_what_does_not_exist_is_refused(still: Fleet, words: tuple[str, ...], says: str) -> None:
    assert says in still.refused("identity", *words, "--reason", "because", "--yes")
    assert still.rows("SELECT count(*) FROM canon.identity_decisions") == [(0,)]


def test_driver_and_person_exclude_each_other(still: Fleet) -> None:
    words = ("confirm", CABINET, "plate", "--driver", "D-ANA", "--person", "x")
    assert "exclude each other" in still.refused("identity", *words, status=2)


def test_a_person_key_is_no_account(still: Fleet) -> None:
    key = str(still.person_of("D-ANA"))
    assert "not a person key" in still.refused("identity", "same", key, "D-EVA").replace("\n", " ")


def test_a_lead_can_be_confirmed_for_a_person(fleet: Fleet) -> None:
    key = fleet.person_of("D-EVA")
    words = ("confirm", CABINET, "stranger", "--person", str(key))
    fleet.ok("identity", *words, "--reason", "her new number", "--yes")
    assert links(fleet)[CABINET, "stranger"] == Standing(key, "MANUAL", "HIGH")
    assert fleet.rows("SELECT driver_a FROM canon.identity_decisions") == [("D-EVA",)]
    said = fleet.ok("why", CABINET, "stranger", "--reveal")
    assert f"is person {key}: " in said
    assert "confirmed it on " in said
    assert "decision 1; HIGH, by MANUAL." in said
    assert "They said: her new number" in said
    assert "To take that back: ./leads identity undo 1" in said


def test_an_ignored_lead_says_who_said_so(fleet: Fleet) -> None:
    write(fleet, IGNORE)
    said = fleet.ok("why", SCOUTING, "high", "--reveal")
    assert "a person said that it is to be left alone (IGNORED)." in said.splitlines()[0]
    assert "They said: knows" in said


CONTRARY = {
    "same, different": (SAME, replace(SAME, decision="different")),
    "different, same, the other way round": (
        DIFFERENT,
        Proposal("same", driver_a="D-CARO2", driver_b="D-CARO1"),
    ),
    "confirm, ignore": (CONFIRM, replace(CONFIRM, decision="ignore", driver_a=None)),
    "ignore, confirm": (IGNORE, replace(IGNORE, decision="confirm", driver_a="D-ANA")),
    "confirm, confirm for another": (CONFIRM, replace(CONFIRM, driver_a="D-ANA")),
}


@pytest.mark.parametrize(("first", "second"), CONTRARY.values(), ids=CONTRARY)
def test_a_contradiction_names_the_decision_and_how_to_withdraw_it(
    fleet: Fleet, first: Proposal, second: Proposal
) -> None:
    number = write(fleet, first)
    with (
        fleet.decisions() as decisions,
        pytest.raises(
            DecisionRefused, match=rf"Decision {number} says the contrary.*undo {number}"
        ),
    ):
        decisions.check(second)
    write(fleet, Proposal("undo", undoes=number))
    with fleet.decisions() as decisions:
        decisions.check(second)


AGAIN = {
    "same": (SAME, SAME),
    "same, the other way round": (SAME, replace(SAME, driver_a="D-BETO2", driver_b="D-BETO1")),
    "confirm": (CONFIRM, CONFIRM),
    "ignore": (IGNORE, IGNORE),
}


@pytest.mark.parametrize(("first", "again"), AGAIN.values(), ids=AGAIN)
def test_what_is_said_already_is_not_said_again(
    fleet: Fleet, first: Proposal, again: Proposal
) -> None:
    write(fleet, first)
    with (
        fleet.decisions() as decisions,
        pytest.raises(DecisionRefused, match="Decision 1 says so already"),
    ):
        decisions.check(again)


def test_decisions_that_contradict_in_a_chain_are_named_together(fleet: Fleet) -> None:
    write(fleet, Proposal("same", driver_a="D-BETO1", driver_b="D-EVA"))
    write(fleet, Proposal("same", driver_a="D-EVA", driver_b="D-DORA"))
    chain = "Decisions 2, 1 together make D-BETO1 and D-DORA one person.*undo 2"
    with fleet.decisions() as decisions:
        with pytest.raises(DecisionRefused, match=chain):
            decisions.check(Proposal("different", driver_a="D-BETO1", driver_b="D-DORA"))
        decisions.check(Proposal("different", driver_a="D-BETO1", driver_b="D-BETO2"))
    write(fleet, Proposal("different", driver_a="D-BETO1", driver_b="D-BETO2"))
    with (
        fleet.decisions() as decisions,
        pytest.raises(
            DecisionRefused,
            match=r"Decisions 3, .* together make D-DORA and D-BETO2 two persons.*undo 3",
        ),
    ):
        decisions.check(Proposal("same", driver_a="D-DORA", driver_b="D-BETO2"))


def test_undoing_twice_is_refused(fleet: Fleet) -> None:
    write(fleet, IGNORE)
    write(fleet, Proposal("undo", undoes=1))
    said = fleet.refused("identity", "undo", "1", "--reason", "again", "--yes")
    assert "Decision 1 was withdrawn already, at 2026-11-20 15:00 UTC by Rosa." in said


def test_a_contradiction_that_was_written_meanwhile_is_refused_when_writing(fleet: Fleet) -> None:
    with fleet.decisions() as mine:
        mine.check(SAME)
        write(fleet, replace(SAME, decision="different"))
        with pytest.raises(DecisionRefused, match="Decision 1 says the contrary"):
            mine.write(SAME, decided_by="Luis", reason="late", decided_at=NOW)
    assert fleet.rows("SELECT count(*) FROM canon.identity_decisions") == [(1,)]


#: What identity resolution and attribution make, in the order in which it can go.
REBUILT = (
    "observational.lead_ledger",
    "canon.identity_links",
    "canon.identity_unmatched",
    "canon.identity_merges",
    "canon.identity_registry",
    "canon.drivers_index",
    "canon.account_name_keys",
    "canon.account_edges",
    "canon.lead_keys",
    "canon.lead_name_keys",
)


def test_decisions_outlive_a_rebuild(fleet: Fleet) -> None:
    for proposal in (SAME, DIFFERENT, CONFIRM, IGNORE):
        write(fleet, proposal)
    before = state(fleet)
    with fleet.connect() as connection:
        connection.execute("UPDATE observational.lead_events SET person_key = NULL")
        for table in REBUILT:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table.split("."))))
    after = state(fleet)
    assert after != before
    with fleet.connect() as connection:
        connection.execute("UPDATE observational.lead_events SET identity_pending = true")
        connection.execute("UPDATE canon.identity_state SET drivers_snapshot = NULL")
        connection.commit()
        resolve(connection)
    assert state(fleet) == before


def test_what_waits_for_the_next_run_is_told_apart(fleet: Fleet) -> None:
    alone = promised(fleet, SAME)
    with fleet.connect() as connection:
        account(connection, "D-NEW", full_name="Nueva Cuenta Larga", phone="974000001")
        lead(connection, CABINET, "new", HIRED + timedelta(days=2), park_phone="974000001")
    assert promised(fleet, SAME) == alone
    said = fleet.ok("identity", *WORDS["same"])
    assert "takes in what waits for the next run anyway: 1 changed accounts, 1 leads" in said
    assert "D-NEW" not in said


def test_a_lead_that_waits_can_be_confirmed_and_is_shown_linked(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        lead(connection, CABINET, "new", park_phone="974000001")
    proposal = Proposal("confirm", source_table=CABINET, source_pk="new", driver_a="D-EVA")
    links_shown = promised(fleet, proposal)[0]
    assert links_shown[CABINET, "new"] == (
        Standing(reason_code="NO_CANDIDATES"),
        Standing(fleet.person_of("D-EVA"), "MANUAL", "HIGH"),
    )


def test_a_decision_without_effect_says_so(still: Fleet) -> None:
    said = still.ok("identity", "different", "D-ANA", "D-EVA")
    assert "It would change nothing today; it would count from now on." in said


def test_no_number_is_spent_on_previews(fleet: Fleet) -> None:
    for _ in range(2):
        fleet.ok("identity", *WORDS["same"])
    assert write(fleet, SAME) == 1


@pytest.mark.parametrize("words", [*WORDS.values()], ids=WORDS)
def test_a_busy_warehouse_is_no_wait_for_ever(fleet: Fleet, words: tuple[str, ...]) -> None:
    with fleet.connect() as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('leads.identity', 0))")
        said = fleet.refused("identity", *words, LEADS_LOCK_TIMEOUT_SECONDS="0.2")
    assert "Nothing was written: a run was still at work after 0.2 s." in said
    assert "and try again" in said
    assert "task" not in said
    assert "LockNotAvailable" not in said


def test_a_locked_table_is_not_taken_for_a_run(fleet: Fleet) -> None:
    with fleet.connect() as other:
        other.execute("LOCK TABLE public.drivers")
        said = fleet.refused("identity", *WORDS["same"], LEADS_LOCK_TIMEOUT_SECONDS="0.2")
    assert "public.drivers: still locked by another session after 0.2 s" in said
    assert "a run was" not in said


def test_an_error_of_the_database_is_told_without_its_own_text(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute("ALTER TABLE public.drivers RENAME phone TO telephone")
    with fleet.decisions() as decisions:
        with pytest.raises(LeadsError, match="include/sql/identity/normalise/") as told:
            decisions.preview(SAME, read_at=NOW)
        assert told.value.__context__ is None
        # Read again, it would be another error.
        assert decisions.connection.info.transaction_status is TransactionStatus.IDLE


def test_a_decision_waits_its_turn_to_be_written(fleet: Fleet) -> None:
    # A run marks every decision as reckoned with: one written in its midst would be lost.
    with fleet.decisions() as decisions, fleet.connect() as other:
        decisions.limits = replace(decisions.limits, queue_seconds=0.2)
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('leads.identity', 0))")
        with pytest.raises(PassingError, match=r"a run was still at work after 0\.2 s"):
            decisions.write(SAME, decided_by="Rosa", reason="knows", decided_at=NOW)


def break_ledger(fleet: Fleet, when: str) -> None:
    """From now on the database has no room for a row of the run ledger.

    Args:
        fleet: whose warehouse.
        when: `INSERT` for a run that begins, `UPDATE` for one that ends.
    """
    with fleet.connect() as connection:
        connection.execute(
            "CREATE FUNCTION ops.no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE EXCEPTION USING ERRCODE = ''disk_full''; END'"
        )
        connection.execute(
            sql.SQL(
                "CREATE TRIGGER no_room BEFORE {} ON ops.ingestion_runs FOR EACH ROW "
                "WHEN (NEW.status <> 'FAILED') EXECUTE FUNCTION ops.no_room()"
            ).format(sql.SQL(when))
        )


def test_a_run_that_fails_afterwards_leaves_the_decision_to_the_next_one(fleet: Fleet) -> None:
    break_ledger(fleet, "UPDATE")
    said = fleet.refused("identity", *WORDS["same"], "--reason", "one man", "--yes")
    assert "Decision 1 is written. This run could not reckon with it, the next one will" in said
    assert "DiskFull" in said
    assert fleet.person_of("D-BETO1") != fleet.person_of("D-BETO2")
    with fleet.connect() as connection:
        connection.execute("DROP FUNCTION ops.no_room CASCADE")
        connection.commit()
        resolve(connection)
    assert fleet.person_of("D-BETO1") == fleet.person_of("D-BETO2")


def test_a_withdrawal_whose_run_fails_is_not_told_as_a_decision(fleet: Fleet) -> None:
    write(fleet, IGNORE)
    break_ledger(fleet, "INSERT")
    said = fleet.refused("identity", "undo", "1", "--reason", "real lead", "--yes")
    assert "Decision 1 is withdrawn. This run could not reckon with that, the next" in said
    assert "DiskFull" in said
    assert "Traceback" not in said


def test_a_refused_row_is_no_lead_to_decide_on(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        connection.execute(
            "INSERT INTO ops.ingestion_rejects (source_table, source_pk, reason_code, raw)"
            " VALUES (%s, 'bad', 'EVENT_DATE_IN_FUTURE', '{}')",
            (CABINET,),
        )
    said = fleet.refused("identity", "ignore", CABINET, "bad")
    assert "bad: its raw row was refused (EVENT_DATE_IN_FUTURE) and became no lead." in said


def test_no_preview_shows_personal_data(fleet: Fleet) -> None:
    words = [
        ("same", "D-ANA", "D-EVA"),
        ("ignore", SCOUTING, "high"),
        ("confirm", CABINET, "other-name"),
        ("confirm", CABINET, "medium"),
    ]
    for one in words:
        said = fleet.ok("identity", *one, "--reason", "because", "--yes").upper()
        assert [value for value in CANARIES if value in said] == []
    for table in ("canon.identity_decisions", "ops.ingestion_runs", "canon.identity_links"):
        rows = " ".join(fleet.everything()[table]).upper()
        assert [value for value in CANARIES if value in rows] == []


def test_changes_are_values_that_compare() -> None:
    key = UUID(int=1)
    assert LinkChange("a", "b", Standing(), Standing(key)) == LinkChange(
        "a", "b", Standing(), Standing(key)
    )
    assert PersonChange(True, key, None) != PersonChange(False, key, None)
    assert LedgerChange(key, Credit(), Credit()).before == Credit()
