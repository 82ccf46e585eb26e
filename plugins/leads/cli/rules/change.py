"""`./leads rules add`, `end`, `withdraw`: shown before it counts."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from leads.cli.identity_session import LanguageOption

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from leads.views.rules_model import Change, Rule


class Scope(str, Enum):
    """Who pays."""

    PARTNER = "partner"
    SCOUT = "scout"


class Origin(str, Enum):
    """Where the leads of a rule come from."""

    CABINET = "cabinet"
    FLEET_MIGRATION = "fleet_migration"


DAYS = ["%Y-%m-%d"]
_GAP = ["--allow-gap"]
NumberArgument = Annotated[int, typer.Argument(help="Number of the rule in its scope.")]
ScopeOption = Annotated[
    Scope, typer.Option("--scope", help="partner and scout rules are numbered apart.")
]
ByOption = Annotated[
    str | None,
    typer.Option("--by", help="Who decides; otherwise your user name.", show_default=False),
]
ReasonOption = Annotated[
    str | None,
    typer.Option(
        "--reason",
        help="Why, in your words; needed to write it. Everybody reads it: name no driver.",
        show_default=False,
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Write it without asking.")]
GapOption = Annotated[
    bool, typer.Option("--allow-gap", help="Let days be without a rule between two versions.")
]


def add(
    scope: Annotated[Scope, typer.Argument(help="Who pays: the partner, or we the scout.")],
    origin: Annotated[Origin, typer.Argument(help="Origin of the leads it applies to.")],
    window: Annotated[int, typer.Option("--window", min=1, help="Days from the lead date.")],
    trips: Annotated[int, typer.Option("--trips", min=1, help="Trips that reach the milestone.")],
    amount: Annotated[str, typer.Option("--amount", help="For this milestone alone, as 40.00.")],
    valid_from: Annotated[
        datetime, typer.Option("--from", formats=DAYS, help="First lead date it applies to.")
    ],
    valid_to: Annotated[
        datetime | None,
        typer.Option("--to", formats=DAYS, help="Last lead date, included; left out: open."),
    ] = None,
    offset: Annotated[
        int | None,
        typer.Option(
            "--offset",
            min=0,
            help="Days from the milestone to being payable; otherwise as the version before, else "
            "the window.",
            show_default=False,
        ),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(
            help="ISO 4217 code; otherwise as the version before, else PEN.", show_default=False
        ),
    ] = None,
    allow_gap: GapOption = False,
    by: ByOption = None,
    reason: ReasonOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Add a rule, or a new version of one: what applied until then ends the day before.

    What it would do to the payable and due totals is shown first; it is written only once you
    agree. Refused when two versions would overlap, or days be left without one.

    For example:

      ./leads rules add partner cabinet --window 14 --trips 5 --amount 40 --from 2026-12-01

      ./leads rules add scout cabinet --window 7 --trips 1 --amount 22 --from 2026-12-01
    """
    from dataclasses import replace

    from leads.cli.rules.propose import propose
    from leads.views.rules_model import Rule
    from leads.views.rules_plan import plan_add

    wanted = Rule(
        rule_scope=scope.value,
        rule_id=None,
        origin_tag=origin.value,
        window_days=window,
        milestone_trips=trips,
        amount=_amount(amount),
        currency=_currency(currency or "PEN"),
        valid_from=valid_from.date(),
        valid_to=_day(valid_to),
        is_active=True,
        payable_offset_days=window if offset is None else offset,
    )

    def make(rules: Sequence[Rule]) -> tuple[Change, ...]:
        earlier = [one for one in rules if one.is_version_of(wanted) and one.is_active]
        like = max(
            (one for one in earlier if one.valid_from < wanted.valid_from),
            key=lambda one: one.valid_from,
            default=wanted,
        )
        whole = replace(
            wanted,
            currency=wanted.currency if currency else like.currency,
            payable_offset_days=like.payable_offset_days if offset is None else offset,
        )
        return plan_add(rules, whole, allow_gap=allow_gap)

    words = ["add", scope.value, origin.value, "--window", str(window), "--trips", str(trips)]
    words += ["--amount", amount, "--from", str(wanted.valid_from)]
    words += ["--to", str(wanted.valid_to)] if valid_to else []
    words += ["--offset", str(offset)] if offset is not None else []
    words += ["--currency", wanted.currency] if currency else []
    words += _GAP if allow_gap else []
    propose(make, words, by=by, reason=reason, yes=yes, language=language)


def end(
    number: NumberArgument,
    scope: ScopeOption,
    on: Annotated[
        datetime, typer.Option("--on", formats=DAYS, help="Last lead date it applies to.")
    ],
    allow_gap: GapOption = False,
    by: ByOption = None,
    reason: ReasonOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Let a rule end: later lead dates are no longer paid by it.

    What it would do to the totals is shown first, and written only once you agree.

    For example:

      ./leads rules end 2 --scope partner --on 2026-12-31

      ./leads rules end 2 --scope partner --on 2026-12-31 --reason "contract ends" --yes
    """
    from leads.cli.rules.propose import propose
    from leads.views.rules_plan import plan_end

    def make(rules: Sequence[Rule]) -> tuple[Change, ...]:
        return plan_end(rules, scope.value, number, on.date(), allow_gap=allow_gap)

    words = ["end", str(number), "--scope", scope.value, "--on", str(on.date())]
    words += _GAP if allow_gap else []
    propose(make, words, by=by, reason=reason, yes=yes, language=language)


def withdraw(
    number: NumberArgument,
    scope: ScopeOption,
    allow_gap: GapOption = False,
    by: ByOption = None,
    reason: ReasonOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Let a rule not count at all, as if it had never been: for one written by mistake.

    It stays listed as not active. What it would do to the totals is shown first, and written only
    once you agree.

    For example:

      ./leads rules withdraw 8 --scope scout

      ./leads rules withdraw 8 --scope scout --reason "wrong amount" --yes
    """
    from leads.cli.rules.propose import propose
    from leads.views.rules_plan import plan_withdraw

    def make(rules: Sequence[Rule]) -> tuple[Change, ...]:
        return plan_withdraw(rules, scope.value, number, allow_gap=allow_gap)

    words = ["withdraw", str(number), "--scope", scope.value, *(_GAP if allow_gap else [])]
    propose(make, words, by=by, reason=reason, yes=yes, language=language)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _amount(text: str) -> Decimal:
    from decimal import Decimal, InvalidOperation

    from leads.cli.errors import usage

    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    # The column holds ten digits and the cents.
    if not amount.is_finite() or not 0 <= amount < 10**10 or amount != round(amount, 2):
        raise usage(
            f"{text!r} is no amount: give one from 0 on, with two decimals at most, as 40.50."
        )
    return round(amount, 2)


def _currency(text: str) -> str:
    from leads.cli.errors import usage

    code = text.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise usage(f"{text!r} is no currency: give its ISO 4217 code, as PEN or USD.")
    return code
