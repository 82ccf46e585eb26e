"""Which changes of payment rules are made, and which are refused."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from leads.statements import statement
from leads.views.rules_model import Change, Rule
from leads.views.rules_plan import RuleRefused, plan_add, plan_end, plan_withdraw

FIVE = Rule(
    rule_scope="partner",
    rule_id=2,
    origin_tag="cabinet",
    window_days=14,
    milestone_trips=5,
    amount=Decimal("35.00"),
    currency="PEN",
    valid_from=date(2024, 1, 1),
    valid_to=None,
    is_active=True,
    payable_offset_days=14,
)
OTHERS = (
    replace(FIVE, rule_id=1, milestone_trips=1),
    replace(FIVE, rule_scope="scout"),
    replace(FIVE, rule_id=8, window_days=7),
    replace(FIVE, rule_id=9, origin_tag="fleet_migration"),
)


def new(first: str, last: str | None = None, **terms: object) -> Rule:
    return replace(
        FIVE,
        rule_id=None,
        amount=Decimal("40.00"),
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None,
        **terms,  # type: ignore[arg-type]
    )


def written(first: str, last: str | None, number: int, **terms: object) -> Rule:
    return replace(new(first, last, **terms), rule_id=number)


def test_the_version_that_applied_ends_the_day_before() -> None:
    wanted = new("2026-12-01")
    assert plan_add([FIVE, *OTHERS], wanted, allow_gap=False) == (
        Change("end", FIVE, replace(FIVE, valid_to=date(2026, 11, 30))),
        Change("add", None, wanted),
    )


def test_a_version_that_ended_the_day_before_is_left_alone() -> None:
    before = replace(FIVE, valid_to=date(2026, 11, 30))
    wanted = new("2026-12-01")
    assert plan_add([before, *OTHERS], wanted, allow_gap=False) == (Change("add", None, wanted),)


@pytest.mark.parametrize(
    ("rules", "wanted", "says"),
    [
        pytest.param(
            [FIVE],
            new("2024-01-01"),
            "Rule 2 of partner (from 2024-01-01 on) begins that day already. If it is wrong, "
            "withdraw it first: ./leads rules withdraw 2 --scope partner.",
            id="the same first day",
        ),
        pytest.param(
            [replace(FIVE, valid_to=date(2025, 12, 31)), written("2026-06-01", None, 5)],
            new("2026-01-01"),
            "A new rule of partner (from 2026-01-01 on) would overlap rule 5 of partner (from "
            "2026-06-01 on): two would apply to lead dates from 2026-06-01 on. Let it end on "
            "2026-05-31 at the latest",
            id="a later version",
        ),
        pytest.param(
            [FIVE, written("2026-06-01", "2026-06-30", 5)],
            new("2026-05-01", "2026-06-10"),
            "two would apply to lead dates 2026-06-01 to 2026-06-10",
            id="the beginning of a later version",
        ),
        pytest.param(
            [replace(FIVE, valid_to=date(2026, 10, 31))],
            new("2026-12-01"),
            "Before a new rule of partner (from 2026-12-01 on) no rule would apply to lead dates "
            "2026-11-01 to 2026-11-30.",
            id="a gap before",
        ),
        pytest.param(
            [replace(FIVE, valid_to=date(2025, 12, 31)), written("2026-06-01", None, 5)],
            new("2026-01-01", "2026-04-30"),
            "Behind a new rule of partner (2026-01-01 to 2026-04-30) no rule would apply to lead "
            "dates 2026-05-01 to 2026-05-31.",
            id="a gap behind",
        ),
        pytest.param(
            [FIVE],
            new("2026-12-01", "2026-12-31"),
            "no rule would apply to lead dates from 2027-01-01 on. Choose dates without a gap, or "
            "say --allow-gap",
            id="what an open version covered behind",
        ),
        pytest.param(
            [replace(FIVE, valid_to=date(2026, 12, 31))],
            new("2026-06-01", "2026-06-30"),
            "no rule would apply to lead dates 2026-07-01 to 2026-12-31",
            id="what a version covered behind",
        ),
        pytest.param([], new("2026-12-02", "2026-12-01"), "cannot end before", id="backwards"),
    ],
)
def test_overlap_and_gap_are_refused_with_rule_and_dates(
    rules: list[Rule], wanted: Rule, says: str
) -> None:
    with pytest.raises(RuleRefused) as refused:
        plan_add([*rules, *OTHERS], wanted, allow_gap=False)
    assert says in str(refused.value)


def test_a_gap_may_be_meant() -> None:
    before = replace(FIVE, valid_to=date(2026, 10, 31))
    wanted = new("2026-12-01")
    assert plan_add([before], wanted, allow_gap=True) == (Change("add", None, wanted),)


def test_an_overlap_may_not_be_meant() -> None:
    with pytest.raises(RuleRefused, match="overlap"):
        plan_add([FIVE, written("2026-06-01", None, 5)], new("2026-05-01"), allow_gap=True)


def test_a_withdrawn_rule_of_that_day_is_used_again() -> None:
    withdrawn = written("2026-12-01", None, 5, is_active=False)
    wanted = new("2026-12-01")
    plan = plan_add([FIVE, withdrawn], wanted, allow_gap=False)
    assert plan[1] == Change("add", withdrawn, replace(wanted, rule_id=5))


def test_an_end_is_refused_before_its_beginning_or_twice_or_into_a_later_version() -> None:
    later = written("2026-06-01", None, 5)
    rules = [replace(FIVE, valid_to=date(2026, 5, 31)), later]
    for scope, number, last_on, says in (
        ("partner", 5, date(2026, 5, 31), "cannot end on 2026-05-31, before it begins"),
        ("partner", 2, date(2026, 5, 31), "ends on 2026-05-31 already"),
        ("partner", 2, date(2026, 6, 1), "would overlap rule 5 of partner"),
        ("partner", 2, date(2026, 5, 30), "no rule would apply to lead dates 2026-05-31 to"),
        ("partner", 7, date(2026, 5, 30), "There is no rule 7 of partner; there are: 2, 5."),
        ("scout", 2, date(2026, 5, 30), "There is no rule 2 of scout; there are: none."),
    ):
        with pytest.raises(RuleRefused) as refused:
            plan_end(rules, scope, number, last_on, allow_gap=False)
        assert says in str(refused.value)
    [change] = plan_end(rules, "partner", 2, date(2026, 4, 30), allow_gap=True)
    assert change == Change("end", rules[0], replace(FIVE, valid_to=date(2026, 4, 30)))


def test_the_last_version_may_end_without_another() -> None:
    [change] = plan_end([FIVE], "partner", 2, date(2026, 12, 31), allow_gap=False)
    assert change.after.valid_to == date(2026, 12, 31)


def test_withdrawing_is_refused_between_two_versions_and_twice() -> None:
    middle = written("2026-01-01", "2026-05-31", 5)
    rules = [replace(FIVE, valid_to=date(2025, 12, 31)), middle, written("2026-06-01", None, 6)]
    with pytest.raises(RuleRefused, match=r"Without rule 5 of partner .* 2026-01-01 to 2026-05-31"):
        plan_withdraw(rules, "partner", 5, allow_gap=False)
    [change] = plan_withdraw(rules, "partner", 5, allow_gap=True)
    assert change == Change("withdraw", middle, replace(middle, is_active=False))
    [change] = plan_withdraw(rules, "partner", 6, allow_gap=False)
    assert not change.after.is_active
    with pytest.raises(RuleRefused, match="was withdrawn already"):
        plan_withdraw([replace(middle, is_active=False)], "partner", 5, allow_gap=False)


def applied(rules: list[Rule], plan: tuple[Change, ...]) -> list[Rule]:
    """The rules once a plan is written."""
    after = [one for one in rules if one not in [change.before for change in plan]]
    numbers = itertools.count(100 + len(rules))
    return after + [
        change.after if change.after.rule_id else replace(change.after, rule_id=next(numbers))
        for change in plan
    ]


def covered(rules: list[Rule], day: date) -> int:
    return sum(one.is_active and one.valid_from <= day <= one.last_on for one in rules)


def any_plan(rng: random.Random, rules: list[Rule], days: list[date]) -> tuple[Change, ...]:
    """Some change of these rules, if it is not refused."""
    number = rng.choice([one.rule_id or 0 for one in rules] or [0])
    first, last = sorted(rng.sample(days, 2))
    kind = rng.choice(("add", "end", "withdraw"))
    if kind == "end":
        return plan_end(rules, "partner", number, last, allow_gap=False)
    if kind == "withdraw":
        return plan_withdraw(rules, "partner", number, allow_gap=False)
    wanted = new(str(first), str(last) if rng.random() < 0.7 else None)
    return plan_add(rules, wanted, allow_gap=False)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_changed_each_day_has_one_rule_from_the_first_to_the_last(seed: int) -> None:
    rng = random.Random(seed)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(40)]
    rules: list[Rule] = []
    done = 0
    for _ in range(30):
        try:
            rules = applied(rules, any_plan(rng, rules, days))
        except RuleRefused:
            continue
        done += 1
        counts = [covered(rules, day) for day in days]
        assert max(counts) <= 1
        assert "0" not in "".join(map(str, counts)).strip("0")
    assert done > 2


@pytest.mark.parametrize("name", ["insert_rule", "update_rule"])
def test_the_statements_of_both_scopes_differ_in_their_table_alone(name: str) -> None:
    partner, scout = (statement(f"views/rules/{scope}/{name}") for scope in ("partner", "scout"))
    assert partner.replace("ops.partner_", "ops.scout_") == scout
