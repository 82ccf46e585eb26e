"""Rows of the three lead tables: what was written down of who came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from uuid import UUID

from leads.evaluation import names
from leads.evaluation.accounts import driver_id
from leads.evaluation.arrivals import Arrival, Channel
from leads.evaluation.handwriting import Pen
from leads.evaluation.people import Car, Person, Population
from leads.local.demo.names import CITIES, METHODS, STATUSES, TARIFFS
from leads.local.demo.registrations import FIRST_SCOUT_ID, Scout
from leads.local.demo.rows import CabinetLead, Migration, ScoutingLead

SCOUTS = 60
_WITHOUT_EXTERNAL_ID = 4  # of 256


def external_id(seed: int, number: int) -> str | None:
    """The partner platform's key of a cabinet row; a few are blank or NULL.

    Args:
        seed: the world's.
        number: `id` of the row.
    """
    digest = blake2b(f"{seed}/cabinet/{number}".encode(), digest_size=17).digest()
    if digest[16] < _WITHOUT_EXTERNAL_ID:
        return None if digest[16] % 2 else ""
    return str(UUID(bytes=digest[:16], version=4))


def source_pk(seed: int, channel: Channel, number: int) -> str:
    """The key of a lead as its event has it; see `external_id`."""
    key = external_id(seed, number) if channel is Channel.CABINET else None
    return key or str(number)


class Clerk:
    """Writes down who came."""

    def __init__(self, population: Population, pen: Pen, *, seed: int) -> None:
        """Sit down at the desk.

        Args:
            population: where new numbers and cars come from.
            pen: how leads are written.
            seed: the world's, for the ids.
        """
        rng, rare = pen.rng, pen.noise.rare_name
        self.population = population
        self.pen = pen
        self.seed = seed
        self.scouts = [
            Scout(
                FIRST_SCOUT_ID + place,
                f"{names.given(rng, 0, woman=False, foreign=False)} {names.surname(rng, rare)}",
            )
            for place in range(SCOUTS)
        ]

    def cabinet(self, arrivals: Sequence[Arrival]) -> Iterator[CabinetLead]:
        """Registrations on the partner platform, numbered from 1."""
        pen, rng, noise = self.pen, self.pen.rng, self.pen.noise
        for number, arrival in enumerate(arrivals, 1):
            person = arrival.person
            given, surnames = pen.name(person)
            halves: tuple[list[str], list[str]] = (given, surnames)
            # Whole names land in the wrong column less often than in the wrong order.
            if rng.random() < noise.other_order / 6:
                halves = (surnames, given)
            first, *middle = halves[0] or [""]
            last = " ".join(halves[1])
            named = rng.random() >= noise.missing_lead_name
            car = self._car(person)
            yield CabinetLead(
                id=number,
                external_id=external_id(self.seed, number),
                lead_created_at=arrival.at,
                created_at=arrival.landed,
                first_name=first if named else None,
                middle_name=" ".join(middle) or None if named else None,
                last_name=last or None if named else None,
                park_phone=pen.phone(self._phone(person), noise.missing_lead_phone),
                asset_plate_number=pen.plate(car.plate, noise.missing_lead_plate),
                asset_model=pen.model(car, noise.missing_lead_model),
                asset_color=None,
                status=rng.choice(STATUSES),
                tariff=rng.choice(TARIFFS),
                target_city=rng.choice(CITIES),
                park_name="Flota Lima",
                last_active_date=arrival.at.date() if person.number else None,
            )

    def scouting(self, arrivals: Sequence[Arrival]) -> Iterator[ScoutingLead]:
        """Drivers registered by scouts, numbered from 1."""
        pen, rng, noise = self.pen, self.pen.rng, self.pen.noise
        for number, arrival in enumerate(arrivals, 1):
            person, scout = arrival.person, self._scout()
            yield ScoutingLead(
                id=number,
                registration_date=arrival.at.date(),
                created_at=arrival.landed,
                scout_id=scout.id,
                scout_name=scout.name,
                driver_name=self._full_name(person),
                driver_phone=pen.phone(self._phone(person), noise.missing_lead_phone),
                driver_license=pen.licence(person.licence, noise.missing_lead_licence),
                acquisition_method=rng.choice(METHODS),
            )

    def migrations(self, arrivals: Sequence[Arrival]) -> Iterator[Migration]:
        """Drivers who moved in from another fleet, numbered from 1."""
        rng, noise = self.pen.rng, self.pen.noise
        for number, arrival in enumerate(arrivals, 1):
            person, scout = arrival.person, self._scout()
            account: str | None = f"{rng.getrandbits(128):032x}"
            if person.number:
                account = driver_id(self.seed, person, 0)
                if rng.random() < noise.migration_blank:
                    account = rng.choice((None, ""))
            yield Migration(
                id=number,
                driver_id=account,
                driver_name=self._full_name(person),
                scout_id=scout.id,
                scout_name=scout.name,
                hire_date=arrival.at.date(),
                created_at=arrival.landed,
                updated_at=arrival.landed,
            )

    def _scout(self) -> Scout:
        # Scouts differ: the first bring many times what the last do.
        return self.scouts[min(int(self.pen.rng.expovariate(4 / SCOUTS)), SCOUTS - 1)]

    def _full_name(self, person: Person) -> str | None:
        rng, noise = self.pen.rng, self.pen.noise
        if rng.random() < noise.missing_lead_name:
            return None
        given, surnames = self.pen.name(person)
        turned = rng.random() < noise.other_order
        return " ".join((*surnames, *given) if turned else (*given, *surnames))

    def _phone(self, person: Person) -> str:
        """The number given this time: another own one than the account's, now and then."""
        if person.number and self.pen.rng.random() < self.pen.noise.phone_changed:
            return self.population.phone()
        return person.phone

    def _car(self, person: Person) -> Car:
        if person.number and self.pen.rng.random() < self.pen.noise.car_changed:
            return self.population.car()
        return person.car
