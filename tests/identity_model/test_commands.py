"""The commands, as a person types them, on a warehouse that AIRFLOW_CONN_WAREHOUSE names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from identity_model.conftest import Trained
from identity_model.worlds import model_in_use, said
from leads.cli.app import app
from leads.warehouse import VARIABLE, airflow_uri


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, conninfo: str) -> Any:
    """Type a command; gives what it prints."""
    parts = conninfo_to_dict(conninfo)
    uri = airflow_uri(
        host=str(parts["host"]),
        port=int(parts["port"] or 0),
        user=str(parts["user"]),
        password=str(parts["password"]),
        database=str(parts["dbname"]),
    )
    monkeypatch.setenv(VARIABLE, uri)

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["identity", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    return run


def test_train_compares_and_rescore_puts_into_use(
    connection: Connection[Any], command: Any, trained: Trained
) -> None:
    assert connection.info.dbname != trained.name
    output = command("train")
    for text in ("phone_m", "observations", "R1_PHONE_EXACT", "unlinked", "Model 3 is trained"):
        assert text in output
    assert "./leads identity rescore --model 3" in output
    assert model_in_use(connection) == 1
    assert command("models").count("yes") == 1
    assert "Model 2 is in use" in command("rescore", "--model", "2")
    assert said(connection) == trained.after
    assert "there is nothing left to do" in command("rescore", "--model", "2")


def test_evaluate_takes_the_truth_from_a_file(
    connection: Connection[Any], command: Any, tmp_path: Path
) -> None:
    file, picture = tmp_path / "truth.csv", tmp_path / "curve.svg"
    with file.open("w", encoding="utf-8") as lines, connection.cursor() as cursor:
        lines.write("source_table,source_pk,driver_id\n")
        for row in cursor.execute(
            "SELECT source_table, source_pk, min(known.driver_id) FROM truth.leads "
            "JOIN observational.lead_events USING (source_table, source_pk) "
            "LEFT JOIN (truth.accounts JOIN canon.drivers_index AS known USING (driver_id)) "
            "USING (person_no) GROUP BY 1, 2"
        ):
            lines.write(",".join(value or "" for value in row) + "\n")
    output = command("evaluate", "--truth", str(file), "--picture", str(picture))
    assert "all scored" in output
    assert "R1_PHONE_EXACT" in output
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_evaluate_says_so_where_it_may_not_make_a_database(command: Any) -> None:
    from leads.errors import LeadsError

    with pytest.raises(LeadsError, match="may not create a database"):
        command("evaluate", "--drivers", "10", "--leads", "10")


def test_evaluate_makes_a_world_and_removes_it(
    server: Any, connection: Connection[Any], command: Any, tmp_path: Path
) -> None:
    import psycopg

    with psycopg.connect(server.superuser, autocommit=True) as administrator:
        administrator.execute("ALTER ROLE warehouse CREATEDB")
        try:
            picture = tmp_path / "curve.svg"
            words = ("--drivers", "300", "--leads", "200", "--noise", "quiet", "--seed", "4")
            output = command("evaluate", *words, "--picture", str(picture))
        finally:
            administrator.execute("ALTER ROLE warehouse NOCREATEDB")
        left = administrator.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'leads_evaluation%'"
        ).fetchall()
    assert left == []
    assert "People from accounts" in output
    assert "300 accounts and 200 leads" in picture.read_text(encoding="utf-8")
