"""The same with everything real: raw rows, loads, identity resolution, attribution, refresh."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from psycopg import Connection

from identity import people as identity
from identity.people import OTHER_PARK, Session, correct, decide, furnish, resolve_only, undo
from identity.worlds import fill
from ingestion.loading import LIMA, NOW, REGISTRY, day, load_window, put, remove, rows
from ingestion.shared_database import shared_database
from leads.windows import Window, WindowKind
from views import emptying
from views.outcome import refresh
from views.reading import check
from views.test_any_change import check_rest
from views.world import CABINET, HOME, MIGRATIONS, SCOUTING, pay, write

SEED = 20_261_122
SETS = 20
NAMES = ["ANA ROSA QUISPE MAMANI", "BRUNO PAZ SOLIS", "CARLA RUIZ DIAZ", "DANTE VEGA LUNA"]


@pytest.fixture(scope="module")
def model_conninfo(server: Any) -> Iterator[str]:
    """A warehouse with a matching model in use."""
    with shared_database(server, "leads_views_real") as conninfo:
        with Session.connect(conninfo, prepare_threshold=None) as session:
            furnish(session)
            fill(session, drivers=300, leads=200)
            resolve_only(session)
        yield conninfo


@pytest.fixture
def real(model_conninfo: str) -> Iterator[Session]:
    with Session.connect(model_conninfo, prepare_threshold=None) as session:
        emptying.empty(session)
        identity.empty(session)
        write(
            session,
            "UPDATE canon.identity_state SET model_version = "
            "(SELECT max(version) FROM canon.identity_models)",
        )
        yield session


class Fleet:
    """A dozen accounts of a few people, and the raw rows that come in about them."""

    def __init__(self, connection: Connection[Any], rng: Random) -> None:
        self.connection, self.rng = connection, rng
        self.decisions: list[int] = []
        self.drivers: list[str] = []

    def account(self) -> None:
        number = len(self.drivers)
        name = self.rng.choice(NAMES)
        identity.account(
            self.connection,
            f"d{number}",
            full_name=name,
            phone=f"98000000{NAMES.index(name)}",
            license_number=f"Q4000000{NAMES.index(name)}",
            car_number=f"ABC10{number % 10}",
            hire_date=day(self.rng.randint(-60, -30)),
            park_id=self.rng.choice([HOME, OTHER_PARK]),
        )
        self.drivers.append(f"d{number}")

    def correct(self) -> None:
        name = self.rng.choice(NAMES)
        fields = self.rng.choice(
            [
                {"full_name": name},
                {"phone": f"98000000{NAMES.index(name)}"},
                {"license_number": f"Q4000000{NAMES.index(name)}"},
                {"hire_date": day(self.rng.randint(-60, -30))},
                {"park_id": self.rng.choice([HOME, OTHER_PARK])},
            ]
        )
        correct(self.connection, self.rng.choice(self.drivers), **fields)

    def decide(self) -> None:
        """People say that two accounts are one person's, or take it back."""
        if self.decisions and self.rng.random() < 0.4:
            undo(self.connection, self.decisions.pop())
            return
        a, b = self.rng.sample(self.drivers, 2)
        word = self.rng.choice(["same", "different"])
        self.decisions.append(decide(self.connection, word, driver_a=a, driver_b=b))

    def lead(self) -> None:
        source = self.rng.choice([CABINET, SCOUTING, SCOUTING, MIGRATIONS])
        on = day(self.rng.randint(-25, -2))
        landed = NOW.astimezone(LIMA).replace(tzinfo=None) - timedelta(
            hours=self.rng.randint(1, 90)
        )
        number = self.rng.randrange(len(NAMES))
        row: dict[str, Any] = {"created_at": landed}
        if source == CABINET:
            first, last = NAMES[number].split(" ", 1)
            row |= {"lead_created_at": on, "first_name": first, "last_name": last}
            row |= {"park_phone": f"98000000{number}", "asset_plate_number": "ABC101"}
        elif source == SCOUTING:
            row |= {"registration_date": on, "scout_id": self.rng.choice([7, 8])}
            row |= {"driver_name": NAMES[number], "driver_phone": f"98000000{number}"}
            row |= {"driver_license": self.rng.choice([None, f"Q4000000{number}"])}
        else:
            row |= {"hire_date": on, "scout_id": 9, "driver_id": self.rng.choice(self.drivers)}
        put(self.connection, source, **row)

    def correct_lead(self) -> None:
        """Leads turn out to be of another day, or of no day at all."""
        on = self.rng.choice([None, day(-20), day(-8), day(-3)])
        write(
            self.connection,
            "UPDATE module_ct_scouting_daily SET registration_date = %s WHERE id %% 4 = %s",
            *(on, self.rng.randrange(4)),
        )

    def no_lead(self) -> None:
        for (number,) in rows(self.connection, "SELECT max(id) FROM module_ct_cabinet_leads"):
            remove(self.connection, CABINET, number)

    def work(self) -> None:
        for _ in range(12):
            write(
                self.connection,
                "INSERT INTO summary_daily VALUES (%s, %s, %s, %s, %s)",
                self.rng.choice(self.drivers),
                day(self.rng.randint(-25, 0)).strftime(self.rng.choice(["%d-%m-%Y", "%Y-%m-%d"])),
                *(self.rng.randint(0, 9), self.rng.choice([0, 600]), NOW.replace(tzinfo=None)),
            )

    def pay(self) -> None:
        driver_id = self.rng.choice([None, None, None, self.rng.choice(self.drivers)])
        name = self.rng.choice(NAMES)
        pay(self.connection, self.rng.choice([1, 5, 25]), driver_id=driver_id, name=name)

    def run(self) -> None:
        """One run of the DAG."""
        window = Window(NOW - timedelta(days=40), NOW, WindowKind.INTERVAL)
        for source in REGISTRY.sources:
            load_window(self.connection, source, lambda _: window)
        resolve_only(self.connection)
        refresh(self.connection)


