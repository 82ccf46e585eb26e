"""Claims about the invented world behind the demo data; no database needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from leads.local.demo.world import Period, World, imagine

LOCAL_NOW = datetime(2026, 11, 22, 15, 30)
HOME = "lima-home-park"


def world(seed: int = 7, days: int = 40, scale: float = 1.0) -> World:
    start = LOCAL_NOW - timedelta(days=days)
    return imagine(Random(seed), Period(start, LOCAL_NOW, scale, HOME, True, {}))


@pytest.mark.parametrize(("scale", "days"), [(0.5, 30), (1.0, 30), (3.0, 14)])
def test_scale_and_days_set_the_size(scale: float, days: int) -> None:
    made = world(days=days, scale=scale)
    cabinet, scouting = len(made.cabinet), len(made.scouting)
    migrations = len(made.migrations)
    total = cabinet + scouting + migrations
    assert total == pytest.approx(60 * scale * days, rel=0.15)
    assert cabinet / total == pytest.approx(0.55, abs=0.05)
    assert scouting / total == pytest.approx(0.30, abs=0.05)
    assert migrations / total == pytest.approx(0.15, abs=0.04)


def test_three_quarters_of_the_leads_become_drivers() -> None:
    made = world(days=60)
    assert sum(lead.has_account for lead in made.leads) / len(made.leads) == pytest.approx(
        0.76, abs=0.03
    )
    existing = sum(worker.lead is not None for worker in made.workers)
    assert existing / len(made.leads) == pytest.approx(0.73, abs=0.04)


def test_cabinet_keys_come_twice_the_later_row_after_the_earlier() -> None:
    made = world()
    seen: dict[str, datetime | None] = {}
    twice = 0
    for row in made.cabinet:
        key = (row.external_id or "").strip()
        if key and key in seen:
            twice += 1
            earlier = seen[key]
            assert earlier is None or row.created_at is None or row.created_at > earlier
        seen[key] = row.created_at
    assert twice / len(made.cabinet) == pytest.approx(0.01, abs=0.004)


def test_rows_are_numbered_in_the_order_they_landed() -> None:
    made = world()
    for rows in (made.cabinet, made.scouting, made.migrations):
        assert [row.id for row in rows] == list(range(1, len(rows) + 1))
        landed = [row.created_at for row in rows if row.created_at is not None]
        assert landed == sorted(landed)


def test_people_with_two_accounts_have_one_licence_and_two_parks() -> None:
    twins = [worker for worker in world().workers if len(worker.accounts) == 2]
    assert len(twins) > 100
    for worker in twins:
        first, second = worker.accounts
        assert first.park_id == HOME != second.park_id
        written = {first.license_normalized_number, second.license_normalized_number}
        assert worker.person.licence in written or None in written
    same_phone = sum(
        (first.phone or "")[-9:] == (second.phone or "")[-9:]
        for first, second in (worker.accounts for worker in twins)
    )
    assert 0.75 < same_phone / len(twins) < 0.98


def test_people_share_phones_and_cars_and_come_twice() -> None:
    made = world()
    people = [worker.person for worker in made.workers]
    assert 0.02 < 1 - len({person.phone for person in people}) / len(people) < 0.10
    assert 0.02 < 1 - len({person.car.plate for person in people}) / len(people) < 0.12
    assert len({person.licence for person in people}) / len(people) > 0.99
    rows = len(made.cabinet) + len(made.scouting) + len(made.migrations)
    assert 1.05 < rows / len(made.leads) < 1.20
