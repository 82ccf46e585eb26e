"""Data health in a real browser, in a real Airflow: seen, used, left, audited."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, expect

from e2e.house import TIMINGS, House
from e2e.raw_rows import SOURCES
from leads.local.api import DAG_ID
from leads.local.browser import ensure_browser
from leads.local.environment import USERS, ensure_passwords
from leads.local.pictures import SCHEMES, browser, open_data_health, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SOURCE = SOURCES[0]
MOST_BYTES = 150_000
SERIOUS = ("serious", "critical")
FORGET = b"DELETE FROM ops.source_coverage WHERE source_table = %s AND covered_on = ANY (%s)"
FAIL_CHECK = b"""
INSERT INTO ops.check_results (
    check_name, severity, claim, scope, violation_count, tolerance, is_passed, seconds, checked_at
)
VALUES ('seeded_fault', 'warn', 'A seeded claim', 'sample', 3, 0, false, 0.1, now())
"""
MEND_CHECK = b"DELETE FROM ops.check_results WHERE check_name = 'seeded_fault'"
LAST_ROW = b"""
SELECT id, dag_run_id, task_id FROM ops.ingestion_runs
WHERE source_table = %s AND dag_run_id IS NOT NULL AND status = 'COMPLETED'
ORDER BY id DESC LIMIT 1
"""


@pytest.fixture(scope="module")
def opened(house: House) -> Iterator[Browser]:
    with browser(ensure_browser(print)) as program:
        yield program


@pytest.fixture(scope="module")
def missing(house: House) -> Iterator[list[date]]:
    """Two days in a row and one apart, of one source, that no run has covered; a failed check."""
    house.up()
    today = datetime.now(house.zone).date()
    days = [today - timedelta(days=ago) for ago in (6, 3, 2)]
    house.sql(FORGET, SOURCE, days)
    house.sql(FAIL_CHECK)
    yield days
    house.sql(MEND_CHECK)


def _window(opened: Browser, house: House, user: str, scheme: str = "light") -> Page:
    password = ensure_passwords(house.home)[user]
    assert scheme in SCHEMES
    return sign_in(opened, house.api.base_url.rstrip("/"), user, password, scheme)  # type: ignore[arg-type]


def _box(frame: Frame, day: date) -> str:
    """How one day of the source is coloured."""
    told = f"{day.day} {day:%b} {day.year}: "
    table = frame.locator("table", has=frame.locator(f"caption code:text-is('{SOURCE}')"))
    return str(table.locator(f"td[title^='{told}']").get_attribute("class"))


@pytest.mark.parametrize("user", list(USERS))
def test_everybody_who_signs_in_finds_the_page_and_the_faults(
    opened: Browser, house: House, missing: list[date], user: str
) -> None:
    page = _window(opened, house, user)
    frame = open_data_health(page)
    expect(frame.locator("#h-sources")).to_be_visible()
    assert [_box(frame, day) for day in missing] == ["missing"] * 3
    expect(frame.get_by_text("A seeded claim")).to_be_visible()
    boxes = frame.locator("input[type=checkbox]").count()
    assert (boxes > 0) == (user != "viewer")
    page.context.close()


def test_nobody_else_finds_anything(opened: Browser, house: House, missing: list[date]) -> None:
    page = opened.new_page()
    for path in ("/data-health/", "/data-health/status.json", "/data-health/load"):
        answer = page.goto(house.api.base_url.rstrip("/") + path)
        assert answer is not None
        assert answer.status == 401
        assert SOURCE not in page.content()
    page.close()


def test_an_operator_loads_the_missing_days_and_they_turn_green(
    opened: Browser, house: House, missing: list[date]
) -> None:
    page = _window(opened, house, "op")
    frame = open_data_health(page)
    # By keyboard: the box is reached and ticked without a mouse.
    for day in missing:
        box = frame.locator(f"input[value='{SOURCE}:{day}']")
        box.focus()
        box.press("Space")
    frame.get_by_role("button", name="See what would be loaded").click()
    frame.get_by_role("heading", name="Load days").wait_for()
    assert frame.locator("ol li").count() == 2, "two ranges, two runs"
    frame.get_by_role("button", name="Start").click()
    started = frame.locator("section[role=status] a")
    started.first.wait_for()
    runs = started.all_inner_texts()
    assert len(runs) == 2
    assert house.finished(*runs) == ["success", "success"]
    confs = [house.api.run(run)["conf"] for run in runs]
    assert [(conf["date_from"], conf["date_to"]) for conf in confs] == [
        (str(missing[0]), str(missing[0])),
        (str(missing[1]), str(missing[2])),
    ]
    assert all(conf["sources"] == [SOURCE] for conf in confs)
    frame.goto(f"{house.api.base_url.rstrip('/')}/data-health/")
    assert all(_box(frame, day) in ("covered", "verified", "late", "rejected") for day in missing)
    acted = house.sql(
        b"SELECT acted_by, outcome, dag_run_id FROM ops.page_actions ORDER BY id DESC LIMIT 2"
    )
    assert sorted(acted) == sorted(("op", "started", run) for run in runs)
    page.context.close()


def test_a_link_leaves_the_frame_for_the_tasks_log(
    opened: Browser, house: House, missing: list[date]
) -> None:
    page = _window(opened, house, "viewer")
    frame = open_data_health(page)
    link = frame.locator(".runs a[data-top]").first
    href = str(link.get_attribute("href"))
    link.click()
    page.wait_for_url(f"**{href}**")
    assert page.url.endswith(href)
    assert "/tasks/" in page.url
    assert page.locator("iframe[src*='data-health']").count() == 0
    page.get_by_text("Logs").first.wait_for()
    page.context.close()


def test_a_task_leads_to_its_row_and_the_row_back(
    opened: Browser, house: House, missing: list[date]
) -> None:
    [(number, run_id, task_id)] = house.sql(LAST_ROW, SOURCE)
    page = _window(opened, house, "viewer")
    base = house.api.base_url.rstrip("/")
    page.goto(f"{base}/dags/{DAG_ID}/runs/{quote(run_id, safe='')}/tasks/{task_id}")
    page.locator("a[href*='plugin/data-health-row']").first.click()
    frame = page.frame_locator("iframe[src*='data-health']")
    row = frame.locator("tr.wanted")
    expect(row).to_have_count(1)
    assert row.get_attribute("id") == f"run-{number}"
    row.get_by_role("link").click()
    page.wait_for_url(f"**/runs/{run_id.replace('+', '*')}/tasks/{task_id}*".replace(":", "*"))
    page.context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_audit_finds_nothing_serious(
    opened: Browser, house: House, missing: list[date], scheme: str, tmp_path: Path
) -> None:
    page = _window(opened, house, "op", scheme)
    base = f"{house.api.base_url.rstrip('/')}/data-health"
    days = "&".join(f"day={SOURCE}:{day}" for day in missing)
    for path in ("/", f"/load?{days}", "/nothing"):
        page.goto(base + path)
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in SERIOUS] == [], path
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{base}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_frame_follows_airflows_theme(
    opened: Browser, house: House, missing: list[date], scheme: str
) -> None:
    page = _window(opened, house, "viewer", scheme)
    frame = open_data_health(page)
    expect(frame.locator("html")).to_have_attribute("data-theme", scheme)
    page.context.close()


def test_it_works_without_javascript_and_is_small_and_quick(
    opened: Browser, house: House, missing: list[date]
) -> None:
    signed_in = _window(opened, house, "op")
    plain = opened.new_context(
        java_script_enabled=False, storage_state=signed_in.context.storage_state()
    )
    page = plain.new_page()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    base = f"{house.api.base_url.rstrip('/')}/data-health/"
    page.goto(base, wait_until="networkidle")
    assert page.locator(".sources tbody tr").count() >= 8
    assert sum(sizes) < MOST_BYTES, sizes
    seconds = []
    for _ in range(40):
        began = time.monotonic()
        answer = plain.request.get(base)
        seconds.append(time.monotonic() - began)
        assert answer.status == 200
    p95 = statistics.quantiles(seconds, n=20)[-1]
    TIMINGS.append((f"Data health, p95 of 40 requests ({sum(sizes) / 1000:.0f} kB)", p95))
    plain.close()
    signed_in.context.close()


def test_the_pictures_are_taken_by_one_command(house: House, tmp_path: Path) -> None:
    house.up()
    process = house.start("screenshots", "--folder", str(tmp_path))
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    names = {picture.name for picture in tmp_path.iterdir()}
    assert names == {"data-health-light.png", "data-health-dark.png", "grid.png"}
    assert all(picture.stat().st_size > 20_000 for picture in tmp_path.iterdir())
