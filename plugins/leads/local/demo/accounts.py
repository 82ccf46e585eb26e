"""Driver accounts: in the home park, in other parks, and in both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from leads.local.demo import typing_habits
from leads.local.demo.arrivals import Channel, Lead
from leads.local.demo.people import Person, Population
from leads.local.demo.rows import Driver

OTHER_PARKS = ("callao-partner-park", "arequipa-partner-park")
TWIN = {Channel.CABINET: 0.08, Channel.SCOUTING: 0.08, Channel.MIGRATION: 0.7}
VETERAN_AT_HOME = 0.6
_MOVED_NUMBER = 0.12
_OTHER_CAR = 0.4


@dataclass(frozen=True, slots=True)
class Worker:
    """A person with accounts that exist by now.

    Attributes:
        person: who.
        accounts: their accounts, the one they mostly drive with first.
        lead: how they came; None for drivers from before the history.
        since: local day from which they may work.
    """

    person: Person
    accounts: list[Driver]
    lead: Lead | None
    since: date


def open_accounts(
    rng: Random, population: Population, lead: Lead, home_park_id: str, now: datetime
) -> Worker | None:
    """The accounts of a lead who becomes a driver.

    Args:
        rng: source of chance.
        population: where another car comes from.
        lead: who, and when.
        home_park_id: `drivers.park_id` of the fleet's own park.
        now: naive local time; accounts opened later do not exist yet.

    Returns:
        The person with at least one account, or None when there is none yet.
    """
    if not lead.has_account:
        return None
    hired = lead.at + timedelta(days=_days_to_hire(rng, lead.channel))
    accounts = [_account(rng, lead.person, home_park_id, hired, now)]
    if rng.random() < TWIN[lead.channel]:
        # Who migrates drove elsewhere before; others keep a second account beside the first.
        apart = -rng.uniform(30, 400) if lead.channel is Channel.MIGRATION else rng.gauss(0, 40)
        accounts.append(_twin(rng, population, lead.person, hired + timedelta(days=apart), now))
    existing = [account for account in accounts if account.created_at <= now]
    if not existing:
        return None
    return Worker(lead.person, existing, lead, max(existing[0].hire_date, lead.at.date()))


def veteran(
    rng: Random, population: Population, home_park_id: str, start: datetime, now: datetime
) -> Worker:
    """A driver from before the history, who is no lead.

    Args:
        rng: source of chance.
        population: where people come from.
        home_park_id: `drivers.park_id` of the fleet's own park.
        start: naive local time at which the history begins.
        now: naive local time.
    """
    person = population.newcomer()
    hired = start - timedelta(days=rng.uniform(1, 700))
    at_home = rng.random() < VETERAN_AT_HOME
    park = home_park_id if at_home else rng.choice(OTHER_PARKS)
    accounts = [_account(rng, person, park, hired, now)]
    if at_home and rng.random() < TWIN[Channel.CABINET]:
        accounts.append(_twin(rng, population, person, hired + timedelta(days=20), now))
    return Worker(person, accounts, None, start.date())


def _twin(
    rng: Random, population: Population, person: Person, hired: datetime, now: datetime
) -> Driver:
    """The same person's account in another park: same licence, mostly the same number."""
    number = f"9{rng.randrange(10**8):08d}" if rng.random() < _MOVED_NUMBER else person.phone
    car = population.car() if rng.random() < _OTHER_CAR else person.car
    twin = Person(person.given, person.surnames, number, person.licence, car)
    return _account(rng, twin, rng.choice(OTHER_PARKS), hired, now)


def _days_to_hire(rng: Random, channel: Channel) -> float:
    """Days from the lead to the account: -15 to +30, mostly the next few."""
    if channel is Channel.MIGRATION:
        return -rng.random()
    chance = rng.random()
    for share, lowest, highest in ((0.60, 0.0, 3.0), (0.82, 3.0, 12.0), (0.89, 12.0, 30.0)):
        if chance < share:
            return rng.uniform(lowest, highest)
    return rng.uniform(-15.0, 0.0)


def _account(rng: Random, person: Person, park: str, hired: datetime, now: datetime) -> Driver:
    created = hired.replace(microsecond=0) + timedelta(seconds=rng.randrange(60, 7_200))
    updated = created
    if rng.random() < 0.35 and created < now:
        updated += timedelta(seconds=int(rng.random() * (now - created).total_seconds()))
    number, car = person.phone, person.car
    if rng.random() < 0.8:
        number = f"+51{number}"
    licence = typing_habits.written(rng, person.licence, missing=0.02, junk=0.005)
    plate = typing_habits.written(rng, car.plate, missing=0.03, junk=0.005)
    name = typing_habits.hand(rng)
    return Driver(
        driver_id=f"{rng.getrandbits(128):032x}",
        park_id=park,
        phone=typing_habits.written(rng, number, missing=0.01, junk=0.005),
        license_number=licence and typing_habits.licence(rng, licence),
        license_normalized_number=licence if rng.random() < 0.97 else None,
        full_name=name(" ".join((*person.surnames, *person.given))),
        first_name=name(" ".join(person.given)),
        middle_name=None,
        last_name=name(" ".join(person.surnames)),
        car_number=plate and typing_habits.plate(rng, plate),
        car_normalized_number=plate,
        car_brand=car.brand,
        car_model=car.model,
        hire_date=hired.date(),
        created_at=created,
        updated_at=updated if rng.random() < 0.97 else None,
    )
