"""Payments: `public.module_ct_cabinet_payments`, each with the person it belongs to."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from leads.statements import statement
from leads.views.raw_reads import Way, note_read, read_facts

RAW_TABLE = "public.module_ct_cabinet_payments"

_PREPARE = ("create_news", "create_touched", "create_stale_names", "take_stale_accounts")
_MATCH = ("touch_stale", "match_payments", "update_matches")


def read_payments(connection: Connection[Any], binds: dict[str, Any], *, full: bool) -> int:
    """Bring payments up to date, and match those that changed or whose accounts did.

    Whom a payment left or reached is told by `pg_temp.touched_payments` and
    `pg_temp.payment_matches`.

    Args:
        connection: in the refresh's transaction.
        binds: `snapshot`, `read_at`, `run_id`.
        full: whether everything is compared, and matched anew.

    Returns:
        How many payments are new, changed or gone.
    """
    for name in _PREPARE:
        _execute(connection, name, binds)
    changed = _read(connection, binds, full=full)
    binds["is_everything"] = full
    for name in _MATCH:
        _execute(connection, name, binds)
    return changed


def _read(connection: Connection[Any], binds: dict[str, Any], *, full: bool) -> int:
    facts = read_facts(connection, RAW_TABLE)
    if facts.is_untouched and not full:
        return 0
    is_everything = full or facts.way is Way.EVERYTHING
    binds["old_age"] = None if is_everything else facts.old_looked_age
    changed = _execute(connection, "find_written", binds)
    row = connection.execute(statement("views/payments/count_rows")).fetchone()
    row_count, known_count = row or (0, 0)
    if row_count != known_count:
        changed += _execute(connection, "delete_gone", binds)
    _execute(connection, "upsert_written", binds)
    _execute(connection, "touch_written", binds)
    note_read(
        connection,
        RAW_TABLE,
        facts,
        row_count=row_count,
        has_looked=True,
        is_overtaken=False,
        binds=binds,
    )
    return changed


def _execute(connection: Connection[Any], name: str, binds: dict[str, Any]) -> int:
    return connection.execute(statement(f"views/payments/{name}"), binds).rowcount
