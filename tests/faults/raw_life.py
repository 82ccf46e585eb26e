"""What happens to the raw tables between loads: the same for every database it is done to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import Connection

if TYPE_CHECKING:
    from typing_extensions import LiteralString

SOURCES = ("module_ct_cabinet_leads", "module_ct_scouting_daily", "module_ct_migrations")

#: New rows: 34 days of them, some without key or landing time, some with an impossible date, some
#: under the key of the row before. Keys are given, as a crash makes a sequence skip some.
_ARRIVE: dict[str, LiteralString] = {
    "module_ct_cabinet_leads": """
        INSERT INTO module_ct_cabinet_leads
            (id, external_id, lead_created_at, created_at, first_name, park_phone, status)
        SELECT
            base.id + n,
            CASE
                WHEN mod(n, 97) = 0 THEN ' '
                WHEN mod(n, 89) = 0 THEN 'key-' || base.id + n - 1
                ELSE 'key-' || base.id + n
            END,
            CASE
                WHEN mod(n, 101) = 0 THEN NULL
                WHEN mod(n, 103) = 0 THEN timestamp '2031-01-01'
                WHEN mod(n, 107) = 0 THEN timestamp '2009-01-01'
                ELSE at.at
            END,
            CASE WHEN mod(n, 113) != 0 THEN at.at + interval '7 minutes' END,
            'Name ' || mod(n, 500), '+5190000' || mod(n, 9999), 'new'
        FROM (SELECT coalesce(max(id), 0) AS id FROM module_ct_cabinet_leads) AS base
        CROSS JOIN generate_series(1, %(rows)s::int) AS n
        CROSS JOIN LATERAL (
            SELECT %(now)s::timestamp - mod(n * 7919, 34 * 1440) * interval '1 minute' AS at
        ) AS at
        """,
    "module_ct_scouting_daily": """
        INSERT INTO module_ct_scouting_daily
            (id, registration_date, created_at, scout_id, driver_name, driver_phone)
        SELECT
            base.id + n,
            CASE
                WHEN mod(n, 101) = 0 THEN NULL
                WHEN mod(n, 103) = 0 THEN date '2031-01-01'
                ELSE %(now)s::date - mod(n, 34)
            END,
            CASE WHEN mod(n, 113) != 0 THEN %(now)s::timestamp - mod(n, 34) * interval '1 day' END,
            mod(n, 23), 'Name ' || mod(n, 500), '+5190000' || mod(n, 9999)
        FROM (SELECT coalesce(max(id), 0) AS id FROM module_ct_scouting_daily) AS base
        CROSS JOIN generate_series(1, %(rows)s::int) AS n
        """,
    "module_ct_migrations": """
        INSERT INTO module_ct_migrations
            (id, driver_id, driver_name, scout_id, hire_date, created_at)
        SELECT
            base.id + n,
            md5(n::text), 'Name ' || mod(n, 500), mod(n, 23),
            CASE
                WHEN mod(n, 101) = 0 THEN NULL
                WHEN mod(n, 103) = 0 THEN date '2031-01-01'
                ELSE %(now)s::date - mod(n, 34)
            END,
            CASE WHEN mod(n, 113) != 0 THEN %(now)s::timestamp - mod(n, 34) * interval '1 day' END
        FROM (SELECT coalesce(max(id), 0) AS id FROM module_ct_migrations) AS base
        CROSS JOIN generate_series(1, %(rows)s::int) AS n
        """,
}

#: Corrections: plain ones, good rows that turn bad and bad ones that are mended, rows that take
#: the key of another or move to another day, and rows that disappear.
_CHANGE: dict[str, tuple[LiteralString, ...]] = {
    "module_ct_cabinet_leads": (
        "UPDATE module_ct_cabinet_leads SET status = 'round ' || %(round)s::text "
        "WHERE mod(id + %(round)s, 29) = 0",
        "UPDATE module_ct_cabinet_leads "
        "SET lead_created_at = %(now)s::timestamp - interval '1 hour' "
        "WHERE mod(id + %(round)s, 3) = 0 "
        "AND (lead_created_at IS NULL OR lead_created_at > '2030-01-01')",
        "UPDATE module_ct_cabinet_leads SET lead_created_at = NULL "
        "WHERE mod(id + %(round)s, 211) = 0",
        "UPDATE module_ct_cabinet_leads SET external_id = 'key-' || id + 1 "
        "WHERE mod(id + %(round)s, 307) = 0",
        "UPDATE module_ct_cabinet_leads SET external_id = 'moved-' || id "
        "WHERE mod(id + %(round)s, 223) = 0",
        "DELETE FROM module_ct_cabinet_leads WHERE mod(id + %(round)s, 401) = 0",
    ),
    "module_ct_scouting_daily": (
        "UPDATE module_ct_scouting_daily SET scout_id = %(round)s "
        "WHERE mod(id + %(round)s, 29) = 0",
        "UPDATE module_ct_scouting_daily SET registration_date = %(now)s::date - 3 "
        "WHERE mod(id + %(round)s, 3) = 0 "
        "AND (registration_date IS NULL OR registration_date > '2030-01-01')",
        "UPDATE module_ct_scouting_daily SET registration_date = NULL "
        "WHERE mod(id + %(round)s, 211) = 0",
        "DELETE FROM module_ct_scouting_daily WHERE mod(id + %(round)s, 401) = 0",
    ),
    "module_ct_migrations": (
        "UPDATE module_ct_migrations SET scout_id = %(round)s WHERE mod(id + %(round)s, 29) = 0",
        "UPDATE module_ct_migrations SET hire_date = %(now)s::date - 3 "
        "WHERE mod(id + %(round)s, 3) = 0 AND hire_date > '2030-01-01'",
        "UPDATE module_ct_migrations SET hire_date = '2031-01-01' "
        "WHERE mod(id + %(round)s, 211) = 0",
        "DELETE FROM module_ct_migrations WHERE mod(id + %(round)s, 401) = 0",
    ),
}


def arrive(connection: Connection[Any], source_table: str, rows: int, now: str) -> None:
    """Let new rows land; `now` is naive local time."""
    with connection.transaction():
        connection.execute(_ARRIVE[source_table], {"rows": rows, "now": now})


def change(connection: Connection[Any], source_table: str, number: int, now: str) -> None:
    """Correct, spoil, mend, move and remove rows; each number has its own."""
    with connection.transaction():
        for text in _CHANGE[source_table]:
            connection.execute(text, {"round": number, "now": now})
