"""What a failed task tells people, through Airflow's own contexts and a real SMTP server."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from health.world import World, empty
from ingestion.shared_database import shared_database
from leads.errors import LeadsError, UnhealthyData, UpstreamFailed
from leads.local.postgres import EmbeddedPostgres
from leads.settings import settings
from leads.warehouse import airflow_uri
from leads.windows import WindowError
from task_context import execute

UTC = timezone.utc
CANARY = "+51 987 654 321"
SOURCE = "module_ct_cabinet_leads"
START = datetime(2026, 11, 20, 5, tzinfo=UTC)  # midnight in Lima
ADVICE = LeadsError(
    f'public.{SOURCE}: column "status" does not exist (42703). Add {{it}} <back> & clear this task.'
)

DAG_FILE = f"""
from datetime import datetime, timezone
from airflow.sdk import DAG, CronDataIntervalTimetable, Param
from airflow.providers.standard.operators.empty import EmptyOperator
from leads.alerts import mail_failure

with DAG(
    "identity_ingestion",
    schedule=CronDataIntervalTimetable("0 */6 * * *", timezone="America/Lima"),
    start_date=datetime(2026, 11, 1, tzinfo=timezone.utc),
    default_args={{"retries": 2, "on_failure_callback": mail_failure}},
    params={{
        "date_from": Param(None, type=["null", "string"]),
        "date_to": Param(None, type=["null", "string"]),
        "dry_run": False,
    }},
):
    EmptyOperator(task_id="ingest.{SOURCE}")
    EmptyOperator(task_id="resolve_identities")
    EmptyOperator(task_id="health_check")
"""


class Mailbox:
    """Keeps what an SMTP server accepts; refuses every recipient when told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.refusal = ""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.envelopes.append(envelope)
        return "250 OK"

    def only(self, kind: str = "html") -> tuple[str, str]:
        """Subject and body of the one mail."""
        assert len(self.mails) == 1, f"{len(self.mails)} mails"
        (body,) = [
            part for part in self.mails[0].walk() if part.get_content_type() == f"text/{kind}"
        ]
        return str(self.mails[0]["Subject"]), str(body.get_content())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def point_smtp_at(port: int, patch: pytest.MonkeyPatch) -> None:
    patch.setenv(
        "AIRFLOW_CONN_SMTP_DEFAULT",
        f"smtp://127.0.0.1:{port}/?disable_ssl=true&disable_tls=true&timeout=60&retry_limit=3",
    )


@pytest.fixture(scope="module", autouse=True)
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Airflow reads its home at its first import, which the tests below make."""
    patch = pytest.MonkeyPatch()
    if "AIRFLOW_HOME" not in os.environ:
        patch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def language(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[str]:
    """English mails to two people, unless a test says otherwise."""
    chosen = str(getattr(request, "param", "en"))
    monkeypatch.setenv("LEADS_LANGUAGE", chosen)
    monkeypatch.setenv("LEADS_ALERT_TO", "ops@example.com, data@example.com")
    monkeypatch.setenv("LEADS_ALERT_FROM", "leads@example.com")
    monkeypatch.setenv("LEADS_TIME_ZONE", "America/Lima")
    settings.cache_clear()
    yield chosen
    settings.cache_clear()


@pytest.fixture(scope="session")
def shared_conninfo(server: EmbeddedPostgres) -> Iterator[str]:
    with shared_database(server, "leads_alerts") as conninfo:
        yield conninfo


@pytest.fixture(autouse=True)
def warehouse(
    shared_conninfo: str, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A warehouse in which nobody knows of anything."""
    point_warehouse_at(server.port, server, monkeypatch)
    with psycopg.connect(shared_conninfo, prepare_threshold=None) as session:
        empty(session)
        world = World(session)
        world.all_well(datetime.now(UTC))
        yield world


