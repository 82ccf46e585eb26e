"""Resolve leads to people, in one transaction, over what changed since the last run.

The stages, each a folder of `include/sql/identity/`:

1. *normalise*: changed accounts and leads get comparable keys;
2. *people*: accounts that are one person are joined, touched components only;
3. *candidates*: leads whose evidence changed, and the people who share a key with them;
4. *score*: what agrees, in bits, and the posterior over all candidates and nobody;
5. *decide*: a person, or a reason why nobody;
6. *apply*: links, history, merges, the registry and `lead_events.person_key`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from psycopg import Connection, IsolationLevel, errors, sql
from psycopg.rows import dict_row

from leads import runs
from leads.errors import LeadsError, PassingError
from leads.identity.keys import create_lead_fields, name_new_accounts, read_odd_phones
from leads.identity.model import train
from leads.jobs import run_job
from leads.sources import Registry
from leads.staging import Limits
from leads.statements import statement
from leads.windows import UTC

if TYPE_CHECKING:
    from typing_extensions import LiteralString

#: Who reckons with people, and is told which ones changed.
CONSUMERS = ("attribution",)
DRIVERS = "public.drivers"
#: From so many changed rows on, the planner needs fresh statistics of the stored keys.
LARGE = 2_000
#: Up to so many rows, a temporary table needs none.
SMALL = 200

#: Columns of wide temporary tables that the planner must know: statistics of arrays and documents
#: cost more than the statements they are for.
JOINED_BY = {
    "account_news": ("account_id", "driver_id", "is_new"),
    "changed_accounts": ("account_id", "driver_id", "is_new"),
    "lead_news": ("event_id", "is_known"),
    "changed_name_keys": ("name_key",),
    "news_name_keys": ("name_key",),
    "comparisons": ("event_id", "account_id", "person_key"),
    "posteriors": ("event_id", "place"),
    "decided": ("event_id", "person_key", "source_table", "source_pk"),
    "link_news": ("source_table", "source_pk", "person_key", "is_known"),
}
#: The counts of a run that found nothing new.
NOTHING = ("accounts", "leads", "candidate_people", "linked", "relinked", "unlinked", "merges")

_PEOPLE = (
    "touched_keys",
    "dirty_accounts",
    "create_lost_edges",
    "delete_edges",
    "insert_edges",
    "decided_pairs",
    "decided_accounts",
    "touched_accounts",
    "create_ties",
    "create_members",
)
_JOIN = (
    "judge_components",
    "joined_accounts",
    "moved_accounts",
    "update_accounts",
    "changed_people",
)
#: Only accounts that moved make or undo a merge.
_MERGE = frozenset({"undo_merges", "insert_merges", "delete_ledger", "delete_registry"})
#: Only links that are there already change or end.
_KNOWN_LINKS = frozenset({"keep_history", "delete_links", "update_links"})
#: Without any row of these a run is over.
_NEWS = ("account_news", "lead_news", "departed", "new_decisions")
_APPLY = (
    "create_link_news",
    "affected_people",
    "upsert_registry",
    "keep_history",
    "delete_links",
    "update_links",
    "insert_links",
    "upsert_unmatched",
    "resolve_unmatched",
    "update_events",
    "undo_merges",
    "insert_merges",
    "delete_ledger",
    "delete_registry",
    "mark_stale",
    "mark_decisions",
)


def run_resolution(
    connection: Connection[Any],
    registry: Registry,
    *,
    home_park_id: str,
    limits: Limits | None = None,
    identity: runs.RunIdentity | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    dry_run: bool = False,
) -> dict[str, Any]:
    """Bring people and links up to date, with a row in the run ledger.

    Args:
        connection: idle session, not in autocommit.
        registry: the lead sources.
        home_park_id: the fleet's own park; its account wins a tie.
        limits: how long to wait.
        identity: the Airflow task instance, for the ledger.
        clock: the time of reading, aware.
        dry_run: do everything and roll it back.

    Returns:
        Flat counts: accounts and leads that were looked at, linked, relinked, unlinked, merges,
        `rule_<RULE>` and `unmatched_<REASON>` of the judged leads, model, seconds.

    Raises:
        LeadsError: it failed and changed nothing.
    """

    def work(run_id: int | None) -> dict[str, Any]:
        return Resolution(connection, registry, home_park_id, clock(), run_id).run()

    # What others did is to be seen once it is our turn, though the transaction began before.
    connection.isolation_level = IsolationLevel.READ_COMMITTED
    try:
        return run_job(
            connection,
            work,
            job_type="identity_run",
            subject=DRIVERS,
            limits=limits or Limits(),
            identity=identity,
            dry_run=dry_run,
        )
    finally:
        if not connection.closed:
            connection.isolation_level = None


class Resolution:
    """One run's work, in its transaction."""

    def __init__(
        self,
        connection: Connection[Any],
        registry: Registry,
        home_park_id: str,
        read_at: datetime,
        run_id: int | None,
    ) -> None:
        """Prepare a run on a connection that is in its transaction.

        Args:
            connection: in a READ COMMITTED transaction.
            registry: the lead sources.
            home_park_id: the fleet's own park.
            read_at: time of reading, aware.
            run_id: ledger row; None in a dry run.
        """
        self.connection = connection
        self.registry = registry
        self.is_scored = False
        self.sizes: dict[str, int] = {}
        self.have_accounts_news = True
        self.is_bare = False
        self.binds: dict[str, Any] = {
            "home_park_id": home_park_id,
            "read_at": read_at,
            "run_id": run_id,
            "source_tables": list(registry.sources),
            "consumers": list(CONSUMERS),
        }

    def run(self) -> dict[str, Any]:
        """All stages; returns the counts."""
        self.take_turn()
        self.normalise()
        if not any(self.sizes[name] for name in _NEWS):
            return dict.fromkeys(NOTHING, 0) | {"model": self.binds["model_version"]}
        self.join_people()
        self.find_candidates()
        model_version = self.binds["model_version"] or self.train()
        self.judge(model_version)
        merges = self.apply()
        stats = self.outcomes() | {"merges": merges, "model": model_version}
        if stats["accounts"] or stats["leads"]:
            self.execute("state/close_state")
        if stats["leads"]:
            self.execute("state/tell_loads")
        return stats

    def execute(self, name: str) -> int:
        """Run `include/sql/identity/<name>.sql`; returns how many rows it touched."""
        count = self.connection.execute(statement(f"identity/{name}"), self.binds).rowcount
        self.sizes[name.rpartition("/")[2].removeprefix("create_")] = count
        return count

    def take_turn(self) -> None:
        """Wait for other runs and for loads; then no event moves until the end."""
        try:
            self.execute("state/queue")
            has_turn = True
        except errors.LockNotAvailable:
            has_turn = False
        if not has_turn:  # not raised above: no chain leads to the database's own text
            raise PassingError(
                "identity_run: another run, or a load, was still at work when the wait allowed by "
                "LEADS_QUEUE_TIMEOUT_SECONDS ended. See ./leads status for what runs; then clear "
                "this task."
            )
        self.execute("state/set_statistics")
        self.binds["is_first_read"] = self.is_empty("canon", "drivers_index")
        self.binds["are_leads_new"] = self.is_empty("canon", "lead_keys")
        self.is_bare = self.binds["is_first_read"] and self.says("state/is_bare")
        with self.connection.cursor(row_factory=dict_row) as cursor:
            state = cursor.execute(statement("identity/state/read_state")).fetchone()
        if state is None:
            raise LeadsError("canon.identity_state is empty. Run ./leads migrate.")
        self.binds |= state
        if self.binds["is_first_read"]:  # whatever was read before is gone
            self.binds["drivers_age"] = None
        self.execute("state/new_decisions")

    def normalise(self) -> None:
        """Changed accounts and leads in comparable form."""
        self.execute("normalise/written_accounts")
        read_odd_phones(self.connection, "identity/normalise/odd_account_phones", self.binds)
        self.execute("normalise/account_news")
        self.have_accounts_news = bool(self.sizes["account_news"] or self.sizes["new_decisions"])
        if self.have_accounts_news:
            self.normalise_accounts()
        else:
            self.connection.execute(statement("identity/people/create_nothing"))
        create_lead_fields(self.connection, self.registry)
        read_odd_phones(self.connection, "identity/normalise/odd_lead_phones", self.binds)
        self.execute("normalise/lead_news")
        self.connection.execute("DROP VIEW lead_fields")
        self.execute("normalise/news_name_keys")
        self.analyze("lead_news", "news_name_keys")
        self.execute("normalise/move_decisions")
        self.execute("normalise/upsert_lead_keys")
        if not self.binds["are_leads_new"]:
            self.execute("normalise/delete_lead_name_keys")
        self.execute("normalise/insert_lead_name_keys")
        self.execute("normalise/create_departed")
        self.execute("normalise/departed")
        self.analyze_stored()

    def normalise_accounts(self) -> None:
        """Changed accounts in comparable form."""
        for name in ("changed_accounts", "changed_name_keys"):
            self.execute(f"normalise/{name}")
        self.analyze("account_news", "changed_accounts", "changed_name_keys")
        name_new_accounts(self.connection)
        self.execute("normalise/insert_accounts")
        if not self.binds["is_first_read"]:
            self.execute("normalise/update_accounts")
            self.execute("normalise/delete_account_name_keys")
        self.execute("normalise/insert_account_name_keys")

    def analyze_stored(self) -> None:
        """Fresh statistics after a large change, before autovacuum comes round."""
        if self.sizes["account_news"] > LARGE:
            self.connection.execute(
                "ANALYZE canon.account_name_keys (name_key), canon.drivers_index (account_id, "
                "driver_id, phone_norm, license_norm, plate_norm, person_key, hire_date)"
            )
        if self.sizes["lead_news"] > LARGE:
            self.connection.execute(
                "ANALYZE canon.lead_name_keys (name_key), canon.lead_keys (event_id, source_table, "
                "source_pk, event_date, phone_norm, license_norm, plate_norm, driver_id)"
            )

    def join_people(self) -> None:
        """Accounts that are one person get one key."""
        if not self.have_accounts_news:
            return
        for name in _PEOPLE:
            self.execute(f"people/{name}")
        self.analyze("ties", "members")
        while self.execute("people/spread_labels"):
            pass
        while self.execute("people/spread_blocks"):
            pass
        for name in _JOIN:
            self.execute(f"people/{name}")
        self.analyze("joined_accounts", "moved_accounts", "changed_people")

    def find_candidates(self) -> None:
        """Leads to judge, and who they may be."""
        self.find_leads()
        self.compare_candidates()

    def find_leads(self) -> None:
        """Leads to judge; what unfinished re-scores decided about them no longer counts."""
        self.execute("candidates/changed_evidence")
        self.analyze("changed_evidence")
        self.execute("candidates/dirty_leads")
        self.analyze("dirty_leads")
        self.execute("candidates/forget_rescores")

    def compare_candidates(self) -> None:
        """Who the leads of `dirty_leads` may be, and what agrees."""
        self.execute("candidates/common_keys")
        self.execute("candidates/candidates")
        self.analyze("common_keys", "candidates")
        self.execute("score/comparisons")
        self.analyze("comparisons")

    def train(self) -> int:
        """Make a model of the comparisons; what it says of them is then there already."""
        self.is_scored = True
        return train(self.connection, self.binds)

    def judge(self, model_version: int) -> None:
        """Score the candidates, and decide."""
        self.binds["model_version"] = model_version
        made = ("priors", "posteriors")
        for name in made if self.is_scored else ("weights", "bits", *made):
            self.execute(f"score/{name}")
        self.analyze("posteriors")
        self.execute("decide/decided")
        self.analyze("decided")

    def apply(self) -> int:
        """Write what changed; returns how many persons were merged away."""
        merges = 0
        has_old_people = self.have_accounts_news and not self.is_bare
        needless: frozenset[str] = frozenset() if has_old_people else _MERGE
        for name in _APPLY:
            if name in needless:
                continue
            touched = self.execute(f"apply/{name}")
            if name == "insert_merges":
                merges = touched
            elif name == "affected_people":
                self.analyze(name)
            elif name == "create_link_news":
                self.analyze("link_news")
                if not self.says("apply/has_known_links"):
                    needless |= _KNOWN_LINKS
        return merges

    def outcomes(self) -> dict[str, Any]:
        """The counts of the run."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(statement("identity/apply/count_outcomes")).fetchone()
        if row is None:  # a SELECT without FROM returns one row
            raise LeadsError("pg_temp.decided: no counts came back.")
        by_rule, by_reason = row.pop("by_rule"), row.pop("by_reason")
        row |= {f"rule_{rule}": count for rule, count in sorted(by_rule.items())}
        row |= {f"unmatched_{reason}": count for reason, count in sorted(by_reason.items())}
        return row

    def says(self, question: LiteralString) -> bool:
        """What `include/sql/identity/<question>.sql` answers."""
        row = self.connection.execute(statement(f"identity/{question}")).fetchone()
        return bool(row and row[0])

    def is_empty(self, schema: str, table: str) -> bool:
        """Whether a table holds no row."""
        query = sql.SQL("SELECT NOT EXISTS (SELECT 1 FROM {})").format(
            sql.Identifier(schema, table)
        )
        row = self.connection.execute(query).fetchone()
        return bool(row and row[0])

    def analyze(self, *tables: str) -> None:
        """Statistics of large temporary tables: what the planner takes a new one for is small."""
        parts = []
        for table in tables:
            if self.sizes.get(table, LARGE) < SMALL:
                continue
            part: sql.Composable = sql.Identifier("pg_temp", table)
            if columns := JOINED_BY.get(table):
                part = sql.SQL("{} ({})").format(
                    part, sql.SQL(", ").join(map(sql.Identifier, columns))
                )
            parts.append(part)
        if parts:
            self.connection.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(parts)))
