"""`./leads explain`: from the amount down to the rows it was made of."""

from __future__ import annotations

import pytest

from cli_identity.world import SCOUTING, lead, resolve, scouted
from cli_views.fleet import Fleet, cells
from cli_views.world import NORA, PEDRO, ROSA, day, pay, refresh, work


def payment(fleet: Fleet, *words: str) -> str:
    return fleet.ok("explain", "payment", *words)


def table(said: str, title: str) -> list[list[str]]:
    """The rows of the table with this title."""
    below = said[said.index(title) :].partition("└")[0]
    return [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in below.splitlines()
        if line.startswith("│")
    ]


def test_a_payable_milestone_is_said_in_one_sentence(still: Fleet) -> None:
    person = still.person_of(ROSA)
    said = payment(still, ROSA, "2")
    assert said.splitlines()[0] == (
        f"35.00 PEN are payable from 2026-09-27 on for person {person} (yango_14d_5trips): 7 trips "
        "up to 2026-09-13 reach 5, counted from lead date 2026-09-10."
    )
    assert (
        "Rule 2 of partner: 5 trips in 14 days pay 35.00 PEN for leads of origin cabinet, lead "
        "dates from 2024-01-01 on; payable 14 days after." in said
    )


def test_the_sentence_says_what_the_view_says(still: Fleet) -> None:
    rows = still.rows(
        "SELECT driver_id, rule_id, rule_scope, amount, is_payable, payable_date, achieved_date,"
        " achieved_trips_in_window, payment_scheme FROM ops.v_payment_calculation"
    )
    assert len({row[4] for row in rows}) == 2
    for driver_id, number, scope, amount, is_payable, payable, achieved, trips, scheme in rows:
        first = payment(still, driver_id, str(number), "--scope", scope).splitlines()[0]
        assert scheme in first
        assert f"{amount:,.2f} PEN" in first
        assert (f"payable from {payable} on" in first) == is_payable
        assert (str(achieved) in first) == (achieved is not None)
        assert achieved is None or f"{trips} trip" in first


def test_trips_per_day_add_up_over_all_accounts_with_the_milestone_marked(still: Fleet) -> None:
    said = payment(still, ROSA, "2")
    assert "25 trips from 2026-09-10 to 2026-09-23, 14 days" in said
    assert table(said, "25 trips from") == [
        ["0", "2026-09-10", "2", "2", f"{ROSA} 2", "##", ""],
        ["3", "2026-09-13", "5", "7", f"{ROSA} 2, {ROSA}2 3", "#####", "reaches 5"],
        ["13", "2026-09-23", "18", "25", f"{ROSA} 18", "#" * 18, ""],
    ]


def test_the_window_is_the_rules_and_its_last_day_counts(still: Fleet) -> None:
    assert "7 trips from 2026-09-10 to 2026-09-16, 7 days" in payment(
        still, ROSA, "1", "--scope", "scout"
    )
    assert "reaches 25" in payment(still, ROSA, "3")
    assert "60 trips from 2026-10-10 to 2026-11-08, 30 days" in payment(still, "D-EVA", "4")


def test_a_long_day_has_no_longer_bar_than_fits(still: Fleet) -> None:
    [day_of_work] = table(payment(still, "D-EVA", "4"), "60 trips from")
    assert day_of_work[5] == "#" * 24


def test_the_lead_that_sets_the_date_is_named_with_its_link(still: Fleet) -> None:
    rows = table(payment(still, ROSA, "2"), "Leads of that origin")
    assert rows[0][:5] == [SCOUTING, "rosa", "2026-09-10", "9", "HIGH"]
    assert rows[0][7] == "sets the lead date"
    assert rows[1][1] == "rosa-later"
    assert rows[1][7] == ""