@pytest.mark.timeout(1800)
def test_whatever_comes_in_the_real_runs_tell_the_views_whom_it_touches(
    real: Session, nightly: bool
) -> None:
    fleet = Fleet(real, Random(SEED))
    for _ in range(10):
        fleet.account()
    changes = [
        *[fleet.lead] * 4,
        *[fleet.work] * 2,
        *[fleet.correct] * 3,
        *[fleet.decide, fleet.pay] * 2,
        *[fleet.account, fleet.correct_lead, fleet.no_lead],
    ]
    for _ in range(8):
        fleet.lead()
        fleet.pay()
        fleet.work()
    people, shown = set(), 0
    for number in range(20 * SETS if nightly else SETS):
        for change in fleet.rng.sample(changes, fleet.rng.randint(1, 4)):
            change()
        fleet.run()
        found = check(real)
        people |= {key[0] for view in found.values() for key in view}
        shown += sum(map(len, found.values()))
        if number % 10 == 9:
            check_rest(real, HOME)
    assert shown > 10 * SETS, "hardly anybody has figures"
    assert len(people) > 3, "nobody was merged or split"
    assert rows(real, "SELECT count(*) > 0 FROM canon.identity_merges") == [(True,)]
    assert rows(real, "SELECT DISTINCT status FROM ops.ingestion_runs") == [("COMPLETED",)]


def test_a_decision_that_two_accounts_are_one_person_s_settles_whose_a_payment_is(
    real: Session,
) -> None:
    """And a withdrawn one unsettles it: neither account changes itself."""
    fleet = Fleet(real, Random(SEED))
    for number in range(3):
        identity.account(
            real,
            f"d{number}",
            full_name=NAMES[0 if number < 2 else 1],
            phone=f"98000000{number}",
            license_number=f"Q4000000{number}",
            car_number=f"ABC10{number}",
            hire_date=day(-40),
        )
    pay(real, 1, name=NAMES[0])
    put(real, MIGRATIONS, hire_date=day(-9), driver_id="d0", created_at=day(-9))

    def status() -> str:
        fleet.run()
        check(real)
        ((found,),) = rows(real, "SELECT match_status FROM ops.cabinet_payments")
        return str(found)

    assert status() == "AMBIGUOUS_NAME"
    decision = decide(real, "same", driver_a="d0", driver_b="d1")
    assert status() == "BY_NAME"
    undo(real, decision)
    assert status() == "AMBIGUOUS_NAME"
