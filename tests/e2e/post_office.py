"""Where the stack's mail goes: a real SMTP server that keeps all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class PostOffice:
    """Keeps what a real SMTP server accepts."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    server: Controller | None = None

    def open(self) -> None:
        """Be there."""
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)
        self.server.start()

    def close(self) -> None:
        """Be gone: whoever connects is refused."""
        if self.server is not None:
            self.server.stop()
        self.server = None

    @contextmanager
    def closed(self) -> Iterator[None]:
        """An outage for as long as the block lasts."""
        self.close()
        try:
            yield
        finally:
            self.open()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"

    def texts(self, about: str = "") -> list[str]:
        """Subject and both bodies of each mail that mentions something, such as a run id."""
        found = []
        for mail in self.mails:
            parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
            text = "\n".join([str(mail["Subject"]), *map(str, parts)])
            if about in text:
                found.append(text)
        return found