def test_a_milestone_that_was_not_reached_says_what_was_missing(still: Fleet) -> None:
    said = payment(still, NORA, "2")
    assert said.startswith("Nothing is payable for person ")
    assert "3 trips from 2026-09-10 to 2026-09-23, and 5 are needed for 35.00 PEN." in said


def test_a_scout_is_named_by_the_lead_that_proves_them(still: Fleet) -> None:
    said = payment(still, NORA, "cabinet_7d_1trips")
    assert said.startswith("20.00 PEN are payable from 2026-09-18 on")
    assert (
        f"Scout 12 is named by lead nora of {SCOUTING} (2026-09-10); its link is HIGH, by "
        "R1_PHONE_EXACT, score 99." in said
    )


def test_a_scout_without_a_high_link_is_not_paid_and_why_is_one_command_away(
    fleet: Fleet,
) -> None:
    with fleet.connect() as connection:
        connection.execute(
            "UPDATE canon.identity_links SET confidence_level = 'MEDIUM' WHERE source_pk = 'nora'"
        )
        connection.execute(
            "INSERT INTO canon.stale_people (consumer, person_key) VALUES ('views', %s)",
            (fleet.person_of(NORA),),
        )
        connection.commit()
        refresh(connection)
    said = payment(fleet, NORA, "cabinet_7d_1trips")
    assert "but nothing is payable: the scout is not proved" in said.splitlines()[0]
    assert "its link is MEDIUM" in said
    assert f"what would make it so: ./leads why {SCOUTING} nora" in said


def test_a_scout_who_came_too_late_inherits_nothing(still: Fleet) -> None:
    said = payment(still, ROSA, "1", "--scope", "scout")
    assert "but nothing is payable: no scout brought them." in said.splitlines()[0]
    assert (
        f"No scout: scout 9 signed them up by lead rosa-later of {SCOUTING} on 2026-10-20, more "
        "than 7 days after 2026-09-10." in said
    )


