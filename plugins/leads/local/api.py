"""Airflow's REST API, as far as the command line needs it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

DAG_ID = "identity_ingestion"
MONITOR_DAG_ID = "lead_health"
DAG_RUNS = f"/api/v2/dags/{DAG_ID}/dagRuns"
COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
# The server is ours and on this machine: a proxy in the environment must not see it.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ApiError(RuntimeError):
    """Airflow refused a request, or did not answer (`status` 0)."""

    def __init__(self, status: int, detail: str) -> None:
        """Keep the HTTP status and Airflow's own words."""
        super().__init__(detail)
        self.status = status


@dataclass
class AirflowApi:
    """One user's session with one API server."""

    base_url: str
    user: str
    password: str = field(repr=False)
    _token: str = field(default="", repr=False)

    def get(self, path: str, **query: object) -> Any:
        """Read a resource; None values of the query are left out."""
        kept = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", f"{path}?{urlencode(kept, doseq=True)}" if kept else path)

    def post(self, path: str, body: object) -> Any:
        """Send a document."""
        return self._call("POST", path, body)

    def patch(self, path: str, body: object) -> Any:
        """Change a resource."""
        return self._call("PATCH", path, body)

    def unpause(self, dag_id: str = DAG_ID) -> None:
        """Let a DAG's runs run."""
        self.patch(f"/api/v2/dags/{dag_id}", {"is_paused": False})

    def health(self) -> dict[str, str]:
        """Component -> its state; all `down` while the server does not answer."""
        try:
            answer = self._send("GET", "/api/v2/monitor/health", None, "")
        except ApiError:
            return dict.fromkeys(COMPONENTS, "down")
        return {name: (answer.get(name) or {}).get("status") or "down" for name in COMPONENTS}

    def trigger(self, conf: dict[str, Any], note: str | None = None) -> str:
        """Start a manual run without a logical date.

        Returns:
            Its dag run id.
        """
        body = {"logical_date": None, "conf": conf, "note": note}
        return str(self.post(DAG_RUNS, body)["dag_run_id"])

    def run(self, run_id: str) -> dict[str, Any]:
        """One DAG run."""
        return dict(self.get(f"{DAG_RUNS}/{quote(run_id, safe='')}"))

    def tasks(self, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run."""
        path = f"{DAG_RUNS}/{quote(run_id, safe='')}/taskInstances"
        return list(self.get(path, limit=200)["task_instances"])

    def returned(self, run_id: str, task_id: str) -> dict[str, Any] | None:
        """What a task returned, or None when it returned nothing."""
        run, task = quote(run_id, safe=""), quote(task_id, safe="")
        path = f"{DAG_RUNS}/{run}/taskInstances/{task}/xcomEntries/return_value"
        try:
            value = self.get(path)["value"]
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        return dict(json.loads(value) if isinstance(value, str) else value)

    def failure(self, run_id: str, task_id: str, try_number: int) -> str | None:
        """Why a try failed, in our own operators' words; None when its log has none of theirs."""
        run, task = quote(run_id, safe=""), quote(task_id, safe="")
        path = f"{DAG_RUNS}/{run}/taskInstances/{task}/logs/{try_number}"
        try:
            entries = self.get(path)["content"]
        except ApiError:
            return None
        for entry in reversed(entries):
            for error in entry.get("error_detail") or []:
                if error["exc_type"] in ("AirflowFailException", "AirflowException"):
                    return str(error["exc_value"])
        return None

    def _call(self, method: str, path: str, body: object = None) -> Any:
        if not self._token:
            self._log_in()
        try:
            return self._send(method, path, body, self._token)
        except ApiError as error:
            if error.status != 401:
                raise
        self._log_in()
        return self._send(method, path, body, self._token)

    def _log_in(self) -> None:
        login = {"username": self.user, "password": self.password}
        self._token = str(self._send("POST", "/auth/token", login, "")["access_token"])

    def _send(self, method: str, path: str, body: object, token: str) -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base_url + path, data=data, headers=headers, method=method
        )
        try:
            with _DIRECT.open(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise ApiError(error.code, _detail(error.read())) from None
        except (OSError, ValueError) as error:
            raise ApiError(0, f"Airflow does not answer at {self.base_url}.") from error


def _detail(answer: bytes) -> str:
    try:
        detail = json.loads(answer)["detail"]
    except (ValueError, KeyError, TypeError):
        return answer.decode(errors="replace")[:300]
    return detail if isinstance(detail, str) else json.dumps(detail)
