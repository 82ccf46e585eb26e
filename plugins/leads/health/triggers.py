"""The part of the health sensor that waits: in the triggerer, without a worker's slot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from leads.windows import UTC


class HealthTrigger(BaseTrigger):  # type: ignore[misc]  # Airflow ships no types for it
    """Look at the critical sources until none is RED, or the time is up.

    Its one event is `{"status": "well"}`, `{"status": "unwell", "told": [sentences]}`, or
    `{"status": "failed", "told": why}` when the warehouse cannot be asked.

    Args:
        conn_id: Airflow connection of the warehouse.
        poll_seconds: between two looks.
        wait_seconds: how long to wait for the sources to be well.
    """

    def __init__(self, conn_id: str, poll_seconds: float, wait_seconds: float) -> None:
        super().__init__()
        self.conn_id = conn_id
        self.poll_seconds = poll_seconds
        self.wait_seconds = wait_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Where the triggerer finds this class, and with what it makes one."""
        return (
            "leads.health.triggers.HealthTrigger",
            {
                "conn_id": self.conn_id,
                "poll_seconds": self.poll_seconds,
                "wait_seconds": self.wait_seconds,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look, wait, look again."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.wait_seconds
        while True:
            event = await self._look()
            if event["status"] == "well" or loop.time() + self.poll_seconds > until:
                yield TriggerEvent(event)
                return
            await asyncio.sleep(self.poll_seconds)

    async def _look(self) -> dict[str, Any]:
        import psycopg
        from airflow.sdk import BaseHook

        from leads.errors import explain
        from leads.health.status import told_reds
        from leads.statements import statement
        from leads.warehouse import conninfo_from_airflow

        try:
            # The sync way would hold up every other trigger of this process.
            found = await BaseHook.aget_connection(self.conn_id)
            conninfo = conninfo_from_airflow(found.get_uri())
            async with await psycopg.AsyncConnection.connect(
                conninfo, autocommit=True, connect_timeout=10, application_name="leads health"
            ) as session:
                rows = await session.execute(
                    statement("health/critical_reds"), {"at": datetime.now(UTC)}
                )
                reds = told_reds(await rows.fetchall())
        except psycopg.Error as error:
            told = explain(error, f"connection {self.conn_id}")
            return {"status": "failed", "told": str(told)}
        if reds:
            return {"status": "unwell", "told": [red.told for red in reds]}
        return {"status": "well"}
