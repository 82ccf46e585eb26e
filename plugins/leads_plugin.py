"""What Airflow's long-lived processes load at their start."""

# Tasks are forked from such a process: what it has read, no task reads again.
import psycopg  # noqa: F401
from airflow.plugins_manager import AirflowPlugin
from airflow.providers.postgres.hooks import postgres  # noqa: F401

from leads import attribution, completeness, ingestion, operators, params, statements  # noqa: F401
from leads.identity import resolution  # noqa: F401

statements.preload()


class LeadsPlugin(AirflowPlugin):
    """Makes tasks start quickly."""

    name = "leads"
