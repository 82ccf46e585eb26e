"""The source registry: `include/sources.yml` and one SQL file per source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

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

    @property
    def qualified_name(self) -> str:
        """`schema.table`, as people write it."""
        return f"{self.schema_name}.{self.source_table}"


class Registry(BaseModel):
    """All lead sources, by source table, in the order of the file."""

    model_config = ConfigDict(frozen=True)

    sources: Mapping[str, Source]

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
    entries = document.get("sources") if isinstance(document, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise SourcesError(f"{file}: needs a mapping `sources:` with at least one entry.")
    return Registry(sources={name: _source(file, str(name), entries[name]) for name in entries})


@cache
def registry() -> Registry:
    """The registry of this process, read once."""
    return load_registry()


def _source(file: Path, name: str, entry: Any) -> Source:
    if not isinstance(entry, dict):
        raise SourcesError(f"{file}, source {name}: must be a mapping of fields.")
    sql_file = file.parent / "sql" / "ingest" / f"{name}.sql"
    try:
        sql = sql_file.read_text(encoding="utf-8").strip().rstrip(";")
    except OSError:
        raise SourcesError(
            f"{file}, source {name}: its SQL file {sql_file} cannot be read. Write it after the "
            "model of the others in that folder."
        ) from None
    try:
        return Source.model_validate({"sql": sql, **entry, "source_table": name})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "entry"
        raise SourcesError(
            f"{file}, source {name}, field {field}: {first['msg']} (got {first['input']!r})."
        ) from None
