"""The stack that another process runs, or ran: found by what it remembered in LEADS_HOME."""

from __future__ import annotations

import psutil

from leads.local.api import AirflowApi
from leads.local.environment import ensure_passwords
from leads.local.home import Home
from leads.local.supervisor import STOP_SECONDS, still_ours, stop_sessions


def stop_leftovers(home: Home) -> list[str]:
    """Stop Airflow processes that a killed `./leads` left behind.

    Returns:
        Their names.
    """
    children: dict[str, list[float]] = home.recall().get("children") or {}
    found = {
        name: int(pid) for name, (pid, created) in children.items() if still_ours(int(pid), created)
    }
    stop_sessions(dict.fromkeys(found.values(), STOP_SECONDS))
    home.remember(children=None)
    return list(found)


def running_api(home: Home) -> AirflowApi | None:
    """The API of this home's running stack, or None when it is not up (or not yet)."""
    url = home.recall().get("url")
    if not url or not home.is_running():
        return None
    return AirflowApi(url, "admin", ensure_passwords(home)["admin"])


def running_environment(home: Home) -> dict[str, str] | None:
    """The environment of this home's running scheduler, or None when the stack is not up."""
    children: dict[str, list[float]] = home.recall().get("children") or {}
    pid, created = children.get("scheduler", (0, 0.0))
    if not home.is_running() or not still_ours(int(pid), created):
        return None
    return dict(psutil.Process(int(pid)).environ())
