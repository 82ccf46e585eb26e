"""Changes of payment rules: what each takes, and what is refused. Pure.

Rules of one scope, origin, window and milestone are versions of one another. Each lead date has at
most one; between two versions no day is without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from leads.errors import LeadsError
from leads.views.rules_model import Change, Rule, span

_DAY = timedelta(days=1)


class RuleRefused(LeadsError):
    """A change of rules that cannot be: it names the rule and the dates that stand against it."""


def plan_add(rules: Sequence[Rule], wanted: Rule, *, allow_gap: bool) -> tuple[Change, ...]:
    """A new version; the one that applies on its first day ends the day before.

    A withdrawn rule with the same first day is used again: there may be only one row of it.

    Args:
        rules: all rules, of all scopes.
        wanted: the new version, without a number.
        allow_gap: whether days may be left without a rule.

    Raises:
        RuleRefused: it would overlap a version that begins that day or later, or leave a gap.
    """
    if wanted.last_on < wanted.valid_from:
        raise RuleRefused(
            f"A rule that begins on {wanted.valid_from} cannot end before, on {wanted.valid_to}."
        )
    again = next(
        (one for one in rules if one.is_version_of(wanted) and one.valid_from == wanted.valid_from),
        None,
    )
    if again is not None and again.is_active:
        raise RuleRefused(
            f"{_capital(again.name)} begins that day already. If it is wrong, withdraw it first: "
            f"./leads rules withdraw {again.rule_id} --scope {again.rule_scope}."
        )
    prior, later = _neighbours(rules, wanted)
    _refuse_overlap(wanted, later)
    ended = prior is not None and prior.last_on >= wanted.valid_from
    if not allow_gap:
        # What the older version covered behind the new one's end is lost with it.
        until = prior.valid_to if prior is not None and ended else wanted.valid_to
        _refuse_gap(prior if not ended else None, wanted, later, until=until, was_covered=ended)
    changes = []
    if prior is not None and ended:
        changes.append(Change("end", prior, replace(prior, valid_to=wanted.valid_from - _DAY)))
    number = again.rule_id if again is not None else None
    changes.append(Change("add", again, replace(wanted, rule_id=number)))
    return tuple(changes)


def plan_end(
    rules: Sequence[Rule], scope: str, number: int, last_on: date, *, allow_gap: bool
) -> tuple[Change, ...]:
    """Another last day of a rule.

    Args:
        rules: all rules, of all scopes.
        scope: of the rule.
        number: of the rule.
        last_on: last lead date it is to apply to.
        allow_gap: whether days may be left without a rule.

    Raises:
        RuleRefused: there is no such rule that counts, or overlap or gap as in `plan_add`.
    """
    rule = _find(rules, scope, number)
    if last_on < rule.valid_from:
        raise RuleRefused(
            f"{_capital(rule.name)} cannot end on {last_on}, before it begins. If it is never to "
            f"count: ./leads rules withdraw {number} --scope {scope}."
        )
    if last_on == rule.valid_to:
        raise RuleRefused(f"{_capital(rule.name)} ends on {last_on} already.")
    after = replace(rule, valid_to=last_on)
    _, later = _neighbours(rules, rule)
    _refuse_overlap(after, later)
    if not allow_gap:
        _refuse_gap(None, after, later)
    return (Change("end", rule, after),)


def plan_withdraw(
    rules: Sequence[Rule], scope: str, number: int, *, allow_gap: bool
) -> tuple[Change, ...]:
    """A rule that no longer counts, for no lead date.

    Args:
        rules: all rules, of all scopes.
        scope: of the rule.
        number: of the rule.
        allow_gap: whether days may be left without a rule.

    Raises:
        RuleRefused: there is no such rule that counts, or it stands between two others.
    """
    rule = _find(rules, scope, number)
    prior, later = _neighbours(rules, rule)
    if prior is not None and later is not None and not allow_gap:
        raise _gap(rule, rule.valid_from, later.valid_from - _DAY, "Without")
    return (Change("withdraw", rule, replace(rule, is_active=False)),)


def _find(rules: Sequence[Rule], scope: str, number: int) -> Rule:
    of_scope = {one.rule_id: one for one in rules if one.rule_scope == scope}
    if number not in of_scope:
        known = ", ".join(str(one) for one in sorted(filter(None, of_scope))) or "none"
        raise RuleRefused(
            f"There is no rule {number} of {scope}; there are: {known}. ./leads rules lists them."
        )
    if not of_scope[number].is_active:
        raise RuleRefused(
            f"{_capital(of_scope[number].name)} was withdrawn already. ./leads rules history says "
            "when and why."
        )
    return of_scope[number]


def _neighbours(rules: Sequence[Rule], rule: Rule) -> tuple[Rule | None, Rule | None]:
    """The versions that count just before and just after, by their first days."""
    versions = sorted(
        (one for one in rules if one.is_active and one.is_version_of(rule)),
        key=lambda one: one.valid_from,
    )
    earlier = [one for one in versions if one.valid_from < rule.valid_from]
    later = [one for one in versions if one.valid_from > rule.valid_from]
    return (earlier[-1] if earlier else None), (later[0] if later else None)


def _refuse_overlap(wanted: Rule, later: Rule | None) -> None:
    if later is None or wanted.last_on < later.valid_from:
        return
    both = span(
        later.valid_from, min(filter(None, (wanted.valid_to, later.valid_to)), default=None)
    )
    raise RuleRefused(
        f"{_capital(wanted.name)} would overlap {later.name}: two would apply to lead dates "
        f"{both}. Let it end on {later.valid_from - _DAY} at the latest, or withdraw the other one "
        f"first: ./leads rules withdraw {later.rule_id} --scope {later.rule_scope}."
    )


def _refuse_gap(
    prior: Rule | None,
    wanted: Rule,
    later: Rule | None,
    *,
    until: date | None = None,
    was_covered: bool = False,
) -> None:
    """Refuse days without a rule before or behind a version.

    Args:
        prior: the version before, when it ends before.
        wanted: the version.
        later: the version behind.
        until: last day that was covered so far; None for no end.
        was_covered: whether it replaces a version that went that far.
    """
    if prior is not None and prior.last_on + _DAY < wanted.valid_from:
        raise _gap(wanted, prior.last_on + _DAY, wanted.valid_from - _DAY, "Before")
    if wanted.valid_to is None or wanted.valid_to == date.max:
        return
    first = wanted.valid_to + _DAY
    if later is not None:
        if first < later.valid_from:
            raise _gap(wanted, first, later.valid_from - _DAY, "Behind")
    elif was_covered and (until or date.max) >= first:
        raise _gap(wanted, first, until, "Behind")


def _gap(rule: Rule, first: date, last: date | None, where: str) -> RuleRefused:
    return RuleRefused(
        f"{where} {rule.name} no rule would apply to lead dates {span(first, last)}. Choose dates "
        "without a gap, or say --allow-gap if that is meant, or if another rule follows for them."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
