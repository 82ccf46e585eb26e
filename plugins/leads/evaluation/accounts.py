"""Rows of `drivers`: what the parks wrote down of a person, once per account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import blake2b
from random import Random

from leads.evaluation import names
from leads.evaluation.handwriting import Pen
from leads.evaluation.noise import Noise
from leads.evaluation.people import Person, Population
from leads.local.demo.accounts import OTHER_PARKS
from leads.local.demo.rows import Driver

_NOT_NORMALISED = 0.03
_SOON = 0.6


def people_with_accounts(rng: Random, noise: Noise, population: Population, accounts: int) -> None:
    """Make drivers until they hold this many accounts between them."""
    while accounts > 0:
        person = population.driver()
        person.accounts = 2 if accounts > 1 and rng.random() < noise.twin else 1
        accounts -= person.accounts


def driver_id(seed: int, person: Person, place: int) -> str:
    """The id of a person's account: 32 hexadecimal digits that tell nothing of either.

    Args:
        seed: the world's.
        person: with a number above 0.
        place: 0 for the first account, 1 for the second.
    """
    text = f"{seed}/{person.number}/{place}".encode()
    return blake2b(text, digest_size=16).hexdigest()


class Registry:
    """Writes the accounts of everybody who drives."""

    def __init__(
        self, population: Population, pen: Pen, *, seed: int, home_park_id: str, end: date
    ) -> None:
        """Open the book.

        Args:
            population: people with `hired` and `accounts` set.
            pen: how accounts are written.
            seed: the world's, for the ids.
            home_park_id: `drivers.park_id` of the fleet's own park.
            end: local day of the newest accounts.
        """
        self.population = population
        self.pen = pen
        self.seed = seed
        self.parks = (home_park_id, *OTHER_PARKS)
        self.end = end

    def rows(self) -> Iterator[Driver]:
        """All accounts, a person's two one after the other."""
        rng, noise = self.pen.rng, self.pen.noise
        for person in self.population.drivers:
            away = rng.random() < noise.other_park
            park = rng.choice(self.parks[1:]) if away else self.parks[0]
            yield self._account(person, 0, park, person.hired)
            if person.accounts > 1:
                yield self._twin(person, park)

    def _twin(self, person: Person, park: str) -> Driver:
        """The account in the second park: perhaps another number, another car, no licence."""
        rng, noise, population = self.pen.rng, self.pen.noise, self.population
        other = Person(
            number=person.number,
            given=person.given,
            surnames=person.surnames,
            phone=(population.phone() if rng.random() < noise.twin_other_phone else person.phone),
            licence=person.licence,
            car=population.car() if rng.random() < noise.twin_other_car else person.car,
            relative=None,
        )
        near = rng.random() < _SOON
        apart = round(rng.gauss(0, 40)) if near else rng.randint(-600, 600)
        row = self._account(
            other,
            1,
            rng.choice([name for name in self.parks if name != park]),
            min(person.hired + apart, self.end.toordinal()),
        )
        if rng.random() < noise.twin_no_licence:
            row.license_number = row.license_normalized_number = None
        return row

    def _account(self, person: Person, place: int, park: str, hired: int) -> Driver:
        pen, rng, noise = self.pen, self.pen.rng, self.pen.noise
        given, surnames = pen.name(person)
        halves = (given, surnames) if rng.random() < noise.other_order else (surnames, given)
        written = rng.random()
        full_name: str | None = " ".join((*halves[0], *halves[1]))
        first, last = given[0], " ".join(surnames) or None
        middle = given[1] if len(given) > 1 else None
        if middle and rng.random() < 0.5:
            first, middle = f"{first} {middle}", None
        only_full = written < noise.full_name_only
        if noise.full_name_only <= written < noise.full_name_only + noise.parts_only:
            full_name = None
        licence = pen.licence(person.licence, noise.missing_account_licence)
        plate = pen.plate(person.car.plate, noise.missing_account_plate)
        brand, model, _ = names.CARS[person.car.kind]
        has_model = rng.random() >= noise.missing_account_model
        created = datetime.fromordinal(hired) + timedelta(seconds=rng.randrange(7 * 3600, 86_400))
        updated = created + timedelta(days=rng.random() * (self.end.toordinal() - hired))
        return Driver(
            driver_id=driver_id(self.seed, person, place),
            park_id=park,
            phone=pen.phone(person.phone, noise.missing_account_phone),
            license_number=licence,
            license_normalized_number=self._normalised(licence),
            full_name=full_name,
            first_name=None if only_full else first,
            middle_name=None if only_full else middle,
            last_name=None if only_full else last,
            car_number=plate,
            car_normalized_number=self._normalised(plate),
            car_brand=brand if has_model else None,
            car_model=model if has_model else None,
            hire_date=date.fromordinal(hired),
            created_at=created,
            updated_at=updated.replace(microsecond=0) if rng.random() < 0.4 else created,
        )

    def _normalised(self, text: str | None) -> str | None:
        """What the platform makes of a licence or plate: upper-case letters and digits."""
        if text is None or self.pen.rng.random() < _NOT_NORMALISED:
            return None
        return "".join(filter(str.isalnum, text)).upper()
