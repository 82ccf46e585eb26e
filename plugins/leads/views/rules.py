"""The payment rules of one warehouse: read, previewed and changed.

A preview does what the next refresh would do, twice: with the change and without it, both rolled
back. The difference is what the change does to the totals that readers see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from psycopg import Connection, Error, IsolationLevel
from psycopg.rows import class_row, dict_row

from leads.errors import explain
from leads.jobs import isolated, set_limits, take_turn
from leads.sources import Registry
from leads.staging import Limits
from leads.statements import statement
from leads.views.refresh import Refresh, run_refresh
from leads.views.rules_model import Change, PastChange, Rule, Total, TotalChange
from leads.views.rules_plan import RuleRefused

_RULES = "ops.payment_rules"
#: Number of a rule that is only tried out.
_TRIED = -1

Result = TypeVar("Result")

Totals = dict[tuple[str, str], Total]


def read_rules(connection: Connection[Any]) -> list[Rule]:
    """All payment rules, withdrawn ones included, the newest last."""
    with connection.cursor(row_factory=class_row(Rule)) as cursor:
        return cursor.execute(statement("views/rules/read_rules")).fetchall()


def read_changes(connection: Connection[Any]) -> list[PastChange]:
    """All changes of payment rules, the newest last."""
    with connection.cursor(row_factory=class_row(PastChange)) as cursor:
        return cursor.execute(statement("views/rules/read_changes")).fetchall()


class RuleBook:
    """The rules of one warehouse, for one command."""

    def __init__(
        self,
        connection: Connection[Any],
        registry: Registry,
        *,
        home_park_id: str,
        zone: ZoneInfo,
        limits: Limits,
    ) -> None:
        """Prepare.

        Args:
            connection: idle session, not in autocommit.
            registry: the lead sources.
            home_park_id: the fleet's own park.
            zone: of the day that totals are kept under.
            limits: how long to wait for runs that are at work.
        """
        self.connection = connection
        self.registry = registry
        self.home_park_id = home_park_id
        self.zone = zone
        self.limits = limits

    def rules(self) -> list[Rule]:
        """All of them, the newest last."""
        with self.connection.transaction():
            return read_rules(self.connection)

    def preview(self, plan: Sequence[Change], *, read_at: datetime) -> list[TotalChange]:
        """Refresh with the change and without it, and keep nothing.

        Args:
            plan: of `leads.views.rules_plan`.
            read_at: time of reading, aware.

        Returns:
            The totals that differ, by figure and currency.

        Raises:
            ChecksFailed: figures would not hold what they claim.
            PassingError: runs were at work for longer than the limits allow.
        """

        def work() -> tuple[Totals, Totals]:
            # Held to the end: nothing else moves between the two.
            self._refresh(read_at).take_turn()
            return self._totals((), read_at), self._totals(plan, read_at)

        before, after = self._in_transaction(work, force_rollback=True)
        nothing = Total()
        return [
            TotalChange(*key, before.get(key, nothing), after.get(key, nothing))
            for key in sorted(before.keys() | after.keys())
            if before.get(key, nothing) != after.get(key, nothing)
        ]

    def write(
        self,
        make: Callable[[Sequence[Rule]], tuple[Change, ...]],
        shown: Sequence[Change],
        *,
        by: str,
        reason: str,
        at: datetime,
    ) -> list[int]:
        """Write a change with its history, in one transaction; the next refresh reckons with it.

        Args:
            make: plans it, from the rules as they are by now.
            shown: the plan that was agreed to.
            by: who.
            reason: why.
            at: when, aware.

        Returns:
            The number of each rule of the plan.

        Raises:
            RuleRefused: it cannot be, or is no longer what was shown.
            PassingError: runs were at work for longer than the limits allow.
        """

        def work() -> list[int]:
            busy = "Nothing was written: a run was still at work"
            take_turn(self.connection, ["views/rules/queue"], {}, self.limits, busy=busy)
            plan = make(read_rules(self.connection))
            if plan != tuple(shown):
                raise RuleRefused(
                    "Somebody changed these rules meanwhile, so nothing was written. Repeat the "
                    "command to see what it would do now."
                )
            return [self._write(change, by, reason, at) for change in plan]

        return self._in_transaction(work, force_rollback=False)

    def apply(self) -> dict[str, Any]:
        """Refresh the views, with a row in the run ledger; returns the counts.

        Raises:
            LeadsError: the refresh failed; the rules stand, and the next one reckons with them.
        """
        return run_refresh(
            self.connection,
            self.registry,
            home_park_id=self.home_park_id,
            zone=self.zone,
            limits=self.limits,
        )

    def _totals(self, plan: Sequence[Change], read_at: datetime) -> Totals:
        with self.connection.transaction(force_rollback=True):
            for change in plan:
                is_new = change.after.rule_id is None
                self._put(change, reason=None, number=_TRIED if is_new else None)
            self._refresh(read_at).run(full=False)
            rows = self.connection.execute(statement("views/rules/read_totals")).fetchall()
        return {
            (figure, currency): Total(count, amount) for figure, currency, count, amount in rows
        }

    def _refresh(self, read_at: datetime) -> Refresh:
        return Refresh(
            self.connection,
            self.registry,
            self.home_park_id,
            read_at,
            None,
            self.zone,
            self.limits,
        )

    def _put(
        self, change: Change, reason: str | None, *, number: int | None = None
    ) -> dict[str, Any]:
        """Write one rule; returns its number, and its row before and after."""
        how = "insert_rule" if change.before is None else "update_rule"
        notes = reason if change.action == "add" else None
        with self.connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(
                statement(f"views/rules/{change.after.rule_scope}/{how}"),
                asdict(change.after)
                | {"notes": notes}
                | ({} if number is None else {"rule_id": number}),
            ).fetchone()
        if row is None:
            raise RuleRefused(f"{change.after.name}: the rule is gone. ./leads rules lists them.")
        return row

    def _write(self, change: Change, by: str, reason: str, at: datetime) -> int:
        row = self._put(change, reason)
        binds = {
            "rule_scope": change.after.rule_scope,
            "rule_id": row["rule_id"],
            "action": change.action,
            # As text: JSON of Python would lose the cents' zeros.
            "before": row["before"],
            "after": row["after"],
            "changed_by": by,
            "reason": reason,
            "changed_at": at,
        }
        self.connection.execute(statement("views/rules/insert_change"), binds)
        return int(row["rule_id"])

    def _in_transaction(self, work: Callable[[], Result], *, force_rollback: bool) -> Result:
        """Do the work in a transaction that waits for other runs, but not for ever."""
        role = self.connection.info.user
        try:
            # What others did is to be seen once it is our turn.
            with (
                isolated(self.connection, IsolationLevel.READ_COMMITTED),
                self.connection.transaction(force_rollback=force_rollback),
            ):
                set_limits(self.connection, self.limits, lock_seconds=self.limits.queue_seconds)
                return work()
        except Error as error:
            failure = explain(error, _RULES, role, lock_seconds=self.limits.lock_seconds)
        # Not raised above: no chain leads to the database's own text.
        raise failure
