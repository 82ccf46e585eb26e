"""The door: an ASGI app that costs nothing until somebody asks for the page.

Plugins are loaded by every process of Airflow and inherited by every task; only the API server
answers requests, so only there is the page ever built.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

PREFIX = "/data-health"
#: Where the scope keeps the app that this one is mounted in: Airflow's own.
AIRFLOW_APP = "leads.airflow_app"
#: What a page may load and who may frame it. Nothing inline, nothing from elsewhere.
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    # Not no-referrer: a browser would then send `Origin: null` with our own forms.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_NO_STORE = (b"cache-control", b"no-store")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class DataHealth:
    """Builds the page at its first request, and puts the security headers on every answer."""

    def __init__(self) -> None:
        self._app: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._app is None:
            from leads.page.app import create_app

            self._app = create_app()

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name.lower() for name, _ in given}
                wanted = HEADERS if b"cache-control" in names else (*HEADERS, _NO_STORE)
                message["headers"] = [*given, *wanted]
            await send(message)

        # Whoever mounted this is Airflow's root app; a mounted FastAPI puts itself there next.
        await self._app({**scope, AIRFLOW_APP: scope.get("app")}, receive, send_guarded)
