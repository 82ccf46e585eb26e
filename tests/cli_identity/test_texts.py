"""Both languages say the same things."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from leads.cli.texts import Language, read_texts, texts
from leads.settings import INCLUDE, REPOSITORY, SQL

CATALOGUES = {
    language: read_texts(INCLUDE / "texts" / f"identity.{language.value}.yml")
    for language in Language
}
CODE = [
    REPOSITORY / "plugins" / "leads" / "cli" / name
    for name in ("why.py", "person.py", "identity_session.py")
] + [
    REPOSITORY / "plugins" / "leads" / "cli" / "identity" / name
    for name in ("decide.py", "review.py")
]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert CATALOGUES[Language.ES].keys() == CATALOGUES[Language.EN].keys()


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
        if text == CATALOGUES[Language.ES][key] and len(text.split()) > 2 and "{" not in text
    ]
    assert same == []


def test_every_text_that_the_code_names_is_there() -> None:
    named = {
        key
        for file in CODE
        for key in re.findall(r'\bsay\(\s*"([A-Za-z_.]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(named) > 50
    assert named - CATALOGUES[Language.EN].keys() == set()


@pytest.mark.parametrize("language", Language)
def test_every_reason_of_the_decision_has_words(language: Language) -> None:
    decided = (SQL / "identity" / "decide" / "decided.sql").read_text(encoding="utf-8")
    cases = decided.partition("END AS rules")[2] or decided.partition("AS rules")[2]
    codes = set(re.findall(r"(?:THEN|ELSE) '([A-Z_]+)'", cases.partition("END AS reason_code")[0]))
    assert {"REVIEW", "KEY_TOO_COMMON", "WEAK_MATCH_ONLY"} <= codes
    assert {code for code in codes if f"reason.{code}" not in CATALOGUES[language]} == set()


def test_a_reason_of_an_earlier_system_is_no_error() -> None:
    assert texts("en").reason("SOMETHING_OLD") == "no rule applied"
