"""Any error as one sentence with its fix, and without personal data."""

from __future__ import annotations

import errno

import typer


def usage(sentence: str) -> typer.BadParameter:
    """An error of the person who typed the command; exit status 2."""
    return typer.BadParameter(sentence)


def sentence(error: Exception) -> str:
    """Say what went wrong.

    Our own errors are written for people and pass as they are. A database's are not: they may
    quote row values, so only their kind and, while connecting, libpq's own words are kept.
    """
    import psycopg

    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return (
            f"The warehouse cannot be reached: {_one_line(error)} "
            "Check AIRFLOW_CONN_WAREHOUSE, the network and the server."
        )
    if isinstance(error, psycopg.Error):
        from leads.errors import explain

        return str(explain(error, "the warehouse"))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full. Free some space, then repeat the command."
    if type(error).__module__.startswith("leads."):
        return str(error)
    return f"{type(error).__name__}: {_one_line(error)} (LEADS_TRACEBACK=1 shows where.)"


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if text.endswith(".") else f"{text}."
