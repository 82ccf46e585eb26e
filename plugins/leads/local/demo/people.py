"""Invented people: who they are, and whom they share a phone or a car with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from leads.local.demo.names import CARS, COLOURS, MEN, SURNAMES, WOMEN

WOMAN = 0.14
SECOND_GIVEN_NAME = 0.62
HOUSEHOLD_PHONE = 0.03
RECYCLED_PHONE = 0.015
SHARED_CAR = 0.06
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def _falling(names: Sequence[str]) -> list[float]:
    """Cumulative weights that fall like those of real names: common ones are very common."""
    return list(accumulate(1 / (place + 4) for place in range(len(names))))


_SURNAMES, _MEN, _WOMEN = _falling(SURNAMES), _falling(MEN), _falling(WOMEN)
_CARS = list(accumulate(weight for *_, weight in CARS))


@dataclass(frozen=True, slots=True)
class Car:
    """A car; `plate` is its canonical form, six upper-case letters and digits."""

    brand: str
    model: str
    colour: str
    plate: str


@dataclass(frozen=True, slots=True)
class Person:
    """The truth about a person, in canonical form; the raw tables hold what was typed of it.

    Attributes:
        given: one or two given names.
        surnames: the two surnames, each possibly with particles.
        phone: nine digits, the first a 9; possibly somebody else's too.
        licence: a letter and the eight digits of the DNI.
        car: what they drive; possibly somebody else's too.
    """

    given: tuple[str, ...]
    surnames: tuple[str, str]
    phone: str
    licence: str
    car: Car


class Population:
    """Makes people one by one; later ones may share a phone or a car with earlier ones."""

    def __init__(self, rng: Random) -> None:
        """Begin without anybody.

        Args:
            rng: source of all chance; the same state makes the same people.
        """
        self.rng = rng
        self.people: list[Person] = []

    def newcomer(self) -> Person:
        """One more person."""
        rng = self.rng
        surnames = (self._one(SURNAMES, _SURNAMES), self._one(SURNAMES, _SURNAMES))
        phone, car = f"9{rng.randrange(10**8):08d}", None
        chance = rng.random()
        if self.people and chance < HOUSEHOLD_PHONE:
            relative = self._anybody()
            phone, surnames = relative.phone, (relative.surnames[0], surnames[1])
        elif self.people and chance < HOUSEHOLD_PHONE + RECYCLED_PHONE:
            # A number given up long ago: its first owner is among the early half.
            phone = self.people[rng.randrange(len(self.people) // 2 + 1)].phone
        if self.people and rng.random() < SHARED_CAR:
            car = self._anybody().car
        person = Person(
            given=self._given_names(),
            surnames=surnames,
            phone=phone,
            licence=f"{rng.choice('QQQQABCD')}{rng.randrange(10**7, 8 * 10**7):08d}",
            car=car or self.car(),
        )
        self.people.append(person)
        return person

    def _anybody(self) -> Person:
        return self.people[self.rng.randrange(len(self.people))]

    def _one(self, names: Sequence[str], weights: list[float]) -> str:
        return self.rng.choices(names, cum_weights=weights)[0]

    def _given_names(self) -> tuple[str, ...]:
        names, weights = (WOMEN, _WOMEN) if self.rng.random() < WOMAN else (MEN, _MEN)
        first = self._one(names, weights)
        second = self._one(names, weights)
        alone = second == first or self.rng.random() >= SECOND_GIVEN_NAME
        return (first,) if alone else (first, second)

    def car(self) -> Car:
        """A car of its own number plate."""
        rng = self.rng
        brand, model, _ = rng.choices(CARS, cum_weights=_CARS)[0]
        second = rng.choice(_LETTERS if rng.random() < 0.7 else "0123456789")
        plate = f"{rng.choice(_LETTERS)}{second}{rng.choice(_LETTERS)}{rng.randrange(1000):03d}"
        return Car(brand, model, rng.choice(COLOURS), plate)
