"""What people decide about identities: checked, shown before it is written, written, applied.

A decision outlives every rebuild: it is a row of its own, and each run reckons with those that
stand. A preview does what the next run would do, twice: with the decision and without it, both
rolled back. The difference is what the decision changes; what waits for the next run anyway is
told apart from it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection, errors
from psycopg.rows import dict_row

from leads.attribution import attribute, run_attribution
from leads.errors import LeadsError, PassingError
from leads.identity.explain import explain_lead
from leads.identity.resolution import Resolution, run_resolution
from leads.identity.standing import Decision, read_decisions
from leads.sources import Registry
from leads.staging import Limits
from leads.statements import statement

DRIVERS = "drivers"


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


@dataclass(frozen=True, slots=True)
class Standing:
    """Whom an account or a lead belongs to.

    Attributes:
        person_key: the person; None for nobody.
        match_rule: why; None for nobody.
        confidence_level: how sure; None for nobody.
        reason_code: why nobody; None for somebody.
    """

    person_key: UUID | None = None
    match_rule: str | None = None
    confidence_level: str | None = None
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited with a person; all None when the ledger has no row.

    Attributes:
        attributed_source: channel.
        attributed_scout_id: scout.
        attribution_rule: rule.
        decision_status: assigned, unassigned or conflict.
    """

    attributed_source: str | None = None
    attributed_scout_id: int | None = None
    attribution_rule: str | None = None
    decision_status: str | None = None


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A lead, or an account (source_table drivers), that changes hands, rule or level."""

    source_table: str
    source_pk: str
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person key that gives way to another one, or comes forth from it.

    Attributes:
        is_merge: True when person_key gives way to other_key; False when it splits off it.
        person_key: the key that ends or begins.
        other_key: the key that takes its accounts, or had them.
    """

    is_merge: bool
    person_key: UUID
    other_key: UUID | None


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """A person whose credit changes."""

    person_key: UUID
    before: Credit
    after: Credit


