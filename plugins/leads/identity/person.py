"""What is known of a person: accounts, leads, merges, who brought them, what people said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from leads.errors import LeadsError
from leads.identity.masking import Mask
from leads.identity.standing import Decision, read_decisions
from leads.statements import statement


@dataclass(frozen=True, slots=True)
class Account:
    """One driver account of the person; personal data masked unless revealed.

    Attributes:
        driver_id: the account.
        park_id: its park.
        hire_date: when it was hired; None when not known.
        phone: phone.
        licence: licence or document.
        plate: number plate.
        name: name, as sorted words.
        model: car model with brand.
        is_manual: whether a person joined it.
        joined_by: why it belongs here: rules of `canon.account_edges`; empty when it is alone.
    """

    driver_id: str
    park_id: str | None
    hire_date: date | None
    phone: str | None
    licence: str | None
    plate: str | None
    name: str | None
    model: str | None
    is_manual: bool
    joined_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead of the person, and its link."""

    source_table: str
    source_pk: str
    event_date: date
    scout_id: int | None
    match_rule: str | None
    match_score: int | None
    confidence_level: str | None


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge: who gave way to whom, by which rules, and when it was undone, if it was."""

    merge_id: int
    loser_key: UUID
    survivor_key: UUID
    loser_driver_id: str
    evidence: Mapping[str, Any] | None
    merged_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is credited with the person, with the evidence: events per source, the winning one."""

    attributed_source: str | None
    attributed_scout_id: int | None
    attribution_rule: str
    attribution_score: float
    confidence_level: str
    decision_status: str
    evidence: Mapping[str, Any]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden record; personal data masked unless revealed.

    Attributes:
        confidence_level: best of the person's lead links; LOW with none.
        phone: most recent phone.
        licence: most frequent licence.
        name: longest name.
        flags: which account each value came from, and marks for review.
    """

    confidence_level: str
    phone: str | None
    licence: str | None
    name: str | None
    flags: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """All that is known of one person.

    Attributes:
        person_key: the current key.
        asked_key: the key that was asked for; another one when it was merged away.
        golden: the golden record; None when no run has made it.
        accounts: driver accounts, the anchor first.
        leads: leads, oldest first.
        merges: merges, oldest first; undone ones included.
        attribution: who is credited; None without leads.
        decisions: what people said about the accounts and leads, newest first.
    """

    person_key: UUID
    asked_key: UUID
    golden: Golden | None
    accounts: tuple[Account, ...]
    leads: tuple[Lead, ...]
    merges: tuple[Merge, ...]
    attribution: Attribution | None
    decisions: tuple[Decision, ...]


def read_person(connection: Connection[Any], key: str, *, mask: Mask | None = None) -> Person:
    """Read what is known of a person.

    Args:
        connection: idle session, not in autocommit.
        key: person key, also one that was merged away.
        mask: how personal data is shown; masked unless said.

    Raises:
        LeadsError: it is no key, or nobody's.
    """
    try:
        asked = UUID(key)
    except ValueError:
        asked = None
    if asked is None:
        raise LeadsError(
            f"{key!r} is no person key; one looks like 5f0d1a52-6c0e-5a43-9a77-3d1f2c8be9a4. "
            "./leads why SOURCE PK names the person of a lead."
        )
    with connection.transaction():
        # What is read here belongs together.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = connection.execute(_sql("read_current"), {"person_key": asked}).fetchone()
        if found is None:
            raise LeadsError(
                f"Nobody has the key {asked}, and nobody had it. ./leads why SOURCE PK names the "
                "person of a lead; accounts and their keys are in canon.drivers_index."
            )
        return _read(connection, found[0], asked, mask or Mask())


def _sql(name: str) -> Any:
    return statement(f"identity/person/{name}")


def _read(connection: Connection[Any], person_key: UUID, asked: UUID, mask: Mask) -> Person:
    binds = {"person_key": person_key}

    def rows(name: str) -> list[dict[str, Any]]:
        with connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(_sql(name), binds).fetchall()

    def made(kind: type[Any], name: str) -> tuple[Any, ...]:
        with connection.cursor(row_factory=class_row(kind)) as cursor:
            return tuple(cursor.execute(_sql(name), binds).fetchall())

    golden = [
        Golden(
            row["confidence_level"],
            mask.phone(row["primary_phone"]),
            mask.licence(row["primary_license"]),
            mask.name((row["primary_full_name"] or "").split()),
            row["flags"] or {},
        )
        for row in rows("read_registry")
    ]
    attribution = made(Attribution, "read_attribution")
    numbers = [row["id"] for row in rows("read_decisions")]
    return Person(
        person_key=person_key,
        asked_key=asked,
        golden=golden[0] if golden else None,
        accounts=tuple(_account(row, mask) for row in rows("read_accounts")),
        leads=tuple(_lead(row) for row in rows("read_leads")),
        merges=made(Merge, "read_merges"),
        attribution=attribution[0] if attribution else None,
        decisions=tuple(read_decisions(connection, numbers=numbers)),
    )


def _account(row: Mapping[str, Any], mask: Mask) -> Account:
    return Account(
        driver_id=row["driver_id"],
        park_id=row["park_id"],
        hire_date=row["hire_date"],
        phone=mask.phone(row["phone_norm"]),
        licence=mask.licence(row["license_norm"]),
        plate=mask.plate(row["plate_norm"]),
        name=mask.name(row["name_tokens"]),
        model=row["model_norm"],
        is_manual=row["match_rule"] == "MANUAL",
        joined_by=tuple((row["evidence"] or {}).get("joined_by", ())),
    )


def _lead(row: Mapping[str, Any]) -> Lead:
    return Lead(
        source_table=row["source_table"],
        source_pk=row["source_pk"],
        event_date=row["event_date"],
        scout_id=row["scout_id"],
        match_rule=row["match_rule"],
        match_score=row["match_score"],
        confidence_level=row["confidence_level"],
    )
