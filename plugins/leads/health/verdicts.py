"""The verdicts in words: one definition for the views, the page, the mails and the runbook."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from leads.settings import INCLUDE

LANGUAGES = ("es", "en")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, in one language; names in braces stand for facts of `evidence`.

    Attributes:
        code: value of the views' column `diagnosis`, or of an incident's `verdict`.
        title: a few words.
        sentence: what is wrong and whose fault it is.
        impact: what that means for the people who read the figures.
        action: the exact next step.
        meaning: for the runbook: when it is said, and what else to look at.
    """

    code: str
    title: str
    sentence: str
    impact: str
    action: str
    meaning: str


@cache
def verdicts(language: str) -> dict[str, Verdict]:
    """All verdicts by code, in the order in which the views try them.

    Args:
        language: es or en.
    """
    file = INCLUDE / "texts" / f"verdicts.{language}.yml"
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {
        code: Verdict(code=code, **{field: " ".join(text.split()) for field, text in texts.items()})
        for code, texts in entries.items()
    }