@dataclass(frozen=True, slots=True)
class Preview:
    """What a decision would change, against the next run without it.

    Attributes:
        people: merges and splits, in the order of their keys.
        links: leads and accounts, in the order of source and key.
        ledger: credits, in the order of the person key.
        waiting_accounts: changed accounts that the next run, or writing this, takes in as well.
        waiting_leads: leads that it judges for their sake.
    """

    people: tuple[PersonChange, ...]
    links: tuple[LinkChange, ...]
    ledger: tuple[LedgerChange, ...]
    waiting_accounts: int
    waiting_leads: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change now."""
        return not (self.people or self.links or self.ledger)


class Decisions:
    """The decisions of one warehouse, for one command."""

    def __init__(
        self,
        connection: Connection[Any],
        registry: Registry,
        *,
        home_park_id: str,
        limits: Limits,
    ) -> None:
        """Prepare.

        Args:
            connection: idle session, not in autocommit.
            registry: the lead sources.
            home_park_id: the fleet's own park.
            limits: how long to wait for runs that are at work.
        """
        self.connection = connection
        self.registry = registry
        self.home_park_id = home_park_id
        self.limits = limits

    def completed(self, proposal: Proposal, person_key: UUID | None = None) -> Proposal:
        """Give a lead to confirm its account: one of the person's, or the best candidate's.

        Args:
            proposal: any; only confirm without an account changes.
            person_key: the current person whom the lead belongs to; None for the best candidate.

        Raises:
            LeadsError: there is no such lead, or nobody whom it could be.
        """
        if proposal.decision != "confirm" or proposal.driver_a is not None:
            return proposal
        found = explain_lead(
            self.connection,
            self.registry,
            proposal.source_table or "",
            proposal.source_pk or "",
            home_park_id=self.home_park_id,
        )
        if person_key is not None:
            return replace(proposal, driver_a=self._account_of(person_key, found.best))
        if found.best is not None:
            return replace(proposal, driver_a=found.best.driver_id)
        if found.named_driver_id is not None:
            return replace(proposal, driver_a=found.named_driver_id)
        raise DecisionRefused(
            f"{found.source_table} {found.source_pk} has no candidate to confirm. Name the account "
            "with --driver ID, or the person with --person KEY."
        )

    def _account_of(self, person_key: UUID, best: Any) -> str:
        """The account of a person by which a lead is confirmed: the anchor, or what agrees best."""
        if best is not None and best.person_key == person_key:
            return str(best.driver_id)
        with self.connection.transaction(), self.connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(
                statement("identity/person/read_accounts"), {"person_key": person_key}
            ).fetchall()
        if not rows:
            raise DecisionRefused(
                f"Nobody has the key {person_key}. See ./leads person {person_key}."
            )
        return str(rows[0]["driver_id"])

    def check(self, proposal: Proposal) -> None:
        """Refuse what cannot be.

        Raises:
            DecisionRefused: an account, lead or decision does not exist; it says already what is
                to be said; or a standing decision contradicts it. The message names the number.
        """
        with self.connection.transaction():
            self._check(proposal)

    def _check(self, proposal: Proposal) -> None:
        if proposal.undoes is not None:
            self._check_undo(proposal.undoes)
            return
        for driver_id in (proposal.driver_a, proposal.driver_b):
            if driver_id is not None:
                self._check_account(driver_id)
        standing = read_decisions(self.connection, with_undone=False)
        if proposal.decision in ("same", "different"):
            _check_pair(proposal, standing)
        else:
            self._check_lead(proposal)
            _check_word(proposal, standing)

    def _check_account(self, driver_id: str) -> None:
        found = self.connection.execute(
            statement("identity/decisions/read_account"), {"driver_id": driver_id}
        ).fetchone()
        if found is None:
            raise DecisionRefused(
                f"Unknown account {driver_id!r}: give a driver_id of public.drivers, not a person "
                "key. An account that arrived since the last run is known after ./leads run."
            )

    def _check_lead(self, proposal: Proposal) -> None:
        binds = {"source_table": proposal.source_table, "source_pk": proposal.source_pk}
        if self.connection.execute(statement("identity/explain/read_lead"), binds).fetchone():
            return
        if proposal.source_table not in self.registry.sources:
            known = ", ".join(self.registry.sources)
            raise DecisionRefused(f"Unknown source {proposal.source_table!r}. Known: {known}.")
        raise DecisionRefused(
            f"{proposal.source_table} has no lead {proposal.source_pk!r}. Keys are those of the "
            "column source_pk in observational.lead_events."
        )

    def _check_undo(self, number: int) -> None:
        found = read_decisions(self.connection, numbers=[number])
        if not found:
            raise DecisionRefused(
                f"There is no decision {number}. ./leads identity decisions lists them."
            )
        if found[0].undone_at is not None:
            raise DecisionRefused(
                f"Decision {number} was withdrawn already, at {found[0].undone_at:%Y-%m-%d %H:%M} "
                f"UTC by {found[0].undone_by or 'somebody'}. To make it again, say so anew."
            )

    def preview(self, proposal: Proposal, *, read_at: datetime) -> Preview:
        """Do what the next run would do with the decision and without it, and keep nothing.

        Args:
            proposal: checked and completed.
            read_at: time of reading, aware.

        Raises:
            PassingError: runs were at work for longer than the limits allow.
            LeadsError: it cannot be worked out.
        """
        try:
            with self._turn(force_rollback=True):
                return self._preview(proposal, read_at)
        except errors.LockNotAvailable:
            pass
        # Not raised above: no chain leads to the database's own text.
        raise _busy(self.limits)

    def _preview(self, proposal: Proposal, read_at: datetime) -> Preview:
        connection = self.connection
        # In the order in which runs take their turns: attribution's first.
        connection.execute(statement("attribution/queue"))
        resolution = Resolution(connection, self.registry, self.home_park_id, read_at, None)
        resolution.execute("state/queue")
        with connection.transaction(force_rollback=True):
            without = _Outcome(connection, resolution.run(), read_at)
        with connection.transaction(force_rollback=True):
            self._write(proposal, "suppose_decision", decided_by="preview", decided_at=read_at)
            with_it = _Outcome(
                connection,
                Resolution(connection, self.registry, self.home_park_id, read_at, None).run(),
                read_at,
            )
        return _difference(connection, without, with_it)

    def write(
        self, proposal: Proposal, *, decided_by: str, reason: str, decided_at: datetime
    ) -> int:
        """Write a decision; the next run reckons with it.

        Args:
            proposal: completed; it is checked once more.
            decided_by: who.
            reason: why.
            decided_at: when, aware.

        Returns:
            The decision's number.

        Raises:
            DecisionRefused: it cannot be, by now.
            PassingError: a run was at work for longer than the limits allow.
        """
        try:
            with self._turn(force_rollback=False):
                self.connection.execute(statement("identity/decisions/queue"))
                self._check(proposal)
                return self._write(
                    proposal,
                    "insert_decision",
                    decided_by=decided_by,
                    decided_at=decided_at,
                    reason=reason,
                )
        except errors.LockNotAvailable:
            pass
        raise _busy(self.limits)

    @contextmanager
    def _turn(self, *, force_rollback: bool) -> Iterator[None]:
        """A transaction that waits for other runs, but not for ever."""
        with self.connection.transaction(force_rollback=force_rollback):
            # What others did is to be seen once it is our turn.
            self.connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            self.connection.execute(
                statement("load/set_limits"),
                {
                    "lock_timeout": f"{int(self.limits.queue_seconds * 1000)}ms",
                    "idle_timeout": f"{int(self.limits.idle_seconds * 1000)}ms",
                },
            )
            yield

    def _write(
        self,
        proposal: Proposal,
        how: str,
        *,
        decided_by: str,
        decided_at: datetime,
        reason: str | None = None,
    ) -> int:
        binds = {
            "decision": proposal.decision,
            "driver_a": proposal.driver_a,
            "driver_b": proposal.driver_b,
            "source_table": proposal.source_table,
            "source_pk": proposal.source_pk,
            "decided_by": decided_by,
            "decided_at": decided_at,
            "reason": reason,
            "number": proposal.undoes,
        }
        if proposal.undoes is not None:
            self.connection.execute(statement("identity/decisions/undo_decision"), binds)
            return proposal.undoes
        written = self.connection.execute(statement(f"identity/decisions/{how}"), binds)
        row = written.fetchone() if written.description else None
        return int(row[0]) if row else 0

    def apply(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Run identity resolution and attribution, each with its row in the run ledger.

        Returns:
            The counts of both.

        Raises:
            LeadsError: one failed; the decision stands, and the next run reckons with it.
        """
        resolved = run_resolution(
            self.connection, self.registry, home_park_id=self.home_park_id, limits=self.limits
        )
        return resolved, run_attribution(self.connection, limits=self.limits)


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
            raise _contradiction(proposal, one.decision, [one.number])
        if one.decision == "same":
            ties[one.driver_a][one.driver_b] = one.number
            ties[one.driver_b][one.driver_a] = one.number
        else:
            denials.append(one)
    if proposal.decision == "different":
        if chain := _chain(ties, a, b):
            raise _contradiction(proposal, "same", chain)
        return
    ties[a][b] = ties[b][a] = 0  # as if it were said
    for denial in denials:
        chain = _chain(ties, denial.driver_a or "", denial.driver_b or "")
        if 0 in chain:
            others = [number for number in chain if number]
            raise _contradiction(proposal, "different", [denial.number, *others])


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
        if one.decision not in ("confirm", "ignore") or (one.source_table, one.source_pk) != lead:
            continue
        raise _contradiction(
            proposal,
            "as proposed"
            if (one.decision, one.driver_a) != (proposal.decision, proposal.driver_a)
            else proposal.decision,
            [one.number],
            one,
        )


