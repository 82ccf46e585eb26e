"""What people decide about identities: checked, shown before it is written, written, applied.

A decision outlives every rebuild: it is a row of its own, and each run reckons with those that
stand. A preview does what the next run would do, twice: with the decision and without it, both
rolled back. The difference is what the decision changes; what waits for the next run anyway is
told apart from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row

from leads.attribution import run_attribution
from leads.errors import explain
from leads.identity.explain import explain_lead, why_unknown
from leads.identity.explanation import Candidate
from leads.identity.previews import Outcome, Preview, difference
from leads.identity.proposals import DecisionRefused, Proposal, check_said
from leads.identity.resolution import DRIVERS, QUEUE, Resolution, run_resolution
from leads.identity.standing import read_decisions
from leads.jobs import set_limits, take_turn
from leads.sources import Registry
from leads.staging import Limits
from leads.statements import statement

DECISIONS = "canon.identity_decisions"

Result = TypeVar("Result")


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

    def _account_of(self, person_key: UUID, best: Candidate | None) -> str:
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
        if proposal.source_table is not None and proposal.source_pk is not None:
            self._check_lead(proposal.source_table, proposal.source_pk)
        check_said(proposal, read_decisions(self.connection, with_undone=False))

    def _check_account(self, driver_id: str) -> None:
        found = self.connection.execute(
            statement("identity/decisions/read_account"), {"driver_id": driver_id}
        ).fetchone()
        if found is None:
            raise DecisionRefused(
                f"Unknown account {driver_id!r}: give a driver_id of public.drivers, not a person "
                "key. An account that arrived since the last run is known after ./leads run."
            )

    def _check_lead(self, source_table: str, source_pk: str) -> None:
        binds = {"source_table": source_table, "source_pk": source_pk}
        if self.connection.execute(statement("identity/explain/read_lead"), binds).fetchone():
            return
        raise DecisionRefused(why_unknown(self.connection, self.registry, source_table, source_pk))

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
        return self._in_transaction(
            lambda: self._preview(proposal, read_at), subject=DRIVERS, force_rollback=True
        )

    def _preview(self, proposal: Proposal, read_at: datetime) -> Preview:
        connection = self.connection

        def run() -> Outcome:
            resolution = Resolution(
                connection, self.registry, self.home_park_id, read_at, None, self.limits
            )
            return Outcome(connection, resolution.run(), read_at)

        # In the order in which runs take their turns: attribution's first.
        self._take_turn("attribution/queue", QUEUE)
        with connection.transaction(force_rollback=True):
            without = run()
        with connection.transaction(force_rollback=True):
            self._write(proposal, "suppose_decision", decided_by="preview", decided_at=read_at)
            with_it = run()
        return difference(connection, without, with_it)

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
            LeadsError: it cannot be written.
        """

        def work() -> int:
            self._take_turn("identity/decisions/queue")
            self._check(proposal)
            return self._write(
                proposal,
                "insert_decision",
                decided_by=decided_by,
                decided_at=decided_at,
                reason=reason,
            )

        return self._in_transaction(work, subject=DECISIONS, force_rollback=False)

    def _in_transaction(
        self, work: Callable[[], Result], *, subject: str, force_rollback: bool
    ) -> Result:
        """Do it in one transaction, whose errors are told without the database's own text."""
        connection = self.connection
        role = connection.info.user
        try:
            with connection.transaction(force_rollback=force_rollback):
                # What others did is to be seen once it is our turn.
                connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
                set_limits(connection, self.limits, lock_seconds=self.limits.queue_seconds)
                return work()
        except psycopg.Error as error:
            failure = explain(error, subject, role, lock_seconds=self.limits.lock_seconds)
        # Not raised above: no chain leads to the database's own text.
        raise failure

    def _take_turn(self, *queues: str) -> None:
        busy = "Nothing was written: a run was still at work"
        binds = {"source_tables": list(self.registry.sources)}
        take_turn(self.connection, queues, binds, self.limits, busy=busy)

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
