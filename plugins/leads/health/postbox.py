"""The mail server: where it is, and how a mail gets there in bounded time.

By the Airflow connection `smtp_default`, whose extras mean what they mean to Airflow's own SMTP
hook. That hook is not used: it waits by its own clock, writes HTML only, and is not there where
`./leads health` runs.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import localtime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SMTP_CONNECTION = "smtp_default"
VARIABLE = "AIRFLOW_CONN_SMTP_DEFAULT"
#: As Airflow's hook has it.
DEFAULT_TIMEOUT = 30.0


class MailServerError(Exception):
    """The mail server cannot be used; the text is the kind of error, without any address."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach the mail server.

    Attributes:
        host: name or address.
        port: None for the usual one.
        user: empty to send without a login.
        timeout: seconds for each answer, as the connection says; who sends may allow fewer.
        is_ssl: whether TLS comes before the first word.
        has_starttls: whether TLS begins on request; not together with `is_ssl`.
        is_verified: whether the server's certificate must hold.
    """

    host: str
    port: int | None
    user: str
    password: str = field(repr=False)
    timeout: float
    is_ssl: bool
    has_starttls: bool
    is_verified: bool

    def tls(self) -> ssl.SSLContext:
        """What TLS must hold."""
        if self.is_verified:
            return ssl.create_default_context()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def mail_server(environment: Mapping[str, str] = os.environ) -> MailServer:
    """The mail server that the connection `smtp_default` names.

    Raises:
        MailServerError: there is no such connection, or it cannot be read.
    """
    found = _from_airflow() if "airflow.sdk" in sys.modules else None
    try:
        return as_server(found or connection_parts(environment.get(VARIABLE, "").strip()))
    except (ValueError, TypeError):
        # The cause is not chained: its text may quote the password.
        raise MailServerError(f"connection {SMTP_CONNECTION} cannot be read") from None


def as_server(parts: Mapping[str, Any]) -> MailServer:
    """The mail server of a connection.

    Args:
        parts: host, port, user, password and extras, as `connection_parts` gives them.

    Raises:
        MailServerError: it names no host, or a way to log in that is not known here.
    """
    extras = parts["extras"]
    if not parts["host"]:
        raise MailServerError(f"there is no connection {SMTP_CONNECTION}")
    if str(extras.get("auth_type") or "basic") != "basic":
        raise MailServerError(f"connection {SMTP_CONNECTION}: only auth_type basic is known here")
    is_ssl = not _is_true(extras.get("disable_ssl"))
    return MailServer(
        host=parts["host"],
        port=parts["port"],
        user=parts["user"],
        password=parts["password"],
        timeout=float(extras.get("timeout") or DEFAULT_TIMEOUT),
        is_ssl=is_ssl,
        has_starttls=not is_ssl and not _is_true(extras.get("disable_tls")),
        is_verified=extras.get("ssl_context") != "none",
    )


def compose(
    *, sender: str, recipients: list[str], subject: str, text: str, html: str, message_id: str
) -> EmailMessage:
    """A mail with a plain and an HTML version."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(recipients), subject
    mail["Date"], mail["Message-ID"] = localtime(), message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices in return
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


