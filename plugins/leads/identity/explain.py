"""Why a lead is whose: the same statements as a run's, for one lead, and nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from math import log2
from typing import Any
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import dict_row

from leads.errors import LeadsError
from leads.identity.masking import Mask
from leads.identity.resolution import Resolution
from leads.identity.standing import Decision, read_decisions
from leads.sources import Registry
from leads.statements import statement
from leads.windows import UTC

Row = Mapping[str, Any]

#: The fields, in the order in which they are shown.
FIELDS = ("phone", "licence", "plate", "model", "date", "name")
#: Those of which one more could be found.
KEYS = ("phone", "licence", "plate")
_COLUMNS = {"phone": "phone_norm", "licence": "license_norm", "plate": "plate_norm"}


class Agreement(Enum):
    """How a field of the lead compares with the person's."""

    EQUAL = "equal"
    NEAR = "near"
    DIFFERENT = "different"
    LEAD_LACKS = "lead_lacks"
    ACCOUNT_LACKS = "account_lacks"
    TOO_COMMON = "too_common"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a lead and of a candidate.

    Attributes:
        name: one of `FIELDS`.
        agreement: how the two compare.
        lead: the lead's value, masked unless revealed; None when it lacks one.
        account: the value of the account that speaks for the person most, masked alike.
        bits: the evidence, rounded to hundredths.
        days: days from the hire to the lead; None but for the date.
    """

    name: str
    agreement: Agreement
    lead: str | None
    account: str | None
    bits: float
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom the lead may be.

    Attributes:
        person_key: the person.
        driver_id: the account that agrees best.
        posterior: probability that it is them, 0 to 1.
        fields: one per field of `FIELDS`, in that order.
    """

    person_key: UUID
    driver_id: str
    posterior: float
    fields: tuple[Field, ...]

    @property
    def bits(self) -> float:
        """The evidence of all fields: the sum of what is shown."""
        return round(sum(field.bits for field in self.fields), 2)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would be decided if one more field agreed.

    Attributes:
        field: the field.
        bits: how many bits that would bring in all.
        posterior: what the best candidate's would be.
        level: HIGH or MEDIUM; None when it would still be nobody.
    """

    field: str
    bits: float
    posterior: float
    level: str | None


@dataclass(frozen=True, slots=True)
class CommonKey:
    """A key of the lead that so many people hold that it says nothing.

    Attributes:
        kind: phone, licence or plate.
        value: the key, masked unless revealed.
        people: how many hold it.
    """

    kind: str
    value: str | None
    people: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One lead, judged afresh.

    Attributes:
        source_table: source of the lead.
        source_pk: key of the lead.
        event_date: lead date, local.
        person_key: the person; None for nobody.
        match_rule: strongest rule that agrees; for nobody the one that would count.
        level: HIGH or MEDIUM; None for nobody.
        reason_code: why nobody; None for somebody.
        named_driver_id: the account that the lead itself names, where its source does.
        decision: what a person said about the lead; None when nobody did.
        carries: which of phone, licence, plate and name the lead has in readable form.
        candidates: how many people share a key with it.
        best: the candidate with the greatest posterior; None without any.
        runner_up: the next one; None without.
        rules: rules that agree, strongest first.
        prior: share of the source's leads that have an account; None without candidates.
        people: N of the bits: how many people the model knows.
        model_version: the model in use.
        threshold_accept: posterior from which a lead is linked.
        threshold_high: posterior from which it is HIGH.
        bits_needed: what the best candidate lacks to be linked, or a MEDIUM one to be HIGH; None
            where evidence is not what is missing.
        prospects: what one more field that agrees would do; empty where nothing is missing.
        common_keys: keys that too many people hold.
        is_pending: whether the lead changed since it was last resolved.
        linked_key: whom the tables have today; differs from person_key until the next run.
    """

    source_table: str
    source_pk: str
    event_date: date
    person_key: UUID | None
    match_rule: str
    level: str | None
    reason_code: str | None
    named_driver_id: str | None
    decision: Decision | None
    carries: tuple[str, ...]
    candidates: int
    best: Candidate | None
    runner_up: Candidate | None
    rules: tuple[str, ...]
    prior: float | None
    people: int
    model_version: int
    threshold_accept: float
    threshold_high: float
    bits_needed: float | None
    prospects: tuple[Prospect, ...]
    common_keys: tuple[CommonKey, ...]
    is_pending: bool
    linked_key: UUID | None

    @property
    def prior_bits(self) -> float | None:
        """What speaks for each person before any evidence, against nobody; None without prior."""
        if self.prior is None:
            return None
        return round(log2(self.prior / (self.people * (1 - self.prior))), 2)


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
        resolution = Resolution(connection, registry, home_park_id, read_at, run_id=None)
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
        raise LeadsError(_why_unknown(connection, registry, source_table, source_pk))
    if not lead["is_resolved"] or lead["model_version"] is None:
        raise LeadsError(
            f"{source_table} {source_pk}: no run has looked for its person yet. The next one will: "
            "./leads run, or wait for the schedule."
        )
    return lead


def _why_unknown(
    connection: Connection[Any], registry: Registry, source_table: str, source_pk: str
) -> str:
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
