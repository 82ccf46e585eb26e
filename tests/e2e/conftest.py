"""One home for all end-to-end tests: caught up once, then up for as long as they need it."""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from e2e.house import TIMINGS, FirstUp, House, quiet_zone
from e2e.post_office import PostOffice
from e2e.raw_rows import NEW_MIGRATION, NEW_SCOUTING, insert

SETTINGS = {
    "LEADS_DEMO_SCALE": "0.2",
    "LEADS_DEMO_DAYS": "20",
    "LEADS_DEMO_CATCHUP_DAYS": "3",  # 12 windows at midnight, 15 before it
    "LEADS_MAX_ACTIVE_RUNS": "6",
    "LEADS_RETRIES": "1",
    "LEADS_RETRY_DELAY_SECONDS": "1",
    "LEADS_LOCK_TIMEOUT_SECONDS": "3",
    "LEADS_LANGUAGE": "en",
    "LEADS_ALERT_TO": "ops@example.com",
    "LEADS_HEALTH_EVERY_MINUTES": "60",  # the tests say when it looks
    "LEADS_HEALTH_WAIT_SECONDS": "3",
}


@pytest.fixture(scope="session")
def post_office() -> Iterator[PostOffice]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        office = PostOffice(int(probe.getsockname()[1]))
    office.open()
    yield office
    office.close()


@pytest.fixture(scope="session")
def empty_house(post_office: PostOffice) -> Iterator[House]:
    # Not below pytest's own folder: the unprivileged server user may not enter that one.
    path = Path(tempfile.mkdtemp(prefix="leads-e2e-"))
    path.chmod(0o711)
    smtp = (
        f"smtp://127.0.0.1:{post_office.port}/"
        "?disable_ssl=true&disable_tls=true&timeout=10&retry_limit=1"
    )
    house = House(path, quiet_zone(), SETTINGS | {"AIRFLOW_CONN_SMTP_DEFAULT": smtp})
    yield house
    house.stop()
    house.leads("down")
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def first_up(empty_house: House) -> FirstUp:
    """An empty home, caught up by one command."""
    began = time.monotonic()
    process = empty_house.start("up", "--once")
    said, _ = process.communicate()
    first = FirstUp(process.returncode, said, time.monotonic() - began)
    TIMINGS.append(("./leads up --once, empty home", first.seconds))
    return first


@pytest.fixture(scope="session")
def house(empty_house: House, first_up: FirstUp) -> House:
    """The home that has caught up; `up()` it to work with it."""
    assert first_up.status == 0, first_up.said
    return empty_house


@pytest.fixture
def stack(house: House) -> House:
    """The home with its stack up."""
    house.up()
    return house


OPEN = b"SELECT cause_key, verdict FROM ops.incidents WHERE closed_at IS NULL"
# What looks well is over once it has looked so for a while.
LET_TIME_PASS = b"""
    UPDATE ops.incidents SET well_since_at = well_since_at - interval '1 hour'
    WHERE closed_at IS NULL"""


@pytest.fixture(scope="session")
def well_house(house: House) -> House:
    """The home with its stack up, whatever the invented days brought: no incident is open.

    A few migrations come a day. After a quiet Sunday the newest may be a rejected one, which is an
    incident of its own.
    """
    house.up()
    now = datetime.now(house.zone).replace(tzinfo=None)
    for query in (NEW_SCOUTING, NEW_MIGRATION):
        insert(house, query, now.date(), now)
    assert house.finished(house.api.trigger({})) == ["success"]
    assert house.look() == "success"
    if house.sql(OPEN):
        house.sql(LET_TIME_PASS)
        assert house.look() == "success"
    assert house.sql(OPEN) == []
    return house