class Postbox:
    """A session with the mail server, begun with the first mail. Made by `open_postbox`."""

    def __init__(self, server: MailServer, until: float) -> None:
        """Keep where the server is, and until when, on the monotonic clock, all must be done."""
        self._server = server
        self._until = until
        self._client: smtplib.SMTP | None = None
        self._has_given_up = False

    def send(self, mail: EmailMessage) -> int:
        """Hand one mail to the server.

        Returns:
            How many recipients it refused, out of several.

        Raises:
            TimeoutError: the time is up.
            OSError, smtplib.SMTPException: what the server or the network had to say.
        """
        watchdog = threading.Timer(max(self._left(), 0), self._give_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            if self._client is None:
                self._client = self._connect()
                self._log_in(self._client)
            self._let_wait(self._client)
            return len(self._client.send_message(mail))
        except (OSError, smtplib.SMTPException):
            if self._has_given_up:
                raise TimeoutError from None
            raise
        finally:
            watchdog.cancel()

    def close(self) -> None:
        """End the session; a server that does not answer is not waited for."""
        if self._client is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._client.sock is not None and not self._has_given_up:
                    self._client.sock.settimeout(1)
                    self._client.quit()
            self._client.close()

    def _left(self) -> float:
        return self._until - time.monotonic()

    def _let_wait(self, client: smtplib.SMTP) -> None:
        seconds = min(self._server.timeout, self._left())
        if seconds <= 0:
            raise TimeoutError
        if client.sock is not None:
            client.sock.settimeout(seconds)

    def _connect(self) -> smtplib.SMTP:
        """Connect, in a thread of its own: nothing can interrupt the look-up of a name."""
        made: list[smtplib.SMTP | Exception] = []
        is_late = threading.Event()

        def connect() -> None:
            try:
                client = self._new_client()
            except (OSError, smtplib.SMTPException) as error:
                made.append(error)
                return
            made.append(client)
            if is_late.is_set():
                client.close()

        seconds = min(self._server.timeout, self._left())
        thread = threading.Thread(target=connect, daemon=True)
        thread.start()
        thread.join(max(seconds, 0))
        if not made:
            is_late.set()
            raise TimeoutError
        if isinstance(made[0], Exception):
            raise made[0]
        return made[0]

    def _new_client(self) -> smtplib.SMTP:
        server, timeout = self._server, max(min(self._server.timeout, self._left()), 0.1)
        if server.is_ssl:
            return smtplib.SMTP_SSL(
                server.host, server.port or 0, timeout=timeout, context=server.tls()
            )
        return smtplib.SMTP(server.host, server.port or 0, timeout=timeout)

    def _log_in(self, client: smtplib.SMTP) -> None:
        self._let_wait(client)
        if self._server.has_starttls:
            client.starttls(context=self._server.tls())
            client.ehlo()
        if self._server.user and self._server.password:
            self._let_wait(client)
            client.login(self._server.user, self._server.password)

    def _give_up(self) -> None:
        """End whatever waits for the server: one that sends a byte a second never times out."""
        self._has_given_up = True
        if self._client is not None and self._client.sock is not None:
            with suppress(OSError):
                self._client.sock.shutdown(2)  # both ways; a close alone wakes nobody


@contextmanager
def open_postbox(server: MailServer, *, seconds: float) -> Iterator[Postbox]:
    """A session with the mail server for as long as the block lasts.

    Args:
        server: where it is.
        seconds: after so many the session is over, whatever it is doing.
    """
    postbox = Postbox(server, time.monotonic() + seconds)
    try:
        yield postbox
    finally:
        postbox.close()


def kind_of(error: Exception) -> str:
    """What may be said of an error of the sending: SMTP errors quote addresses."""
    name = type(error).__name__
    if isinstance(error, MailServerError):
        return str(error)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{name}, the mail server answered {error.smtp_code}"
    return name


def _from_airflow() -> dict[str, Any] | None:
    """The connection as Airflow has it, wherever it keeps it; None when it has none."""
    sdk = sys.modules["airflow.sdk"]
    try:
        found = sdk.Connection.get(SMTP_CONNECTION)
    except Exception:  # noqa: BLE001 - each of Airflow's places for secrets has errors of its own
        return None
    return {
        "host": found.host or "",
        "port": found.port,
        "user": found.login or "",
        "password": found.password or "",
        "extras": dict(found.extra_dejson),
    }


def connection_parts(text: str) -> dict[str, Any]:
    """A connection that is written as a URI or as JSON, in parts.

    Raises:
        ValueError, TypeError: it cannot be read.
    """
    if text.startswith("{"):
        value = json.loads(text)
        extra = value.get("extra") or {}
        return {
            "host": str(value.get("host") or ""),
            "port": int(value["port"]) if value.get("port") else None,
            "user": str(value.get("login") or ""),
            "password": str(value.get("password") or ""),
            "extras": json.loads(extra) if isinstance(extra, str) else dict(extra),
        }
    uri = urlsplit(text)
    extras: dict[str, Any] = dict(parse_qsl(uri.query, keep_blank_values=True))
    extras |= json.loads(extras.pop("__extra__", "{}"))
    return {
        "host": unquote(uri.hostname or ""),
        "port": uri.port,
        "user": unquote(uri.username or ""),
        "password": unquote(uri.password or ""),
        "extras": extras,
    }


def _is_true(value: object) -> bool:
    return str(value or "").lower() in ("true", "1", "yes", "on")
