"""The browser of the tests and the pictures: found on the machine, or Debian's own installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping

VARIABLE = "LEADS_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: No sandbox of its own (it refuses to run as root without), no first-run pages, no calls home.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
INSTALL = "apt-get install -y --no-install-recommends chromium"


class BrowserError(RuntimeError):
    """There is no browser; the message says how to get one."""


def find_browser(environment: Mapping[str, str] = os.environ) -> str | None:
    """Path of Chromium or Chrome; None when there is none.

    Raises:
        BrowserError: LEADS_CHROMIUM names something that is no program.
    """
    path = environment.get("PATH", os.defpath)
    if named := environment.get(VARIABLE):
        if found := shutil.which(named, path=path):
            return found
        raise BrowserError(f"{VARIABLE} names {named}, which is no program. Correct or unset it.")
    return next((found for name in NAMES if (found := shutil.which(name, path=path))), None)


def ensure_browser(
    say: Callable[[str], None],
    environment: Mapping[str, str] = os.environ,
    *,
    is_root: bool | None = None,
) -> str:
    """Path of the browser, after installing Debian's where that is possible.

    Args:
        say: hears that something is being installed.
        environment: PATH and LEADS_CHROMIUM.
        is_root: whether packages may be installed; None: as this process is.

    Raises:
        BrowserError: there is none, and none could be installed.
    """
    if found := find_browser(environment):
        return found
    apt_get = shutil.which("apt-get", path=environment.get("PATH", os.defpath))
    if apt_get is None:
        raise BrowserError(
            "The browser tests need Chromium or Chrome, and none is on the PATH. Install one, or "
            f"let {VARIABLE} name its program."
        )
    if not (os.geteuid() == 0 if is_root is None else is_root):
        raise BrowserError(
            f"The browser tests need Chromium. Install it: sudo {INSTALL} (or let {VARIABLE} name "
            "a Chromium or Chrome)."
        )
    say(f"Installing Debian's chromium for the browser tests (once): {INSTALL}")
    quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], INSTALL.split()[1:]):
        done = subprocess.run(
            [apt_get, "-q", *words],
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # A package list that could not be refreshed may still do.
        if done.returncode and words[0] == "install":
            end = " ".join(done.stdout.split()[-40:])
            raise BrowserError(f"{INSTALL} failed: {end}")
    if found := find_browser(environment):
        return found
    raise BrowserError(f"{INSTALL} ended well, yet there is no {' or '.join(NAMES)} on the PATH.")
