"""The outbox: what was written goes out once, when the server is there, and holds nobody up."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from health.mail_server import Desk, free_port, mail_server
from health.world import DRIVERS, NOW, World
from leads.health import incidents
from leads.health.mails import Delivered, deliver
from leads.health.postbox import MailServerError, as_server, connection_parts
from leads.health.postbox import mail_server as named_server
from leads.settings import Settings, load_settings
from leads.windows import UTC

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
START = datetime(2026, 11, 19, 15, tzinfo=UTC)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    number = free_port()
    monkeypatch.setenv(
        "AIRFLOW_CONN_SMTP_DEFAULT",
        f"smtp://127.0.0.1:{number}/?disable_ssl=true&disable_tls=true&timeout=60",
    )
    return number


@pytest.fixture
def opened(world: World) -> World:
    """A world with one incident, whose mail waits."""
    world.all_well()
    world.run(f"ALTER TABLE {DRIVERS} RENAME TO elsewhere")
    incidents.watch(world.session, settings(), at=NOW, by="watch")
    return world


def settings(**overrides: str) -> Settings:
    chosen = {"ALERT_TO": "ops@example.com, data@example.com", "ALERT_FROM": "leads@example.com"}
    named = {f"LEADS_{name}": value for name, value in {**chosen, **overrides}.items()}
    return load_settings({**named, "LEADS_LANGUAGE": "en"})


def send(world: World, seconds: float = 5, at: datetime = START, **options: Any) -> Delivered:
    return deliver(world.session, settings(), seconds=seconds, at=at, **options)


def copies(world: World, count: int) -> None:
    """More mails that wait."""
    world.run(
        "INSERT INTO ops.mails (kind, recipients, subject, body_text, body_html, message_id, "
        "created_at) SELECT 'digest', '{ops@example.com}', 'no. ' || number, 't', 'h', "
        "'<' || number || '@x>', %s FROM generate_series(1, %s) AS number",
        *(START, count),
    )


def test_a_mail_goes_out_once_in_both_forms(opened: World, desk: Desk, port: int) -> None:
    with mail_server(desk, port):
        assert send(opened) == Delivered(1, 0, 0, "")
        assert send(opened) == Delivered(0, 0, 0, "")
    (mail,) = desk.mails
    assert mail["To"] == "ops@example.com, data@example.com"
    assert mail["From"] == "leads@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    ((kept, sent_at),) = opened.run("SELECT message_id, sent_at FROM ops.mails")
    assert (mail["Message-ID"], sent_at) == (kept, START)


def test_mails_of_an_outage_go_out_once_when_the_server_is_back(
    opened: World, desk: Desk, port: int
) -> None:
    copies(opened, 3)
    down = send(opened)
    assert (down.sent_count, down.waiting_count) == (0, 4)
    assert down.trouble == "ConnectionRefusedError"
    opened.run(f"ALTER TABLE elsewhere RENAME TO {DRIVERS}")
    for at in (NOW + HOUR, NOW + 2 * HOUR):
        incidents.watch(opened.session, settings(), at=at, by="watch")
    with mail_server(desk, port):
        assert send(opened, at=START + 6 * MINUTE) == Delivered(5, 0, 0, "")
    first, last = desk.subjects[0], desk.subjects[-1]
    assert first == f"[leads] The table is missing: {DRIVERS}"
    assert last == f"[leads] Well again after 1 h 0 min: {DRIVERS}"
    assert desk.subjects[1:4] == ["no. 1", "no. 2", "no. 3"]


def test_a_task_does_not_wait_for_a_server_that_was_down_just_now_and_the_monitor_does(
    opened: World, desk: Desk, port: int
) -> None:
    send(opened)
    with mail_server(desk, port):
        held = send(opened, at=START + 4 * MINUTE)
        assert (held.sent_count, held.trouble) == (0, "the mail server was down just now")
        assert send(opened, at=START + 4 * MINUTE, is_monitor=True).sent_count == 1


def test_a_slow_server_takes_no_more_than_the_time_that_there_is(
    opened: World, desk: Desk, port: int
) -> None:
    desk.seconds = 30
    with mail_server(desk, port):
        began = time.monotonic()
        delivered = send(opened, seconds=1)
        assert time.monotonic() - began < 2
    assert (delivered.waiting_count, delivered.trouble) == (1, "TimeoutError")
    desk.seconds = 0
    with mail_server(desk, port):
        assert send(opened, at=START + HOUR).sent_count == 1
    assert len(desk.mails) == 1


def test_a_refused_mail_holds_up_no_other_and_is_tried_every_hour(
    opened: World, desk: Desk, port: int
) -> None:
    desk.refused = {"ops@example.com", "data@example.com"}
    with mail_server(desk, port):
        assert send(opened) == Delivered(0, 1, 1, "")
        opened.run("UPDATE ops.mails SET created_at = %s", START)
        desk.refused = {"ops@example.com"}
        assert send(opened, at=START + 30 * MINUTE) == Delivered(0, 0, 1, "")
        assert send(opened, at=START + 61 * MINUTE) == Delivered(1, 0, 0, "")
    ((error, tries),) = opened.run("SELECT last_error, try_count FROM ops.mails")
    assert (error, tries) == ("1 of 2 recipients refused", 2)


def test_what_is_kept_of_an_error_holds_no_address(opened: World, desk: Desk, port: int) -> None:
    desk.refused = {"ops@example.com", "data@example.com"}
    with mail_server(desk, port):
        send(opened)
    ((error,),) = opened.run("SELECT last_error FROM ops.mails")
    assert error == "refused: SMTPRecipientsRefused"


def test_two_who_deliver_at_once_send_each_mail_once(
    opened: World, desk: Desk, port: int, health_conninfo: str
) -> None:
    copies(opened, 20)

    def other() -> None:
        with psycopg.connect(health_conninfo) as session:
            deliver(session, settings(), seconds=20, at=START)

    with mail_server(desk, port):
        threads = [threading.Thread(target=other) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(desk.subjects) == sorted(set(desk.subjects))
    assert len(desk.mails) == 21


def test_without_a_connection_the_mails_wait(
    opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_DEFAULT", raising=False)
    assert send(opened).trouble == "there is no connection smtp_default"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            "smtp://me%40x:p%2Fw@mail.example:587/?disable_ssl=true&timeout=7",
            ("mail.example", 587, "me@x", "p/w", 7.0, False, True, True),
        ),
        (
            '{"conn_type": "smtp", "host": "h", "port": 465, "extra": {"disable_tls": true}}',
            ("h", 465, "", "", 30.0, True, False, True),
        ),
        (
            "smtp://h/?disable_ssl=true&disable_tls=true&ssl_context=none",
            ("h", None, "", "", 30.0, False, False, False),
        ),
    ],
)
def test_the_connection_means_what_it_means_to_airflow(value: str, told: tuple[Any, ...]) -> None:
    found = as_server(connection_parts(value))
    assert told == (
        *(found.host, found.port, found.user, found.password, found.timeout),
        *(found.is_ssl, found.has_starttls, found.is_verified),
    )
    assert "p/w" not in repr(found)


def test_a_connection_that_cannot_be_read_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", "smtp://x:secret@h:notaport/")
    with pytest.raises(MailServerError) as caught:
        named_server()
    assert "secret" not in str(caught.value)
