"""Who comes when and through which channel, and when the accounts were opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from random import Random

from leads.evaluation.noise import Noise
from leads.evaluation.people import Person, Population

#: Days before the end within which leads come.
REACH_DAYS = 548
#: Days before the end since which drivers have been hired.
REGISTRY_DAYS = 2_200
LONG_BEFORE_DAYS = 91


class Channel(Enum):
    """A raw table of leads, by its name."""

    CABINET = "module_ct_cabinet_leads"
    SCOUTING = "module_ct_scouting_daily"
    MIGRATION = "module_ct_migrations"


SHARES = {Channel.CABINET: 0.70, Channel.SCOUTING: 0.25, Channel.MIGRATION: 0.05}


@dataclass(slots=True)
class Arrival:
    """A lead row to be.

    Attributes:
        channel: its table.
        person: who came; `person.number` is 0 when no account is theirs.
        at: naive local time of the registration.
        landed: naive local time at which the row appeared: the same day or the next.
    """

    channel: Channel
    person: Person
    at: datetime
    landed: datetime


def arrivals(
    rng: Random, noise: Noise, population: Population, rows: int, end: date
) -> Iterator[Arrival]:
    """Let people come, and set when those who drive were hired.

    Args:
        rng: source of chance.
        noise: who drives, comes twice, comes back.
        population: with all drivers already in it, not hired yet.
        rows: how many lead rows.
        end: local day after the last registration.

    Yields:
        As many rows; those of one person one after the other.
    """
    drivers = list(population.drivers)
    rng.shuffle(drivers)
    channels, shares = list(SHARES), list(SHARES.values())
    came = left = 0
    while left < rows:
        channel = rng.choices(channels, weights=shares)[0]
        idle = noise.migration_unknown if channel is Channel.MIGRATION else noise.never_drives
        if not drivers or rng.random() < idle:
            person = population.passer_by()
        else:
            # More comings than drivers: somebody comes again, about when they were hired.
            person = drivers[came % len(drivers)]
            came += 1
        day = _day(rng, noise, channel, person, end.toordinal())
        yield _arrival(rng, channel, person, day)
        left += 1
        if left < rows and channel is not Channel.MIGRATION and rng.random() < noise.duplicate_lead:
            other = Channel.SCOUTING if channel is Channel.CABINET else Channel.CABINET
            again = min(day + rng.randint(0, 6), end.toordinal() - 1)
            yield _arrival(rng, other, person, again)
            left += 1


def hire_the_rest(rng: Random, population: Population, end: date) -> None:
    """Drivers who never were a lead were hired some time in the last years before `end`."""
    for person in population.drivers:
        if not person.hired:
            person.hired = end.toordinal() - rng.randint(1, REGISTRY_DAYS)


def _day(rng: Random, noise: Noise, channel: Channel, person: Person, end: int) -> int:
    """The ordinal day on which a person comes; it sets `hired` of those who drive."""
    first = end - REACH_DAYS
    day = rng.randrange(first, end)
    relative = person.relative
    if relative is not None and rng.random() < noise.joins_together:
        if not relative.hired:
            relative.hired = min(day + round(rng.gauss(0, 10)), end)
        elif first <= (together := relative.hired + round(rng.gauss(0, 10))) < end:
            day = together
    if not person.number:
        return day
    wait = _days_to_hire(rng, noise, channel)
    if person.hired:
        # Known already, from a relative who came about then or from coming before.
        return min(max(person.hired - wait, first), end - 1)
    person.hired = min(day + wait, end)
    return day


def _days_to_hire(rng: Random, noise: Noise, channel: Channel) -> int:
    """Days from the lead to the account: -15 to +30, mostly the next few; or long before."""
    if channel is Channel.MIGRATION:
        return rng.randint(-2, 1)
    if rng.random() < noise.returns:
        return -rng.randint(LONG_BEFORE_DAYS, REGISTRY_DAYS - REACH_DAYS)
    chance = rng.random()
    for share, lowest, highest in ((0.60, 0, 3), (0.82, 3, 12), (0.90, 12, 30)):
        if chance < share:
            return rng.randint(lowest, highest)
    return -rng.randint(0, 15)


def _arrival(rng: Random, channel: Channel, person: Person, day: int) -> Arrival:
    at = datetime.fromordinal(day) + timedelta(seconds=rng.randrange(6 * 3600, 24 * 3600))
    landed = at + timedelta(seconds=60 + min(int(rng.expovariate(1 / 9_000)), 80_000))
    return Arrival(channel, person, at, landed)
