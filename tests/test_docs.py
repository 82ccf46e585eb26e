"""Docs that are made from code say what the code says; `LEADS_WRITE_DOCS=1` writes them anew."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from leads.health.verdicts import verdicts
from leads.settings import REPOSITORY
from leads.views.checks import checks


def checks_table() -> str:
    lines = ["| check | what it claims | severity |", "|---|---|---|"]
    lines += [f"| `{one.name}` | {one.claim} | {one.severity} |" for one in checks()]
    return "\n".join(lines)


def verdict_sections() -> str:
    lines = []
    for code, one in verdicts("en").items():
        lines += [
            f"### {code}",
            "",
            f"**{one.title}** (*{verdicts('es')[code].title}*). {one.meaning}",
            "",
            f"- Says: {_shown(one.sentence)}",
            f"- Impact: {one.impact}",
            f"- What to do: {_shown(one.action)}",
            "",
        ]
    return "\n".join(lines[:-1])


def _shown(text: str) -> str:
    """Names of facts in capitals, as commands show what one fills in."""
    return re.sub(r"[{]([a-z_]+)[}]", lambda found: found[1].upper(), text)


@pytest.mark.parametrize(
    ("file", "section", "make"),
    [
        ("docs/views.md", "checks", checks_table),
        ("docs/runbook.md", "verdicts", verdict_sections),
    ],
    ids=["checks", "verdicts"],
)
def test_a_generated_section_is_up_to_date(
    file: str, section: str, make: Callable[[], str]
) -> None:
    path = REPOSITORY / file
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(f"<!-- {section}:begin -->\n")
    _, end, after = rest.partition(f"<!-- {section}:end -->")
    assert begin, f"{file} has lost its section {section}"
    assert end, f"{file} has lost the end of its section {section}"
    wanted = f"{before}{begin}{make()}\n{end}{after}"
    if os.environ.get("LEADS_WRITE_DOCS") == "1":
        path.write_text(wanted, encoding="utf-8")
    assert text == wanted, f"run LEADS_WRITE_DOCS=1 ./leads test tests/test_docs.py, for {file}"


def test_no_merge_was_left_half_done() -> None:
    folders = ("dags", "plugins", "include", "docs", "tests", "bench")
    suffixes = {".py", ".sql", ".md", ".yml", ".html", ".txt", ".css", ".js"}
    files = [
        file
        for folder in folders
        for file in (REPOSITORY / folder).rglob("*")
        if file.suffix in suffixes and file.is_file()
    ]
    assert len(files) > 400
    markers = re.compile(rf"^({'<' * 7}|{'>' * 7}) ", re.MULTILINE)
    assert [file for file in files if markers.search(file.read_text(encoding="utf-8"))] == []
