"""What somebody may say about identities, and whether it agrees with what was said before."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leads.errors import LeadsError
from leads.identity.standing import Decision


class DecisionRefused(LeadsError):
    """A decision that cannot be: it names what does not exist, or contradicts one that stands."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision that somebody may make.

    Attributes:
        decision: same, different, confirm, ignore or undo.
        driver_a: first account of same or different; the account of a lead to confirm.
        driver_b: second account of same or different.
        source_table: source of the lead of confirm or ignore.
        source_pk: key of that lead.
        undoes: number of the decision to withdraw.
    """

    decision: str
    driver_a: str | None = None
    driver_b: str | None = None
    source_table: str | None = None
    source_pk: str | None = None
    undoes: int | None = None


def check_said(proposal: Proposal, standing: Iterable[Decision]) -> None:
    """Refuse what was said already, and what contradicts it.

    Args:
        proposal: same, different, confirm or ignore.
        standing: the decisions that hold.

    Raises:
        DecisionRefused: the message names the decisions, and how to withdraw them.
    """
    if proposal.decision in ("same", "different"):
        _check_pair(proposal, standing)
    else:
        _check_word(proposal, standing)


def _check_pair(proposal: Proposal, standing: Iterable[Decision]) -> None:
    """Refuse a pair that is one account, was decided on, or follows otherwise from other pairs."""
    a, b = proposal.driver_a or "", proposal.driver_b or ""
    if a == b:
        raise DecisionRefused(f"{a!r} twice: name two different accounts.")
    ties: defaultdict[str, dict[str, int]] = defaultdict(dict)
    denials: list[Decision] = []
    for one in standing:
        if one.decision not in ("same", "different") or not one.driver_a or not one.driver_b:
            continue
        if {one.driver_a, one.driver_b} == {a, b}:
            raise _refusal(one, is_so=one.decision == proposal.decision)
        if one.decision == "same":
            ties[one.driver_a][one.driver_b] = one.number
            ties[one.driver_b][one.driver_a] = one.number
        else:
            denials.append(one)
    if proposal.decision == "different":
        if chain := _chain(ties, a, b):
            raise _follows(chain, f"make {a} and {b} one person")
        return
    ties[a][b] = ties[b][a] = 0  # as if it were said
    for denial in denials:
        chain = _chain(ties, denial.driver_a or "", denial.driver_b or "")
        if 0 in chain:
            others = [number for number in chain if number]
            raise _follows([denial.number, *others], f"make {a} and {b} two persons")


def _chain(ties: dict[str, dict[str, int]], start: str, end: str) -> list[int]:
    """Numbers of the decisions by which two accounts are one person; empty when they are not."""
    came: dict[str, tuple[str, int]] = {start: ("", 0)}
    waiting = deque([start])
    while waiting and end not in came:
        here = waiting.popleft()
        for other, number in ties.get(here, {}).items():
            if other not in came:
                came[other] = (here, number)
                waiting.append(other)
    if end not in came:
        return []
    chain, here = [], end
    while here != start:
        here, number = came[here]
        chain.append(number)
    return chain


def _check_word(proposal: Proposal, standing: Iterable[Decision]) -> None:
    """Refuse a word about a lead that somebody has said something about."""
    lead = (proposal.source_table, proposal.source_pk)
    for one in standing:
        if one.decision in ("confirm", "ignore") and (one.source_table, one.source_pk) == lead:
            is_so = (one.decision, one.driver_a) == (proposal.decision, proposal.driver_a)
            raise _refusal(one, is_so=is_so)


def _refusal(said: Decision, *, is_so: bool) -> DecisionRefused:
    """Why there is nothing more to say about the same lead or accounts."""
    if is_so:
        return DecisionRefused(
            f"Decision {said.number} says so already; there is nothing to write."
        )
    about = " and ".join(filter(None, (said.driver_a, said.driver_b)))
    if said.source_table is not None:
        whom = f" as account {said.driver_a}" if said.driver_a else ""
        about = f"{said.source_table} {said.source_pk}{whom}"
    return DecisionRefused(
        f"Decision {said.number} says the contrary ({said.decision} {about}). "
        f"{_withdraw(said.number)}"
    )


def _follows(numbers: Sequence[int], what: str) -> DecisionRefused:
    """Why a pair cannot be: what is said of other pairs makes it otherwise."""
    named = ", ".join(str(number) for number in numbers)
    return DecisionRefused(f"Decisions {named} together {what}. {_withdraw(numbers[0])}")


def _withdraw(number: int) -> str:
    return f"Withdraw what no longer holds: ./leads identity undo {number}"
