"""People, their leads, work and payments, marked as the earlier tasks mark them: the words here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from identity.people import HOME, ORIGIN, OTHER_PARK, Session
from ingestion.loading import CABINET, MIGRATIONS, NOW, SCOUTING, rows

__all__ = ["CABINET", "HOME", "MIGRATIONS", "NOW", "OTHER_PARK", "SCOUTING", "Session", "rows"]

ANA, BRUNO, CARLA = (UUID(int=number) for number in (1, 2, 3))
HIRED = date(2026, 1, 1)


def day(number: int) -> date:
    """A date, in days from the first of October, a Thursday."""
    return date(2026, 10, 1) + timedelta(days=number)


def at(number: int, hour: int = 9) -> datetime:
    """A naive local time of that day."""
    return datetime.combine(day(number), time(hour))


def write(connection: Connection[Any], query: Any, *binds: Any) -> int:
    with connection.transaction():
        return connection.execute(query, binds or None).rowcount


LANDED = at(60)


# People and accounts, as identity resolution leaves them ---------------------------------------


def mark(connection: Connection[Any], *people: UUID | None) -> None:
    """Tell attribution and the views that a person's leads or accounts changed."""
    write(
        connection,
        "INSERT INTO canon.stale_people (consumer, person_key) "
        "SELECT consumer, person "
        "FROM unnest('{attribution, views}'::text[]) AS consumer, unnest(%s::uuid[]) AS person "
        "WHERE person IS NOT NULL ON CONFLICT DO NOTHING",
        list(people),
    )


def know(connection: Connection[Any], person: UUID) -> None:
    write(
        connection,
        "INSERT INTO canon.identity_registry (person_key, confidence_level) VALUES (%s, 'HIGH') "
        "ON CONFLICT DO NOTHING",
        person,
    )


def account(
    connection: Connection[Any],
    driver_id: str,
    person: UUID,
    *,
    park: str | None = HOME,
    hired: date | None = HIRED,
    name: str | None = None,
) -> str:
    """An account of a person, or its next version, with the marks that follow; gives its id."""
    old = rows(
        connection,
        "SELECT person_key, coalesce(name_norm, '') FROM canon.drivers_index WHERE driver_id = %s",
        driver_id,
    )
    know(connection, person)
    new = rows(
        connection,
        "INSERT INTO canon.drivers_index "
        "(driver_id, person_key, park_id, hire_date, full_name, name_norm) "
        "SELECT %s, %s, %s, %s, form.name, array_to_string(array("
        'SELECT word FROM unnest(canon.name_words(form.name)) AS word ORDER BY word COLLATE "C"'
        "), ' ') FROM (SELECT %s::varchar AS name) AS form "
        "ON CONFLICT (driver_id) DO UPDATE SET person_key = excluded.person_key, "
        "park_id = excluded.park_id, hire_date = excluded.hire_date, "
        "full_name = excluded.full_name, name_norm = excluded.name_norm "
        "RETURNING person_key, coalesce(name_norm, '')",
        *(driver_id, person, park, hired, name),
    )
    if old != new:
        write(
            connection,
            "INSERT INTO canon.stale_accounts (driver_id, name_norm) "
            "SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
            driver_id,
            list({form for _, form in [*old, *new]}),
        )
    mark(connection, person, *(before for before, _ in old))
    return driver_id


def give(connection: Connection[Any], driver_id: str, person: UUID) -> None:
    """Let an account, as it is, belong to another person."""
    ((park, hired, name),) = rows(
        connection,
        "SELECT park_id, hire_date, full_name FROM canon.drivers_index WHERE driver_id = %s",
        driver_id,
    )
    account(connection, driver_id, person, park=park, hired=hired, name=name)


def merge(connection: Connection[Any], loser: UUID, survivor: UUID) -> None:
    """Two keys turn out to be one person: accounts, leads and links move, and one key goes."""
    for (driver_id,) in rows(
        connection, "SELECT driver_id FROM canon.drivers_index WHERE person_key = %s", loser
    ):
        give(connection, driver_id, survivor)
    for table in ("observational.lead_events", "canon.identity_links"):
        write(
            connection,
            sql.SQL("UPDATE {} SET person_key = %s WHERE person_key = %s").format(
                sql.Identifier(*table.split("."))
            ),
            survivor,
            loser,
        )
    for table in ("observational.lead_ledger", "canon.identity_registry"):
        write(
            connection,
            sql.SQL("DELETE FROM {} WHERE person_key = %s").format(
                sql.Identifier(*table.split("."))
            ),
            loser,
        )
    mark(connection, loser, survivor)