def point_warehouse_at(port: int, server: EmbeddedPostgres, patch: pytest.MonkeyPatch) -> None:
    uri = airflow_uri(
        host="127.0.0.1",
        port=port,
        user="warehouse",
        password=server.password("warehouse"),
        database="leads_alerts",
        extras={"sslmode": "disable"},
    )
    patch.setenv("AIRFLOW_CONN_WAREHOUSE", uri)


def start_again(mailbox: Mailbox, warehouse: World) -> None:
    """No mail has come, and nobody knows of anything any more."""
    mailbox.mails.clear()
    warehouse.run("TRUNCATE ops.mails, ops.incidents")


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    point_smtp_at(server.port, monkeypatch)
    yield box
    server.stop()


@pytest.fixture(scope="module")
def dagbag(tmp_path_factory: pytest.TempPathFactory, airflow_home: None) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    folder: Path = tmp_path_factory.mktemp("dags")
    (folder / "identity_ingestion.py").write_text(DAG_FILE)
    bag = DagBag(dag_folder=str(folder))
    assert not bag.import_errors
    return bag


def run_context(kind: str, conf: dict[str, Any] | None = None) -> Any:
    """What the API server tells a task about its run; kinds as in SPEC 4.2."""
    from airflow.sdk.api.datamodels._generated import DagRun, DagRunState, DagRunType, TIRunContext

    has_interval = kind in ("scheduled", "backfill", "manual_with_logical_date")
    run_type = DagRunType("manual" if kind.startswith("manual") else kind)
    return TIRunContext(
        dag_run=DagRun(
            dag_id="identity_ingestion",
            run_id=f"{run_type.value}__2026-11-20T11:00:00+00:00",
            logical_date=START if has_interval else None,
            data_interval_start=START if has_interval else None,
            data_interval_end=START + timedelta(hours=6) if has_interval else None,
            run_after=START + timedelta(hours=6),
            start_date=START,
            end_date=None,
            run_type=run_type,
            state=DagRunState.RUNNING,
            conf=conf,
            consumed_asset_events=[],
            partition_key=None,
        ),
        max_tries=2,
    )


def task_instance(dagbag: Any, server: Any, task_id: str = f"ingest.{SOURCE}") -> Any:
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    dag = dagbag.dags["identity_ingestion"]
    return RuntimeTaskInstance.model_construct(
        id=uuid.uuid4(),
        task_id=task_id,
        dag_id=dag.dag_id,
        run_id=server.dag_run.run_id,
        try_number=3,
        map_index=-1,
        start_date=START,
        end_date=None,
        max_tries=server.max_tries,
        task=dag.get_task(task_id),
        _ti_context_from_server=server,
    )


def fail(
    dagbag: Any,
    error: BaseException | None,
    *,
    kind: str = "scheduled",
    conf: dict[str, Any] | None = None,
    state: str = "failed",
    task_id: str = f"ingest.{SOURCE}",
) -> None:
    """End a task the way Airflow's task process does."""
    import structlog
    from airflow.sdk.execution_time.task_runner import finalize
    from airflow.utils.state import TaskInstanceState

    ti = task_instance(dagbag, run_context(kind, conf), task_id)
    context = ti.get_template_context()
    context["exception"] = error
    finalize(ti, TaskInstanceState(state), context, structlog.get_logger("task"), error)


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """The error as it comes out of a `raise … from cause`."""
    try:
        raise error from cause
    except BaseException as caught:  # noqa: BLE001 - it is what the test wants
        return caught


WINDOW = "from 2026-11-20 00:00 until before 2026-11-20 06:00 (America/Lima)"
DAYS = {"date_from": "2026-11-01", "date_to": "2026-11-03"}


