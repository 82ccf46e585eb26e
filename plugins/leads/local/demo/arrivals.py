"""When leads come, through which channel, and who comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import accumulate
from random import Random

from leads.local.demo.people import Person, Population

LEADS_PER_DAY = 60
LATE = 0.03
LATE_DAYS = (2, 24)

#: How busy: Monday to Sunday, averaging 1, and cumulative hour by hour.
_WEEKDAYS = (1.15, 1.12, 1.08, 1.06, 1.10, 0.92, 0.57)
_HOURS = list(accumulate((
    2, 1, 1, 1, 1, 3, 8, 16, 30, 46, 54, 56, 48, 40, 46, 54, 58, 54, 44, 34, 26, 18, 10, 5,
)))  # fmt: skip


class Channel(Enum):
    """How a lead reached the fleet."""

    CABINET = "cabinet"
    SCOUTING = "scouting"
    MIGRATION = "migration"


#: First contacts per lead row. People who come twice fill it up to 55, 30 and 15 % of the rows.
_FIRST_CONTACTS = {Channel.CABINET: 0.465, Channel.SCOUTING: 0.286, Channel.MIGRATION: 0.15}
_HAS_ACCOUNT = {Channel.CABINET: 0.73, Channel.SCOUTING: 0.75, Channel.MIGRATION: 0.95}
FIRST_CONTACTS_PER_DAY = LEADS_PER_DAY * sum(_FIRST_CONTACTS.values())
_AGAIN_ON_CABINET = {Channel.CABINET: 0.03, Channel.SCOUTING: 0.25, Channel.MIGRATION: 0.0}
_SECOND_SCOUT = 0.05


@dataclass(frozen=True, slots=True)
class Lead:
    """One person's coming, whatever the number of rows it leaves.

    Attributes:
        number: counts up, to find the lead by.
        person: who comes.
        channel: the first contact.
        at: naive local time of the first contact.
        has_account: whether the person becomes a driver.
        scout: index of the scout who brought them, or would have.
    """

    number: int
    person: Person
    channel: Channel
    at: datetime
    has_account: bool
    scout: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """One row to be: a lead on a channel at a time.

    Attributes:
        lead: whose row it is.
        channel: which table.
        at: naive local time of the registration.
        landed: naive local time at which the row appears in the table.
        scout: index of the scout; without meaning on the cabinet.
    """

    lead: Lead
    channel: Channel
    at: datetime
    landed: datetime
    scout: int


def moments(rng: Random, start: datetime, end: datetime, per_day: float) -> Iterator[datetime]:
    """Times of registrations, day by day, busy on working days around noon and in the evening.

    Args:
        rng: source of chance.
        start: naive local time, inclusive.
        end: naive local time, exclusive.
        per_day: how many on an average day.

    Yields:
        Naive local times in [start, end), whole seconds.
    """
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight < end:
        wanted = per_day * _WEEKDAYS[midnight.weekday()] * rng.uniform(0.85, 1.15)
        count = int(wanted) + (rng.random() < wanted % 1)
        for hour in rng.choices(range(24), cum_weights=_HOURS, k=count):
            at = midnight + timedelta(hours=hour, seconds=rng.randrange(3600))
            if start <= at < end:
                yield at
        midnight += timedelta(days=1)


def come(
    rng: Random, population: Population, at: datetime, scouts: int, channel: Channel | None = None
) -> Lead:
    """A new person makes first contact.

    Args:
        rng: source of chance.
        population: where new people come from.
        at: naive local time.
        scouts: number of scouts.
        channel: the first contact; None leaves it to chance.
    """
    if channel is None:
        (channel,) = rng.choices(list(_FIRST_CONTACTS), weights=list(_FIRST_CONTACTS.values()))
    # Scouts differ: the first bring many times what the last do.
    scout = min(int(rng.expovariate(4 / scouts)), scouts - 1)
    person = population.newcomer()
    return Lead(
        number=len(population.people),
        person=person,
        channel=channel,
        at=at,
        has_account=rng.random() < _HAS_ACCOUNT[channel],
        scout=scout,
    )


def rows_of(rng: Random, lead: Lead, scouts: int) -> Iterator[Arrival]:
    """The rows a lead leaves: the first contact, and further ones on other channels or scouts."""
    at, scout = lead.at, lead.scout
    yield Arrival(lead, lead.channel, at, landing(rng, lead.channel, at), scout)
    if rng.random() < _AGAIN_ON_CABINET[lead.channel]:
        # A scout's driver registers within days; somebody who gave up tries again weeks later.
        days = 3.0 if lead.channel is Channel.SCOUTING else 40.0
        again = at + timedelta(seconds=int(rng.uniform(0.01, days) * 86_400))
        yield Arrival(lead, Channel.CABINET, again, landing(rng, Channel.CABINET, again), scout)
    if lead.channel is Channel.SCOUTING and rng.random() < _SECOND_SCOUT:
        again = at + timedelta(seconds=int(rng.uniform(0.2, 6.0) * 86_400))
        rival = (scout + 1 + rng.randrange(scouts - 1)) % scouts
        yield Arrival(lead, lead.channel, again, landing(rng, lead.channel, again), rival)


def landing(rng: Random, channel: Channel, at: datetime) -> datetime:
    """When a row appears: minutes after a cabinet event, hours or days after others, or weeks."""
    if rng.random() < LATE:
        seconds = rng.uniform(*LATE_DAYS) * 86_400
    elif channel is Channel.CABINET:
        seconds = 120 + min(rng.expovariate(1 / 1_500), 40_000)
    elif channel is Channel.SCOUTING:
        seconds = 900 + min(rng.expovariate(1 / 14_000), 80_000)
    else:
        seconds = 3_600 + min(rng.expovariate(1 / 30_000), 160_000)
    return at + timedelta(seconds=int(seconds))
