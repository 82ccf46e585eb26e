"""Why a lead is whose: the same statements as a run's, for one lead, and nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from math import log2
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row

from leads.errors import LeadsError
from leads.identity.explanation import (
    FIELDS,
    KEYS,
    Agreement,
    Candidate,
    CommonKey,
    Explanation,
    Field,
    Prospect,
)
from leads.identity.masking import Mask
from leads.identity.resolution import Resolution
from leads.identity.standing import Decision, read_decisions
from leads.sources import Registry
from leads.staging import Limits
from leads.statements import statement
from leads.windows import UTC

Row = Mapping[str, Any]

_COLUMNS = {"phone": "phone_norm", "licence": "license_norm", "plate": "plate_norm"}


def explain_lead(
    connection: Connection[Any],
    registry: Registry,
    source_table: str,
    source_pk: str,
    *,
    home_park_id: str,
    mask: Mask | None = None,
) -> Explanation:
    """Judge one lead afresh with the model in use, in a transaction that is rolled back.

    Args:
        connection: idle session, not in autocommit.
        registry: the lead sources.
        source_table: source of the lead.
        source_pk: key of the lead.
        home_park_id: the fleet's own park.
        mask: how personal data is shown; masked unless said.

    Raises:
        LeadsError: there is no such source or lead, or no run has resolved it yet.
    """
    with connection.transaction(force_rollback=True):
        # What is read here belongs together, though loads and runs go on.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        lead = _read_lead(connection, registry, source_table, source_pk)
        connection.execute(statement("identity/explain/one_lead"), lead)
        # Times stamp what a run keeps; nothing is kept here.
        read_at = datetime.combine(lead["event_date"], time(), UTC)
        resolution = Resolution(connection, registry, home_park_id, read_at, None, Limits())
        resolution.compare_candidates()
        return _Reader(connection, resolution, lead, mask or Mask()).explanation(
            source_table, source_pk
        )


def _read_lead(
    connection: Connection[Any], registry: Registry, source_table: str, source_pk: str
) -> dict[str, Any]:
    asked = {"source_table": source_table, "source_pk": source_pk}
    with connection.cursor(row_factory=dict_row) as cursor:
        lead = cursor.execute(statement("identity/explain/read_lead"), asked).fetchone()
    if lead is None:
        raise LeadsError(why_unknown(connection, registry, source_table, source_pk))
    if not lead["is_resolved"] or lead["model_version"] is None:
        raise LeadsError(
            f"{source_table} {source_pk}: no run has looked for its person yet. The next one will: "
            "./leads run, or wait for the schedule."
        )
    return lead


def why_unknown(
    connection: Connection[Any], registry: Registry, source_table: str, source_pk: str
) -> str:
    """What to say of a lead that is not there: its source, its raw row, or its key is the reason.

    Args:
        connection: in a transaction.
        registry: the lead sources.
        source_table: source of the lead.
        source_pk: key of the lead.
    """
    if source_table not in registry.sources:
        return f"Unknown source {source_table!r}. Known: {', '.join(registry.sources)}."
    rejected = connection.execute(
        statement("identity/explain/read_reject"),
        {"source_table": source_table, "source_pk": source_pk},
    ).fetchone()
    if rejected is not None:
        return (
            f"{source_table} {source_pk}: its raw row was refused ({rejected[0]}) and became no "
            f"lead. Correct the row in {registry[source_table].qualified_name}; the next run reads "
            "it again."
        )
    return (
        f"{source_table} has no lead {source_pk!r}. Keys are those of the column source_pk in "
        "observational.lead_events; a row that landed since the last run comes with the next one: "
        "./leads run."
    )


class _Reader:
    """What the temporary tables say about the one lead, in its transaction."""

    def __init__(
        self, connection: Connection[Any], resolution: Resolution, lead: Row, mask: Mask
    ) -> None:
        self.connection = connection
        self.resolution = resolution
        self.lead = lead
        self.mask = mask

    def explanation(self, source_table: str, source_pk: str) -> Explanation:
        lead = self.lead
        with self.connection.transaction(force_rollback=True):
            self.resolution.judge(lead["model_version"])
            decided = self.all("read_decided")[0]
            candidates = self.all("read_candidates")
            common = self.all("read_common_keys")
        kinds = {row["kind"] for row in common}
        best, runner_up = ([self.candidate(row, kinds) for row in candidates[:2]] + [None] * 2)[:2]
        evidence = decided["evidence"]
        is_linked = decided["person_key"] is not None
        # Who says so needs no more evidence.
        is_open = evidence.get("decision") is None and not lead["has_driver_id"]
        wanted = None
        if is_open and best is not None and not is_linked:
            wanted = decided["threshold_accept"]
        elif is_open and best is not None and decided["confidence_level"] != "HIGH":
            wanted = decided["threshold_high"]
        return Explanation(
            source_table=source_table,
            source_pk=source_pk,
            event_date=lead["event_date"],
            person_key=decided["person_key"],
            match_rule=decided["match_rule"],
            level=decided["confidence_level"] if is_linked else None,
            reason_code=decided["reason_code"],
            named_driver_id=lead["driver_id"] if lead["has_driver_id"] else None,
            decision=self.decision(evidence.get("decision")),
            carries=self.carries(),
            candidates=len(candidates),
            best=best,
            runner_up=runner_up,
            rules=tuple(evidence.get("rules", ())),
            prior=float(candidates[0]["prior"]) if candidates else None,
            people=int(decided["people"]),
            model_version=lead["model_version"],
            threshold_accept=decided["threshold_accept"],
            threshold_high=decided["threshold_high"],
            bits_needed=None if wanted is None else _bits_needed(candidates, wanted),
            prospects=() if wanted is None or best is None else self.prospects(best),
            common_keys=tuple(
                CommonKey(row["kind"], self.masked(row["kind"], row["key"]), row["people"])
                for row in common
            ),
            is_pending=lead["is_pending"],
            linked_key=lead["linked_key"],
        )

    def all(self, name: str, **binds: Any) -> list[dict[str, Any]]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement(f"identity/explain/{name}"), binds).fetchall()

    def decision(self, number: int | None) -> Decision | None:
        return None if number is None else read_decisions(self.connection, numbers=[number])[0]

    def carries(self) -> tuple[str, ...]:
        found = [kind for kind, column in _COLUMNS.items() if self.lead[column] is not None]
        return (*found, "name") if self.lead["name_tokens"] else tuple(found)

    def masked(self, kind: str, value: str | None) -> str | None:
        show = {"phone": self.mask.phone, "licence": self.mask.licence, "plate": self.mask.plate}
        return show[kind](value)

    def candidate(self, row: Row, common: set[str]) -> Candidate:
        accounts = self.all("read_agreement", person_key=row["person_key"])
        fields = [self.key(kind, accounts, row, common) for kind in KEYS]
        fields += [self.model(accounts, row), self.date(accounts, row), self.name(accounts, row)]
        return Candidate(
            row["person_key"], row["driver_id"], float(row["posterior"]), tuple(fields)
        )

    def key(self, kind: str, accounts: Sequence[Row], row: Row, common: set[str]) -> Field:
        column = _COLUMNS[kind]
        account = max(accounts, key=lambda one: _state(one[kind], one[column] is not None))
        agreement = _agreement(account[kind], self.lead[column])
        return Field(
            kind,
            Agreement.TOO_COMMON if kind in common else agreement,
            self.masked(kind, self.lead[column]),
            self.masked(kind, account[column]),
            _rounded(row[f"{kind}_bits"]),
        )

    def model(self, accounts: Sequence[Row], row: Row) -> Field:
        account = max(accounts, key=lambda one: _state(one["model"], one["model_norm"] is not None))
        return Field(
            "model",
            _agreement(account["model"], self.lead["model_norm"]),
            self.lead["model_norm"],
            account["model_norm"],
            _rounded(row["model_bits"]),
        )

    def date(self, accounts: Sequence[Row], row: Row) -> Field:
        account = min(accounts, key=lambda one: _nearness(one["days_after_hire"]))
        hired, days = account["hire_date"], account["days_after_hire"]
        agreement = Agreement.ACCOUNT_LACKS
        if days is not None:
            near = _nearness(days)[0] == 0
            agreement = Agreement.EQUAL if near else Agreement.DIFFERENT
            if not near and abs(days) <= 90:
                agreement = Agreement.NEAR
        return Field(
            "date",
            agreement,
            self.lead["event_date"].isoformat(),
            None if hired is None else hired.isoformat(),
            _rounded(row["date_bits"]),
            days,
        )

    def name(self, accounts: Sequence[Row], row: Row) -> Field:
        def fit(one: Row) -> tuple[bool, int, int]:
            left = one["left_over"]
            return left is not None, -(left or 0), len(one["shared"] or ())

        account = max(accounts, key=fit)
        left_over = account["left_over"]
        if left_over is None:
            agreement = _agreement(None, self.lead["name_tokens"] or None)
        elif left_over > 0:
            agreement = Agreement.DIFFERENT
        else:
            agreement = Agreement.NEAR if account["near"] else Agreement.EQUAL
        return Field(
            "name",
            agreement,
            self.mask.name(self.lead["name_tokens"]),
            self.mask.name(account["name_tokens"]),
            _rounded(row["name_bits"]),
        )

    def prospects(self, best: Candidate) -> tuple[Prospect, ...]:
        missing = [
            field.name
            for field in best.fields
            if field.name in KEYS and field.agreement is not Agreement.EQUAL
        ]
        return tuple(self.prospect(best, kind) for kind in missing)

    def prospect(self, best: Candidate, kind: str) -> Prospect:
        """Judge once more as if the field agreed."""
        with self.connection.transaction(force_rollback=True):
            self.connection.execute(
                sql.SQL("UPDATE comparisons SET {} = 2 WHERE person_key = %s").format(
                    sql.Identifier(kind)
                ),
                (best.person_key,),
            )
            self.resolution.judge(self.lead["model_version"])
            decided = self.all("read_decided")[0]
            candidates = self.all("read_candidates")
        mine = next(row for row in candidates if row["person_key"] == best.person_key)
        is_linked = decided["person_key"] == best.person_key
        gain = sum(mine[f"{field}_bits"] for field in FIELDS) - best.bits
        return Prospect(
            kind,
            round(float(gain), 1),
            float(mine["posterior"]),
            decided["confidence_level"] if is_linked else None,
        )


def _bits_needed(candidates: Sequence[Row], wanted: float) -> float:
    """How many bits the best candidate lacks for a posterior, the others staying as they are."""
    odds = float(candidates[0]["odds"])
    against = sum(float(row["odds"]) for row in candidates[1:]) + 1 - candidates[0]["prior"]
    return round(log2(wanted / (1 - wanted) * against / odds), 1)


def _state(state: int | None, has_value: bool) -> tuple[int, bool]:
    return (-1 if state is None else state), has_value


def _agreement(state: int | None, lead: object) -> Agreement:
    if state is None:
        return Agreement.LEAD_LACKS if lead is None else Agreement.ACCOUNT_LACKS
    return {2: Agreement.EQUAL, 1: Agreement.NEAR, 0: Agreement.DIFFERENT}[state]


def _nearness(days: int | None) -> tuple[int, int]:
    if days is None:
        return 2, 0
    return (0 if -30 <= days <= 15 else 1), abs(days)


def _rounded(bits: Any) -> float:
    return round(float(bits), 2)
