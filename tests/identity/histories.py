"""One world that arrives in any order: accounts, leads and decisions, with their past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from identity.people import decide, empty, resolve, rows, undo, write
from identity.worlds import fill
from leads.evaluation import USUAL

#: Shares of accounts and leads that were written otherwise before.
CORRECTED, GONE = 0.25, 0.05
#: People of several accounts, which say different things, are where order could matter.
_MANY_TWINS = replace(USUAL, twin=0.4, twin_other_phone=0.6, twin_other_car=0.6)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one moment to one thing.

    Attributes:
        kind: accounts, leads or decisions.
        key: of the thing; steps of one key keep their order.
        row: what there is then; None when it is gone.
    """

    kind: str
    key: str
    row: Row | None


@dataclass(frozen=True, slots=True)
class World:
    """What there is in the end, and how it came to be.

    Attributes:
        final: one step for each thing that is there in the end.
        lives: all steps of each thing, in order; the last is the final one.
    """

    final: list[Step]
    lives: list[list[Step]]


def make_world(connection: Connection[Any], rng: Random, *, drivers: int, leads: int) -> World:
    """A generated world, with a past."""
    empty(connection)
    seed = rng.randrange(1_000_000)
    fill(connection, drivers=drivers, leads=leads, seed=seed, noise=_MANY_TWINS)
    accounts = [row for (row,) in rows(connection, "SELECT to_jsonb(raw) FROM drivers AS raw")]
    events = [
        row
        for (row,) in rows(
            connection,
            "SELECT jsonb_build_object('source_table', source_table, 'source_pk', source_pk, "
            "'event_date', event_date, 'scout_id', scout_id, 'payload_json', payload_json) "
            "FROM observational.lead_events",
        )
    ]
    accounts.sort(key=lambda row: row["driver_id"])
    events.sort(key=lambda row: (row["source_table"], row["source_pk"]))
    for account in rng.sample(accounts, len(accounts) // 40):
        account["phone"] = None
    lives = [
        *(
            [Step("accounts", row["driver_id"], one) for one in versions]
            for row in accounts
            for versions in [_past(rng, row, accounts, _ACCOUNT_FIELDS)]
        ),
        *_leads(rng, events),
        _decisions(rng, accounts, events),
    ]
    final = [life[-1] for life in lives[:-1] if life[-1].row is not None]
    return World(final + lives[-1], lives)


_ACCOUNT_FIELDS = (
    ("phone",),
    ("license_number", "license_normalized_number"),
    ("full_name", "first_name", "middle_name", "last_name"),
    ("car_number", "car_normalized_number"),
    ("car_brand", "car_model"),
    ("hire_date",),
    ("park_id",),
)


def _past(rng: Random, row: Row, others: list[Row], fields: tuple[Any, ...]) -> list[Row]:
    """Versions of a row, the last one as it is: before, it said of itself what another one says."""
    versions = [row]
    while rng.random() < CORRECTED:
        other, earlier = rng.choice(others), dict(row)
        for group in rng.sample(fields, rng.randint(1, 3)):
            for field in group:
                earlier[field] = other.get(field) if rng.random() < 0.8 else None
        versions.insert(0, earlier)
    return versions


def _leads(rng: Random, events: list[Row]) -> Iterator[list[Step]]:
    """Leads with their past; some are gone in the end."""
    for row in events:
        versions: list[Row | None] = [row]
        while rng.random() < CORRECTED:
            other = rng.choice(events)
            dated = rng.choice([row, other])["event_date"]
            versions.insert(0, row | {"payload_json": other["payload_json"], "event_date": dated})
        if rng.random() < GONE:
            versions.append(None)
        key = f"{row['source_table']}/{row['source_pk']}"
        yield [Step("leads", key, version) for version in versions]


def _decisions(rng: Random, accounts: list[Row], events: list[Row]) -> list[Step]:
    """What people decided, in their order; some of it was withdrawn."""
    steps = []
    for number in range(12):
        decision = rng.choice(["same", "different", "confirm", "confirm", "ignore"])
        about: Row
        if decision in ("same", "different"):
            a, b = rng.sample(accounts, 2)
            twins = [row for row in accounts if row["phone"] and row["phone"] == a["phone"]]
            b = twins[-1] if decision == "different" and twins else b
            about = {"driver_a": a["driver_id"], "driver_b": b["driver_id"]}
        else:
            lead = rng.choice(events)
            about = {"source_table": lead["source_table"], "source_pk": lead["source_pk"]}
            if decision == "confirm" and number % 2:
                about["driver_a"] = rng.choice(accounts)["driver_id"]
        row = {"decision": decision, "undone": number % 5 == 4, **about}
        steps.append(Step("decisions", "all of them", row))
    return steps


def shuffled(world: World, rng: Random) -> list[Step]:
    """All steps in some order; those of one thing in theirs."""
    dealt = [number for number, life in enumerate(world.lives) for _ in life]
    rng.shuffle(dealt)
    left = [iter(life) for life in world.lives]
    return [next(left[number]) for number in dealt]


def newest_first(world: World, rng: Random) -> list[Step]:
    """As when windows are loaded backwards: accounts and leads by falling date."""

    def when(life: list[Step]) -> str:
        row = life[0].row or {}
        return str(row.get("hire_date") or row.get("event_date") or "")

    return [step for life in sorted(world.lives, key=when, reverse=True) for step in life]


def live(connection: Connection[Any], steps: list[Step], batches: int) -> None:
    """Let the steps happen in so many batches, with a run after each."""
    empty(connection)
    undone: list[int] = []
    for number in range(batches):
        first, last = (len(steps) * part // batches for part in (number, number + 1))
        for decision in undone:
            undo(connection, decision)
        undone = arrive(connection, steps[first:last])
        resolve(connection)
    for decision in undone:
        undo(connection, decision)
    resolve(connection)


def arrive(connection: Connection[Any], steps: list[Step]) -> list[int]:
    """Write what there is after these steps; gives the decisions to be withdrawn later."""
    last = {(step.kind, step.key): step for step in steps if step.kind != "decisions"}
    ended = {
        kind: [step for step in last.values() if step.kind == kind]
        for kind in ("accounts", "leads")
    }
    accounts = [step.row for step in ended["accounts"]]
    write(
        connection,
        "DELETE FROM public.drivers WHERE driver_id = ANY(%s)",
        [step.key for step in ended["accounts"]],
    )
    write(
        connection,
        "INSERT INTO public.drivers SELECT * FROM jsonb_populate_recordset(NULL::drivers, %s)",
        Jsonb(accounts),
    )
    write(
        connection,
        "DELETE FROM observational.lead_events WHERE source_table || '/' || source_pk = ANY(%s)",
        [step.key for step in ended["leads"] if step.row is None],
    )
    write(
        connection,
        "INSERT INTO observational.lead_events AS kept "
        "(source_table, source_pk, event_date, scout_id, payload_json) "
        "SELECT source_table, source_pk, event_date, scout_id, payload_json "
        "FROM jsonb_populate_recordset(NULL::observational.lead_events, %s) "
        "ON CONFLICT (source_table, source_pk) DO UPDATE SET event_date = excluded.event_date, "
        "scout_id = excluded.scout_id, payload_json = excluded.payload_json, "
        "identity_pending = true",
        Jsonb([step.row for step in ended["leads"] if step.row is not None]),
    )
    undone = []
    for step in steps:
        if step.kind == "decisions" and step.row is not None:
            row = dict(step.row)
            is_undone = row.pop("undone")
            decision = decide(connection, **row)
            if is_undone:
                undone.append(decision)
    return undone
