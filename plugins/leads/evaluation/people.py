"""The invented people: names, documents, numbers and cars, and what they share with whom."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from leads.evaluation import names
from leads.evaluation.noise import Noise

WOMAN = 0.14
SECOND_GIVEN_NAME = 0.65
#: Drivers of one rental car, on average.
RENTERS = 6
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
#: Lower and upper end of the document numbers in use: they came in waves, by age and place.
_DNI_WAVES = ((6_000_000, 10_900_000), (15_000_000, 33_000_000), (40_000_000, 48_500_000),
              (60_000_000, 63_000_000), (70_000_000, 77_500_000))  # fmt: skip
_DNI_WEIGHTS = (20, 20, 38, 4, 18)


class Car(NamedTuple):
    """A car.

    Attributes:
        kind: place in `names.CARS`.
        plate: six upper-case letters and digits, as ABC123.
    """

    kind: int
    plate: str


@dataclass(slots=True)
class Person:
    """The truth about a person, in canonical form; the tables hold what was typed of it.

    Attributes:
        number: `person_no` in the truth tables, from 1; 0 for who never drives.
        given: one or two given names.
        surnames: two surnames; none for who is known by a single word.
        phone: nine digits, the first a 9; possibly somebody else's.
        licence: a letter and the eight digits of the DNI, or a foreign document.
        car: what they drive; possibly somebody else's.
        relative: a driver they belong to, if any.
        hired: day of the first account as a proleptic ordinal; 0 until it is known.
        accounts: rows in `drivers`, 0 to 2.
    """

    number: int
    given: tuple[str, ...]
    surnames: tuple[str, ...]
    phone: str
    licence: str
    car: Car
    relative: Person | None
    hired: int = 0
    accounts: int = 0


class Population:
    """Makes people one by one; later ones may be tied to drivers made before.

    What is nobody else's by intention is nobody else's by chance either: numbers, documents and
    plates are given out once, so that the rates of `Noise` are the only source of sharing.
    """

    def __init__(self, rng: Random, noise: Noise) -> None:
        """Begin without anybody.

        Args:
            rng: source of all chance; the same state makes the same people.
            noise: who shares what.
        """
        self.rng = rng
        self.noise = noise
        self.drivers: list[Person] = []
        self._phones: set[int] = set()
        self._documents: set[int] = set()
        self._plates: set[str] = set()
        self._rentals: list[Car] = []

    def driver(self) -> Person:
        """One more person who drives; the accounts are still to be opened."""
        person = self._person(len(self.drivers) + 1)
        self.drivers.append(person)
        return person

    def passer_by(self) -> Person:
        """Somebody who registers and never drives."""
        return self._person(0)

    def phone(self) -> str:
        """A mobile number that nobody had."""
        while (number := self.rng.randrange(900_000_000, 1_000_000_000)) in self._phones:
            pass
        self._phones.add(number)
        return str(number)

    def car(self) -> Car:
        """A car of its own number plate."""
        rng = self.rng
        while True:
            second = rng.choice(_LETTERS if rng.random() < 0.7 else "0123456789")
            plate = f"{rng.choice(_LETTERS)}{second}{rng.choice(_LETTERS)}{rng.randrange(1000):03d}"
            if plate not in self._plates:
                self._plates.add(plate)
                return Car(names.car_type(rng), plate)

    def _person(self, number: int) -> Person:
        rng, noise = self.rng, self.noise
        foreign = rng.random() < noise.foreign
        phone, relative = None, None
        if self.drivers:
            chance = rng.random()
            household = noise.household_driver if number else noise.household_nobody
            if chance < household:
                relative = self._any_driver()
                phone = relative.phone
            elif chance < household + noise.relatives:
                relative = self._any_driver()
            elif chance < household + noise.relatives + noise.recycled_phone:
                phone = self._any_driver().phone
        given, surnames, is_sibling = self._named(relative, foreign)
        return Person(
            number=number,
            given=given,
            surnames=surnames,
            phone=phone or self.phone(),
            licence=self._foreign_document() if foreign else self._licence(relative, is_sibling),
            car=self._driven_car(relative),
            relative=relative,
        )

    def _any_driver(self) -> Person:
        return self.drivers[self.rng.randrange(len(self.drivers))]

    def _named(
        self, relative: Person | None, foreign: bool
    ) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Given names, surnames, and whether this is the relative's sibling."""
        rng, noise = self.rng, self.noise
        given = self._given_names(foreign)
        first, second = (names.surname(rng, noise.rare_name) for _ in range(2))
        if rng.random() < noise.repeated_surname:
            second = first
        is_sibling = False
        if relative is not None and relative.surnames and rng.random() >= noise.spouse:
            if rng.random() < noise.junior:
                # A son: the father's given names and first surname.
                given, first = relative.given, relative.surnames[0]
            else:
                first, second = relative.surnames
                is_sibling = True
        if rng.random() < noise.one_token:
            return given[:1], (), is_sibling
        return given, (first, second), is_sibling

    def _given_names(self, foreign: bool) -> tuple[str, ...]:
        rng, rare = self.rng, self.noise.rare_name / 2
        woman = rng.random() < WOMAN
        first = names.given(rng, rare, woman=woman, foreign=foreign)
        if rng.random() >= SECOND_GIVEN_NAME:
            return (first,)
        second = names.given(rng, rare, woman=woman, foreign=foreign)
        return (first,) if second == first else (first, second)

    def _licence(self, relative: Person | None, is_sibling: bool) -> str:
        """A Peruvian licence: a letter and the DNI."""
        rng, number = self.rng, 0
        if relative is not None and is_sibling and rng.random() < self.noise.consecutive_dni:
            digits = relative.licence[1:]
            if len(digits) == 8 and digits.isdecimal():
                number = (int(digits) + rng.randint(1, 3)) % 10**8
        while not number or number in self._documents:
            low, high = rng.choices(_DNI_WAVES, weights=_DNI_WEIGHTS)[0]
            number = rng.randrange(low, high)
        self._documents.add(number)
        return f"{rng.choice('QQQQQQABCDEHKLMNPRSTUWXYZ')}{number:08d}"

    def _foreign_document(self) -> str:
        """A foreign resident's card with or without a letter, or a Venezuelan number."""
        rng = self.rng
        while True:
            # Above any DNI, so that one set keeps them all apart.
            number = rng.randrange(10**8, 10**8 + 10**7)
            if number not in self._documents:
                break
        self._documents.add(number)
        card = f"00{number % 10**7:07d}"
        chance = rng.random()
        if chance < 0.45:
            return card
        # The Venezuelan one has the form of a Peruvian licence, and may meet somebody's DNI.
        return f"Q{card}" if chance < 0.65 else f"V{10**7 + 2 * (number % 10**7):08d}"

    def _driven_car(self, relative: Person | None) -> Car:
        rng, noise = self.rng, self.noise
        chance = rng.random()
        if chance < noise.shared_car and self.drivers:
            return (relative or self._any_driver()).car
        if chance < noise.shared_car + noise.rented_car:
            if not self._rentals or rng.random() < 1 / RENTERS:
                self._rentals.append(self.car())
            return rng.choice(self._rentals)
        return self.car()
