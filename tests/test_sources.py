"""The source registry: what it holds, and what a wrong entry is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.settings import INCLUDE
from leads.sources import SourcesError, load_registry

GOOD = """
sources:
  web_leads:
    description: Leads from the web form
    origin_tag: cabinet
"""


@pytest.fixture
def include(tmp_path: Path) -> Path:
    (tmp_path / "sql" / "ingest").mkdir(parents=True)
    (tmp_path / "sources.yml").write_text(GOOD)
    (tmp_path / "sql" / "ingest" / "web_leads.sql").write_text("SELECT 1;\n")
    return tmp_path


def refusal(include: Path) -> str:
    with pytest.raises(SourcesError) as caught:
        load_registry(include)
    return str(caught.value)


def test_the_three_sources_of_the_fleet_are_declared() -> None:
    registry = load_registry()
    assert {name: source.origin_tag for name, source in registry.sources.items()} == {
        "module_ct_cabinet_leads": "cabinet",
        "module_ct_scouting_daily": "cabinet",
        "module_ct_migrations": "fleet_migration",
    }
    assert {source.lookback_days for source in registry.sources.values()} == {35}


def test_each_sql_file_has_its_entry() -> None:
    files = {file.stem for file in (INCLUDE / "sql" / "ingest").glob("*.sql")}
    assert files == set(load_registry().sources)


def test_an_entry_and_a_file_make_a_source(include: Path) -> None:
    source = load_registry(include)["web_leads"]
    assert source.sql == "SELECT 1"
    assert source.qualified_name == "public.web_leads"
    assert (source.ascending_key, source.lookback_days) == (False, 35)


def test_an_unknown_source_is_told_the_known_ones(include: Path) -> None:
    with pytest.raises(SourcesError, match=r"'drivers'\. Known: web_leads"):
        load_registry(include)["drivers"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("origin_tag: cabinet\n    colour: red", "colour"),
        ("origin_tag: Two words", "origin_tag"),
        ("origin_tag:", "origin_tag"),
        ("{}", "origin_tag"),
        ("origin_tag: cabinet\n    lookback_days: -1", "lookback_days"),
        ("origin_tag: cabinet\n    lookback_days: soon", "lookback_days"),
        ("origin_tag: cabinet\n    ascending_key: perhaps", "ascending_key"),
        ('origin_tag: cabinet\n    schema: "public; DROP"', "schema"),
        ('origin_tag: cabinet\n    description: ""', "description"),
    ],
)
def test_a_wrong_field_is_named_with_its_entry_and_file(
    include: Path, line: str, field: str
) -> None:
    entry = "" if line == "{}" else f"    {line}\n"
    description = "" if "description" in line else "    description: Leads from the web form\n"
    (include / "sources.yml").write_text(f"sources:\n  web_leads:\n{description}{entry}")
    message = refusal(include)
    assert str(include / "sources.yml") in message
    assert f"source web_leads, field {field}:" in message


def test_a_table_name_that_is_no_name_is_refused(include: Path) -> None:
    (include / "sql" / "ingest" / "web leads.sql").write_text("SELECT 1")
    (include / "sources.yml").write_text(GOOD.replace("web_leads", "web leads"))
    assert "source web leads, field source_table:" in refusal(include)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs a mapping `sources:` with at least one entry"),
        ("sources:", "needs a mapping `sources:` with at least one entry"),
        ("sources: [web_leads]", "needs a mapping `sources:` with at least one entry"),
        ("sources: {web_leads: cabinet}", "source web_leads: must be a mapping of fields"),
        ("sources: {", "no valid YAML"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(include: Path, text: str, message: str) -> None:
    (include / "sources.yml").write_text(text)
    assert message in refusal(include)
    assert str(include / "sources.yml") in refusal(include)


def test_a_missing_sql_file_is_named(include: Path) -> None:
    file = include / "sql" / "ingest" / "web_leads.sql"
    file.unlink()
    message = refusal(include)
    assert "source web_leads" in message
    assert str(file) in message


def test_an_empty_sql_file_is_named(include: Path) -> None:
    (include / "sql" / "ingest" / "web_leads.sql").write_text("\n")
    assert "source web_leads, field sql:" in refusal(include)


def test_a_missing_registry_is_named(tmp_path: Path) -> None:
    assert f"{tmp_path / 'sources.yml'}: cannot be read" in refusal(tmp_path)
