"""The warehouse connection is read from every form that Airflow itself accepts."""

from __future__ import annotations

import json

import pytest
from psycopg.conninfo import conninfo_to_dict

from leads.warehouse import (
    WarehouseConnectionError,
    airflow_uri,
    conninfo_from_airflow,
    warehouse_conninfo,
)

FULL = {"host": "db.example", "port": "6543", "dbname": "wh", "user": "ana", "password": "p'w \\x"}


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_uri_with_escapes_is_read(scheme: str) -> None:
    value = f"{scheme}://ana:p%27w%20%5Cx@db.example:6543/wh"
    assert conninfo_to_dict(conninfo_from_airflow(value)) == FULL


@pytest.mark.parametrize("password", ["p'w \\x", "a/b@c:d?e#f%20", "ñandú=", "&+ "])
def test_written_uri_is_read_back(password: str) -> None:
    uri = airflow_uri(
        host="db.example", port=6543, user="ana", password=password, database="wh",
        extras={"sslmode": "require", "options": "-c statement_timeout=5s"},
    )  # fmt: skip
    assert conninfo_to_dict(conninfo_from_airflow(uri)) == FULL | {
        "password": password,
        "sslmode": "require",
        "options": "-c statement_timeout=5s",
    }


def test_query_extras_reach_libpq_and_hook_options_do_not() -> None:
    value = "postgresql://h/wh?sslmode=require&cursor=dictcursor&sqlalchemy_scheme=x"
    assert conninfo_to_dict(conninfo_from_airflow(value)) == {
        "host": "h", "dbname": "wh", "sslmode": "require",
    }  # fmt: skip


def test_extra_as_json_in_the_uri_is_read() -> None:
    value = "postgresql://h:1/wh?__extra__=%7B%22sslmode%22%3A%20%22disable%22%7D"
    assert conninfo_to_dict(conninfo_from_airflow(value))["sslmode"] == "disable"


@pytest.mark.parametrize("extra", [{"sslmode": "prefer"}, '{"sslmode": "prefer"}'])
def test_json_is_read(extra: object) -> None:
    value = {
        "conn_type": "postgres", "host": "db.example", "login": "ana", "password": "p'w \\x",
        "schema": "wh", "port": 6543, "extra": extra,
    }  # fmt: skip
    parts = conninfo_to_dict(conninfo_from_airflow(json.dumps(value)))
    assert parts == FULL | {"sslmode": "prefer"}


def test_parts_left_out_are_left_to_libpq() -> None:
    assert conninfo_to_dict(conninfo_from_airflow("postgresql:///wh?host=/Run/pg")) == {
        "dbname": "wh", "host": "/Run/pg",
    }  # fmt: skip


def test_ipv6_and_letter_case_of_the_host_are_kept() -> None:
    uri = airflow_uri(host="::1", port=5432, user="u", password="p", database="d")
    assert conninfo_to_dict(conninfo_from_airflow(uri))["host"] == "::1"
    assert conninfo_to_dict(conninfo_from_airflow("postgres://%2FRun%2FPg/d"))["host"] == "/Run/Pg"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "mysql://u:s3cret@h/d",
        "postgresql://u:s3cret/x@h:5432/d",
        "postgresql://u:pw@h:s3cret/d",
        "{s3cret",
        '{"conn_type": "mysql", "password": "s3cret"}',
        '{"conn_type": "postgres", "port": "s3cret"}',
        '{"conn_type": "postgres", "extra": "s3cret"}',
        '{"conn_type": "postgres", "extra": "[1]"}',
        "s3cret",
    ],
)
def test_what_cannot_be_read_is_refused_without_its_text(value: str) -> None:
    with pytest.raises(WarehouseConnectionError, match="AIRFLOW_CONN_WAREHOUSE") as caught:
        conninfo_from_airflow(value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_unset_variable_says_what_to_set() -> None:
    with pytest.raises(WarehouseConnectionError, match="postgresql://USER"):
        warehouse_conninfo({})
