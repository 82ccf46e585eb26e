"""One settings file, each key overridable by the environment, and errors that name the key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from leads.settings import REPOSITORY, SETTINGS_FILE, Settings, SettingsError, load_settings


def test_the_file_holds_every_key_and_names_its_variable() -> None:
    text = SETTINGS_FILE.read_text(encoding="utf-8")
    keys = yaml.safe_load(text)
    assert set(keys) == set(Settings.model_fields)
    for key in keys:
        (line,) = (line for line in text.splitlines() if line.startswith(f"{key}:"))
        assert f"# LEADS_{key.upper()}: " in line


def test_without_environment_the_file_counts() -> None:
    chosen = load_settings({})
    assert chosen.time_zone == "America/Lima"
    assert chosen.zone.key == "America/Lima"
    assert chosen.home == REPOSITORY / ".leads"
    assert chosen.alert_recipients == []


@pytest.mark.parametrize(
    ("variable", "value", "key", "expected"),
    [
        ("LEADS_HOME", "/srv/leads", "home", Path("/srv/leads")),
        ("LEADS_START_DATE", "2026-01-31", "start_date", date(2026, 1, 31)),
        ("LEADS_TIME_ZONE", "America/Bogota", "time_zone", "America/Bogota"),
        ("LEADS_HOME_PARK_ID", "park-2", "home_park_id", "park-2"),
        ("LEADS_ALERT_TO", "a@example.com, b@example.com", "alert_to", None),
        ("LEADS_LANGUAGE", "en", "language", "en"),
        ("LEADS_API_PORT", "18080", "api_port", 18080),
        ("LEADS_MAX_ACTIVE_RUNS", "16", "max_active_runs", 16),
        ("LEADS_LOCK_TIMEOUT_SECONDS", "0.5", "lock_timeout_seconds", 0.5),
    ],
)
def test_the_environment_wins(variable: str, value: str, key: str, expected: object) -> None:
    assert getattr(load_settings({variable: value}), key) == (expected or value)


def test_recipients_are_separated_by_commas() -> None:
    chosen = load_settings({"LEADS_ALERT_TO": " a@example.com, , b@example.com "})
    assert chosen.alert_recipients == ["a@example.com", "b@example.com"]


def test_an_empty_or_unknown_variable_changes_nothing() -> None:
    assert load_settings({"LEADS_API_PORT": "", "LEADS_NIGHTLY": "1"}) == load_settings({})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("start_date", "tomorrow"),
        ("time_zone", "Lima"),
        ("time_zone", "../etc/passwd"),
        ("language", "fr"),
        ("api_port", "0"),
        ("postgres_port", "65536"),
        ("worker_log_port", "http"),
        ("max_active_runs", "0"),
        ("max_active_runs", "17"),
        ("retries", "-1"),
        ("lock_timeout_seconds", "0"),
        ("queue_timeout_seconds", "long"),
        ("idle_timeout_seconds", "-1"),
        ("demo_scale", "0"),
    ],
)
def test_a_bad_value_names_the_key_where_it_stands_and_the_fix(key: str, value: str) -> None:
    variable = f"LEADS_{key.upper()}"
    with pytest.raises(SettingsError) as caught:
        load_settings({variable: value})
    message = str(caught.value)
    assert message.startswith(f"Setting {key} (environment {variable}): ")
    assert message.endswith(f"or set {variable}.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("time_zone: America/Lima\n", "Setting home_park_id (other.yml): Field required"),
        ("time_zoned: America/Lima\n", "Setting "),
    ],
)
def test_a_file_without_a_key_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "other.yml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings({}, file)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)


def test_an_unknown_key_in_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.yml"
    file.write_text(SETTINGS_FILE.read_text(encoding="utf-8") + "\ncolour: red\n")
    with pytest.raises(SettingsError, match=r"Setting colour \(other\.yml\)"):
        load_settings({}, file)
