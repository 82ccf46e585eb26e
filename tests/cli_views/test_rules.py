"""`./leads rules`: listed, previewed, changed, with who and why."""

from __future__ import annotations

import getpass
import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cli_identity.fleet import subprocess_environment
from cli_identity.world import PATIENT
from cli_views.fleet import Fleet, cells
from cli_views.test_refresh import add_work, break_a_claim
from cli_views.world import NORA, NOW
from leads.errors import PassingError
from leads.settings import REPOSITORY, settings
from leads.sources import load_registry
from leads.views.rules import RuleBook, read_rules
from leads.views.rules_model import Change
from leads.views.rules_plan import RuleRefused, plan_end, plan_withdraw

FIVE = ("partner", "cabinet", "--window", "14", "--trips", "5")
ADD = ("add", *FIVE, "--amount", "40", "--from", "2026-09-01")
CHANGES = {
    "add": ADD,
    "add a kind of rule": (
        *("add", "scout", "cabinet", "--window", "14", "--trips", "2", "--amount", "7.5"),
        *("--from", "2026-01-01", "--currency", "USD"),
    ),
    "end": ("end", "3", "--scope", "partner", "--on", "2026-08-31"),
    "withdraw": ("withdraw", "1", "--scope", "scout"),
    "withdraw a migration's": ("withdraw", "4", "--scope", "scout"),
}
WRITE = ("--by", "Rosa", "--reason", "new contract", "--yes")


def book(fleet: Fleet, connection: Any, seconds: float = PATIENT.queue_seconds) -> RuleBook:
    chosen = settings()
    return RuleBook(
        connection,
        load_registry(),
        home_park_id=chosen.home_park_id,
        zone=chosen.zone,
        limits=replace(PATIENT, queue_seconds=seconds),
    )


