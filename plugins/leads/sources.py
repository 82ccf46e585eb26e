"""The registry: `include/sources.yml`, and one SQL file per lead source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from leads.settings import INCLUDE

_NAME = r"^[a-z_][a-z0-9_]{0,62}$"


class SourcesError(ValueError):
    """The registry is wrong; the message names file, entry and field."""


class IdentityFields(BaseModel):
    """Which columns of the raw row say who a lead is; several are joined by a blank.

    Attributes:
        phone: phone number.
        licence: driving licence or identity document.
        plate: number plate of the car.
        name: the person's name.
        model: car model, with its brand or without.
        driver_id: the account itself; leads of such a source are linked by it alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: tuple[str, ...] = ()
    licence: tuple[str, ...] = ()
    plate: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    driver_id: tuple[str, ...] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class SourceType(str, Enum):
    """Which rules judge the health of a table."""

    ACTIVITY = "activity"
    LEDGER = "ledger"
    CT_INGEST = "ct_ingest"
    MASTER = "master"
    PIPELINE = "pipeline"


class Weekday(str, Enum):
    """A day of the week; `isodow` is its number, 1 for Monday."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def isodow(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return list(Weekday).index(self) + 1


class Calendar(BaseModel):
    """Days on which nothing is expected.

    Attributes:
        idle_weekdays: days of every week.
        idle_dates: single local days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    idle_weekdays: tuple[Weekday, ...] = ()
    idle_dates: tuple[date, ...] = ()


class Watch(BaseModel):
    """How a table is watched.

    Attributes:
        business_at: SQL expression of when what a row tells of happened; None for a lead source
            that is watched by its shape.
        ingestion_at: SQL expression of when a row landed; None likewise.
        only: SQL condition of the rows that count; None for all.
        critical: whether the DAG's last task fails while the table is RED.
        calendar: name of the calendar of idle days.
        quiet_days: RED when none of the last so many days, today included, brought a row.
        stale_hours: RED when the last row landed more hours ago; None: by the type.
        quiet_hours: YELLOW when today brought none and the last one landed more hours ago.
        business_lag_days: YELLOW when the newest business date is so many days old.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    business_at: str | None = Field(default=None, min_length=1)
    ingestion_at: str | None = Field(default=None, min_length=1)
    only: str | None = Field(default=None, min_length=1)
    critical: bool = False
    calendar: str | None = None
    quiet_days: int = Field(default=2, ge=1, le=50)
    stale_hours: float | None = Field(default=None, gt=0)
    quiet_hours: float = Field(default=14, gt=0)
    business_lag_days: int = Field(default=2, ge=1)

    @model_validator(mode="after")
    def _both_or_neither(self) -> Watch:
        if (self.business_at is None) != (self.ingestion_at is None):
            raise ValueError("business_at and ingestion_at belong together: give both, or neither")
        return self


class Monitored(Watch):
    """One watched table that is no lead source.

    Attributes:
        source_name: name of the table, as the health views say it.
        description: what a row is, for people.
        schema_name: schema of the table.
        type: which rules judge it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    source_name: str = Field(pattern=_NAME)
    description: str = Field(min_length=1)
    schema_name: str = Field(default="public", pattern=_NAME, alias="schema")
    type: SourceType
    business_at: str = Field(min_length=1)
    ingestion_at: str = Field(min_length=1)


