"""What Airflow's long-lived processes load at their start."""

from urllib.parse import urlsplit

# Tasks are forked from such a process: what it has read, no task reads again.
import psycopg  # noqa: F401
from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin
from airflow.providers.postgres.hooks import postgres  # noqa: F401

from leads import attribution, completeness, ingestion, params, sensors, statements  # noqa: F401
from leads.health import catalogue, incidents, mails, status  # noqa: F401
from leads.health.verdicts import LANGUAGES, verdicts
from leads.identity import resolution  # noqa: F401
from leads.page.entry import PREFIX, DataHealth
from leads.views import refresh, validation  # noqa: F401

statements.preload()
for language in LANGUAGES:
    verdicts(language)


#: Path that Airflow is served at, without a slash at its end; mostly none.
ROOT = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


class LeadsPlugin(AirflowPlugin):
    """Makes tasks start quickly, and puts the page Data health into the navigation."""

    name = "leads"
    # The page itself is built when the API server is first asked for it.
    fastapi_apps = [{"app": DataHealth(), "url_prefix": PREFIX, "name": "Data health"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012 - a list, as Airflow wants it
        {
            "name": "Data health",
            "href": f"{ROOT}{PREFIX}/",
            "destination": "nav",
            "url_route": "data-health",
            "nav_top_level": True,
        },
        # A tab of every task: its row of the ledger. A link of the operator's own would cost each
        # task an XCom.
        {
            "name": "Data health",
            "href": f"{ROOT}{PREFIX}/?run={{RUN_ID}}&task={{TASK_ID}}#run-chosen",
            "destination": "task_instance",
            "url_route": "data-health-row",
        },
    ]
