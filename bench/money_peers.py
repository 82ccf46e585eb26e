"""What the money views cost as materialized views, refreshed in full.

*Plain*: each of the three is one materialized view, with its whole query from the raw rows on, as
people write them. *Chained*: their common steps are materialized views of their own, each with
statistics and indexes, so that no work is done twice. Both are made of the pipeline's statements.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from psycopg import ClientCursor, Connection, sql

from bench.figures import MeasurementError
from bench.server import Database
from leads.statements import statement

if TYPE_CHECKING:
    from typing_extensions import LiteralString

HOME_PARK_ID = "lima-home-park"
VIEWS = ("wanted_conversion", "wanted_payment", "wanted_financial")

#: Who is reckoned, and by which rules: in a refresh, what changed.
_GIVEN: dict[str, LiteralString] = {
    "touched": "SELECT DISTINCT person_key FROM observational.lead_events "
    "WHERE person_key IS NOT NULL",
    "rules_now": "SELECT * FROM ops.payment_rules",
    "quarantine_now": "SELECT driver_id FROM canon.driver_orphan_quarantine "
    "WHERE status = 'quarantined'",
}
#: The steps of a refresh, in an order in which each finds what it reads; the raw rows first.
_STEPS = {
    "work_rows": "work/stage_everything",
    "work_dates": "work/create_dates",
    "wanted_days": "work/wanted_days",
    "person_events": "people/person_events",
    "person_leads": "figures/leads",
    "person_days": "figures/work",
    "reached_milestones": "figures/reached",
    "wanted_conversion": "figures/wanted_conversion",
    "quarantined_people": "figures/quarantined",
    "wanted_payment": "figures/wanted_payment",
    "wanted_financial": "figures/wanted_financial",
}
#: What the first steps read; kept nowhere.
_INPUTS = ("work_rows", "person_events")
#: The keys by which readers look rows up, as the tables have them.
_INDEXES: tuple[LiteralString, ...] = (
    "CREATE UNIQUE INDEX ON {}.wanted_conversion (person_key, origin_tag)",
    "CREATE INDEX ON {}.wanted_conversion (origin_tag, lead_date)",
    "CREATE UNIQUE INDEX ON {}.wanted_payment (person_key, origin_tag, rule_scope, rule_id)",
    "CREATE UNIQUE INDEX ON {}.wanted_financial (person_key)",
    "CREATE INDEX ON {}.wanted_financial (driver_id)",
)
_DAYS_INDEX: LiteralString = "CREATE UNIQUE INDEX ON {}.wanted_days (driver_id, work_date)"
#: Both must come to the same as the refresh.
_DIFFERENCES: LiteralString = """
    SELECT count(*)
    FROM ops.payment_calculation AS ours
    FULL JOIN {} AS peer USING (person_key, origin_tag, rule_scope, rule_id)
    WHERE (ours.amount, ours.is_payable, ours.achieved_date)
        IS DISTINCT FROM (peer.amount, peer.is_payable, peer.achieved_date)"""
_BINDS = {"home_park_id": HOME_PARK_ID, "is_appended": False}


def chained(database: Database) -> float:
    """Seconds to refresh a chain of materialized views, one per step.

    Args:
        database: with people, work and payments; it keeps the views in a schema `chained`.
    """
    with _schema(database, "chained") as connection:
        for name, text in _GIVEN.items():
            connection.execute(sql.SQL("CREATE VIEW {} AS {}").format(_name(name), sql.SQL(text)))
        for name in _STEPS:
            kind = sql.SQL("VIEW" if name in _INPUTS else "MATERIALIZED VIEW")
            connection.execute(
                sql.SQL("CREATE {} {} AS {}").format(kind, _name(name), _query(connection, name))
            )
        _index(connection, "chained", (_DAYS_INDEX, *_INDEXES))
    database.vacuum()
    return _refresh(database, "chained", [name for name in _STEPS if name not in _INPUTS])


def plain(database: Database) -> float:
    """Seconds to refresh three materialized views that share nothing.

    Args:
        database: with people, work and payments; it keeps the views in a schema `plain`.
    """
    with _schema(database, "plain") as connection:
        for view in VIEWS:
            parts = [sql.SQL("{} AS ({})").format(_name(n), sql.SQL(t)) for n, t in _GIVEN.items()]
            for name in list(_STEPS)[: list(_STEPS).index(view) + 1]:
                part = sql.SQL("{} AS ({})").format(_name(name), _query(connection, name))
                parts.append(part)
            # What a query does not read is not reckoned.
            query = sql.SQL("WITH {} SELECT * FROM {}").format(
                sql.SQL(", ").join(parts), _name(view)
            )
            connection.execute(
                sql.SQL("CREATE MATERIALIZED VIEW {} AS {} WITH NO DATA").format(
                    sql.Identifier("plain", view), query
                )
            )
        _index(connection, "plain", _INDEXES)
    return _refresh(database, "plain", VIEWS)


def _query(connection: Connection[Any], name: str) -> sql.SQL:
    """The SELECT of a step, its driver-days read from the raw rows and not from our table."""
    text = statement(f"views/{_STEPS[name]}")
    made = re.search(r"CREATE TEMPORARY (TABLE \w+ ON COMMIT DROP|VIEW \w+) AS\n", text)
    assert made is not None
    query = text[made.end() :].replace("ops.driver_days AS work", "wanted_days AS work")
    with ClientCursor(connection) as cursor:
        return sql.SQL(cursor.mogrify(query, _BINDS))


def _schema(database: Database, name: LiteralString) -> Connection[Any]:
    """A session in whose own schema everything is made."""
    database.administer(f"CREATE SCHEMA {name} AUTHORIZATION warehouse")
    connection = database.connect()
    connection.execute(sql.SQL("SET search_path TO {}, public").format(_name(name)))
    return connection


def _index(connection: Connection[Any], schema: str, indexes: tuple[LiteralString, ...]) -> None:
    for index in indexes:
        connection.execute(sql.SQL(index).format(_name(schema)))


def _refresh(database: Database, schema: str, views: Any) -> float:
    database.checkpoint()
    with database.connect() as connection:
        # Memory as a refresh has it. What a CTE holds the planner does not know: from one row by
        # another it would look for each of a million in a list of a million.
        connection.execute("SET work_mem = '64MB'")
        if schema == "plain":
            connection.execute("SET enable_nestloop = off")
        started = time.perf_counter()
        for view in views:
            connection.execute(
                sql.SQL("REFRESH MATERIALIZED VIEW {}.{}").format(_name(schema), _name(view))
            )
        connection.commit()
        seconds = time.perf_counter() - started
        payments = sql.Identifier(schema, "wanted_payment")
        row = connection.execute(sql.SQL(_DIFFERENCES).format(payments)).fetchone()
    if row != (0,):
        raise MeasurementError(f"{schema}: {row} payments differ from those of the refresh")
    return seconds


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)
