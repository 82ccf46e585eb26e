"""The small fleet of the identity commands, with work, payments and published figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Connection

from cli_identity.world import HIRED, PATIENT, SCOUTING, account, lead, resolve, scouted
from cli_identity.world import build as build_people
from leads.settings import settings
from leads.sources import load_registry
from leads.views.refresh import run_refresh
from leads.windows import UTC

#: Local midday of the day on which the figures are published.
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
ROSA, PEDRO, NORA = "W-ROSA", "W-PEDRO", "W-NORA"
#: Of Rosa's two accounts; nobody may read them without --reveal.
ROSA_NAME = "Rosaura Huilcahuaman Ccoyllo"
ROSA_PHONE, ROSA_LICENCE, ROSA_PLATE = "976543218", "Q48877665", "VKW742"
CANARIES = (ROSA_PHONE, "543218", ROSA_LICENCE, "8877665", ROSA_PLATE, *ROSA_NAME.upper().split())


def day(number: int) -> date:
    """So many days after the lead date."""
    return HIRED + timedelta(days=number)


def work(connection: Connection[Any], driver_id: str, on: date, trips: int) -> None:
    """A report of a day of work."""
    connection.execute(
        "INSERT INTO summary_daily (driver_id, date_file, count_orders_completed,"
        " sum_work_time_seconds, created_at) VALUES (%s, %s, %s, %s, %s)",
        (driver_id, f"{on:%d-%m-%Y}", trips, 600 * trips, on + timedelta(days=1)),
    )


def pay(connection: Connection[Any], name: str, driver_id: str | None, *trips: int) -> None:
    """A payment row of the platform, for these milestones."""
    connection.execute(
        "INSERT INTO module_ct_cabinet_payments (date, driver, driver_id, trip_1, trip_5, trip_25)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (day(20), name, driver_id, *(one in trips for one in (1, 5, 25))),
    )


def refresh(connection: Connection[Any], **options: Any) -> dict[str, Any]:
    """Bring the figures up to date."""
    chosen = settings()
    return run_refresh(
        connection,
        load_registry(),
        home_park_id=chosen.home_park_id,
        zone=chosen.zone,
        limits=PATIENT,
        clock=lambda: NOW,
        **options,
    )


def build(connection: Connection[Any]) -> None:
    """Make the fleet, let it work, pay some of it, and publish the figures."""
    build_people(connection)
    for driver_id, park in ((ROSA, "lima-home-park"), (f"{ROSA}2", "other")):
        account(
            connection,
            driver_id,
            full_name=ROSA_NAME,
            phone=ROSA_PHONE,
            license_number=ROSA_LICENCE,
            car_number=ROSA_PLATE,
            park_id=park,
        )
    # Two of one name: a payment by that name is nobody's.
    for number in (1, 2):
        account(
            connection,
            f"{PEDRO}{number}",
            full_name="Pedro Ancasi Tupa",
            phone=f"97700000{number}",
            license_number=f"Q4990000{number}",
        )
    account(
        connection,
        NORA,
        full_name="Nora Lipa Cutipa",
        phone="978000001",
        license_number="Q48000001",
    )
    lead(connection, SCOUTING, "rosa", scout=9, **scouted(ROSA_NAME, ROSA_PHONE, ROSA_LICENCE))
    lead(connection, SCOUTING, "rosa-later", day(40), 9, **scouted(ROSA_NAME, ROSA_PHONE))
    pedro = scouted("Pedro Ancasi Tupa", "977000001", "Q49900001")
    lead(connection, SCOUTING, "pedro", **pedro)
    nora = scouted("Nora Lipa Cutipa", "978000001", "Q48000001")
    lead(connection, SCOUTING, "nora", scout=12, **nora)
    # Trips of two accounts add up; day 13 is the last of 14.
    for number, trips in ((0, 2), (3, 2), (13, 18), (14, 7)):
        work(connection, ROSA, day(number), trips)
    work(connection, f"{ROSA}2", day(3), 3)
    work(connection, f"{PEDRO}1", day(2), 6)
    work(connection, NORA, day(1), 3)
    work(connection, "D-EVA", day(31), 60)
    pay(connection, ROSA_NAME, ROSA, 1)
    pay(connection, ROSA_NAME, None, 5)
    pay(connection, "Pedro Ancasi Tupa", None, 1)
    pay(connection, "Nora Lipa Cutipa", NORA, 5)
    connection.execute(
        "INSERT INTO canon.driver_orphan_quarantine (driver_id, detected_reason)"
        " VALUES ('D-ANA', 'park unknown')"
    )
    connection.commit()
    resolve(connection)
    refresh(connection)
