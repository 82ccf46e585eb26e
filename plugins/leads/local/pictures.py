"""Pictures of a running Airflow, taken by a real browser that signs in as people do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from leads.local.browser import FLAGS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page, ViewportSize

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PATIENCE_MS = 60_000
DRAWING_MS = 2_000  # Airflow's charts grow into their places
TALL: ViewportSize = {"width": 1440, "height": 1900}
WIDE: ViewportSize = {"width": 1280, "height": 720}


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """A browser with a new profile, closed at the end.

    Args:
        program: path of Chromium or Chrome.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield opened
        finally:
            opened.close()


def sign_in(opened: Browser, url: str, user: str, password: str, scheme: Scheme = "light") -> Page:
    """A window of Airflow's, signed in through its own form."""
    context = opened.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    # Airflow's own switch, where next-themes keeps it.
    context.add_init_script(f"window.localStorage.setItem('theme', '{scheme}')")
    page = context.new_page()
    page.goto(url)
    page.locator("input[name=username]").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("button[type=submit]").click()
    page.get_by_role("link", name="Data health").first.wait_for()
    return page


def open_data_health(page: Page) -> Frame:
    """Click the page in the navigation, and wait for it in its frame."""
    page.get_by_role("link", name="Data health").first.click()
    page.wait_for_url("**/plugin/data-health**")
    frame = page.locator("iframe").element_handle().content_frame()
    if frame is None:
        raise RuntimeError("Airflow opened no frame for the page Data health.")
    frame.locator("#overall").wait_for()
    return frame


def take(program: str, url: str, user: str, password: str, folder: Path, dag_id: str) -> list[Path]:
    """Take the pictures of the documentation.

    Args:
        program: path of the browser.
        url: Airflow's address.
        user: who signs in.
        password: of that user.
        folder: where the pictures go; older ones are replaced.
        dag_id: whose grid is taken.

    Returns:
        The pictures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with browser(program) as opened:
        for scheme in SCHEMES:
            page = sign_in(opened, url, user, password, scheme)
            open_data_health(page)
            picture = folder / f"data-health-{scheme}.png"
            page.set_viewport_size(TALL)
            page.screenshot(path=picture)
            taken.append(picture)
            if scheme == "light":
                page.set_viewport_size(WIDE)
                page.goto(f"{url}/dags/{dag_id}/tasks/group/ingest")
                page.get_by_role("button", name="Expand all task groups").click()
                _widen(page)
                page.locator("canvas").first.wait_for()
                page.wait_for_timeout(DRAWING_MS)
                picture = folder / "grid.png"
                page.screenshot(path=picture)
                taken.append(picture)
            page.context.close()
    return taken


def _widen(page: Page) -> None:
    """Give the grid half of the window, by its handle."""
    handle = page.get_by_role("separator").first.bounding_box()
    if handle is None:
        return
    height = handle["y"] + handle["height"] / 4  # in its middle sits a button
    page.mouse.move(handle["x"] + 1, height)
    page.mouse.down()
    page.mouse.move(WIDE["width"] / 2, height, steps=5)
    page.mouse.up()
