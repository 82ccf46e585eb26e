"""A model is outgrown when there is twice of what it learnt from, and not before."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from identity_model.worlds import HOME, REGISTRY, connect, write
from leads.identity.model import outgrown
from leads.identity.resolution import run_resolution


def learn(connection: Connection[Any], accounts: int) -> None:
    """Let the first run make a model of so many accounts and no leads."""
    write(
        connection,
        "INSERT INTO drivers (driver_id, park_id, phone, full_name) SELECT 'D' || number, %s, "
        "'98700' || 1000 + number, 'ANA ROSA QUISPE' FROM generate_series(1, %s) AS number",
        *(HOME, accounts),
    )
    run_resolution(connection, REGISTRY, home_park_id=HOME)
    write(connection, "ANALYZE canon.drivers_index, canon.lead_keys")


def test_a_model_that_learnt_from_no_leads_fits_while_there_are_none(raw_database: Any) -> None:
    with connect(raw_database.conninfo) as connection:
        learn(connection, 3)
        assert outgrown(connection) is None


def test_a_model_is_outgrown_by_twice_the_accounts(raw_database: Any) -> None:
    with connect(raw_database.conninfo) as connection:
        learn(connection, 3)
        write(connection, "UPDATE canon.identity_models SET accounts = 2")
        assert outgrown(connection) is None
        write(connection, "UPDATE canon.identity_models SET accounts = 1")
        said = outgrown(connection)
    assert said is not None
    assert "learnt from 1 accounts and 0 leads; by now there are about 3 and 0." in said
    assert "./leads identity train" in said
