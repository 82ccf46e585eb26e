"""From a task in Airflow to its row on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from airflow.configuration import conf
from airflow.sdk import BaseOperatorLink

from leads.page.entry import PREFIX

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey


class DataHealthLink(BaseOperatorLink):
    """The button *Data health* of a task: the page, with the task's ledger row marked."""

    name = "Data health"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """The address of the row; absolute where Airflow knows its own address."""
        base = conf.get("api", "base_url", fallback="").rstrip("/")
        asked = urlencode({"run": ti_key.run_id, "task": ti_key.task_id})
        return f"{base}{PREFIX}/?{asked}#run-chosen"