def _contradiction(
    proposal: Proposal, said: str, numbers: Sequence[int], word: Decision | None = None
) -> DecisionRefused:
    named = ", ".join(str(number) for number in numbers)
    subject = f"Decision {named}" if len(numbers) == 1 else f"Decisions {named} together"
    says = "says" if len(numbers) == 1 else "say"
    if said == proposal.decision:
        return DecisionRefused(f"{subject} {says} so already; there is nothing to write.")
    if word is not None:
        whom = f" as account {word.driver_a}" if word.driver_a else ""
        claim = f"{word.decision} {word.source_table} {word.source_pk}{whom}"
    else:
        claim = f"{said} " + " and ".join(filter(None, (proposal.driver_a, proposal.driver_b)))
        if len(numbers) > 1:
            claim = "otherwise"
    return DecisionRefused(
        f"{subject} {says} the contrary ({claim}). Withdraw what no longer holds: "
        f"./leads identity undo {numbers[0]}"
    )


def _busy(limits: Limits) -> PassingError:
    return PassingError(
        f"A run was at work for longer than {limits.queue_seconds:.0f} s, and nothing was written. "
        "See ./leads status for what runs; then repeat the command."
    )


class _Outcome:
    """What a run in this transaction did, read before it is rolled back."""

    def __init__(self, connection: Connection[Any], stats: dict[str, Any], read_at: datetime):
        self.accounts: int = stats["accounts"]
        self.leads: int = stats["leads"]
        self.links: dict[tuple[str, str], Standing] = {}
        attribute(connection, full=False, read_at=read_at)
        # A run without news ends before it makes its tables.
        is_idle = connection.execute("SELECT to_regclass('pg_temp.link_news') IS NULL").fetchone()
        if is_idle and is_idle[0]:
            people = connection.execute("SELECT person_key FROM pg_temp.touched")
        else:
            for source_table, source_pk, *standing in connection.execute(
                statement("identity/decisions/read_outcome")
            ):
                self.links[source_table, source_pk] = Standing(*standing)
            people = connection.execute(statement("identity/decisions/affected_keys"))
        keys = [row[0] for row in people]
        self.is_current, self.credits = _read_people(connection, keys)


