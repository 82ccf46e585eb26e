"""What was measured, as the tables that a person reads: on the screen and in the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leads.evaluation.measures import Group, Quality


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes:
        title: what it shows.
        note: how to read it; may be empty.
        headings: of its columns; the first one is text, the others are numbers.
        rows: cells as shown.
    """

    title: str
    note: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def grids(quality: Quality) -> list[Grid]:
    """All tables of a measurement."""
    found = [_links(quality), _rules(quality)]
    if people := quality.people:
        found.append(
            Grid(
                "People from accounts",
                "Pairs of accounts. Of one person's two accounts, one may have another phone and "
                "car and no licence, or a licence with a wrong digit; different licences are never "
                "joined, so that two people never are. The last line leaves such pairs out.",
                ("", "pairs", "joined", "precision", "recall"),
                [
                    (
                        "of one person",
                        f"{people.true_pairs:,}",
                        f"{people.joined_pairs:,}",
                        f"{people.precision:.5f}",
                        f"{people.recall:.4f}",
                    ),
                    (
                        "that share a key",
                        f"{people.shown_pairs:,}",
                        f"{people.shown_rightly:,}",
                        "",
                        f"{people.recall_of_shown:.4f}",
                    ),
                ],
            )
        )
    found.append(
        Grid(
            "Do posteriors keep what they promise?",
            "Scored leads by the posterior of their best candidate.",
            ("posterior", "leads", "promised", "right"),
            [
                (
                    f"{one.from_posterior:g} to {one.to_posterior:g}",
                    f"{one.leads:,}",
                    f"{one.promised:.4f}",
                    f"{one.share_right:.4f}",
                )
                for one in quality.calibration
            ],
        )
    )
    return found


def _links(quality: Quality) -> Grid:
    every = quality.group()
    rules = quality.group("rules")
    rows = [
        ("all scored", *_counts(every), f"{every.recall:.4f}"),
        ("predecessor's rules", *_counts(rules), f"{rules.recall:.4f}"),
    ]
    for one in quality.groups:
        if one.matcher == "resolution" and one.kind == "source":
            rows.append((f"source {one.name}", *_counts(one), f"{one.recall:.4f}"))
    for one in quality.groups:
        if one.matcher == "resolution" and one.kind == "level":
            rows.append((f"level {one.name}", *_counts(one), ""))
    note = (
        "Recall: of the leads whose person has an account, the share that is linked to that "
        "person. Scored are the leads that do not name their account themselves."
    )
    high = quality.group(kind="level", name="HIGH")
    if high.linked and not high.wrong:
        # Source: the rule of three, Hanley and Lippman-Hand, JAMA 249 (1983).
        note += (
            f" No wrong one among {high.linked:,} HIGH links says, with 95 % confidence, that "
            f"fewer than {30_000 / high.linked:.1f} in 10,000 are wrong; more data says more."
        )
    return Grid(
        "Links of leads",
        note,
        ("", "leads", "links", "wrong", "precision", "recall"),
        rows,
    )


def _rules(quality: Quality) -> Grid:
    names = sorted({one.name for one in quality.groups if one.kind == "rule"})
    rows = []
    for name in names:
        ours = quality.group(kind="rule", name=name)
        theirs = quality.group("rules", "rule", name)
        rows.append((name, *_counts(ours)[1:], *_counts(theirs)[1:]))
    return Grid(
        "By rule",
        "The strongest rule that agrees, of links made by score; and what the same rule alone "
        "links when it is asked as the predecessor did, on the keys used here.",
        ("", "links", "wrong", "precision", "by rule", "wrong", "precision"),
        rows,
    )


def _counts(group: Group) -> tuple[str, str, str, str]:
    return (
        f"{group.leads:,}",
        f"{group.linked:,}",
        f"{group.wrong:,}",
        f"{group.precision:.5f}" if group.linked else "",
    )


def markdown(quality: Quality, measured_on: str, command: str, picture: str) -> str:
    """The page of the documentation.

    Args:
        quality: what was measured.
        measured_on: on what, in one sentence.
        command: what to type to measure it again.
        picture: path of the threshold curve, as seen from the page.
    """
    parts = [
        "# How good identity resolution is",
        "",
        f"<!-- Generated by `{command}`; changes by hand are lost. -->",
        "",
        f"{measured_on} Generated by `{command}`.",
    ]
    for grid in grids(quality):
        parts += ["", f"## {grid.title}", ""]
        if grid.note:
            parts += [grid.note, ""]
        parts.append("| " + " | ".join(grid.headings) + " |")
        parts.append("|---" + "|--:" * (len(grid.headings) - 1) + "|")
        parts += ["| " + " | ".join(row) + " |" for row in grid.rows]
    parts += [
        "",
        "## Where to draw the line",
        "",
        f"![Wrong links and recall against the threshold]({picture})",
        "",
    ]
    return "\n".join(parts)
