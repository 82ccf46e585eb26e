"""Who sees the page and who may start something, for every route that there is."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from conftest import Database
from leads.page.app import create_app
from page.airflow_house import Page
from page.warehouses import CABINET, MIGRATIONS, cover, today

pytestmark = pytest.mark.timeout(300)

PUBLIC = "/live"
YESTERDAY = f"{CABINET}:{today() - timedelta(days=1)}"
ACTIONS = b"SELECT acted_by, action, request, outcome, dag_run_id FROM ops.page_actions ORDER BY id"


def _routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route, from the app itself."""
    found = []
    for route in app.routes:
        assert isinstance(route, APIRoute), f"{route} is no route whose dependencies are known"
        path = route.path.replace("{name}", "page.css")
        found += [(method, path) for method in sorted(route.methods)]
    return found


ROUTES = _routes(create_app())


def _actions(database: Database) -> list[Any]:
    with database.connect() as connection:
        return connection.execute(ACTIONS).fetchall()


def _token(page: Page, user: str) -> str:
    text = page.get(f"/load?day={YESTERDAY}", user).text
    found = re.search(r'name="token" value="([^"]+)"', text)
    assert found, text
    return found[1]


def test_there_are_the_routes_that_we_know() -> None:
    assert set(ROUTES) == {
        ("GET", "/"),
        ("GET", "/status.json"),
        ("GET", "/static/page.css"),
        ("GET", "/live"),
        ("GET", "/load"),
        ("POST", "/load"),
    }


@pytest.mark.parametrize(("method", "path"), [one for one in ROUTES if one[1] != PUBLIC])
def test_nobody_unknown_gets_anything(
    page: Page, raw_database: Database, method: str, path: str
) -> None:
    for headers in ({}, {"Cookie": "_token=junk"}, {"Authorization": "Bearer junk"}):
        answer = page.ask(method, f"/data-health{path}", body=None, headers=headers)
        assert answer.status in (401, 403), (headers, answer.text)
        assert CABINET not in answer.text
    assert _actions(raw_database) == []


def test_no_description_of_the_routes_is_served(page: Page) -> None:
    for path in ("/openapi.json", "/docs", "/redoc"):
        assert page.get(path, "admin").status == 404


@pytest.mark.parametrize(
    "path", ["/openapi.json", "/nothing", "/static/../app.py", "/static/app.py"]
)
def test_what_does_not_exist_says_nothing(page: Page, path: str) -> None:
    answer = page.get(path, None)
    assert answer.status in (401, 404)
    assert "import" not in answer.text


def test_everybody_signed_in_may_look(page: Page) -> None:
    for user in ("viewer", "op", "admin"):
        assert page.get("/", user).status == 200
        assert page.get("/status.json", user).status == 503  # nothing has ever landed


def test_liveness_says_a_number_and_no_word(page: Page) -> None:
    answer = page.get("/live", None)
    assert answer.status in (200, 503)
    assert answer.text == ""


def test_a_viewer_has_no_button_and_no_preview(page: Page, raw_database: Database) -> None:
    with raw_database.connect() as connection:
        cover(connection, CABINET, today() - timedelta(days=3))
    seen = page.get("/?lang=en", "viewer").text
    assert 'type="checkbox"' not in seen
    assert "Your role in Airflow may not start runs" in seen
    assert 'type="checkbox"' in page.get("/", "op").text
    assert page.get(f"/load?day={YESTERDAY}", "viewer").status == 403


@pytest.mark.parametrize("user", ["op", "admin"])
def test_who_may_starts_the_run_and_it_is_written_down(
    page: Page, raw_database: Database, user: str
) -> None:
    answer = page.post("/load", user, [("token", _token(page, user)), ("day", YESTERDAY)])
    assert answer.status == 303, answer.text
    day = YESTERDAY.partition(":")[2]
    conf = {"date_from": day, "date_to": day, "sources": [CABINET], "incremental": False}
    [(acted_by, action, request, outcome, run_id)] = _actions(raw_database)
    assert (acted_by, action, request, outcome) == (user, "load_days", conf, "started")
    path = f"/api/v2/dags/identity_ingestion/dagRuns/{run_id.replace('+', '%2B')}"
    run = json.loads(page.ask("GET", path, user).text)
    assert run["conf"] == {**conf, "dry_run": False} or run["conf"] == conf
    assert run["triggering_user_name"] == user
    followed = page.ask("GET", answer.headers["location"], user)
    assert run_id in followed.text.replace("&#43;", "+")


