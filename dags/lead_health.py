"""Look after the health of the lead data: what is wrong, whose fault it is, who is told.

- **Reads** the watched tables of `include/sources.yml`, by index, and the run ledger
  `ops.ingestion_runs`.
- **Writes** `ops.incidents` and the mails about them in `ops.mails`; `ops.airflow_state` and
  `ops.health_watches`.
- **Grain** one look every few minutes (setting `health_every_minutes`), at how things are then.
- **Safe to clear** yes: an incident is opened once, and its mail sent once.

An incident is opened when a table turns RED, or when a task fails after its retries; it is closed,
with one more mail that says how long it took, when the table has been well for half an hour, or as
soon as a job that failed has ended well. What stays open for more than a day comes once a day in
one mail (`digest_hour`). The mails of a server that was down go out from here.

This DAG looks at the pipeline from outside of it, so it also notices that the pipeline is paused or
does not run. That this DAG does not run itself, `./leads health --exit-code` notices: run it by
cron or a monitor.
"""

from datetime import datetime, timedelta

from airflow.sdk import DAG

from leads.alerts import mail_failure
from leads.monitor import HealthWatchOperator
from leads.settings import settings

SETTINGS = settings()

with DAG(
    dag_id="lead_health",
    dag_display_name="Lead health",
    description="All sources and the pipeline → incidents and mails, every few minutes",
    doc_md=__doc__,
    schedule=timedelta(minutes=SETTINGS.health_every_minutes),
    start_date=datetime.combine(SETTINGS.start_date, datetime.min.time(), tzinfo=SETTINGS.zone),
    catchup=False,  # how things were then is nobody's problem now
    max_active_runs=1,
    tags=["leads", "health"],
    default_args={
        "owner": "lead-data",
        "retries": 0,  # the next look comes soon
        "execution_timeout": timedelta(minutes=5),
        "on_failure_callback": mail_failure,
    },
) as dag:
    HealthWatchOperator(
        task_id="watch",
        doc_md="Look once, open and close incidents, send the mails that wait.",
    )
