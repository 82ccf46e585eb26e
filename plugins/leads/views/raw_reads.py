"""How much of a raw table is to be read: what was added, what was written, or everything.

A raw table is not ours: it may lack any index, and says nothing about its changes. What tells is
the server's own count of rows inserted, updated and deleted, and the transaction of each row. A
large table that only grew is read from the block where the last read ended; else all of it is
looked at, but only the accounts of which a row was written are compared. The number of rows then
shows whether anything vanished, and if it does not add up, everything is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from psycopg import Connection, errors
from psycopg.rows import class_row

from leads.errors import MendableError, explain
from leads.statements import statement

#: Up to so many blocks, looking at all rows takes milliseconds. The server's counts may come a
#: moment late, which a large table makes up for with the next run; a small one need not rely on it.
SMALL_BLOCKS = 1_000


class Way(Enum):
    """How a raw table is read, the cheapest way first."""

    APPENDED = "appended"
    WRITTEN = "written"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Facts:
    """A raw table as it is now, beside what the last read noted (`old_`, None before the first).

    Attributes:
        oid: the table; None when there is none.
        is_plain_table: neither partitioned nor a view.
        file_node: the file it lies in.
        block_count: blocks of it.
        inserted_count: rows ever inserted, by the server's statistics.
        updated_count: rows ever updated.
        deleted_count: rows ever deleted.
        old_row_count: rows that were accounted for.
        old_snapshot: which transactions the last read could see.
        old_is_overtaken: whether rows were written meanwhile.
        old_age: how many transactions ago that was.
        old_looked_age: how many ago every row was looked at; None when that cannot be told.
    """

    oid: int | None
    is_plain_table: bool | None
    file_node: int
    block_count: int
    inserted_count: int
    updated_count: int
    deleted_count: int
    old_file_node: int | None
    old_block_count: int | None
    old_row_count: int | None
    old_inserted_count: int | None
    old_updated_count: int | None
    old_deleted_count: int | None
    old_snapshot: str | None
    old_is_overtaken: bool | None
    old_age: int | None
    old_looked_age: int | None

    @property
    def inserted(self) -> int:
        """Rows inserted since the last read, as far as the server has counted."""
        return self.inserted_count - (self.old_inserted_count or 0)

    @property
    def way(self) -> Way:
        """The cheapest way that may do."""
        is_known = (
            self.is_plain_table
            and self.old_looked_age is not None
            and self.old_file_node == self.file_node
        )
        if not is_known:
            return Way.EVERYTHING
        has_only_grown = (
            self.old_updated_count == self.updated_count
            and self.old_deleted_count == self.deleted_count
            and self.inserted >= 0
        )
        if self.block_count <= SMALL_BLOCKS or not has_only_grown:
            return Way.WRITTEN
        # Rows that were read before the snapshot showed them would be accounted for twice.
        return Way.WRITTEN if self.old_is_overtaken else Way.APPENDED

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was written, as far as the server has counted; the next read may know."""
        return (
            self.way is Way.APPENDED
            and not self.inserted
            and self.old_block_count == self.block_count
        )

    @property
    def from_block(self) -> str:
        """Where rows that were added since lie: the first place of the block where it ended."""
        return f"({max((self.old_block_count or 0) - 1, 0)},0)"


@contextmanager
def naming(connection: Connection[Any], raw_table: str) -> Iterator[None]:
    """Let errors about names and rights tell which raw table they are about.

    Args:
        connection: that reads it.
        raw_table: with its schema.

    Raises:
        LeadsError: a column is missing, or the right to read.
    """
    failure = None
    try:
        yield
    except (errors.UndefinedColumn, errors.InsufficientPrivilege) as error:
        failure = explain(error, raw_table, connection.info.user)
    if failure is not None:  # not raised above: no chain leads to the database's own text
        raise failure


def read_facts(connection: Connection[Any], raw_table: str) -> Facts:
    """What is known of a raw table.

    Args:
        connection: in the transaction that is to read it.
        raw_table: with its schema.

    Raises:
        MendableError: there is no such table.
    """
    with connection.cursor(row_factory=class_row(Facts)) as cursor:
        facts = cursor.execute(
            statement("views/raw/read_facts"), {"raw_table": raw_table}
        ).fetchone()
    if facts is None or facts.oid is None:
        raise MendableError(
            f"{raw_table}: the table is missing, so readers keep the figures of the last refresh. "
            "Restore it, or let the warehouse role see its schema."
        )
    return facts


def note_read(
    connection: Connection[Any],
    raw_table: str,
    facts: Facts,
    *,
    row_count: int,
    has_looked: bool,
    is_overtaken: bool,
    binds: dict[str, Any],
) -> None:
    """Note how far a raw table is read, in the transaction that keeps what was read.

    Args:
        connection: in that transaction.
        raw_table: with its schema.
        facts: as they were before the read.
        row_count: rows that are accounted for now.
        has_looked: whether every row was looked at.
        is_overtaken: whether rows were written since the snapshot that may be accounted for.
        binds: `snapshot` taken before the read, `read_at`, `run_id`.
    """
    connection.execute(
        statement("views/raw/note_read"),
        binds
        | {
            "raw_table": raw_table,
            "file_node": facts.file_node,
            "block_count": facts.block_count,
            "row_count": row_count,
            "has_looked": has_looked,
            "is_overtaken": is_overtaken,
            "inserted_count": facts.inserted_count,
            "updated_count": facts.updated_count,
            "deleted_count": facts.deleted_count,
        },
    )
