"""Both languages say the same things about figures."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from leads.cli.texts import ABOUT, Language, read_texts, texts
from leads.settings import INCLUDE, REPOSITORY
from leads.views.checks import EXTENTS, SEVERITIES, checks

CATALOGUES = {
    language: read_texts(INCLUDE / "texts" / f"views.{language.value}.yml") for language in Language
}
CLI = REPOSITORY / "plugins" / "leads" / "cli"
CODE = [
    *(CLI / name for name in ("refresh.py", "check.py", "views_session.py")),
    *(CLI / "rules").glob("*.py"),
    *(CLI / "explain").glob("*.py"),
]
#: Texts whose last word the code fills in, and the words that it may be.
FAMILIES = {
    "do": [check.name for check in checks()],
    "severity": SEVERITIES,
    "extent": EXTENTS,
    "yes_no": ("True", "False"),
    "action": ("add", "end", "withdraw"),
    "rules": ("would_add", "would_end", "would_withdraw", "done_add", "done_end", "done_withdraw"),
    "figure": ("payable", "expected_yango", "paid_yango", "due_yango"),
    "payment": (
        *("missing_quarantined", "missing_no_leads", "missing_withdrawn", "missing_not_valid"),
        *("missing_pending", "no_scout", "not_high"),
    ),
    "due": ("missing_quarantined", "missing_no_leads", "missing_pending"),
    "match": ("BY_DRIVER_ID", "BY_NAME", "AMBIGUOUS_NAME", "UNKNOWN_NAME", "SHORT_NAME"),
}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def without_claims(language: Language) -> dict[str, str]:
    """The claims of the checks are English where they are made."""
    return {key: text for key, text in CATALOGUES[language].items() if not key.startswith("claim.")}


def test_both_languages_have_the_same_keys() -> None:
    assert without_claims(Language.ES).keys() == without_claims(Language.EN).keys()


def test_both_languages_fill_in_the_same_values() -> None:
    for key, text in CATALOGUES[Language.EN].items():
        assert fields(text) == fields(CATALOGUES[Language.ES][key]), key


@pytest.mark.parametrize("language", Language)
def test_no_text_is_empty(language: Language) -> None:
    assert [key for key, text in CATALOGUES[language].items() if not text.strip()] == []


def test_sentences_are_translated() -> None:
    same = [
        key
        for key, text in CATALOGUES[Language.EN].items()
        if text == CATALOGUES[Language.ES][key] and len(text.split()) > 2
    ]
    assert same == []


def test_every_claim_is_translated_and_no_other() -> None:
    claims = {key for key in CATALOGUES[Language.ES] if key.startswith("claim.")}
    assert claims == {f"claim.{check.name}" for check in checks()}


def test_every_text_that_the_code_names_is_there() -> None:
    named = {
        key
        for file in CODE
        for key in re.findall(r'\bsay\(\s*"([A-Za-z_.]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(named) > 60
    assert named - CATALOGUES[Language.EN].keys() == set()


def test_every_column_that_the_code_names_has_a_heading() -> None:
    named = {
        word
        for file in CODE
        for words in re.findall(
            r"columns = \(([^=]*?)\)\n    shown|columns = \(([^=]*?)\)\n    views",
            file.read_text(encoding="utf-8"),
        )
        for word in re.findall(r'"([a-z_]+)"', "".join(words))
    }
    assert len(named) > 30
    assert {word for word in named if f"col.{word}" not in CATALOGUES[Language.EN]} == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_word_that_the_code_fills_in_has_a_text(family: str) -> None:
    keys = {f"{family}.{word}" for word in FAMILIES[family]}
    assert keys - CATALOGUES[Language.EN].keys() == set()


@pytest.mark.parametrize("language", Language)
def test_texts_of_different_commands_do_not_hide_one_another(language: Language) -> None:
    files = [read_texts(INCLUDE / "texts" / f"{about}.{language.value}.yml") for about in ABOUT]
    assert len(texts(language.value).entries) == sum(map(len, files))
