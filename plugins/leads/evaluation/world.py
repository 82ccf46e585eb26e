"""A registry of drivers and the leads that came, written into a database beside the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from random import Random
from typing import Any

from psycopg import Connection, sql

from leads.evaluation.accounts import Registry, driver_id, people_with_accounts
from leads.evaluation.arrivals import Arrival, Channel, arrivals, hire_the_rest
from leads.evaluation.handwriting import Pen
from leads.evaluation.noise import Noise
from leads.evaluation.people import Population
from leads.evaluation.registrations import Clerk, source_pk
from leads.local.demo import tables
from leads.local.demo.rows import CabinetLead, Driver, Migration, ScoutingLead
from leads.settings import SQL

#: Rows that one office's number stands in, on average.
_ROWS_PER_OFFICE = 150


@dataclass(frozen=True, slots=True)
class Truth:
    """How much of what there is.

    Attributes:
        accounts: rows of `drivers` and of `truth.accounts`.
        people: distinct `person_no`, all with an account.
        leads: rows of the three lead tables and of `truth.leads`.
        linkable_leads: leads of people who have an account, whatever the row says of them.
        leads_by_source: rows per lead table.
        migrations_without_driver_id: migrations of people with an account that do not name it:
            among the linkable leads, though nothing but a name could link them.
    """

    accounts: int
    people: int
    leads: int
    linkable_leads: int
    leads_by_source: dict[str, int]
    migrations_without_driver_id: int


def build(
    connection: Connection[Any],
    *,
    drivers: int,
    leads: int,
    seed: int,
    noise: Noise,
    end: date,
    home_park_id: str = "lima-home-park",
) -> Truth:
    """Create the raw tables and the truth's where they are missing, and fill them.

    Everything is one transaction (a savepoint when one is open already), analysed at its end.
    `truth.accounts` says whose each account is; `truth.leads` whose each lead is, NULL when the
    person has no account. Keys of leads are `source_pk` as events have it.

    Args:
        connection: of a role that may create a schema, and tables in `public`.
        drivers: rows of `drivers`; at least 0.
        leads: rows of the three lead tables, about 70, 25 and 5 % of them; at least 0. With fewer
            people to link them to than leads that drive, people come several times.
        seed: same arguments, same rows.
        noise: how untidy.
        end: local day after the last registration; leads reach 18 months back from it.
        home_park_id: `drivers.park_id` of the fleet's own park.

    Returns:
        The counts.

    Raises:
        DemoDataError: one of the raw tables already has rows.
        ValueError: `drivers` or `leads` is below 0.
    """
    if drivers < 0 or leads < 0:
        raise ValueError(f"drivers {drivers} and leads {leads} must not be below 0")
    rng = Random(seed)
    population = Population(rng, noise)
    people_with_accounts(rng, noise, population, drivers)
    came: dict[Channel, list[Arrival]] = {channel: [] for channel in Channel}
    for arrival in arrivals(rng, noise, population, leads, end):
        came[arrival.channel].append(arrival)
    for rows in came.values():
        rows.sort(key=attrgetter("landed"))
    hire_the_rest(rng, population, end)
    offices = _offices(noise, population, drivers + leads)
    typed = Pen(rng, noise, care=noise.account_care, prefix="+51", offices=offices)
    hurried = Pen(rng, noise, care=1.0, prefix="", offices=offices)
    registry = Registry(population, typed, seed=seed, home_park_id=home_park_id, end=end)
    clerk = Clerk(population, hurried, seed=seed)
    blank = 0

    def migrations() -> Iterator[Migration]:
        nonlocal blank
        for row in clerk.migrations(came[Channel.MIGRATION]):
            blank += not row.driver_id
            yield row

    with connection.transaction():
        tables.create(connection)
        tables.refuse_rows(connection)
        connection.execute((SQL / "evaluation" / "truth_tables.sql").read_bytes())
        # One stream after the other: rows are written as they are thought up, never kept.
        _copy_objects(connection, Driver, registry.rows())
        _copy_objects(connection, CabinetLead, clerk.cabinet(came[Channel.CABINET]))
        _copy_objects(connection, ScoutingLead, clerk.scouting(came[Channel.SCOUTING]))
        _copy_objects(connection, Migration, migrations())
        _copy(
            connection,
            ("truth", "accounts"),
            ("driver_id", "person_no"),
            (
                (driver_id(seed, person, place), person.number)
                for person in population.drivers
                for place in range(person.accounts)
            ),
        )
        _copy(
            connection,
            ("truth", "leads"),
            ("source_table", "source_pk", "person_no"),
            (
                (channel.value, source_pk(seed, channel, number), arrival.person.number or None)
                for channel, rows in came.items()
                for number, arrival in enumerate(rows, 1)
            ),
        )
        tables.finish(connection)
        connection.execute("ANALYZE truth.accounts, truth.leads")
    return Truth(
        accounts=drivers,
        people=len(population.drivers),
        leads=leads,
        linkable_leads=sum(arrival.person.number > 0 for rows in came.values() for arrival in rows),
        leads_by_source={channel.value: len(rows) for channel, rows in came.items()},
        migrations_without_driver_id=blank,
    )


def _offices(noise: Noise, population: Population, rows: int) -> list[str]:
    """Numbers of call centres and the like."""
    count = round(rows * noise.call_centre_phone / _ROWS_PER_OFFICE)
    return [population.phone() for _ in range(max(count, 1))]


def _copy_objects(connection: Connection[Any], kind: type, rows: Iterable[Any]) -> None:
    columns = tuple(field.name for field in fields(kind))
    _copy(connection, ("public", tables.TABLES[kind]), columns, map(attrgetter(*columns), rows))


def _copy(
    connection: Connection[Any],
    table: tuple[str, str],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(*table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
