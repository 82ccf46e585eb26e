"""Settings: `include/settings.yml`, each key overridable by `LEADS_<KEY>`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

REPOSITORY = Path(__file__).resolve().parents[2]
INCLUDE = REPOSITORY / "include"
SQL = INCLUDE / "sql"
SETTINGS_FILE = INCLUDE / "settings.yml"

Port = Field(ge=1, le=65535)


class SettingsError(ValueError):
    """A setting is missing, unknown or out of range; the message names it and the fix."""


class Settings(BaseModel):
    """All settings; `include/settings.yml` documents each with its unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time_zone: str
    home_park_id: str
    start_date: date
    max_active_runs: int = Field(ge=1, le=16)
    retries: int = Field(ge=0)
    retry_delay_seconds: float = Field(ge=0)
    lock_timeout_seconds: float = Field(gt=0)
    queue_timeout_seconds: float = Field(gt=0)
    idle_timeout_seconds: float = Field(gt=0)
    health_wait_seconds: float = Field(ge=0)
    mail_seconds: float = Field(ge=0)
    health_every_minutes: int = Field(ge=1, le=60)
    deadline_minutes: int = Field(ge=1)
    digest_hour: int = Field(ge=0, le=23)
    language: Literal["es", "en"]
    alert_to: str
    alert_from: str
    home: Path
    api_port: int = Port
    postgres_port: int = Port
    worker_log_port: int = Port
    trigger_log_port: int = Port
    parallelism: int = Field(ge=1)
    demo_scale: float = Field(gt=0)
    demo_seed: int
    demo_days: int = Field(ge=1)
    demo_catchup_days: int = Field(ge=1)

    @field_validator("time_zone")
    @classmethod
    def _known_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name!r} is no IANA time zone, such as America/Lima") from error
        return name

    @field_validator("home")
    @classmethod
    def _absolute_home(cls, home: Path) -> Path:
        return (REPOSITORY / home).resolve()

    @property
    def zone(self) -> ZoneInfo:
        """The local time zone of raw timestamps and of calendar days."""
        return ZoneInfo(self.time_zone)

    @property
    def alert_recipients(self) -> list[str]:
        """Mail addresses of the failure mail; empty when no mail is wanted."""
        return [address.strip() for address in self.alert_to.split(",") if address.strip()]


def load_settings(
    environment: Mapping[str, str] = os.environ, file: Path = SETTINGS_FILE
) -> Settings:
    """Read the settings file and lay the environment over it.

    Args:
        environment: variables; only `LEADS_<KEY>` of a known key and non-empty count.
        file: the YAML file with every key.

    Returns:
        The checked settings.

    Raises:
        SettingsError: a key is unknown, missing or has a bad value.
    """
    values = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    sources = dict.fromkeys(values, file.name)
    for key in Settings.model_fields:
        if override := environment.get(f"LEADS_{key.upper()}"):
            values[key], sources[key] = override, f"environment LEADS_{key.upper()}"
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        key = str(first["loc"][0])
        raise SettingsError(
            f"Setting {key} ({sources.get(key, file.name)}): {first['msg']}. "
            f"Correct it in {file} or set LEADS_{key.upper()}."
        ) from None


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()
