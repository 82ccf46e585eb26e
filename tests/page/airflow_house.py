"""A real API server of Airflow with the page in it, looking at whatever warehouse a test names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from leads.settings import REPOSITORY

PATIENCE_SECONDS = 120.0
USERS = {"viewer": "viewer", "op": "op", "admin": "admin"}
OURS = ("AIRFLOW", "LEADS_", "PG", "PYTHON", "PYTEST", "COVERAGE")
_DIRECT = urllib.request.ProxyHandler({})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Any
    seconds: float
    size: int


@dataclass
class Page:
    """The page, as a browser or a script asks for it."""

    folder: Path
    port: int
    metadata: str  # SQLAlchemy URI
    root: str = ""  # path that Airflow is served at
    process: subprocess.Popen[bytes] | None = None
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}{self.root}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        airflow = {
            "CORE__DAGS_FOLDER": REPOSITORY / "dags",
            "CORE__PLUGINS_FOLDER": REPOSITORY / "plugins",
            "CORE__LOAD_EXAMPLES": False,
            "CORE__EXECUTOR": "LocalExecutor",
            "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{u}:{r}" for u, r in USERS.items()),
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": self.folder / "passwords.json",
            "DATABASE__SQL_ALCHEMY_CONN": self.metadata,
            "DATABASE__LOAD_DEFAULT_CONNECTIONS": False,
            "API_AUTH__JWT_SECRET": "j" * 64,
            "API__SECRET_KEY": "s" * 64,
            "API__BASE_URL": self.url,
            # The warehouse is a secret that tests change: no variable names it.
            "SECRETS__BACKEND": "airflow.secrets.local_filesystem.LocalFilesystemBackend",
            "SECRETS__BACKEND_KWARGS": json.dumps(
                {"connections_file_path": str(self.folder / "connections.json")}
            ),
            "USAGE_DATA_COLLECTION__ENABLED": False,
        }
        named = {f"AIRFLOW__{name}": str(value) for name, value in airflow.items()}
        return kept | named | {"AIRFLOW_HOME": str(self.folder), "NO_PROXY": "127.0.0.1"}

    def airflow(self, *arguments: str) -> None:
        """Do `airflow …`."""
        command = [sys.executable, "-m", "airflow", *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def start(self) -> None:
        """Make Airflow's tables, let it know the DAG, and serve."""
        passwords = {user: f"{user}-secret" for user in USERS}
        (self.folder / "passwords.json").write_text(json.dumps(passwords))
        self.look_at(None)
        self.airflow("db", "migrate")
        self.airflow("dags", "reserialize")
        command = [sys.executable, "-m", "airflow", "api-server", "--host", "127.0.0.1"]
        with (self.folder / "api-server.log").open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port), "--workers", "1"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.ask("GET", "/api/v2/monitor/health").status != 200:
            assert time.monotonic() < deadline, self.log()
            assert self.process.poll() is None, self.log()
            time.sleep(0.2)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def log(self) -> str:
        return (self.folder / "api-server.log").read_text(errors="replace")

    def look_at(self, conninfo: str | None) -> None:
        """Let the connection `warehouse` name a database; None for one that is down."""
        parts: dict[str, Any] = conninfo_to_dict(conninfo) if conninfo else {}
        (self.folder / "connections.json").write_text(
            json.dumps(
                {
                    "warehouse": {
                        "conn_type": "postgres",
                        "host": parts.get("host", "127.0.0.1"),
                        "port": int(parts.get("port", 1)),
                        "login": parts.get("user", "warehouse"),
                        "password": parts.get("password", "canary-password"),
                        "schema": parts.get("dbname", "canary_database"),
                    }
                }
            )
        )

    def token(self, user: str) -> str:
        """A token of Airflow's for one of the users."""
        if user not in self.tokens:
            body = json.dumps({"username": user, "password": f"{user}-secret"}).encode()
            answer = self.ask(
                "POST", "/auth/token", body=body, headers={"Content-Type": "application/json"}
            )
            self.tokens[user] = json.loads(answer.text)["access_token"]
        return self.tokens[user]

    def get(self, path: str, user: str | None = "viewer", **headers: str) -> Answer:
        """Ask for one of our pages."""
        return self.ask("GET", f"/data-health{path}", user, headers=headers)

    def post(
        self,
        path: str,
        user: str | None,
        form: list[tuple[str, str]],
        *,
        origin: str | None = "own",
        site: str | None = "same-origin",
    ) -> Answer:
        """Send one of our forms, as a browser would."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if origin is not None:
            headers["Origin"] = self.origin if origin == "own" else origin
        if site is not None:
            headers["Sec-Fetch-Site"] = site
        body = urllib.parse.urlencode(form).encode()
        return self.ask("POST", f"/data-health{path}", user, body=body, headers=headers)

    def ask(
        self,
        method: str,
        path: str,
        user: str | None = None,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request; status 0 when nobody answers."""
        cookie = {"Cookie": f"_token={self.token(user)}"} if user else {}
        request = urllib.request.Request(
            self.url + path, data=body, method=method, headers={**(headers or {}), **cookie}
        )
        opener = urllib.request.build_opener(_DIRECT, _NoRedirect)
        began = time.monotonic()
        try:
            with opener.open(request, timeout=30) as answer:
                text, status, told = answer.read(), answer.status, answer.headers
        except urllib.error.HTTPError as error:
            text, status, told = error.read(), error.code, error.headers
        except OSError:
            return Answer(0, "", {}, 0.0, 0)
        seconds = time.monotonic() - began
        return Answer(status, text.decode(errors="replace"), told, seconds, len(text))
