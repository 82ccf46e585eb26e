"""Airflow asked through its public REST API, in this process, with the reader's own token.

Nothing is read from Airflow's database, and nobody learns or does more than Airflow lets them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

DAG_ID = "identity_ingestion"
_DAG = f"/api/v2/dags/{DAG_ID}"
_RUNS = f"{_DAG}/dagRuns"
PATIENCE_SECONDS = 3.0
#: Running ones come first; how many wait is the rest of the total.
_MOST_RUNNING = 20


@dataclass(frozen=True, slots=True)
class AirflowFacts:
    """What Airflow said of itself and of the DAG; None stands for unknown.

    Attributes:
        is_paused: whether the DAG is paused.
        is_scheduler_alive: whether the scheduler is.
        running_count: runs at work.
        queued_count: runs that wait for their turn.
        next_run_at: when the next scheduled run is due.
    """

    is_paused: bool | None = None
    is_scheduler_alive: bool | None = None
    running_count: int | None = None
    queued_count: int | None = None
    next_run_at: datetime | None = None

    @property
    def is_known(self) -> bool:
        """Whether Airflow answered everything that matters."""
        return None not in (self.is_paused, self.is_scheduler_alive, self.running_count)


class RefusedError(RuntimeError):
    """Airflow would not start a run.

    Attributes:
        status: its HTTP status; 0 when it did not answer.
    """

    def __init__(self, status: int) -> None:
        """Keep the status."""
        super().__init__(f"status {status}")
        self.status = status


class Airflow:
    """Airflow, as one signed-in user sees it.

    Args:
        app: Airflow's own ASGI app, the one that the page is mounted in.
        token: the user's token.
    """

    def __init__(self, app: Any, token: str) -> None:
        self._app = app
        self._token = token

    async def facts(self) -> AirflowFacts:
        """Ask everything at once; what fails or takes too long is unknown."""
        async with self._client() as client:
            answers = await asyncio.gather(
                _json(client, "/api/v2/monitor/health"),
                _json(client, _DAG),
                _json(
                    client,
                    _RUNS,
                    state=["running", "queued"],
                    order_by="-state",
                    limit=_MOST_RUNNING,
                ),
            )
        health, dag, runs = answers
        scheduler = (health.get("scheduler") or {}).get("status")
        next_run = dag.get("next_dagrun_run_after")
        running = total = None
        if "dag_runs" in runs:
            running = sum(run.get("state") == "running" for run in runs["dag_runs"])
            total = int(runs.get("total_entries", 0))
        return AirflowFacts(
            is_paused=dag.get("is_paused"),
            is_scheduler_alive=scheduler == "healthy" if scheduler else None,
            running_count=running,
            queued_count=None if total is None or running is None else total - running,
            next_run_at=datetime.fromisoformat(next_run) if next_run else None,
        )

    async def start(self, conf: dict[str, Any], note: str) -> str:
        """Start a run of the DAG.

        Returns:
            Its dag run id.

        Raises:
            RefusedError: Airflow did not start it.
        """
        body = {"logical_date": None, "conf": conf, "note": note}
        try:
            async with self._client() as client:
                answer = await client.post(_RUNS, json=body)
                if answer.is_success:
                    return str(answer.json()["dag_run_id"])
        except Exception as error:
            # The app is called directly: what breaks in it arrives here as it is.
            raise RefusedError(0) from error
        raise RefusedError(answer.status_code)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self._app),
            base_url="http://airflow",
            headers={"Authorization": f"Bearer {self._token}"},
        )


async def _json(client: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    """One answer; empty when there is none that can be used."""
    try:
        answer = await asyncio.wait_for(client.get(path, params=query), PATIENCE_SECONDS)
        if not answer.is_success:
            return {}
        document = answer.json()
    except Exception:  # noqa: BLE001 - whatever broke in there, the page still has to be shown
        return {}
    return document if isinstance(document, dict) else {}
