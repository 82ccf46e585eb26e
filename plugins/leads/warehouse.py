"""The warehouse connection: one Airflow setting, turned into what libpq understands. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

VARIABLE = "AIRFLOW_CONN_WAREHOUSE"
TYPES = {"postgres", "postgresql"}
# Extras that steer Airflow's hook and mean nothing to libpq.
# Source: PostgresHook.ignored_extra_options, provider postgres 7.1.
HOOK_ONLY = {
    "aws_conn_id",
    "azure_conn_id",
    "cluster-identifier",
    "cursor",
    "iam",
    "redshift",
    "redshift-serverless",
    "sqlalchemy_query",
    "sqlalchemy_scheme",
    "workgroup-name",
}


class WarehouseConnectionError(ValueError):
    """The warehouse connection cannot be read; the message never holds a part of its value."""


def conninfo_from_airflow(value: str) -> str:
    """Turn an Airflow connection into a libpq connection string.

    Args:
        value: what `AIRFLOW_CONN_WAREHOUSE` holds: a URI (`postgres://`, `postgresql://`,
            `postgresql+psycopg://`; percent-escapes; extras as query or `__extra__`) or JSON
            (`conn_type`, `host`, `login`, `password`, `schema`, `port`, `extra`).

    Returns:
        `key='value'` pairs; a part that the connection leaves out is left to libpq's defaults.

    Raises:
        WarehouseConnectionError: it is empty, malformed or not a PostgreSQL connection.
    """
    text = value.strip()
    if not text:
        raise _unreadable("it is empty")
    parts = _from_json(text) if text.startswith("{") else _from_uri(text)
    return " ".join(f"{key}={_quoted(part)}" for key, part in parts.items() if part != "")


def warehouse_conninfo(environment: Mapping[str, str]) -> str:
    """The libpq connection string of the warehouse that the environment names.

    Raises:
        WarehouseConnectionError: the variable is not set or cannot be read.
    """
    value = environment.get(VARIABLE, "")
    if not value:
        raise WarehouseConnectionError(
            f"{VARIABLE} is not set. `./leads` sets it for its embedded PostgreSQL; elsewhere set "
            "it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        )
    return conninfo_from_airflow(value)


def airflow_uri(
    *,
    host: str,
    port: int,
    user: str,
    password: str,
    database: str,
    extras: Mapping[str, str] | None = None,
) -> str:
    """Write an Airflow connection URI, the reverse of `conninfo_from_airflow`.

    Args:
        host: name or address; an IPv6 address without brackets.
        port: TCP port.
        user: role name, unescaped like all other parts.
        password: of that role.
        database: name.
        extras: further libpq options, such as `sslmode`; None for none.
    """
    where = f"[{host}]" if ":" in host else quote(host, safe="")
    query = f"?{urlencode(extras, quote_via=quote)}" if extras else ""
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return f"postgresql://{login}@{where}:{port}/{quote(database, safe='')}{query}"


def _from_uri(text: str) -> dict[str, str]:
    try:
        uri = urlsplit(text)
        port, host = uri.port, uri.hostname
    except ValueError:
        # The cause is not chained: its text quotes what may be a part of the password.
        raise _unreadable("its host or port is malformed; escape special characters") from None
    if uri.scheme.partition("+")[0].replace("-", "_") not in TYPES:
        raise _unreadable("it does not start with postgresql://")
    extras: dict[str, Any] = dict(parse_qsl(uri.query, keep_blank_values=True))
    if "__extra__" in extras:
        extras |= _extra(extras.pop("__extra__"))
    # urlsplit lowers the host's letters; a socket folder must keep them.
    host = _host_as_written(uri.netloc, host)
    return _parts(
        host=unquote(host or ""),
        port=port,
        user=unquote(uri.username or ""),
        password=unquote(uri.password or ""),
        dbname=unquote(uri.path.removeprefix("/")),
        extras=extras,
    )


def _host_as_written(netloc: str, lowered: str | None) -> str:
    start = netloc.lower().rfind(lowered.lower()) if lowered else -1
    return netloc[start : start + len(lowered)] if lowered and start >= 0 else ""


def _from_json(text: str) -> dict[str, str]:
    try:
        value = json.loads(text)
    except ValueError:
        raise _unreadable("it starts like JSON but is not") from None
    if str(value.get("conn_type", "")).partition("+")[0] not in TYPES:
        raise _unreadable('its "conn_type" is not "postgres"')
    port = value.get("port")
    if port not in (None, "") and not str(port).isdigit():
        raise _unreadable('its "port" is not a number')
    return _parts(
        host=str(value.get("host") or ""),
        port=int(port) if port else None,
        user=str(value.get("login") or ""),
        password=str(value.get("password") or ""),
        dbname=str(value.get("schema") or ""),
        extras=_extra(value.get("extra") or {}),
    )


def _extra(value: object) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except ValueError:
            raise _unreadable("its extra is not JSON") from None
    if not isinstance(value, dict):
        raise _unreadable("its extra is not a JSON object")
    return value


def _parts(
    *, host: str, port: int | None, user: str, password: str, dbname: str, extras: dict[str, Any]
) -> dict[str, str]:
    named = {
        "host": host,
        "port": str(port or ""),
        "dbname": dbname,
        "user": user,
        "password": password,
    }
    further = {
        key: str(part)
        for key, part in extras.items()
        if key not in HOOK_ONLY and part is not None and not isinstance(part, (dict, list))
    }
    return named | further


def _quoted(part: str) -> str:
    return "'" + part.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _unreadable(reason: str) -> WarehouseConnectionError:
    return WarehouseConnectionError(
        f"{VARIABLE} cannot be read: {reason}. "
        "Set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE (special characters "
        "percent-escaped) or to the same as Airflow JSON."
    )
