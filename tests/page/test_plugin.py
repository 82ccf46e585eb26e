"""The plugin itself: light where nobody asks, right behind a sub-path, known to Airflow."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import datetime, timezone

import httpx
import pytest
from fastapi import FastAPI

from conftest import Database
from leads.page.entry import PREFIX, DataHealth
from leads.page.reading import WarehouseDownError, is_well
from leads.settings import REPOSITORY
from page.airflow_house import Page

pytestmark = pytest.mark.timeout(300)

LIGHT = """
import sys
import leads_plugin
heavy = {"fastapi", "jinja2", "leads.page.app", "leads.page.guard", "leads.page.reading"}
print(sorted(heavy & set(sys.modules)))
"""


AIRFLOWS_OWN = """
import sys
import airflow.plugins_manager
print(sorted({"fastapi", "jinja2"} & set(sys.modules)))
"""


def test_tasks_do_not_pay_for_the_page() -> None:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "plugins")}

    def loaded(code: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return set(json.loads(done.stdout.splitlines()[-1].replace("'", '"')))

    # What Airflow itself brings is not ours.
    assert loaded(LIGHT) <= loaded(AIRFLOWS_OWN)


@pytest.mark.parametrize("root", ["", "/airflow"])
def test_addresses_are_right_behind_a_sub_path(root: str) -> None:
    airflow = FastAPI(root_path=root)
    airflow.mount(PREFIX, DataHealth())

    async def ask() -> httpx.Response:
        through = httpx.ASGITransport(app=airflow)
        async with httpx.AsyncClient(transport=through, base_url="http://airflow") as client:
            return await client.get(f"{PREFIX}/nothing")

    answer = asyncio.run(ask())
    assert answer.status_code == 404
    assert f'href="{root}/data-health/static/page.css?v=' in answer.text
    assert f'href="{root}/data-health/?lang=' in answer.text


def test_airflow_lists_the_plugin_and_puts_it_into_the_navigation(page: Page) -> None:
    plugins = json.loads(page.ask("GET", "/api/v2/plugins", "admin").text)["plugins"]
    [ours] = [plugin for plugin in plugins if plugin["name"] == "leads"]
    assert [(view["href"], view["destination"]) for view in ours["external_views"]] == [
        ("/data-health/", "nav"),
        ("/data-health/?run={RUN_ID}&task={TASK_ID}#run-chosen", "task_instance"),
    ]


def test_it_is_well_only_when_something_is_watched_and_nothing_critical_is_red(
    raw_database: Database,
) -> None:
    now = datetime.now(timezone.utc)
    assert not is_well(raw_database.conninfo, now), "nothing has ever landed"
    with raw_database.connect() as connection:
        connection.execute("UPDATE ops.data_sources SET is_critical = false")
    assert is_well(raw_database.conninfo, now)
    with raw_database.connect() as connection:
        connection.execute("DELETE FROM ops.data_sources")
    assert not is_well(raw_database.conninfo, now), "nothing is watched"
    with pytest.raises(WarehouseDownError) as caught:
        is_well("host=127.0.0.1 port=1 dbname=canary user=canary", now)
    assert "canary" not in repr(caught.value)
    assert caught.value.__cause__ is None