def shown_totals(said: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Rows, before and after of each total that a preview lists."""
    names = {
        "due from the platform, 14 days": "due_yango",
        "expected of the platform, 14 days": "expected_yango",
        "paid by the platform, 14 days": "paid_yango",
    }
    listed = re.findall(
        r"^│ (.+?) +│ ([A-Z]{3}) +│ +(\d+ → \d+) │ +([\d.]+) │ +([\d.]+) │ +([+-][\d.]+) │$",
        said,
        re.MULTILINE,
    )
    return {
        (names.get(figure, figure), currency): (rows, before, after)
        for figure, currency, rows, before, after, _ in listed
    }


def moved_totals(before: Any, after: Any) -> dict[tuple[str, str], tuple[str, str, str]]:
    nothing = (0, Decimal(0))
    pairs = {
        key: (before.get(key, nothing), after.get(key, nothing))
        for key in before.keys() | after.keys()
    }
    return {
        key: (f"{old[0]} → {new[0]}", f"{old[1]:.2f}", f"{new[1]:.2f}")
        for key, (old, new) in pairs.items()
        if old != new
    }


def test_all_rules_are_listed_the_newest_last(fleet: Fleet) -> None:
    fleet.ok("rules", *ADD, *WRITE)
    said = fleet.ok("rules")
    rows = [line for line in said.splitlines() if line.startswith("│")]
    assert len(rows) == 8
    last = [cell.strip() for cell in rows[-1].split("│")[1:-1]]
    assert last == [
        *("partner", "4", "cabinet", "14", "5", "40.00", "PEN", "2026-09-01", "open", "yes", "14")
    ]
    [ended] = [row for row in rows if re.match(r"│ partner │ +2 │", row)]
    assert "2026-08-31" in ended


@pytest.mark.parametrize("words", CHANGES.values(), ids=CHANGES)
def test_what_is_shown_is_what_then_happens(fleet: Fleet, words: tuple[str, ...]) -> None:
    # News that waits for the next refresh is no part of the change.
    fleet.ok("refresh")
    before = fleet.totals()
    shown = shown_totals(fleet.ok("rules", *words))
    fleet.ok("rules", *words, *WRITE)
    assert moved_totals(before, fleet.totals()) == shown
    assert shown


def test_what_waits_for_the_next_refresh_is_told_apart_from_the_change(fleet: Fleet) -> None:
    add_work(fleet, NORA, 4)
    shown = shown_totals(fleet.ok("rules", *ADD))
    # Three reach 5 trips then, with or without the change.
    assert shown["payable yango_14d_5trips", "PEN"] == ("3 → 3", "105.00", "120.00")


@pytest.mark.parametrize("words", CHANGES.values(), ids=CHANGES)
def test_a_preview_writes_nothing_and_says_how_to_write(
    still: Fleet, words: tuple[str, ...]
) -> None:
    before = still.everything()
    said = still.ok("rules", *words)
    assert still.everything() == before
    assert "Nothing was written." in said
    command = re.findall(r"To write it: ./leads rules (.*)", said)[0]
    assert command.split()[: len(words)] == list(words)
    assert command.endswith('--reason "…" --yes')
    spanish = still.ok("rules", *words, "--language", "es", "--reason", "así es")
    assert "No se escribió nada." in spanish
    assert "--reason 'así es' --yes" in spanish
    assert "Lo que haría con los totales" in spanish
    assert still.everything() == before


def test_a_preview_uses_up_no_number(fleet: Fleet) -> None:
    for _ in range(3):
        fleet.ok("rules", *ADD)
    assert "Rule 4 of partner is written, by Rosa." in fleet.ok("rules", *ADD, *WRITE)


def test_what_was_written_is_kept_with_who_and_why(fleet: Fleet) -> None:
    said = fleet.ok("rules", *ADD, *WRITE)
    assert "Rule 2 of partner now applies up to 2026-08-31." in said
    assert fleet.rows(
        "SELECT rule_scope, rule_id, action, before ->> 'valid_to', after ->> 'valid_to',"
        " before ->> 'amount', after ->> 'amount', changed_by, reason"
        " FROM ops.payment_rule_changes ORDER BY id"
    ) == [
        ("partner", 2, "end", None, "2026-08-31", "35.00", "35.00", "Rosa", "new contract"),
        ("partner", 4, "add", None, None, None, "40.00", "Rosa", "new contract"),
    ]
    assert fleet.rows(
        "SELECT notes FROM ops.partner_payment_rules WHERE id IN (2, 4) ORDER BY id"
    ) == [
        ("25 trips are worth 160.",),
        ("new contract",),
    ]
    assert fleet.rows(
        "SELECT job_type, status FROM ops.ingestion_runs ORDER BY id DESC LIMIT 1"
    ) == [("view_refresh", "COMPLETED")]
    told = fleet.ok("rules", "history")
    assert cells(told, "1")[2:] == [
        "Rosa",
        "partner",
        "2",
        "ended",
        "to open → 2026-08-31",
        "new contract",
    ]
    assert "amount 40.00" in told
    spanish = fleet.ok("rules", "history", "--language", "es")
    assert "terminada" in spanish
    assert "hasta abierta → 2026-08-31" in spanish


def test_without_changes_the_history_says_so(still: Fleet) -> None:
    assert "Nobody has changed a payment rule yet." in still.ok("rules", "history")


def test_who_changes_is_the_user_unless_said(fleet: Fleet) -> None:
    fleet.ok("rules", *CHANGES["withdraw"], "--reason", "mistake", "--yes")
    assert fleet.rows("SELECT changed_by FROM ops.payment_rule_changes") == [(getpass.getuser(),)]


def test_a_rule_that_was_withdrawn_can_be_written_anew(fleet: Fleet) -> None:
    fleet.ok("rules", *CHANGES["withdraw"], *WRITE)
    words = ("scout", "cabinet", "--window", "7", "--trips", "1", "--from", "2024-01-01")
    said = fleet.ok("rules", "add", *words, "--amount", "22", *WRITE)
    assert "Withdrawn rule 1 of scout would count again" in said
    assert fleet.rows(
        "SELECT id, amount, is_active FROM ops.scout_payment_rules WHERE milestone_trips = 1"
    ) == [(1, Decimal("22.00"), True)]
    assert fleet.rows(
        "SELECT action, before ->> 'is_active', after ->> 'is_active' FROM ops.payment_rule_changes"
    ) == [("withdraw", "true", "false"), ("add", "false", "true")]


def test_what_is_not_said_is_as_in_the_version_before(fleet: Fleet) -> None:
    fleet.write(
        "UPDATE ops.partner_payment_rules SET currency = 'USD', payable_offset_days = 3"
        " WHERE id = 2"
    )
    fleet.ok("refresh")
    said = fleet.ok("rules", *ADD)
    assert "40.00 USD; lead dates 2026-09-01 to open, payable after 3 days." in said
    assert "knows no currencies" in said
    said = fleet.ok("rules", *ADD, "--currency", "pen", "--offset", "9")
    assert "40.00 PEN; lead dates 2026-09-01 to open, payable after 9 days." in said
    assert "knows no currencies" not in said
    said = fleet.ok("rules", *CHANGES["add a kind of rule"][:-2])
    assert "7.50 PEN; lead dates 2026-01-01 to open, payable after 14 days." in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*ADD[:-1], "2024-01-01"), "Rule 2 of partner (from 2024-01-01 on) begins that day"),
        ((*ADD[:-1], "2023-01-01"), "would overlap rule 2 of partner (from 2024-01-01 on)"),
        ((*ADD, "--to", "2026-09-30"), "no rule would apply to lead dates from 2026-10-01 on"),
        ((*ADD, "--to", "2026-08-30"), "cannot end before"),
        (("end", "9", "--scope", "partner", "--on", "2026-09-30"), "There is no rule 9 of partner"),
        (("end", "2", "--scope", "partner", "--on", "2023-09-30"), "before it begins"),
        (("withdraw", "9", "--scope", "scout"), "there are: 1, 2, 3, 4."),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    still: Fleet, words: tuple[str, ...], says: str
) -> None:
    before = still.everything()
    assert says in still.refused("rules", *words, *WRITE)
    assert still.everything() == before


def test_a_gap_is_written_when_it_is_meant(fleet: Fleet) -> None:
    said = fleet.ok("rules", *ADD, "--to", "2026-09-30", "--allow-gap", *WRITE)
    assert "Rule 4 of partner is written" in said
    fleet.ok("rules", *ADD[:-1], "2026-11-01", "--allow-gap", *WRITE)
    said = fleet.ok("check", "rules_without_gaps")
    assert "2026-10-01" in said
    assert "2026-10-31" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*ADD[:8], "4O", *ADD[9:]), "'4O' is no amount"),
        ((*ADD[:8], "40.005", *ADD[9:]), "two decimals at most"),
        ((*ADD[:8], "-1", *ADD[9:]), "is no amount"),
        ((*ADD[:8], "nan", *ADD[9:]), "is no amount"),
        ((*ADD[:8], "1e10", *ADD[9:]), "is no amount"),
        ((*ADD, "--currency", "soles"), "'soles' is no currency"),
        ((*ADD[:-1], "01-09-2026"), "2026"),
        (("add", "nobody", *ADD[2:]), "partner"),
        (("add", "partner", "street", *ADD[3:]), "fleet_migration"),
        ((*ADD, "--yes"), "--yes needs --reason"),
        ((*ADD, "--yes", "--reason", "  "), "--yes needs --reason"),
    ],
)
def test_wrong_words_are_refused(still: Fleet, words: tuple[str, ...], says: str) -> None:
    said = still.refused("rules", *words, status=2)
    assert says in " ".join(said.replace("│", " ").split())


@pytest.mark.parametrize(("answer", "written"), [("n", 0), ("", 0), ("y", 1)])
def test_on_a_terminal_it_asks_first(fleet: Fleet, answer: str, written: int) -> None:
    ours, theirs = pty.openpty()
    words = (*CHANGES["withdraw"], "--reason", "mistake")
    try:
        done = subprocess.Popen(
            [sys.executable, "-m", "leads.cli", "rules", *words],
            cwd=REPOSITORY / "plugins",
            env=subprocess_environment(fleet),
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
    assert "Write it? [y/N]" in said
    assert ("Nothing was written." in said) == (not written)
    assert fleet.rows("SELECT count(*) FROM ops.payment_rule_changes") == [(written,)]


def test_rules_that_somebody_changed_meanwhile_are_not_written_over(fleet: Fleet) -> None:
    def make(rules: Any) -> tuple[Change, ...]:
        return plan_end(rules, "partner", 2, NOW.date(), allow_gap=False)

    with fleet.connect() as connection:
        shown = make(read_rules(connection))
        connection.commit()
        fleet.write("UPDATE ops.partner_payment_rules SET amount = 36 WHERE id = 2")
        with pytest.raises(RuleRefused, match="Somebody changed these rules meanwhile"):
            book(fleet, connection).write(make, shown, by="Rosa", reason="why", at=NOW)
    assert fleet.rows("SELECT valid_to FROM ops.partner_payment_rules WHERE id = 2") == [(None,)]
    assert fleet.rows("SELECT count(*) FROM ops.payment_rule_changes") == [(0,)]


@pytest.mark.parametrize("what", ["preview", "write"])
def test_a_refresh_at_work_is_waited_for_but_not_for_ever(fleet: Fleet, what: str) -> None:
    def make(rules: Any) -> tuple[Change, ...]:
        return plan_withdraw(rules, "scout", 1, allow_gap=False)

    with fleet.connect() as other, fleet.connect() as connection:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended('leads.views', 0))")
        shown = make(read_rules(connection))
        connection.commit()
        rules = book(fleet, connection, seconds=0.2)
        work = {
            "preview": lambda: rules.preview(shown, read_at=NOW + timedelta(hours=1)),
            "write": lambda: rules.write(make, shown, by="Rosa", reason="why", at=NOW),
        }[what]
        with pytest.raises(PassingError, match=r"still at work after 0.2 s"):
            work()
    assert fleet.rows("SELECT is_active FROM ops.scout_payment_rules WHERE id = 1") == [(True,)]


def test_a_preview_that_would_break_a_claim_says_which(fleet: Fleet) -> None:
    break_a_claim(fleet)
    said = fleet.refused("rules", *ADD, *WRITE)
    assert "events_kept" in said
    assert "./leads check events_kept" in said
    assert fleet.rows("SELECT count(*) FROM ops.payment_rule_changes") == [(0,)]