def test_a_viewer_with_somebody_elses_token_starts_nothing(
    page: Page, raw_database: Database
) -> None:
    answer = page.post("/load", "viewer", [("token", _token(page, "op")), ("day", YESTERDAY)])
    assert answer.status == 403
    [(acted_by, _, _, outcome, run_id)] = _actions(raw_database)
    assert (acted_by, outcome, run_id) == ("viewer", "refused: no valid form token", None)


def test_a_viewer_with_a_token_of_their_own_starts_nothing(
    page: Page, raw_database: Database
) -> None:
    # As Airflow signs it, for the viewer: only the role is wrong.
    from itsdangerous import URLSafeTimedSerializer

    token = URLSafeTimedSerializer("s" * 64, salt="leads.data-health").dumps("viewer")
    answer = page.post("/load", "viewer", [("token", str(token)), ("day", YESTERDAY)])
    assert answer.status == 403
    [(acted_by, _, _, outcome, _)] = _actions(raw_database)
    assert (acted_by, outcome) == ("viewer", "refused: role")


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://evil.example", "cross-site"),
        ("https://evil.example", None),
        ("own", "cross-site"),
        ("own", "same-site"),
        ("null", None),
        (None, None),
    ],
)
def test_another_origin_starts_nothing(
    page: Page, raw_database: Database, origin: str | None, site: str | None
) -> None:
    form = [("token", _token(page, "op")), ("day", YESTERDAY)]
    answer = page.post("/load", "op", form, origin=origin, site=site)
    assert answer.status == 403
    assert [row[3] for row in _actions(raw_database)] == ["refused: other origin"]


@pytest.mark.parametrize("token", ["", "junk", "Im9wIg.aaaa.bbbb"])
def test_without_our_form_nothing_starts(page: Page, raw_database: Database, token: str) -> None:
    answer = page.post("/load", "op", [("token", token), ("day", YESTERDAY)])
    assert answer.status == 403
    assert [row[3] for row in _actions(raw_database)] == ["refused: no valid form token"]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("", "nothing"),
        ("no_such_table:2026-11-01", "unknown_source"),
        (f"{MIGRATIONS}:yesterday", "no_date"),
        (f"{MIGRATIONS}:{today() + timedelta(days=2)}", "future"),
    ],
)
def test_what_cannot_be_loaded_is_refused(
    page: Page, raw_database: Database, day: str, why: str
) -> None:
    answer = page.post("/load", "op", [("token", _token(page, "op")), ("day", day)])
    assert answer.status == 400
    assert [row[3] for row in _actions(raw_database)] == [f"refused: {why}"]


def test_what_cannot_be_written_down_is_not_done(page: Page, raw_database: Database) -> None:
    token = _token(page, "op")
    with raw_database.connect() as connection:
        connection.execute("ALTER TABLE ops.page_actions RENAME TO page_actions_gone")
    before = page.ask("GET", "/api/v2/dags/identity_ingestion/dagRuns", "op").text
    answer = page.post("/load", "op", [("token", token), ("day", YESTERDAY)])
    assert answer.status == 503
    after = page.ask("GET", "/api/v2/dags/identity_ingestion/dagRuns", "op").text
    assert json.loads(before)["total_entries"] == json.loads(after)["total_entries"]


def test_every_answer_carries_the_security_headers(page: Page) -> None:
    for user in (None, "viewer"):
        for path in ("/", "/live", "/nothing", "/status.json", "/static/page.js"):
            headers = page.get(path, user).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'self'" in policy
            assert headers["x-content-type-options"] == "nosniff"
    assert page.get("/", "viewer").headers["cache-control"] == "no-store"