@pytest.mark.parametrize(
    ("kind", "conf", "window", "command"),
    [
        ("scheduled", None, WINDOW, "run --from 2026-11-20 --to 2026-11-20"),
        ("backfill", None, WINDOW, "run --from 2026-11-20 --to 2026-11-20"),
        (
            "manual",
            DAYS,
            "2026-11-01 to 2026-11-03, whole days",
            "--from 2026-11-01 --to 2026-11-03",
        ),
        ("manual", None, "n/a", f"./leads run --source {SOURCE}"),
        ("manual_with_logical_date", None, "n/a", f"./leads run --source {SOURCE}"),
        ("asset_triggered", None, "n/a", f"./leads run --source {SOURCE}"),
    ],
)
def test_one_mail_tells_all_for_every_kind_of_run(
    dagbag: Any,
    mailbox: Mailbox,
    kind: str,
    conf: dict[str, Any] | None,
    window: str,
    command: str,
) -> None:
    fail(dagbag, ADVICE, kind=kind, conf=conf)
    subject, body = mailbox.only()
    assert subject.startswith(f"[leads] identity_ingestion: ingest.{SOURCE} failed")
    run_type = kind.split("_with")[0]
    run_id = f"{run_type}__2026-11-20T11:00:00+00:00"
    for fact in (
        "<td>identity_ingestion</td>",
        f"<td>ingest.{SOURCE}</td>",
        f"<td>{SOURCE}</td>",
        f"<td>{run_id}</td>",
        "<td>3 of 3</td>",
        f"<td>{window}",
        command,
        f"airflow dags clear identity_ingestion --run-id {run_id} --only-failed --yes",
        f"/dags/identity_ingestion/runs/{run_id.replace(':', '%3A').replace('+', '%2B')}/tasks/",
    ):
        assert fact in body, fact


