"""Arrivals written down as rows of the three lead tables."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from leads.local.demo import typing_habits
from leads.local.demo.accounts import Worker
from leads.local.demo.arrivals import Arrival
from leads.local.demo.names import CITIES, METHODS, STATUSES, TARIFFS
from leads.local.demo.people import Person
from leads.local.demo.rows import CabinetLead, Migration, ScoutingLead

FIRST_SCOUT_ID = 101
PARK_NAMES = ("Flota Lima", "Flota Lima", "Flota Lima", "FLOTA LIMA", "Flota Lima ")


@dataclass(frozen=True, slots=True)
class Scout:
    """Somebody who registers drivers in the street."""

    id: int
    name: str


def roster(people: list[Person]) -> list[Scout]:
    """Make scouts of people, numbered from `FIRST_SCOUT_ID`."""
    return [
        Scout(FIRST_SCOUT_ID + place, f"{person.given[0]} {person.surnames[0]}")
        for place, person in enumerate(people)
    ]


def external_id(rng: Random) -> str:
    """A key as the partner platform gives it."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def cabinet_lead(rng: Random, arrival: Arrival, now: datetime) -> CabinetLead:
    """A registration on the partner platform; `now` is naive local time."""
    person, written, name = arrival.lead.person, typing_habits.written, typing_habits.hand(rng)
    given = person.given if rng.random() < 0.75 else person.given[:1]
    surnames = person.surnames if rng.random() < 0.9 else person.surnames[:1]
    seen_on = (arrival.at + timedelta(days=rng.expovariate(1 / 8))).date()
    return CabinetLead(
        id=0,
        external_id=external_id(rng),
        lead_created_at=arrival.at,
        created_at=arrival.landed,
        first_name=name(given[0]),
        middle_name=name(given[1]) if len(given) > 1 else None,
        last_name=name(" ".join(surnames)),
        park_phone=written(rng, typing_habits.phone(rng, person.phone)),
        asset_plate_number=written(rng, typing_habits.plate(rng, person.car.plate), 0.12, 0.02),
        asset_model=written(rng, typing_habits.model(rng, person.car), 0.10, 0.01),
        asset_color=person.car.colour if rng.random() < 0.7 else None,
        status=rng.choice(STATUSES),
        tariff=rng.choice(TARIFFS),
        target_city=rng.choice(CITIES),
        park_name=rng.choice(PARK_NAMES),
        last_active_date=min(seen_on, now.date()) if arrival.lead.has_account else None,
    )


def scouting_lead(rng: Random, arrival: Arrival, scouts: Sequence[Scout]) -> ScoutingLead:
    """A driver registered by a scout."""
    person, written, scout = arrival.lead.person, typing_habits.written, scouts[arrival.scout]
    known = rng.random() < 0.98
    return ScoutingLead(
        id=0,
        registration_date=arrival.at.date(),
        created_at=arrival.landed,
        scout_id=scout.id if known else None,
        scout_name=typing_habits.hand(rng)(scout.name) if known else "",
        driver_name=typing_habits.full_name(rng, person),
        driver_phone=written(rng, typing_habits.phone(rng, person.phone), 0.03, 0.02),
        driver_license=written(rng, typing_habits.licence(rng, person.licence), 0.15, 0.02),
        acquisition_method=rng.choice(METHODS),
    )


def migration(
    rng: Random,
    arrival: Arrival,
    scouts: Sequence[Scout],
    workers: Mapping[int, Worker],
    now: datetime,
) -> Migration:
    """A driver who moved in from another fleet.

    Args:
        rng: source of chance.
        arrival: who, and when.
        scouts: all of them.
        workers: people with accounts, by the number of their lead.
        now: naive local time.
    """
    worker, scout = workers.get(arrival.lead.number), scouts[arrival.scout]
    # Without an account the fleet wrote down one that nobody knows.
    driver_id: str | None = (
        worker.accounts[0].driver_id if worker else f"{rng.getrandbits(128):032x}"
    )
    chance = rng.random()
    if chance < 0.05:
        driver_id = None if chance < 0.03 else ""
    with_scout = rng.random() < 0.85
    hired = arrival.at.date() if rng.random() < 0.97 else None
    updated = arrival.landed
    if rng.random() < 0.15:
        updated += timedelta(days=rng.uniform(0, 20))
    return Migration(
        id=0,
        driver_id=driver_id,
        driver_name=typing_habits.full_name(rng, arrival.lead.person),
        scout_id=scout.id if with_scout else None,
        scout_name=scout.name if with_scout else None,
        hire_date=hired,
        created_at=arrival.landed,
        updated_at=min(updated, now).replace(microsecond=0) if rng.random() < 0.9 else None,
    )
