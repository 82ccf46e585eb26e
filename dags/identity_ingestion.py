"""Turn raw lead tables into lead events, people, credits and the money views, every six hours.

- **Reads** the raw tables of `include/sources.yml`, such as `public.module_ct_cabinet_leads`, and
  the accounts of `public.drivers`, their work in `public.summary_daily` and the payments of
  `public.module_ct_cabinet_payments`.
- **Writes** `observational.lead_events`, `ops.ingestion_rejects`, people and links in `canon`,
  `observational.lead_ledger`, the tables behind `observational.v_conversion_metrics`,
  `ops.v_payment_calculation` and `ops.v_cabinet_financial_14d`, what checks found, and the run
  ledger `ops.ingestion_runs`.
- **Grain** one run per six hours, local time; each source is its own task and its own transaction.
- **Safe to clear** yes, in any order and as often as you like: a window loaded again changes only
  what changed in the raw table since.

A run takes the rows whose event time lies in its window, and (unless `incremental` is off) rows
that landed late and rows corrected in the last 35 days. Bad rows go to `ops.ingestion_rejects` with
a reason and come back by themselves once the raw row is corrected.

Then `resolve_identities` links each new or changed lead to a person, or to nobody with a reason
(`./leads why SOURCE PK` explains), and `attribute_leads` says who brought each person.
`refresh_views` reckons the figures of whoever changed and publishes them all at once, or, when a
check does not hold, not at all; `validate_views` checks what is published.

**Trigger it by hand** for a range of days, both included, in local time:

    {"date_from": "2026-11-01", "date_to": "2026-11-03"}

`sources` narrows it to some tables, `dry_run` reports what would change and changes nothing.
Without dates a run continues from the last covered window to now. The same from a shell:
`./leads run --from 2026-11-01 --to 2026-11-03 --dry-run`.

**When a task fails** its mail and its log say what to do; the other sources land all the same.
`health_check` fails when a raw row has neither event nor reject, and names the keys; and, in a run
up to now, when a critical source stays RED: its message says whose fault that is and what to do.
A run that is not done in time (setting `deadline_minutes`) is an incident as well.
"""

from datetime import datetime, timedelta

from airflow.sdk import (
    DAG,
    Asset,
    CronDataIntervalTimetable,
    Param,
    TaskGroup,
    TriggerRule,
    chain,
)

from leads.alerts import mail_failure
from leads.operators import (
    AttributeLeadsOperator,
    LeadIngestOperator,
    RefreshViewsOperator,
    ResolveIdentitiesOperator,
    ValidateViewsOperator,
)
from leads.sensors import HealthSensor
from leads.settings import settings
from leads.sources import registry

SETTINGS = settings()
SOURCES = registry().sources

PARAMS = {
    "date_from": Param(
        None,
        type=["null", "string"],
        format="date",
        title="From",
        description="First local day, inclusive. Empty: continue from the last covered window.",
        section="Scope",
    ),
    "date_to": Param(
        None,
        type=["null", "string"],
        format="date",
        title="To",
        description="Last local day, inclusive. Give both dates or neither.",
        section="Scope",
    ),
    "sources": Param(
        None,
        type=["null", "array"],
        items={"type": "string", "enum": list(SOURCES)},
        examples=list(SOURCES),
        title="Sources",
        description="Only these raw tables. Empty: all.",
        section="Scope",
    ),
    "incremental": Param(
        True,
        type="boolean",
        title="Late and corrected rows too",
        description="Also take rows that landed late, and rows corrected in the last 35 days.",
        section="How",
    ),
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Report what would change, and change nothing.",
        section="How",
    ),
}

with DAG(
    dag_id="identity_ingestion",
    dag_display_name="Lead ingestion",
    description="Raw lead tables → lead events → people → scouts → money views, every six hours",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 */6 * * *", timezone=SETTINGS.time_zone),
    start_date=datetime.combine(SETTINGS.start_date, datetime.min.time(), tzinfo=SETTINGS.zone),
    catchup=True,  # a skipped interval is a hole in the data
    max_active_runs=SETTINGS.max_active_runs,
    params=PARAMS,
    tags=["leads", "ingestion"],
    default_args={
        "owner": "lead-data",
        "retries": SETTINGS.retries,
        "retry_delay": timedelta(seconds=SETTINGS.retry_delay_seconds),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=15),
        "execution_timeout": timedelta(hours=6),
        "on_failure_callback": mail_failure,
    },
) as dag:
    lead_events = Asset("observational.lead_events")

    with TaskGroup("ingest", tooltip="One task per lead source"):
        loads = [
            LeadIngestOperator(
                task_id=source_table,
                source_table=source_table,
                outlets=[lead_events],
                doc_md=f"{source.description}: `{source.qualified_name}` → `lead_events`.",
            )
            for source_table, source in SOURCES.items()
        ]

    resolve_identities = ResolveIdentitiesOperator(
        task_id="resolve_identities",
        # What landed is resolved, whichever source failed.
        trigger_rule=TriggerRule.ALL_DONE,
        outlets=[Asset("canon.identity_links")],
        doc_md="Leads → people: `canon.identity_links`, or a reason why nobody.",
    )

    attribute_leads = AttributeLeadsOperator(
        task_id="attribute_leads",
        outlets=[Asset("observational.lead_ledger")],
        doc_md="People → who brought them: `observational.lead_ledger`.",
    )

    refresh_views = RefreshViewsOperator(
        task_id="refresh_views",
        outlets=[
            Asset("observational.v_conversion_metrics"),
            Asset("ops.v_payment_calculation"),
            Asset("ops.v_cabinet_financial_14d"),
        ],
        doc_md="Whoever changed → conversion, payments, the 14-day money view; published as one.",
    )

    validate_views = ValidateViewsOperator(
        task_id="validate_views",
        doc_md="What the views claim, over some people and the whole: `./leads check`.",
    )

    health_check = HealthSensor(
        task_id="health_check",
        # One failed source must not keep the others from being checked.
        trigger_rule=TriggerRule.ALL_DONE,
        doc_md="Raw rows = events + open rejects for every day this run touched; and, of a run up "
        "to now, no critical source is RED: else it waits a little and fails with the verdicts.",
    )

    jobs = [resolve_identities, attribute_leads, refresh_views, validate_views]
    chain(loads, *jobs)
    # It fails the run when any of them failed, so it looks at all.
    [*loads, *jobs] >> health_check