def test_the_mail_goes_to_everyone_from_the_configured_address(
    dagbag: Any, mailbox: Mailbox
) -> None:
    fail(dagbag, ADVICE)
    (mail,), (envelope,) = mailbox.mails, mailbox.envelopes
    assert envelope.rcpt_tos == ["ops@example.com", "data@example.com"]
    assert (mail["From"], envelope.mail_from) == ("leads@example.com", "leads@example.com")
    assert mail["Message-ID"].endswith("@example.com>")
    assert mail["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("language", ["es", "en"], indirect=True)
def test_the_mail_is_in_the_chosen_language_and_escapes_the_error(
    dagbag: Any, mailbox: Mailbox, language: str
) -> None:
    fail(dagbag, ADVICE)
    subject, body = mailbox.only()
    expected = {
        "es": ("falló", "Qué hacer", "programada", "3 de 3"),
        "en": ("failed", "What to do", "scheduled", "3 of 3"),
    }
    for word in expected[language]:
        assert word in subject + body
    assert "LeadsError: public.module_ct_cabinet_leads" in body
    assert "Add {it} &lt;back&gt; &amp; clear" in body, "neither a tag nor a template"


def test_an_error_that_looks_like_a_template_is_only_text(dagbag: Any, mailbox: Mailbox) -> None:
    fail(dagbag, LeadsError("{{ 7 * 7 }} {% raw %}"))
    assert "{{ 7 * 7 }} {% raw %}" in mailbox.only()[1]


def test_a_try_that_is_followed_by_another_sends_nothing(dagbag: Any, mailbox: Mailbox) -> None:
    fail(dagbag, ADVICE, state="up_for_retry")
    assert mailbox.mails == []


def test_a_killed_worker_is_reported_by_the_dag_processor(
    dagbag: Any, mailbox: Mailbox, warehouse: World, caplog: pytest.LogCaptureFixture
) -> None:
    import structlog
    from airflow.callbacks.callback_requests import TaskCallbackRequest
    from airflow.dag_processing.processor import _execute_task_callbacks

    server = run_context("scheduled")
    request = TaskCallbackRequest.model_validate(
        {
            "filepath": "identity_ingestion.py",
            "bundle_name": "dags",
            "bundle_version": None,
            "msg": "no heartbeat",
            "task_callback_type": "failed",
            "context_from_server": server.model_dump(mode="json", exclude_unset=True),
            "ti": {
                "id": str(uuid.uuid4()),
                "task_id": f"ingest.{SOURCE}",
                "dag_id": "identity_ingestion",
                "run_id": server.dag_run.run_id,
                "try_number": 3,
                "dag_version_id": str(uuid.uuid4()),
            },
        }
    )
    _execute_task_callbacks(dagbag, request, structlog.get_logger("processor"))
    _, body = mailbox.only()
    assert "ended without a word" in body
    assert WINDOW in body
    assert "<td>3 of 3</td>" in body

    start_again(mailbox, warehouse)
    nothing_from_server = request.model_copy(update={"context_from_server": None})
    _execute_task_callbacks(dagbag, nothing_from_server, structlog.get_logger("processor"))
    subject, body = mailbox.only()
    assert subject == f"[leads] identity_ingestion: ingest.{SOURCE} failed"
    assert "<td>3</td>" in body
    assert "not sent" not in caplog.text


@pytest.mark.parametrize(
    "reduced", [{}, {"dag": None, "ti": None}, {"run_id": "x", "params": None}]
)
def test_even_an_empty_context_makes_a_mail(mailbox: Mailbox, reduced: dict[str, Any]) -> None:
    from leads.alerts import mail_failure

    mail_failure(reduced)
    assert "n/a" in mailbox.only()[1]


def test_personal_data_of_an_error_reaches_neither_mail_nor_log(
    dagbag: Any, mailbox: Mailbox, warehouse: World, caplog: pytest.LogCaptureFixture
) -> None:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    caplog.set_level(logging.DEBUG)
    driver = psycopg.errors.UniqueViolation(f"Key (park_phone)=({CANARY}) already exists.")
    quoting = f"load failed: {CANARY}"
    for error in (
        driver,
        ValueError(quoting),
        AirflowException(quoting),
        raised(AirflowException(quoting), driver),
        raised(AirflowFailException(quoting), driver),
        raised(AirflowFailException(quoting), ADVICE),
        raised(raised(AirflowFailException(quoting), AirflowException(quoting)), ADVICE),
    ):
        start_again(mailbox, warehouse)
        fail(dagbag, error, conf={"date_from": CANARY, "date_to": CANARY}, kind="manual")
        subject, body = mailbox.only()
        assert "987 654" not in subject + body
        assert type(error).__name__ in body or "LeadsError" in body
    assert "987 654" not in caplog.text


def test_an_error_swallowed_on_the_way_still_counts_as_foreign(
    dagbag: Any, mailbox: Mailbox
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    try:
        try:
            raise psycopg.DataError(CANARY)
        except psycopg.DataError as error:
            raise AirflowFailException(str(error)) from None
    except AirflowFailException as error:
        fail(dagbag, error)
    assert "987 654" not in mailbox.only()[1]


def test_safe_texts_are_quoted(dagbag: Any, mailbox: Mailbox, warehouse: World) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    for error, text in (
        (ADVICE, "LeadsError: public."),
        (raised(AirflowFailException("x"), ADVICE), "LeadsError: public."),
        (raised(AirflowFailException("x"), WindowError("give both")), "WindowError: give both"),
        (AirflowFailException("date_from is after date_to"), "date_from is after date_to"),
    ):
        start_again(mailbox, warehouse)
        fail(dagbag, error)
        assert text in mailbox.only()[1]


def test_a_timeout_says_so(dagbag: Any, mailbox: Mailbox) -> None:
    from airflow.sdk.exceptions import AirflowTaskTimeout

    fail(dagbag, AirflowTaskTimeout())
    assert "AirflowTaskTimeout: the task ran longer than it may" in mailbox.only()[1]


def test_a_health_check_that_only_follows_another_failure_is_silent(
    dagbag: Any, mailbox: Mailbox, warehouse: World
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    echo = UpstreamFailed("ingest failed")
    fail(dagbag, echo, task_id="health_check")
    fail(dagbag, raised(AirflowFailException("x"), echo), task_id="health_check")
    assert mailbox.mails == []
    fail(dagbag, LeadsError("3 keys are missing"), task_id="health_check")
    assert "3 keys are missing" in mailbox.only()[1]
    start_again(mailbox, warehouse)
    fail(dagbag, raised(KeyError("x"), echo), task_id="health_check")
    assert len(mailbox.mails) == 1, "another error on the way is a failure of its own"


def test_dates_of_one_run_do_not_show_in_the_mail_of_the_next(
    dagbag: Any, mailbox: Mailbox, warehouse: World
) -> None:
    fail(dagbag, ADVICE, kind="manual", conf=DAYS)
    start_again(mailbox, warehouse)
    fail(dagbag, ADVICE, kind="manual")
    assert "2026-11-01" not in mailbox.only()[1]


def test_without_recipients_there_is_an_incident_and_no_mail(
    dagbag: Any,
    mailbox: Mailbox,
    warehouse: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("LEADS_ALERT_TO", " , ")
    settings.cache_clear()
    caplog.set_level(logging.INFO, logger="leads.alerts")
    fail(dagbag, ADVICE)
    assert mailbox.mails == []
    assert causes(warehouse) == [f"source:{SOURCE}"]
    assert warehouse.run("SELECT FROM ops.mails") == []
    (line,) = own_lines(caplog)
    assert "LEADS_ALERT_TO" in line


def causes(warehouse: World) -> list[str]:
    """What the open incidents are about."""
    rows = warehouse.run("SELECT cause_key FROM ops.incidents WHERE closed_at IS NULL ORDER BY id")
    return [row.cause_key for row in rows]


def own_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "leads.alerts"]


def test_a_source_that_takes_five_tasks_and_three_runs_down_makes_one_mail(
    dagbag: Any, mailbox: Mailbox, warehouse: World
) -> None:
    warehouse.run("ALTER TABLE drivers RENAME TO elsewhere")
    error = LeadsError('public.drivers: relation "public.drivers" does not exist (42P01).')
    for _ in range(3):
        fail(dagbag, error, task_id="resolve_identities")
        fail(dagbag, error, task_id="health_check")
    subject, body = mailbox.only()
    assert "resolve_identities failed" in subject
    assert "The table public.drivers does not exist." in body
    assert "Restore the table public.drivers" in body
    assert causes(warehouse) == ["source:drivers"]


def test_two_tasks_that_fail_for_reasons_of_their_own_make_two_mails(
    dagbag: Any, mailbox: Mailbox, warehouse: World
) -> None:
    fail(dagbag, ADVICE)
    fail(dagbag, LeadsError("statement timeout"), task_id="resolve_identities")
    assert causes(warehouse) == [f"source:{SOURCE}", "task:resolve_identities"]
    assert len(mailbox.mails) == 2


def test_the_mail_says_since_when_what_suffers_and_where_to_look(
    dagbag: Any, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "http://airflow.example:8080/")
    fail(dagbag, ADVICE)
    for kind in ("html", "plain"):
        _, body = mailbox.only(kind)
        for fact in (
            "Since",
            "(America/Lima)",
            "Rows of its days are not in the figures yet",
            f"run – of {SOURCE} failed (ingest.{SOURCE})",
            "http://airflow.example:8080/plugin/data-health",
        ):
            assert fact in body, (kind, fact)


def test_data_that_is_not_well_is_told_as_what_is_wrong_with_it(
    dagbag: Any, mailbox: Mailbox, warehouse: World
) -> None:
    warehouse.run("ALTER TABLE drivers RENAME TO elsewhere")
    fail(dagbag, UnhealthyData("drivers RED_MISSING_TABLE"), task_id="health_check")
    subject, _ = mailbox.only()
    assert subject == "[leads] The table is missing: drivers"
    assert causes(warehouse) == ["source:drivers"]


@pytest.mark.parametrize("trouble", ["closed", "silent", "dripping", "refusing", "unset"])
def test_trouble_with_the_mail_server_is_one_line_and_the_mail_waits(
    dagbag: Any,
    mailbox: Mailbox,
    warehouse: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
) -> None:
    caplog.set_level(logging.INFO, logger="leads.alerts")
    with bad_server(trouble, mailbox, monkeypatch):
        seconds = timed_failure(dagbag)
        again = timed_failure(dagbag)
    assert seconds < 8
    assert again < 2, "a server that was down just now is not waited for again"
    assert mailbox.mails == []
    for line in own_lines(caplog):
        assert line.startswith("Failure mail not sent: ")
        assert "\n" not in line
        assert "987 654" not in line
        assert "example.com" not in line
    assert len(own_lines(caplog)) == 2
    (waiting,) = warehouse.run("SELECT sent_at, last_error FROM ops.mails")
    assert waiting.sent_at is None
    assert "example.com" not in str(waiting.last_error)


@contextmanager
def bad_server(trouble: str, mailbox: Mailbox, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """A mail server that does not do what it should."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if trouble == "closed":
            port = free_port()
        elif trouble == "dripping":
            threading.Thread(target=drip, args=(server,), daemon=True).start()
        if trouble == "refusing":
            mailbox.refusal = f"550 {CANARY} ops@example.com does not live here"
        elif trouble == "unset":
            patch.delenv("AIRFLOW_CONN_SMTP_DEFAULT")
        else:
            point_smtp_at(port, patch)
        yield


def drip(server: socket.socket) -> None:
    """Greet with one letter every fifth of a second: no wait for an answer ever times out."""
    session, _ = server.accept()
    with suppress(OSError):
        while True:
            session.sendall(b"2")
            time.sleep(0.2)


def timed_failure(dagbag: Any) -> float:
    """How many seconds the callback of a failed task takes."""
    from leads.alerts import mail_failure

    context = task_instance(dagbag, run_context("scheduled")).get_template_context()
    context["exception"] = ADVICE
    began = time.monotonic()
    mail_failure(context)
    return time.monotonic() - began


def test_templates_that_are_gone_are_one_line(
    dagbag: Any,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    from leads.health import letters

    caplog.set_level(logging.INFO, logger="leads.alerts")
    monkeypatch.setattr(letters, "MAIL_TEMPLATES", tmp_path)
    letters.templates.cache_clear()
    timed_failure(dagbag)
    letters.templates.cache_clear()
    (line,) = own_lines(caplog)
    assert line == "Failure mail not sent: TemplateNotFound. The task's state is not affected."


@pytest.fixture
def no_warehouse(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    point_warehouse_at(free_port(), server, monkeypatch)


@pytest.mark.usefixtures("no_warehouse")
def test_a_warehouse_that_is_down_is_told_by_the_last_task_alone(
    dagbag: Any, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(dagbag, ADVICE)
    fail(dagbag, ADVICE, task_id="resolve_identities")
    assert mailbox.mails == []
    fail(dagbag, ADVICE, task_id="health_check")
    subject, body = mailbox.only()
    assert subject == "[leads] The warehouse cannot be reached"
    assert "The connection to the warehouse fails." in body
    mailbox.mails.clear()
    # Airflow's variable, as the next run finds it.
    monkeypatch.setenv("AIRFLOW_VAR_LEADS_WAREHOUSE_DOWN_SINCE", datetime.now(UTC).isoformat())
    fail(dagbag, ADVICE, task_id="health_check")
    assert mailbox.mails == []


@pytest.mark.usefixtures("no_warehouse")
def test_a_warehouse_that_hangs_holds_a_failed_task_up_for_seconds_only(
    dagbag: Any,
    mailbox: Mailbox,
    server: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as never_answers:
        point_warehouse_at(never_answers.getsockname()[1], server, monkeypatch)
        assert timed_failure(dagbag) < 8


def test_an_outage_that_people_were_told_of_ends_with_one_mail(
    mailbox: Mailbox, warehouse: World
) -> None:
    from leads.health.incidents import record_outage

    at = datetime.now(UTC)
    for _ in range(2):
        record_outage(warehouse.session, settings(), since=at - timedelta(hours=2), at=at)
    (mail,) = warehouse.run("SELECT kind, subject FROM ops.mails")
    assert (mail.kind, mail.subject) == (
        "recovery",
        "[leads] Well again after 2 h 0 min: The warehouse cannot be reached",
    )
    assert causes(warehouse) == []


def test_all_that_a_failed_task_waits_for_ends_before_airflow_kills_it() -> None:
    """After that kill Airflow may set a task up for retry that must not be retried."""
    from airflow.configuration import conf

    from leads.alerts import ALL_SECONDS

    assert conf.getfloat("core", "task_success_overtime") >= ALL_SECONDS + 5


def test_a_run_that_is_late_opens_one_incident_and_one_that_has_ended_none(
    warehouse: World,
) -> None:
    from leads.monitor import deadline_missed

    at = datetime.now(UTC)
    for run_id, state in (("a", "failed"), ("b", "running"), ("c", "queued")):
        context = {
            "dag_run": {"dag_run_id": run_id, "state": state},
            "deadline": {"id": "x", "deadline_time": at.isoformat()},
        }
        asyncio.run(deadline_missed(context))
    assert causes(warehouse) == ["deadline"]
    (mail,) = warehouse.run("SELECT subject FROM ops.mails")
    assert mail.subject == "[leads] A run is not done in time: b"


def test_the_monitor_looks_tells_and_sends(
    warehouse: World, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk import DAG

    from leads.monitor import HealthWatchOperator

    warehouse.run("ALTER TABLE drivers RENAME TO elsewhere")
    task = HealthWatchOperator(task_id="watch", dag=DAG("lead_health", schedule=None))
    since = datetime.now(UTC) - timedelta(hours=2)
    monkeypatch.setenv("AIRFLOW_VAR_LEADS_WAREHOUSE_DOWN_SINCE", since.isoformat())
    execute(task)
    ((watched_by,),) = warehouse.run("SELECT watched_by FROM ops.health_watches")
    assert watched_by == "lead_health.watch"
    assert {mail["Subject"] for mail in mailbox.mails} == {
        "[leads] The table is missing: drivers",
        "[leads] Well again after 2 h 0 min: The warehouse cannot be reached",
    }


def test_a_monitor_that_fails_is_told_only_once_nobody_has_looked_for_an_hour(
    dagbag: Any, mailbox: Mailbox, warehouse: World
) -> None:
    from airflow.sdk import DAG

    from leads.alerts import mail_failure
    from leads.health.incidents import watch
    from leads.monitor import HealthWatchOperator

    task = HealthWatchOperator(task_id="watch", dag=DAG("lead_health", schedule=None))
    ti = task_instance(dagbag, run_context("scheduled"))
    ti.dag_id, ti.task_id = "lead_health", "watch"
    context = {"ti": ti, "exception": None}
    for ago, count in ((timedelta(minutes=59), 0), (timedelta(minutes=61), 1)):
        warehouse.run("TRUNCATE ops.health_watches")
        watch(warehouse.session, settings(), at=datetime.now(UTC) - ago, by="lead_health.watch")
        mail_failure(context)
        assert len(mailbox.mails) == count, ago
    assert causes(warehouse) == ["task:lead_health.watch"]
    execute(task)
    assert causes(warehouse) == []
    assert len(mailbox.mails) == 2


@pytest.mark.usefixtures("no_warehouse")
def test_a_monitor_that_cannot_look_fails_and_says_why() -> None:
    from airflow.sdk import DAG
    from airflow.sdk.exceptions import AirflowFailException

    from leads.monitor import HealthWatchOperator

    task = HealthWatchOperator(task_id="watch", dag=DAG("lead_health", schedule=None))
    with pytest.raises(AirflowFailException, match="lost or refused"):
        execute(task)
