"""A small fleet with one lead for every way a lead can end, and the words to change it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from leads.attribution import run_attribution
from leads.identity.resolution import run_resolution
from leads.settings import SQL, settings
from leads.sources import load_registry
from leads.staging import Limits

CABINET = "module_ct_cabinet_leads"
SCOUTING = "module_ct_scouting_daily"
MIGRATIONS = "module_ct_migrations"
PATIENT = Limits(lock_seconds=20, queue_seconds=20)
HIRED = date(2026, 9, 10)

#: Personal data that no output may hold unless it is revealed, however they are written.
PHONE, LICENCE, PLATE = "987451321", "Q40556678", "ZQX913"
NAME = "Zulema Quispillacta Huamanchumo"
CANARIES = (
    *(PHONE, "987 451 321", "451321", LICENCE, "40556678", "556678", PLATE, "QX913"),
    *NAME.upper().split(),
)
#: Of everybody else.
GIVEN = ("Rosa", "Juan", "Luis", "Carmen", "Jorge", "Pedro", "Elena", "Miguel", "Lucia", "Hector")
SURNAMES = (
    *("Quispe", "Flores", "Mamani", "Rojas", "Vargas", "Huaman", "Chavez", "Diaz", "Ramos"),
    *("Castro", "Salas", "Vega", "Paredes", "Luna", "Campos", "Soto", "Leon", "Rios", "Cruz"),
    *("Pinto", "Lazo", "Tello", "Arce", "Meza", "Ponce", "Rivas", "Cano", "Vera", "Mora", "Polo"),
)


def account(connection: Connection[Any], driver_id: str, **columns: Any) -> None:
    """A row of public.drivers."""
    row = {"driver_id": driver_id, "park_id": "lima-home-park", "hire_date": HIRED} | columns
    connection.execute(
        sql.SQL("INSERT INTO drivers ({}) VALUES ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(map(sql.Placeholder, row)),
        ),
        row,
    )


def lead(
    connection: Connection[Any],
    source: str,
    pk: str,
    on: date = HIRED,
    scout: int | None = None,
    **payload: Any,
) -> None:
    """An event, as its source's load would have made it."""
    tag = "fleet_migration" if source == MIGRATIONS else "cabinet"
    connection.execute(
        "INSERT INTO observational.lead_events (source_table, source_pk, event_date, scout_id,"
        " payload_json) VALUES (%s, %s, %s, %s, %s)",
        (source, pk, on, scout, Jsonb(payload | {"origin_tag": tag})),
    )


def scouted(name: str, phone: str, licence: str | None = None) -> dict[str, Any]:
    """What a scout writes down."""
    return {"driver_name": name, "driver_phone": phone, "driver_license": licence}


def named(name: str) -> dict[str, Any]:
    """A name as the cabinet has it."""
    first, _, last = name.partition(" ")
    return {"first_name": first, "last_name": last}


def resolve(connection: Connection[Any]) -> None:
    """What the tasks of a DAG run do after the loads."""
    home = settings().home_park_id
    run_resolution(connection, load_registry(), home_park_id=home, limits=PATIENT)
    run_attribution(connection, limits=PATIENT)


def build(connection: Connection[Any]) -> None:
    """Make the fleet and its leads, and resolve them."""
    rng = random.Random(5)
    connection.execute((SQL / "demo" / "raw_tables.sql").read_text(encoding="utf-8"))
    for number in range(400):
        account(
            connection,
            f"B-{number:03}",
            full_name=f"{rng.choice(GIVEN)} {rng.choice(SURNAMES)} {rng.choice(SURNAMES)}",
            phone=f"9{61_000_000 + 7919 * number:08}",
            license_number=f"Q{20_000_000 + 104_729 * number:08}",
            car_number=f"B{chr(65 + number % 26)}{chr(65 + number // 26)}{number:03}",
            hire_date=HIRED - timedelta(days=rng.randrange(700)),
        )
    for number in range(55):
        account(connection, f"H-{number:02}", phone="955000111", full_name=f"Hub {number}")
    account(
        connection,
        "D-ANA",
        full_name=NAME,
        phone=PHONE,
        license_number=LICENCE,
        car_number=PLATE,
        car_brand="Kia",
        car_model="Rio",
    )
    # Two accounts that are one person, and nothing says so.
    account(connection, "D-BETO1", full_name="Beto Salcedo Arana", phone="971000001")
    account(connection, "D-BETO2", full_name="Roberto Zarate", phone="971000002", park_id="other")
    # Two that are joined by licence and phone, and two who share a phone.
    for driver_id, plate in (("D-CARO1", "CAR101"), ("D-CARO2", "CAR102")):
        account(
            connection,
            driver_id,
            full_name="Carola Urteaga Bazan",
            phone="972000001",
            license_number="Q43000001",
            car_number=plate,
        )
    account(connection, "D-DINO", full_name="Dino Yupanqui Olaya", phone="973000001")
    account(connection, "D-DORA", full_name="Dora Yupanqui Inga", phone="973000001")
    account(connection, "D-EVA", full_name="Eva Ticona Laura", license_number="Q44000001")

    lead(connection, SCOUTING, "high", scout=9, **scouted(NAME, PHONE, LICENCE))
    lead(connection, SCOUTING, "beto1", scout=11, **scouted("Beto Salcedo Arana", "971000001"))
    later = HIRED + timedelta(days=1)
    lead(connection, SCOUTING, "beto2", later, 22, **scouted("Roberto Zarate", "971000002"))
    caro = scouted("Carola Urteaga Bazan", "972000001", "Q43000001")
    lead(connection, SCOUTING, "caro1", **caro)
    lead(connection, SCOUTING, "other-licence", **scouted("Wilmer Oblitas", PHONE, "Q77123987"))
    lead(connection, CABINET, "phone", HIRED - timedelta(days=400), park_phone=PHONE)
    lead(connection, CABINET, "phone-near", park_phone=PHONE)
    lead(connection, CABINET, "plate", asset_plate_number="CAR102")
    lead(connection, CABINET, "medium", park_phone=PHONE, asset_plate_number=PLATE)
    lead(connection, CABINET, "common", park_phone="955000111")
    lead(connection, CABINET, "several", park_phone="973000001")
    lead(connection, CABINET, "stranger", park_phone="998877661", **named("Nadie Sabe"))
    lead(connection, CABINET, "other-name", park_phone=PHONE, **named("Wilmer Oblitas"))
    lead(connection, CABINET, "name-only", **named("Eva Ticona Laura"))
    lead(connection, CABINET, "empty")
    lead(connection, MIGRATIONS, "known", HIRED + timedelta(days=30), 33, driver_id="D-EVA")
    lead(connection, MIGRATIONS, "missing", driver_id="D-NOBODY")
    lead(connection, MIGRATIONS, "blank")
    connection.commit()
    resolve(connection)
