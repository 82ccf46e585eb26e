"""Who may see and do what: Airflow's sign-in and permissions, and where requests come from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from fastapi import Depends, HTTPException, Request
from itsdangerous import BadData, URLSafeTimedSerializer

from leads.page.airflow_facts import DAG_ID

TOKEN_SECONDS = 12 * 3600
may_read = requires_access_dag("GET", param_dag_id=DAG_ID)
_may_start = requires_access_dag("POST", DagAccessEntity.RUN, param_dag_id=DAG_ID)


class RefusedHereError(Exception):
    """A signed-in user may not do this; `why` is written to the audit."""

    def __init__(self, why: str) -> None:
        """Keep the reason, a word of ours."""
        super().__init__(why)
        self.why = why


def signed_in(request: Request, user: GetUserDep, _: None = Depends(may_read)) -> Any:
    """The signed-in user, who may see the DAG; every route but one stands behind this."""
    request.state.reader = user
    return user


def may_start(request: Request, user: Any) -> bool:
    """Whether a user may start runs of the DAG."""
    try:
        _may_start(request, user)
    except HTTPException:
        return False
    return True


def check_action(request: Request, user: Any, token: str) -> None:
    """Let an action pass: own origin, own form, right role.

    Raises:
        RefusedHereError: one of them is wrong.
    """
    if not is_same_origin(request):
        raise RefusedHereError("refused: other origin")
    if not is_own_form(user, token):
        raise RefusedHereError("refused: no valid form token")
    if not may_start(request, user):
        raise RefusedHereError("refused: role")


def is_same_origin(request: Request) -> bool:
    """Whether a browser says that the request comes from one of our own pages.

    Every browser sends one of the two headers with a POST; without both nothing passes.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is None and origin is None:
        return False
    if site is not None and site != "same-origin":
        return False
    if origin is None:
        return True
    ours = {request.headers.get("host", ""), urlsplit(_base_url()).netloc}
    return urlsplit(origin).netloc in ours - {""}


def form_token(user: Any) -> str:
    """A token that makes a form of ours this user's own, for some hours."""
    return str(_serializer().dumps(str(user.get_id())))


def is_own_form(user: Any, token: str) -> bool:
    """Whether a token was made for this user, and lately."""
    try:
        return bool(_serializer().loads(token, max_age=TOKEN_SECONDS) == str(user.get_id()))
    except BadData:
        return False


def bearer(request: Request) -> str:
    """The token that this request was signed in with; as Airflow reads it."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token.strip()
    return str(request.cookies.get(COOKIE_NAME_JWT_TOKEN, ""))


def login_url() -> str:
    """Where Airflow lets people sign in."""
    return str(get_auth_manager().get_url_login())


def warehouse_uri() -> str:
    """The warehouse as Airflow names it, wherever Airflow keeps its connections."""
    from airflow.models import Connection

    # Not the SDK's class: that one asks a task's supervisor, and the API server has none.
    connection = Connection.get_connection_from_secrets("warehouse")  # noqa: AIR311
    return str(connection.get_uri())


def _base_url() -> str:
    return str(conf.get("api", "base_url", fallback=""))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(conf.get("api", "secret_key"), salt="leads.data-health")
