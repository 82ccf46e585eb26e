"""What a decision would change: what a run with it leaves other than a run without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from leads.attribution import attribute
from leads.statements import statement

#: The source of the links of accounts, as `canon.identity_links` names it.
ACCOUNTS = "drivers"


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


class Outcome:
    """What a run in this transaction did, read before it is rolled back."""

    def __init__(
        self, connection: Connection[Any], stats: dict[str, Any], read_at: datetime
    ) -> None:
        """Attribute who changed, and read what there is then.

        Args:
            connection: in the transaction in which a resolution has just run.
            stats: what it counted.
            read_at: time of reading, aware.
        """
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


def difference(connection: Connection[Any], without: Outcome, with_it: Outcome) -> Preview:
    """What the second outcome has other than the first; what neither touched is as it stands.

    Args:
        connection: in the transaction in which both runs were rolled back.
        without: of the run without the decision.
        with_it: of the run with it.
    """
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
        if link.source_table != ACCOUNTS:
            continue
        if is_merge and link.before.person_key == person_key:
            return link.after.person_key
        if not is_merge and link.after.person_key == person_key:
            return link.before.person_key
    return None