def test_scouts_who_claim_the_same_person_are_paid_neither(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        lead(connection, SCOUTING, "nora2", day(1), 13, driver_phone="978000001")
        connection.commit()
        resolve(connection)
        refresh(connection)
    said = payment(fleet, NORA, "cabinet_7d_1trips")
    assert "No scout: several scouts claim this person (rule C)" in said


def test_without_a_scouting_lead_the_credit_is_named(still: Fleet) -> None:
    said = payment(still, f"{PEDRO}1", "cabinet_7d_1trips")
    assert "No scout: the person is credited to cabinet (rule B)." in said


def test_a_number_of_both_scopes_means_the_partners_and_says_so(still: Fleet) -> None:
    said = payment(still, ROSA, "2")
    assert "Rule 2 of scout (cabinet_7d_5trips) applies as well: add --scope scout." in said
    assert "applies as well" not in payment(still, ROSA, "2", "--scope", "partner")
    assert "applies as well" not in payment(still, ROSA, "yango_14d_5trips")
    # Of migrations there is only a scout's.
    assert payment(still, "D-EVA", "4").startswith("100.00 PEN are payable")


def test_quarantine_is_the_reason_that_is_given(still: Fleet) -> None:
    said = payment(still, "D-ANA", "1")
    assert "pays nothing for person" in said.splitlines()[0]
    assert "an account is in quarantine" in said.splitlines()[0]
    assert "Quarantine: account D-ANA since " in said
    assert "park unknown" in said
    assert "an account is in quarantine" in still.ok("explain", "due", "D-ANA")
    assert "Quarantine: none of these accounts." in payment(still, ROSA, "1")


def test_a_rule_for_other_dates_or_origins_says_so(fleet: Fleet) -> None:
    add = ("add", "partner", "cabinet", "--window", "14", "--trips", "5", "--amount", "40")
    fleet.ok("rules", *add, "--from", "2026-09-01", "--reason", "new", "--yes")
    said = payment(fleet, ROSA, "2", "--scope", "partner")
    assert "is for lead dates 2024-01-01 to 2026-08-31, and theirs is 2026-09-10." in said
    assert "40.00 PEN are payable" in payment(fleet, ROSA, "yango_14d_5trips")
    # Of two with that number the one that applies.
    assert "Rule 2 of scout: 5 trips" in payment(fleet, ROSA, "2")
    assert "no lead of origin fleet_migration" in payment(fleet, ROSA, "4", "--scope", "scout")
    fleet.ok("rules", "withdraw", "4", "--scope", "partner", "--reason", "no", "--yes")
    assert "it was withdrawn" in payment(fleet, ROSA, "4", "--scope", "partner")


def test_a_person_may_be_named_by_any_account_or_by_a_key_that_was_merged_away(
    fleet: Fleet,
) -> None:
    keys = [fleet.person_of(f"D-BETO{number}") for number in (1, 2)]
    fleet.ok("identity", "same", "D-BETO1", "D-BETO2", "--reason", "one man", "--yes")
    fleet.ok("refresh")
    person = fleet.person_of("D-BETO1")
    for asked in ("D-BETO1", "D-BETO2", *map(str, keys)):
        assert f"person {person} " in payment(fleet, asked, "1").splitlines()[0]
        assert f"person {person}, account" in fleet.ok("explain", "due", asked).splitlines()[0]


def test_what_changed_since_is_told(fleet: Fleet) -> None:
    assert "Something of this person changed since" not in payment(fleet, NORA, "2")
    with fleet.connect() as connection:
        same = scouted("Nora Lipa Cutipa", "978000001", "Q48000001")
        lead(connection, SCOUTING, "nora-before", day(-3), 12, **same)
        connection.commit()
        resolve(connection)
    said = payment(fleet, NORA, "2")
    assert "Something of this person changed since: ./leads refresh" in said
    assert "3 trips from 2026-09-10" in said
    fleet.ok("refresh")
    assert "Something of this person changed since" not in payment(fleet, NORA, "2")
    assert "trips from 2026-09-07 to 2026-09-20" in payment(fleet, NORA, "2")


def test_due_is_expected_less_paid_for_each_milestone(still: Fleet) -> None:
    person = still.person_of(ROSA)
    said = still.ok("explain", "due", ROSA)
    assert said.splitlines()[0] == (
        f"100.00 PEN are due for person {person}, account {ROSA}: 160.00 expected for 25 trips in "
        "14 days from 2026-09-10, 60.00 paid."
    )
    assert table(said, "Milestones in 14 days") == [
        ["1", "partner 1", "2026-09-10", "25.00", "25.00", "0.00", "1"],
        ["5", "partner 2", "2026-09-13", "35.00", "35.00", "0.00", "2"],
        ["25", "partner 3", "2026-09-23", "100.00", "0.00", "100.00", ""],
        ["total", "", "", "160.00", "60.00", "100.00", ""],
    ]


def test_due_says_what_the_view_says(still: Fleet) -> None:
    rows = still.rows(
        "SELECT driver_id, amount_due_yango, expected_total_yango, total_paid_yango, lead_date,"
        " expected_amount_m5, paid_amount_m5 FROM ops.v_cabinet_financial_14d"
    )
    assert len(rows) > 4
    for driver_id, due, expected, paid, lead_date, expected_m5, paid_m5 in rows:
        said = still.ok("explain", "due", driver_id)
        first = said.splitlines()[0]
        assert first.startswith(f"{due:,.2f} PEN are due")
        assert f"account {driver_id}: {expected:,.2f} expected" in first
        assert f"from {lead_date}, {paid:,.2f} paid." in first
        row = cells(said.partition("Milestones")[2].partition("└")[0], "5")
        assert row[3:6] == [f"{one:,.2f}" for one in (expected_m5, paid_m5, expected_m5 - paid_m5)]


def test_payments_say_how_they_were_found_and_what_they_count_for(still: Fleet) -> None:
    paid = table(still.ok("explain", "due", ROSA), "Payments")
    assert [row[3] for row in paid] == ["by account", "by name, which nobody else has"]
    assert [row[6] for row in paid] == ["for 1", "for 5"]
    [unreached] = table(still.ok("explain", "due", NORA), "Payments")
    assert unreached[6] == "no, not reached"


def test_a_payment_by_a_name_that_two_have_is_shown_but_does_not_count(still: Fleet) -> None:
    said = still.ok("explain", "due", f"{PEDRO}1")
    assert "those below bear their name, but belong to nobody" in said
    [row] = table(said, "Payments")
    assert row[3] == "unclear: 2 people have that name"
    assert row[6] == "no"


def test_without_any_payment_it_says_so(fleet: Fleet) -> None:
    fleet.write("DELETE FROM module_ct_cabinet_payments")
    fleet.ok("refresh")
    said = fleet.ok("explain", "due", ROSA)
    assert "160.00 expected" in said
    assert "no payment row of this person says so for the milestone 1, 5, 25." in said


def test_a_payment_rule_shows_only_payments_of_its_milestone(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        pay(connection, "x", ROSA, 1, 5)
        connection.commit()
        refresh(connection)
    assert [row[0] for row in table(payment(fleet, ROSA, "1"), "Payments")] == ["1", "5"]
    assert [row[0] for row in table(payment(fleet, ROSA, "2"), "Payments")] == ["2", "5"]
    assert "for the milestone 25" in payment(fleet, ROSA, "3")
    assert "Payments" not in payment(fleet, ROSA, "1", "--scope", "scout")


def test_without_work_it_says_so(still: Fleet) -> None:
    said = still.ok("explain", "due", "D-CARO2")
    assert "No work was reported from 2026-09-10 to 2026-09-23 (14 days) for any account." in said


def test_without_leads_of_the_origin_nothing_is_due(fleet: Fleet) -> None:
    said = fleet.ok("explain", "due", "B-000")
    assert "they have no lead of origin cabinet" in said
    assert "Leads of that origin: none." in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("payment", "D-NONE", "1"), "Nobody is known as 'D-NONE': give a person key, or the"),
        (("due", "D-NONE"), "Nobody is known as 'D-NONE'"),
        (("due", "5f0d1a52-6c0e-5a43-9a77-3d1f2c8be9a4"), "Nobody is known as '5f0d1a52"),
        (("payment", ROSA, "99"), "To this person apply: partner 1 (yango_14d_1trips), partner 2"),
        (("payment", ROSA, "99"), "There are: partner 1, partner 2, partner 3, scout 1"),
        (("payment", ROSA, "migration_30d_50trips"), "There is no payment rule 'migration_30d_50"),
        (("payment", ROSA, "4", "--scope", "partner"), "There is no payment rule '4' of partner."),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    still: Fleet, words: tuple[str, ...], says: str
) -> None:
    assert says in still.refused("explain", *words)


def test_explaining_writes_nothing(still: Fleet) -> None:
    before = still.everything()
    payment(still, ROSA, "2")
    still.ok("explain", "due", ROSA)
    assert still.everything() == before


def test_it_speaks_spanish(still: Fleet) -> None:
    said = payment(still, ROSA, "2", "--language", "es")
    assert said.startswith("35.00 PEN son pagaderos desde 2026-09-27 por la persona")
    assert "alcanza 5" in said
    said = still.ok("explain", "due", NORA, LEADS_LANGUAGE="es")
    assert said.startswith("Se deben 25.00 PEN por la persona")
    assert "no, sin alcanzar" in said


def test_work_that_is_not_read_yet_is_not_shown(fleet: Fleet) -> None:
    with fleet.connect() as connection:
        work(connection, NORA, day(2), 9)
    assert "3 trips from" in payment(fleet, NORA, "2")
    fleet.ok("refresh")
    assert "12 trips from" in payment(fleet, NORA, "2")
