"""A stretch of the fleet's life: who came, which accounts they opened, what was written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from leads.local.demo import faults, registrations
from leads.local.demo.accounts import Worker, open_accounts, veteran
from leads.local.demo.arrivals import (
    FIRST_CONTACTS_PER_DAY,
    LEADS_PER_DAY,
    Arrival,
    Channel,
    Lead,
    come,
    moments,
    rows_of,
)
from leads.local.demo.people import Population
from leads.local.demo.registrations import Scout
from leads.local.demo.rows import CabinetLead, Driver, Migration, ScoutingLead

VETERANS_PER_LEAD = 0.3
LATE_COMERS_REACH = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Period:
    """What to make up, and how much of it.

    Attributes:
        start: naive local time, inclusive.
        now: naive local time, exclusive end of everything but deliberately bad dates.
        scale: 1.0 is about 60 lead rows a day.
        home_park_id: `drivers.park_id` of the fleet's own park.
        is_history: the tables begin with it: drivers from before, and every kind of fault
            at least once. Otherwise it continues tables that exist.
        first_ids: the least free `id` per numbered table; 1 for a table not named.
        scouts: who works in the street; invented when there are fewer than two.
    """

    start: datetime
    now: datetime
    scale: float
    home_park_id: str
    is_history: bool
    first_ids: Mapping[type, int]
    scouts: Sequence[Scout] = ()


@dataclass(frozen=True, slots=True)
class World:
    """The rows of the lead tables and of `drivers`, and the people behind them.

    Attributes:
        cabinet, scouting, migrations: lead rows in order of landing, faults included.
        workers: people whose accounts exist by the end.
        leads: everybody who came, one per person.
    """

    cabinet: list[CabinetLead]
    scouting: list[ScoutingLead]
    migrations: list[Migration]
    workers: list[Worker]
    leads: list[Lead]

    @property
    def drivers(self) -> Iterator[Driver]:
        """All accounts."""
        return (account for worker in self.workers for account in worker.accounts)


def imagine(rng: Random, period: Period) -> World:
    """Make up a stretch of life.

    Args:
        rng: source of all chance; the same state and period give the same world.
        period: which stretch.

    Returns:
        Its rows; those that would have landed after `period.now` are not there yet.
    """
    population = Population(rng)
    scouts = period.scouts
    if len(scouts) < 2:
        scouts = registrations.roster(
            [population.newcomer() for _ in range(8 + int(4 * period.scale))]
        )
    workers: list[Worker] = []
    park, now = period.home_park_id, period.now
    if period.is_history:
        days = (now - period.start) / timedelta(days=1)
        for _ in range(int(VETERANS_PER_LEAD * LEADS_PER_DAY * period.scale * days) + 1):
            workers.append(veteran(rng, population, park, period.start, now))
    arrivals = list(_arrivals(rng, population, period, len(scouts)))
    leads = list({arrival.lead.number: arrival.lead for arrival in arrivals}.values())
    by_lead: dict[int, Worker] = {}
    for lead in leads:
        if worker := open_accounts(rng, population, lead, park, now):
            by_lead[lead.number] = worker
            workers.append(worker)
    return _written(rng, period, arrivals, scouts, by_lead, workers, leads)


def _arrivals(
    rng: Random, population: Population, period: Period, scouts: int
) -> Iterator[Arrival]:
    """Everything that has landed by now, and would have happened before."""
    now, per_day = period.now, FIRST_CONTACTS_PER_DAY * period.scale
    for at in moments(rng, period.start, now, per_day):
        lead = come(rng, population, at, scouts)
        for arrival in rows_of(rng, lead, scouts):
            if arrival.at < now and arrival.landed <= now:
                yield arrival
    # Somebody always came just now, however quiet the hour.
    last = max(period.start, (now - timedelta(minutes=10)).replace(microsecond=0))
    lead = come(rng, population, last, scouts, Channel.CABINET)
    landed = max(last, (now - timedelta(minutes=4)).replace(microsecond=0))
    yield Arrival(lead, lead.channel, last, landed, lead.scout)
    if not period.is_history:
        yield from _late_comers(rng, population, period, scouts)


def _late_comers(
    rng: Random, population: Population, period: Period, scouts: int
) -> Iterator[Arrival]:
    """Leads from before the period that land within it: one per channel, more when it is long."""
    elapsed = period.now - period.start
    days = elapsed / timedelta(days=1)
    for channel in Channel:
        for _ in range(1 + int(days * LEADS_PER_DAY * period.scale * 0.01)):
            at = period.start - rng.uniform(0.1, 1.0) * LATE_COMERS_REACH
            lead = come(rng, population, at.replace(microsecond=0), scouts, channel)
            landed = period.start + rng.uniform(0.1, 1.0) * elapsed
            yield Arrival(lead, channel, lead.at, landed, lead.scout)


def _written(
    rng: Random,
    period: Period,
    arrivals: Iterable[Arrival],
    scouts: Sequence[Scout],
    by_lead: dict[int, Worker],
    workers: list[Worker],
    leads: list[Lead],
) -> World:
    now = period.now
    cabinet: list[CabinetLead] = []
    scouting: list[ScoutingLead] = []
    migrations: list[Migration] = []
    for arrival in arrivals:
        if arrival.channel is Channel.CABINET:
            cabinet.append(registrations.cabinet_lead(rng, arrival, now))
        elif arrival.channel is Channel.SCOUTING:
            scouting.append(registrations.scouting_lead(rng, arrival, scouts))
        else:
            migrations.append(registrations.migration(rng, arrival, scouts, by_lead, now))
    every_kind = period.is_history
    lottery = faults.Lottery(rng, cabinet, every_kind)
    cabinet += faults.send_twice(rng, lottery, now)
    faults.number(cabinet, period.first_ids.get(CabinetLead, 1))
    faults.number(scouting, period.first_ids.get(ScoutingLead, 1))
    faults.number(migrations, period.first_ids.get(Migration, 1))
    faults.spoil_cabinet(rng, lottery, now)
    faults.spoil_scouting(rng, faults.Lottery(rng, scouting, every_kind), now)
    faults.spoil_migrations(rng, faults.Lottery(rng, migrations, every_kind), now)
    return World(cabinet, scouting, migrations, workers, leads)