def quarantine(connection: Connection[Any], driver_id: str, status: str = "quarantined") -> None:
    write(
        connection,
        "INSERT INTO canon.driver_orphan_quarantine (driver_id, status) VALUES (%s, %s) "
        "ON CONFLICT (driver_id) DO UPDATE SET status = excluded.status",
        driver_id,
        status,
    )


# Leads, as loads and identity resolution leave them ----------------------------------------------


def lead(
    connection: Connection[Any],
    person: UUID | None,
    pk: str,
    on: int,
    *,
    source: str = CABINET,
    scout: int | None = None,
    level: str = "HIGH",
) -> str:
    """A lead with its link, or its next version, and the marks that follow; gives its key."""
    old = rows(
        connection,
        "SELECT person_key FROM observational.lead_events "
        "WHERE source_table = %s AND source_pk = %s",
        *(source, pk),
    )
    write(
        connection,
        "INSERT INTO observational.lead_events "
        "(source_table, source_pk, event_date, person_key, scout_id, payload_json) "
        "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (source_table, source_pk) DO UPDATE SET "
        "event_date = excluded.event_date, person_key = excluded.person_key, "
        "scout_id = excluded.scout_id, payload_json = excluded.payload_json",
        *(source, pk, day(on), person, scout, Jsonb({"origin_tag": ORIGIN[source]})),
    )
    _link(connection, source, pk, person, level)
    mark(connection, person, *(before for (before,) in old))
    return pk


def _link(
    connection: Connection[Any], source: str, pk: str, person: UUID | None, level: str
) -> None:
    if person is None:
        write(
            connection,
            "DELETE FROM canon.identity_links WHERE source_table = %s AND source_pk = %s",
            *(source, pk),
        )
        return
    write(
        connection,
        "INSERT INTO canon.identity_links "
        "(source_table, source_pk, person_key, confidence_level, match_rule, match_score) "
        "VALUES (%s, %s, %s, %s, 'PHONE', 90) ON CONFLICT (source_table, source_pk) DO UPDATE SET "
        "person_key = excluded.person_key, confidence_level = excluded.confidence_level",
        *(source, pk, person, level),
    )


def remove_lead(connection: Connection[Any], source: str, pk: str) -> None:
    """A lead turned bad: event and link go."""
    gone = rows(
        connection,
        "DELETE FROM observational.lead_events WHERE source_table = %s AND source_pk = %s "
        "RETURNING person_key",
        *(source, pk),
    )
    _link(connection, source, pk, None, "")
    mark(connection, *(person for (person,) in gone))


# Raw rows and rules ------------------------------------------------------------------------------


def work(
    connection: Connection[Any],
    driver_id: str | None,
    on: int | str | None,
    trips: int | None,
    *,
    seconds: int | None = 3_600,
    landed: datetime | None = LANDED,
) -> None:
    """A report of a day of work, in days from the first of October or as it is spelled."""
    text = day(on).strftime("%d-%m-%Y") if isinstance(on, int) else on
    write(
        connection,
        "INSERT INTO public.summary_daily VALUES (%s, %s, %s, %s, %s)",
        *(driver_id, text, trips, seconds, landed),
    )


def pay(
    connection: Connection[Any],
    *milestones: int,
    driver_id: str | None = None,
    name: str | None = None,
    on: int = 20,
) -> int:
    """A payment of these milestones; gives its number."""
    paid = [number in milestones or None for number in (1, 5, 25)]
    ((number,),) = rows(
        connection,
        "INSERT INTO public.module_ct_cabinet_payments "
        "(date, driver, driver_id, trip_1, trip_5, trip_25) VALUES (%s, %s, %s, %s, %s, %s) "
        "RETURNING id",
        *(day(on), name, driver_id, *paid),
    )
    return int(number)


def rule(
    connection: Connection[Any],
    scope: str,
    milestone: int,
    amount: int,
    *,
    window: int = 14,
    origin: str = "cabinet",
    valid_from: date = HIRED,
    valid_to: date | None = None,
    offset: int = 3,
    currency: str = "PEN",
) -> int:
    """A new active rule; gives its number."""
    ((number,),) = rows(
        connection,
        sql.SQL(
            "INSERT INTO {} (origin_tag, window_days, milestone_trips, amount, currency, "
            "valid_from, valid_to, payable_offset_days) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
            "RETURNING id"
        ).format(sql.Identifier("ops", f"{scope}_payment_rules")),
        *(origin, window, milestone, amount, currency, valid_from, valid_to, offset),
    )
    return int(number)
