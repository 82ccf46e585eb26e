"""Bring the conversion, payment and financial views up to date, over the people who changed.

One transaction of `include/sql/views/`, in which readers go on with the figures of the last one:

1. *work*, *payments*: what the raw tables say that they did not say before;
2. *people*: whom that touches, and whom links, credits, accounts, rules and quarantine touch;
3. *figures*: their rows as they are to be, and only what differs is written;
4. *checks*: what the figures claim, over the touched people; one that fails takes all back.

The whole is the same with everybody touched: there is one definition of each figure.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection, sql
from psycopg.rows import dict_row

from leads import runs
from leads.errors import LeadsError
from leads.jobs import run_job, take_turn
from leads.sources import Registry
from leads.staging import Limits
from leads.statements import statement
from leads.views import payments, work
from leads.views.checks import ChecksFailed, Result, keep_results, run_checks
from leads.views.raw_reads import naming
from leads.views.writing import expect_written
from leads.windows import UTC

DEFAULT_LIMITS = Limits()

_JOB = "view_refresh"
_HAS_PARAMETER_PRIVILEGES = 150000
#: From so many rows on, a temporary table needs statistics: sooner when its rows are picked by what
#: they hold, which the planner would take to leave next to none.
_LARGE = 2_000
_LARGE_AND_PICKED = 200
#: Figure -> table of its rows.
_FIGURES = {
    "conversion": "observational.conversion_metrics",
    "payment": "ops.payment_calculation",
    "financial": "ops.cabinet_financial_14d",
}
#: Statement -> temporary table that it makes.
_STEPS = {
    "leads": "person_leads",
    "work": "person_days",
    "reached": "reached_milestones",
    "wanted_conversion": "wanted_conversion",
}
_PICKED = frozenset(_STEPS.values())
_CLOSE = (
    "delete_published_rules",
    "insert_published_rules",
    "delete_published_quarantine",
    "insert_published_quarantine",
    "keep_totals",
    "close_state",
)
#: Temporary tables, and what of them others are joined by.
_JOINED_BY = {
    "touched": ("person_key",),
    "person_events": ("person_key",),
    "person_leads": ("person_key", "origin_tag", "lead_date"),
    "person_days": ("person_key", "origin_tag", "trips_so_far"),
    "reached_milestones": ("person_key", "origin_tag", "rule_id"),
    "wanted_conversion": ("person_key", "origin_tag", "lead_date"),
}


def run_refresh(
    connection: Connection[Any],
    registry: Registry,
    *,
    home_park_id: str,
    zone: ZoneInfo,
    limits: Limits = DEFAULT_LIMITS,
    full: bool = False,
    identity: runs.RunIdentity | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    dry_run: bool = False,
) -> dict[str, Any]:
    """Bring the three views up to date, with a row in the run ledger.

    Args:
        connection: idle session, not in autocommit; used for nothing else until the run ended.
        registry: the lead sources, whose loads are held off meanwhile.
        home_park_id: the fleet's own park; its account is a person's primary one.
        zone: of the day that totals are kept under.
        limits: how long to wait.
        full: whether everything is read and reckoned anew; the figures end the same.
        identity: the Airflow task instance, for the ledger.
        clock: the time of reading, aware.
        dry_run: do everything and roll it back.

    Returns:
        Flat counts: driver_days and payments that changed, people looked at, rows of each view
        inserted or updated (`written`) and deleted, checks, warnings, seconds, dry_run, full.

    Raises:
        ChecksFailed: a check would not hold; readers keep the figures of the last refresh.
        LeadsError: the run failed; likewise.
    """
    opened: list[int | None] = []

    def do(run_id: int | None) -> dict[str, Any]:
        opened.append(run_id)
        refresh = Refresh(connection, registry, home_park_id, clock(), run_id, zone, limits)
        stats = refresh.run(full=full)
        keep_results(connection, refresh.results, run_id, clock())
        return stats

    try:
        return run_job(
            connection,
            do,
            job_type=_JOB,
            subject=_JOB,
            limits=limits,
            identity=identity,
            dry_run=dry_run,
        )
    except ChecksFailed as failure:
        # The figures are taken back; what was wrong with them is kept.
        if not dry_run:
            with connection.transaction():
                keep_results(connection, failure.results, opened[0], clock())
        raise


class Refresh:
    """One refresh's work, in its transaction."""

    def __init__(
        self,
        connection: Connection[Any],
        registry: Registry,
        home_park_id: str,
        read_at: datetime,
        run_id: int | None,
        zone: ZoneInfo,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        """Prepare a refresh on a connection that is in its transaction.

        Args:
            connection: in a READ COMMITTED transaction.
            registry: the lead sources.
            home_park_id: the fleet's own park.
            read_at: time of reading, aware.
            run_id: ledger row; None in a dry run.
            zone: of the day that totals are kept under.
            limits: how long to wait.
        """
        self.connection = connection
        self.limits = limits
        self.results: list[Result] = []
        self.binds: dict[str, Any] = {
            "source_tables": list(registry.sources),
            "home_park_id": home_park_id,
            "read_at": read_at,
            "run_id": run_id,
            "today": read_at.astimezone(zone).date(),
        }

    def run(self, *, full: bool) -> dict[str, Any]:
        """All stages; returns the counts.

        Args:
            full: whether everything is read and reckoned anew.

        Raises:
            ChecksFailed: a check would not hold.
        """
        self.take_turn()
        is_first = bool(self.binds.pop("is_first"))
        has_moved = self.binds.pop("old_home_park_id") != self.binds["home_park_id"]
        stats: dict[str, Any] = {"full": full}
        with naming(self.connection, work.RAW_TABLE):
            stats["driver_days"] = work.read_work(self.connection, self.binds, full=full)
        with naming(self.connection, payments.RAW_TABLE):
            stats["payments"] = payments.read_payments(self.connection, self.binds, full=full)
        stats["people"] = self.touch(
            have_days_changed=bool(stats["driver_days"]),
            everyone=full or is_first or has_moved,
        )
        self.know()
        if stats["people"]:
            stats |= self.reckon(full=full)
        else:
            stats |= {f"{name}_{done}": 0 for name in _FIGURES for done in ("written", "deleted")}
        for name in _CLOSE:
            self.execute(f"state/{name}")
        self.results = run_checks(self.connection, "touched")
        if any(result.is_failed for result in self.results):
            raise ChecksFailed(
                self.results,
                consequence="Nothing was published: readers keep the last good figures.",
            )
        warned = sum(not result.is_passed for result in self.results)
        return stats | {"checks": len(self.results), "warnings": warned}

    def take_turn(self) -> None:
        """Wait for other runs and for loads; then nothing moves until the end."""
        take_turn(
            self.connection,
            ["views/state/queue"],
            self.binds,
            self.limits,
            busy=f"{_JOB}: another run, or a load, was still at work",
        )
        if self.connection.info.server_version >= _HAS_PARAMETER_PRIVILEGES:
            self.execute("state/write_plainly")
        with self.connection.cursor(row_factory=dict_row) as cursor:
            state = cursor.execute(statement("views/state/read_state")).fetchone()
        if state is None:
            raise LeadsError("ops.view_state is empty. Run ./leads migrate.")
        self.binds |= state

    def touch(self, *, have_days_changed: bool, everyone: bool) -> int:
        """Whose figures are to be reckoned anew, into `pg_temp.touched`; returns how many."""
        self.execute("people/create_touched")
        people = self.execute("people/take_stale")
        if have_days_changed:
            people += self.execute("people/touch_workers")
        for name in ("create_rules_now", "create_quarantine_now"):
            self.execute(f"people/{name}")
        for name in ("touch_paid", "touch_quarantined", "touch_ruled"):
            people += self.execute(f"people/{name}")
        if everyone:
            people += self.execute("people/take_everyone")
        self.analyze("touched", people)
        return people

    def know(self) -> None:
        """What is known of the touched people: their leads, and their rows as readers see them."""
        self.analyze("person_events", self.execute("people/person_events"))
        for name in _FIGURES:
            self.execute(f"people/published_{name}")
        self.execute("people/touched_days")

    def reckon(self, *, full: bool) -> dict[str, int]:
        """The figures of the touched people as they are to be; writes what differs."""
        self.binds["is_everything"] = full
        for name, made in _STEPS.items():
            self.analyze(made, self.execute(f"figures/{name}"))
        for name in ("quarantined", "wanted_payment", "wanted_financial"):
            self.execute(f"figures/{name}")
        if full:
            self.execute("figures/forget_totals")
        self.execute("figures/add_totals")
        counts: dict[str, int] = {}
        for name, table in _FIGURES.items():
            changed, deleted, updated, inserted = (
                self.execute(f"figures/{done}_{name}")
                for done in ("changed", "delete", "update", "insert")
            )
            expect_written(table, changed, deleted + updated + inserted)
            counts |= {f"{name}_written": updated + inserted, f"{name}_deleted": deleted}
        return counts

    def execute(self, name: str) -> int:
        """Run `include/sql/views/<name>.sql`; returns how many rows it touched."""
        return self.connection.execute(statement(f"views/{name}"), self.binds).rowcount

    def analyze(self, table: str, rows: int) -> None:
        """Statistics of a large temporary table: what the planner takes a new one for is small."""
        if rows > (_LARGE_AND_PICKED if table in _PICKED else _LARGE):
            columns = sql.SQL(", ").join(map(sql.Identifier, _JOINED_BY[table]))
            name = sql.Identifier("pg_temp", table)
            self.connection.execute(sql.SQL("ANALYZE {} ({})").format(name, columns))
