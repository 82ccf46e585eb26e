"""`./leads identity review` and `decisions`: what waits for a person's word, and what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from leads.cli.identity_session import LanguageOption, RevealOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leads.cli.identity_session import Session

#: Accounts of one row that are named beside the first two.
NAMED = 4


def review(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 20,
    language: LanguageOption = None,
) -> None:
    """List what waits for a person's word: by reason and age, then the oldest with what to do.

    Leads that are nearly certain, accounts that look like one person but were not joined, scouts
    who claim the same person.

    For example:

      ./leads identity review

      ./leads identity review --limit 100 --language en
    """
    from leads.cli.identity_session import cells, identity_session, percent, table
    from leads.identity.review import review_counts, review_queue

    with identity_session(language) as session:
        say = session.say
        counts = review_counts(session.connection)
        if not counts:
            session.print(say("review.empty"))
            return
        names = ("what", "reason", "waiting", "day", "week", "month", "older", "since")
        summary = table(
            say("review.counts"), *(say(f"column.{name}") for name in names), right=(2, 3, 4, 5, 6)
        )
        for row in counts:
            ages = ("waiting", "up_to_1_day", "up_to_7_days", "up_to_30_days", "older")
            summary.add_row(
                *cells(
                    say(f"review.kind.{row['kind']}"),
                    row["reason_code"],
                    *(f"{row[age]:,}" for age in ages),
                    session.local(row["oldest_since"]),
                )
            )
        session.console.print(summary)
        waiting = review_queue(session.connection, limit)
        columns = ("reason", "since", "posterior", "next")
        queue = table(
            say("review.queue", count=len(waiting)), *(say(f"column.{name}") for name in columns)
        )
        for row in waiting:
            posterior = row["posterior"]
            queue.add_row(
                *cells(
                    row["reason_code"],
                    session.local(row["since"]),
                    None if posterior is None else percent(float(posterior)),
                    _next(session, row),
                )
            )
        session.console.print(queue)


def _next(session: Session, row: Mapping[str, Any]) -> str:
    """The command that shows more, or those that decide."""
    import shlex

    if row["kind"] == "lead":
        return f"./leads why {shlex.quote(row['source_table'])} {shlex.quote(row['source_pk'])}"
    if row["kind"] == "scouts":
        return f"./leads person {row['person_key']}"
    # A decision is about two accounts; of more, the next pair follows once this one is decided.
    pair, others = row["driver_ids"][:2], row["driver_ids"][2:]
    lines = [f"./leads identity {word} {shlex.join(pair)}" for word in ("same", "different")]
    if others:
        named = ", ".join(others[:NAMED]) + (", …" if len(others) > NAMED else "")
        lines.append(session.say("review.others", accounts=named))
    return "\n".join(lines)


def decisions(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 50,
    language: LanguageOption = None,
    reveal: RevealOption = False,
) -> None:
    """List what people decided, newest first, with the numbers that undo takes.

    For example:

      ./leads identity decisions

      ./leads identity decisions --limit 200 --language en
    """
    from leads.cli.identity_session import decision_table, identity_session
    from leads.identity.masking import Mask
    from leads.identity.standing import read_decisions

    with identity_session(language) as session:
        listed = read_decisions(session.connection, limit=limit)
        if not listed:
            session.print(session.say("decisions.empty"))
            return
        session.console.print(decision_table(session, tuple(listed), Mask(reveal)))
