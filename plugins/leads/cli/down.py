"""`./leads down`: stop a stack from another terminal, or what a killed one left."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leads.local.home import Home

STOP_SECONDS = 90.0


def down() -> None:
    """Stop the running stack, or what is left of one that was killed. Data stays.

    For example:

      ./leads down

      LEADS_HOME=/tmp/two ./leads down
    """
    from leads.cli.progress import standard_output
    from leads.local.database import stop_server
    from leads.local.home import Home
    from leads.local.running import stop_leftovers
    from leads.settings import settings

    console = standard_output()
    home = Home(settings().home)
    if not home.path.exists():
        console.print("Nothing is running.")
        return
    asked = _ask_to_stop(home)
    with home.running():
        left = stop_leftovers(home)
        home.remember(pid=None, pid_created=None, url=None)
        server = stop_server(home)
    for name in left:
        console.print(f"Stopped {name}, left behind by a stack that was killed.")
    if server:
        console.print("Stopped the embedded PostgreSQL.")
    if asked:
        console.print("The stack is down.")
    elif not (left or server):
        console.print("Nothing is running.")


def _ask_to_stop(home: Home) -> bool:
    """SIGTERM the process that runs the stack and wait for it; True when there was one."""
    import psutil

    if not home.is_running():
        return False
    facts = home.recall()
    try:
        owner = psutil.Process(int(facts["pid"]))
        same = abs(owner.create_time() - facts["pid_created"]) < 1
    except (KeyError, psutil.NoSuchProcess):
        return True  # it is just ending
    if same:
        owner.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while home.is_running():
        if time.monotonic() > deadline and same:
            owner.kill()  # its children end with it, and `stop_leftovers` sees to the rest
        time.sleep(0.2)
    return True
