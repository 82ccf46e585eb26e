"""The browser of the tests: found, installed where that may be, else asked for in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.local.browser import BrowserError, ensure_browser, find_browser

PROGRAM = "#!/bin/sh\n"


def _program(folder: Path, name: str, text: str = PROGRAM) -> Path:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)
    return folder / name


def test_the_one_on_the_path_is_taken(tmp_path: Path) -> None:
    chrome = _program(tmp_path, "google-chrome")
    assert find_browser({"PATH": str(tmp_path)}) == str(chrome)


def test_the_one_that_is_named_comes_first(tmp_path: Path) -> None:
    _program(tmp_path, "chromium")
    mine = _program(tmp_path, "mine")
    assert find_browser({"PATH": str(tmp_path), "LEADS_CHROMIUM": str(mine)}) == str(mine)


def test_a_wrong_name_is_said(tmp_path: Path) -> None:
    with pytest.raises(BrowserError, match="LEADS_CHROMIUM names /nowhere"):
        find_browser({"PATH": str(tmp_path), "LEADS_CHROMIUM": "/nowhere"})


def test_root_on_debian_gets_it_installed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    _program(
        tmp_path,
        "apt-get",
        f'#!/bin/sh\necho "$@" >> {log}\n[ "$2" = install ] || exit 100\n'
        f": > {tmp_path}/chromium\n/bin/chmod 755 {tmp_path}/chromium\n",
    )
    said: list[str] = []
    found = ensure_browser(said.append, {"PATH": str(tmp_path)}, is_root=True)
    assert found == str(tmp_path / "chromium")
    assert log.read_text().splitlines() == [
        "-q update",
        "-q install -y --no-install-recommends chromium",
    ]
    assert "apt-get install" in said[0]


def test_a_failed_installation_is_said(tmp_path: Path) -> None:
    _program(tmp_path, "apt-get", "#!/bin/sh\necho E: no such package\nexit 100\n")
    with pytest.raises(BrowserError, match="E: no such package"):
        ensure_browser(print, {"PATH": str(tmp_path)}, is_root=True)


def test_anybody_else_gets_the_command(tmp_path: Path) -> None:
    _program(tmp_path, "apt-get")
    with pytest.raises(BrowserError, match=r"sudo apt-get install -y .* chromium"):
        ensure_browser(print, {"PATH": str(tmp_path)}, is_root=False)


def test_without_apt_get_any_browser_will_do(tmp_path: Path) -> None:
    with pytest.raises(BrowserError, match="LEADS_CHROMIUM"):
        ensure_browser(print, {"PATH": str(tmp_path)}, is_root=True)
