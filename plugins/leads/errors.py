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


class PassingError(LeadsError):
    """An error that a retry can mend: a lock, a lost connection, a restart."""

    may_pass = True


class UpstreamFailed(LeadsError):
    """A task failed only because an earlier task of its run did, which has told people already."""


#: Our own tables, as PostgreSQL names one that it does not find.
_OURS = re.compile(r'"(observational|canon|ops)\.')
#: What a right is missing on; PostgreSQL names a table without its schema.
_DENIED = re.compile(r"permission denied for ([a-z ]+) (\S+)")


def explain(error: Error, table: str, role: str = "the warehouse role") -> LeadsError:
    """Turn a database error into one that is safe to show and says what to do.

    Args:
        error: what psycopg raised.
        table: qualified name of the raw table that was being read or loaded.
        role: database role of the session, for the GRANT to run.

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
    if isinstance(error, errors.UndefinedTable) and _OURS.search(message):
        return LeadsError(
            f"{table}: {message} ({state}). The warehouse lacks a table of the pipeline's own: run "
            "./leads migrate; then clear this task."
        )
    if isinstance(error, errors.UndefinedTable):
        return LeadsError(
            f"{table}: {message} ({state}). Restore the table, or take its entry out of "
            "include/sources.yml; then clear this task."
        )
    if isinstance(error, errors.UndefinedColumn):
        return LeadsError(
            f"{table}: {message} ({state}). Give the table that column back, or name the new one "
            f"in include/sql/ingest/{table.rpartition('.')[2]}.sql; then clear this task."
        )
    if isinstance(error, errors.InsufficientPrivilege):
        denied = _DENIED.search(message)
        if denied and denied[2] != table.rpartition(".")[2]:
            return LeadsError(
                f"{table}: {message} ({state}). As the owner of {denied[1]} {denied[2]} give "
                f"{role} its rights back: GRANT ALL if it is the pipeline's own, GRANT SELECT if "
                "it is a raw table; then clear this task."
            )
        return LeadsError(
            f"{table}: {message} ({state}). As the table's owner run "
            f"GRANT SELECT ON {table} TO {role}; then clear this task."
        )
    if isinstance(error, errors.LockNotAvailable):
        return PassingError(
            f"{table}: still locked by another session after the wait allowed by "
            f"LEADS_LOCK_TIMEOUT_SECONDS ({state}). Find that session in pg_stat_activity, let it "
            "finish or end it; then clear this task."
        )
    if isinstance(error, names_only):
        return LeadsError(f"{table}: {message} ({state}).")
    if isinstance(error, lost) or (error.sqlstate is None and isinstance(error, OperationalError)):
        return PassingError(
            f"{table}: the connection to the warehouse was lost or refused ({state}). Nothing of "
            "this load was kept. Check that the database is up; the task tries again."
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
        f"{table}: {type(error).__name__} ({state}){' at ' + named if named else ''}. Nothing of "
        "this load was kept; the database's own log has the detail."
    )
