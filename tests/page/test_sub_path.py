"""A real Airflow below a path, as behind a proxy that has other things at its root."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from conftest import Database
from page.airflow_house import Page
from page.warehouses import CABINET, today

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def page(served_at_a_path: Page, raw_database: Database) -> Page:
    served_at_a_path.look_at(raw_database.conninfo)
    return served_at_a_path


def test_every_address_of_the_page_leads_somewhere(page: Page) -> None:
    answer = page.get("/", "op")
    assert answer.status == 200
    addresses = set(re.findall(r'(?:href|src|action)="([^"#]+)"', answer.text))
    assert {address.split("?")[0] for address in addresses} >= {
        "/tools/airflow/data-health/",
        "/tools/airflow/data-health/load",
        "/tools/airflow/data-health/static/page.css",
        "/tools/airflow/data-health/static/page.js",
        "/tools/airflow/data-health/status.json",
    }
    for address in addresses:
        path = address.removeprefix("/tools/airflow")
        assert path != address, f"{address} leaves Airflow"
        # Without days a form is refused, and a warehouse without leads is not well.
        assert page.ask("GET", path, "op").status in (200, 400, 503), address


def test_days_are_loaded_from_there(page: Page) -> None:
    day = f"{CABINET}:{today() - timedelta(days=1)}"
    asked = page.get(f"/load?day={day}", "op").text
    assert 'action="/tools/airflow/data-health/load' in asked
    token = re.search(r'name="token" value="([^"]+)"', asked)
    assert token, asked
    begun = page.post("/load", "op", [("day", day), ("token", token[1])])
    assert begun.status == 303, begun.text
    back = begun.headers["Location"]
    assert back.startswith("/tools/airflow/data-health/?started=")
    shown = page.ask("GET", back.removeprefix("/tools/airflow"), "op").text
    link = re.search(r'href="/tools/airflow(/dags/identity_ingestion/runs/[^"]+)"', shown)
    assert link, shown
    run_id = link[1].rpartition("/")[2]
    run = page.ask("GET", f"/api/v2/dags/identity_ingestion/dagRuns/{run_id}", "op")
    assert run.status == 200, run.text


def test_airflow_finds_the_page_there(page: Page) -> None:
    plugins = json.loads(page.ask("GET", "/api/v2/plugins", "admin").text)["plugins"]
    [ours] = [plugin for plugin in plugins if plugin["name"] == "leads"]
    for view in ours["external_views"]:
        assert view["href"].startswith("/tools/airflow/data-health/")
        path = view["href"].removeprefix("/tools/airflow").split("?")[0]
        assert page.ask("GET", path, "viewer").status == 200