def _read_people(
    connection: Connection[Any], keys: Sequence[UUID]
) -> tuple[dict[UUID, bool], dict[UUID, Credit]]:
    rows = connection.execute(
        statement("identity/decisions/read_people"), {"people": list(keys)}
    ).fetchall()
    return {row[0]: row[1] for row in rows}, {row[0]: Credit(*row[2:]) for row in rows}


def _difference(connection: Connection[Any], without: _Outcome, with_it: _Outcome) -> Preview:
    """What the second outcome has other than the first; what neither touched is as it stands."""
    keys = sorted(without.links.keys() | with_it.links.keys())
    standing = {
        (row[0], row[1]): Standing(*row[2:])
        for row in connection.execute(
            statement("identity/decisions/read_standing"),
            {"sources": [key[0] for key in keys], "pks": [key[1] for key in keys]},
        )
    }
    links = []
    for key in keys:
        before, after = (one.links.get(key, standing[key]) for one in (without, with_it))
        if before != after:
            links.append(LinkChange(*key, before, after))
    people = sorted(without.credits.keys() | with_it.credits.keys())
    is_current, credited = _read_people(connection, people)
    ledger, moves = [], []
    for person_key in people:
        was, will = (
            one.is_current.get(person_key, is_current[person_key]) for one in (without, with_it)
        )
        if was != will:
            moves.append(PersonChange(was, person_key, _other(person_key, links, is_merge=was)))
        before_credit, after_credit = (
            one.credits.get(person_key, credited[person_key]) for one in (without, with_it)
        )
        if before_credit != after_credit:
            ledger.append(LedgerChange(person_key, before_credit, after_credit))
    return Preview(tuple(moves), tuple(links), tuple(ledger), without.accounts, without.leads)


def _other(person_key: UUID, links: Iterable[LinkChange], *, is_merge: bool) -> UUID | None:
    """The person that takes a key's accounts, or had them."""
    for link in links:
        if link.source_table != DRIVERS:
            continue
        if is_merge and link.before.person_key == person_key:
            return link.after.person_key
        if not is_merge and link.after.person_key == person_key:
            return link.before.person_key
    return None
