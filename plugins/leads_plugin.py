"""What Airflow's long-lived processes load at their start."""

# Tasks are forked from such a process: what it has imported, no task imports again.
import psycopg  # noqa: F401
from airflow.plugins_manager import AirflowPlugin
from airflow.providers.postgres.hooks import postgres  # noqa: F401

from leads import completeness, ingestion, operators, params  # noqa: F401


class LeadsPlugin(AirflowPlugin):
    """Makes tasks start quickly."""

    name = "leads"
