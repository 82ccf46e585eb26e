"""Errors that people read: each names the thing, says what is wrong and how to mend it.

PostgreSQL puts row values into the DETAIL of its errors, and into the message of some. A database
error therefore never travels on as it is: `explain` keeps the SQLSTATE and the names of tables,
columns and constraints, and drops the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg import Error


class LeadsError(Exception):
    """An error whose text is safe to log, mail and store: no personal data.

    Attributes:
        may_pass: whether trying again later can succeed.
    """

    may_pass = False


class MendableError(LeadsError):
    """An error that people mend outside of the work that failed; done again, that succeeds."""


class PassingError(MendableError):
    """An error that a retry can mend: a lock, a lost connection, a restart."""

    may_pass = True


class UpstreamFailed(LeadsError):
    """A task failed only because an earlier task of its run did, which has told people already."""


class UnhealthyData(LeadsError):
    """A critical source is RED although the run did its work; people are told by the incident."""


#: The schemas that the migrations make.
_OURS = re.compile(r"\b(observational|canon|ops)\b")
#: What a right is missing on; PostgreSQL names a table without its schema.
_DENIED = re.compile(r"permission denied for ([a-z ]+) (\S+)")
#: The alias before a column; every statement calls a raw table `raw`.
_ALIAS = re.compile(r"\b(\w+)\.\w+")
_QUOTED = re.compile(r'["«]([^"»]+)["»]')
#: Raw tables that are no lead sources, and the folder of the statements that read them.
READERS = {
    "drivers": "include/sql/identity/normalise/",
    "summary_daily": "include/sql/views/work/",
    "module_ct_cabinet_payments": "include/sql/views/payments/",
}
_MIGRATE = "The warehouse lacks something of the pipeline's own: run ./leads migrate."


def explain(
    error: Error,
    subject: str,
    role: str = "the warehouse role",
    *,
    lock_seconds: float | None = None,
) -> LeadsError:
    """Turn a database error into one that is safe to show and says what to do.

    Args:
        error: what psycopg raised.
        subject: what was being read or done; a raw table by its qualified name.
        role: database role of the session, for the GRANT to run.
        lock_seconds: how long a lock was waited for; None when that is not known.

    Returns:
        The error to raise instead, `from None`, so that the original text goes nowhere.
    """
    # Imported here: DAG files need only the classes above, and are parsed often.
    from psycopg import OperationalError, errors

    # Errors about names and rights: their message holds identifiers, never row values.
    names_only = (
        errors.UndefinedTable,
        errors.UndefinedColumn,
        errors.InsufficientPrivilege,
        errors.InvalidSchemaName,
        errors.UndefinedFunction,
        errors.WrongObjectType,
    )
    lost = (
        errors.AdminShutdown,
        errors.CrashShutdown,
        errors.CannotConnectNow,
        errors.IdleInTransactionSessionTimeout,
        errors.ConnectionException,
    )
    state = error.sqlstate or "no SQLSTATE"
    message = error.diag.message_primary or ""
    if isinstance(error, names_only):
        advice = ""
        if isinstance(error, errors.UndefinedTable):
            advice = _on_table(message, subject)
        elif isinstance(error, errors.UndefinedColumn):
            advice = _on_column(message, subject)
        elif isinstance(error, errors.InsufficientPrivilege):
            advice = _on_right(message, subject, role)
        elif _OURS.search(message):
            advice = _MIGRATE
        if not advice:
            return LeadsError(f"{subject}: {message} ({state}).")
        return MendableError(f"{subject}: {message} ({state}). {advice}")
    if isinstance(error, errors.LockNotAvailable):
        waited = "" if lock_seconds is None else f" after {lock_seconds:g} s"
        return PassingError(
            f"{subject}: still locked by another session{waited} ({state}). Find that session in "
            "pg_stat_activity, let it finish or end it, and try again."
        )
    if isinstance(error, lost) or (error.sqlstate is None and isinstance(error, OperationalError)):
        return PassingError(
            f"{subject}: the connection to the warehouse was lost or refused ({state}). Nothing of "
            "this work was kept. Check that the database is up, and try again."
        )
    named = ", ".join(
        f"{kind} {name}"
        for kind, name in (
            ("table", error.diag.table_name),
            ("column", error.diag.column_name),
            ("constraint", error.diag.constraint_name),
        )
        if name
    )
    passing = isinstance(error, errors.SerializationFailure | errors.DeadlockDetected)
    return (PassingError if passing else LeadsError)(
        f"{subject}: {type(error).__name__} ({state}){' at ' + named if named else ''}. Nothing of "
        "this work was kept; the database's own log has the detail."
    )


def _on_table(message: str, subject: str) -> str:
    """What to do about a missing table."""
    if _OURS.search(message):
        return _MIGRATE
    for name in re.findall(r"\w+", message):
        if name in READERS:
            return f"Restore the table; {READERS[name]} reads it."
    # A source's own statement may read other tables than the one that it is named after.
    if any(map(_shaped_by, [*re.findall(r"\w+", message), _table(subject)])):
        return "Restore the table, or take its entry out of include/sources.yml."
    return _MIGRATE


def _on_column(message: str, subject: str) -> str:
    """What to do about a missing column: of a raw table, or of one of ours."""
    alias, table = _ALIAS.search(message), _table(subject)
    is_raw = alias is not None and alias[1] == "raw"
    where = ""
    if shaped_by := _shaped_by(table):
        # Without an alias one name stands alone where it is read, and two where it is written.
        is_read = len(_QUOTED.findall(message)) == 1 if alias is None else is_raw
        where = shaped_by if is_read else ""
    elif is_raw:
        where = READERS.get(table) or " or ".join(READERS.values())
    if not where:
        return _MIGRATE
    return f"Give the table that column back, or name the new one in {where}."


def _on_right(message: str, subject: str, role: str) -> str:
    """What to do about a missing right."""
    denied = _DENIED.search(message)
    if denied is None:
        return ""
    kind, name = denied.groups()
    if name == _table(subject):
        return f"As the table's owner run GRANT SELECT ON {subject} TO {role}."
    if name in READERS:
        return f"As the table's owner run GRANT SELECT ON public.{name} TO {role}."
    return (
        f"As the owner of {kind} {name} give {role} its rights back: GRANT ALL if it is the "
        "pipeline's own, GRANT SELECT if it is a raw table."
    )


def _table(subject: str) -> str:
    return subject.rpartition(".")[2]


def _shaped_by(table: str) -> str | None:
    """The file that shapes a raw table's rows; None for a table that is no lead source."""
    from leads.settings import SQL

    is_there = (SQL / "ingest" / f"{table}.sql").is_file()
    return f"include/sql/ingest/{table}.sql" if is_there else None
