"""A refresh does not have its pages compressed for the server's log, where it may choose."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection

from identity.people import Session
from views.outcome import refresh
from views.world import ANA, account, lead


@pytest.mark.parametrize(("may", "wanted"), [(True, "off"), (False, "pglz")])
def test_the_log_is_uncompressed_during_a_refresh_that_may_say_so(
    connection: Session, owner: Connection[Any], may: bool, wanted: str
) -> None:
    account(connection, "d1", ANA)
    lead(connection, ANA, "1", 0)
    seen: list[Any] = []

    def ask() -> Any:
        return connection.execute("SHOW wal_compression").fetchone()

    connection.after("views/state/close_state", lambda: seen.append(ask()))
    if not may:
        owner.execute("REVOKE SET ON PARAMETER wal_compression FROM warehouse")
        owner.commit()
    try:
        refresh(connection)
    finally:
        owner.execute("GRANT SET ON PARAMETER wal_compression TO warehouse")
        owner.commit()
    assert seen == [(wanted,)]
    assert ask() == ("pglz",)
    connection.rollback()