class Source(BaseModel):
    """One lead source.

    Attributes:
        source_table: name of the raw table, as events, ledger and health name it.
        description: what a row is, for people.
        origin_tag: what its leads count as for attribution and payments.
        schema_name: schema of the raw table.
        ascending_key: whether the raw key is an integer that grows with each new row.
        lookback_days: how far back every incremental run looks for corrected rows, in days.
        sql: the SELECT that shapes raw rows into raw_id, source_pk, event_at, landed_at,
            scout_id and raw (jsonb); times are local and naive.
        identity: which columns of the raw row say who the lead is; empty when none does.
        health: how its raw table is watched.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    source_table: str = Field(pattern=_NAME)
    description: str = Field(min_length=1)
    origin_tag: str = Field(pattern=_NAME)
    schema_name: str = Field(default="public", pattern=_NAME, alias="schema")
    ascending_key: bool = False
    lookback_days: int = Field(default=35, ge=0, le=3650)
    sql: str = Field(min_length=1)
    identity: IdentityFields = IdentityFields()
    health: Watch = Watch()

    @property
    def qualified_name(self) -> str:
        """`schema.table`, as people write it."""
        return f"{self.schema_name}.{self.source_table}"


class Registry(BaseModel):
    """All lead sources by source table, and what else is watched, in the order of the file."""

    model_config = ConfigDict(frozen=True)

    sources: Mapping[str, Source]
    monitored: Mapping[str, Monitored] = {}
    calendars: Mapping[str, Calendar] = {}

    def __getitem__(self, source_table: str) -> Source:
        """Look a source up.

        Raises:
            SourcesError: there is no such source.
        """
        try:
            return self.sources[source_table]
        except KeyError:
            raise SourcesError(
                f"Unknown source {source_table!r}. Known: {', '.join(self.sources)}."
            ) from None


def load_registry(include: Path = INCLUDE) -> Registry:
    """Read and check the registry.

    Args:
        include: folder with `sources.yml` and `sql/ingest/`.

    Raises:
        SourcesError: the file cannot be read, or an entry or its SQL file is wrong.
    """
    file = include / "sources.yml"
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourcesError(f"{file}: cannot be read ({error.strerror}).") from None
    except yaml.YAMLError as error:
        raise SourcesError(f"{file}: no valid YAML: {' '.join(str(error).split())}.") from None
    document = document if isinstance(document, dict) else {}
    entries = document.get("sources")
    if not isinstance(entries, dict) or not entries:
        raise SourcesError(f"{file}: needs a mapping `sources:` with at least one entry.")
    if unknown := sorted(set(document) - {"sources", "monitored", "calendars"}):
        raise SourcesError(
            f"{file}: unknown section {', '.join(map(repr, unknown))}. Known: sources, monitored, "
            "calendars."
        )
    read = Registry(
        sources={name: _source(file, str(name), entries[name]) for name in entries},
        monitored=_section(file, document, "monitored", Monitored, "source_name"),
        calendars=_section(file, document, "calendars", Calendar),
    )
    _check_watches(file, read)
    return read


@cache
def registry() -> Registry:
    """The registry of this process, read once."""
    return load_registry()


def _source(file: Path, name: str, entry: Any) -> Source:
    sql_file = file.parent / "sql" / "ingest" / f"{name}.sql"
    if not isinstance(entry, dict):
        raise SourcesError(f"{file}, source {name}: must be a mapping of fields.")
    try:
        sql = sql_file.read_text(encoding="utf-8").strip().rstrip(";")
    except OSError:
        raise SourcesError(
            f"{file}, source {name}: its SQL file {sql_file} cannot be read. Write it after the "
            "model of the others in that folder."
        ) from None
    return _entry(f"{file}, source {name}", Source, {"sql": sql, **entry, "source_table": name})


Entry = TypeVar("Entry", bound=BaseModel)


def _section(
    file: Path, document: Mapping[str, Any], section: str, kind: type[Entry], key: str | None = None
) -> dict[str, Entry]:
    """The entries of one optional section; `key` is the field that takes an entry's own name."""
    entries = document.get(section) or {}
    if not isinstance(entries, dict):
        raise SourcesError(f"{file}: `{section}:` must be a mapping.")
    read = {}
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            raise SourcesError(f"{file}, {section} {name}: must be a mapping of fields.")
        named = {**entry, key: name} if key else entry
        read[str(name)] = _entry(f"{file}, {section} {name}", kind, named)
    return read


def _entry(where: str, kind: type[Entry], fields: Mapping[str, Any]) -> Entry:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "entry"
        raise SourcesError(
            f"{where}, field {field}: {first['msg']} (got {first['input']!r})."
        ) from None


def _check_watches(file: Path, read: Registry) -> None:
    """Names that refer to each other do exist, and no name is watched twice."""
    if twice := sorted(set(read.sources) & set(read.monitored)):
        raise SourcesError(
            f"{file}, monitored {twice[0]}: it is a lead source, and watched by its `health` there."
        )
    watches: dict[str, Watch] = {name: one.health for name, one in read.sources.items()}
    for name, watch in {**watches, **read.monitored}.items():
        if watch.calendar is not None and watch.calendar not in read.calendars:
            known = ", ".join(read.calendars) or "none"
            raise SourcesError(
                f"{file}, {name}, field calendar: there is no calendar {watch.calendar!r}. "
                f"Known: {known}."
            )
