"""`./leads identity same`, `different`, `confirm`, `ignore`, `undo`: shown before it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leads.cli.identity_session import (
    AccountArgument,
    LanguageOption,
    PkArgument,
    SourceArgument,
)

if TYPE_CHECKING:
    from leads.cli.identity_session import Session
    from leads.cli.texts import Language
    from leads.identity.decisions import Decisions
    from leads.identity.previews import Credit, Preview, Standing
    from leads.identity.proposals import Proposal

#: Rows of a preview that are listed of each kind.
LISTED = 40

ByOption = Annotated[
    str | None,
    typer.Option("--by", help="Who says so; otherwise your user name.", show_default=False),
]
ReasonOption = Annotated[
    str | None,
    typer.Option("--reason", help="Why, in your words; needed to write it.", show_default=False),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Write it without asking.")]


def same(
    a: AccountArgument,
    b: AccountArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Say that two accounts are one person, whatever the data say.

    What it would change is shown first: people, links, who is credited. It is written only once
    you agree, outlives every rebuild, and can be taken back with its number.

    For example:

      ./leads identity same D-100 D-200

      ./leads identity same D-100 D-200 --reason "same face on both documents" --yes
    """
    from leads.identity.proposals import Proposal

    _decide(Proposal("same", driver_a=a, driver_b=b), by, reason, yes, language)


def different(
    a: AccountArgument,
    b: AccountArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Say that two accounts are two persons, however much they share.

    What it would change is shown first, and written only once you agree.

    For example:

      ./leads identity different D-100 D-200

      ./leads identity different D-100 D-200 --reason "father and son" --by "Rosa (fleet)" --yes
    """
    from leads.identity.proposals import Proposal

    _decide(Proposal("different", driver_a=a, driver_b=b), by, reason, yes, language)


def confirm(
    source: SourceArgument,
    pk: PkArgument,
    driver: Annotated[
        str | None,
        typer.Option("--driver", help="An account of the person it belongs to.", metavar="ID"),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="The person it belongs to.", metavar="KEY")
    ] = None,
    by: ByOption = None,
    reason: ReasonOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Say whose a lead is: without --driver or --person, the nearest candidate's (./leads why).

    It is linked then with rule MANUAL and level HIGH, whatever the data say, and follows the
    account when people are joined or split. What it would change is shown first.

    For example:

      ./leads identity confirm module_ct_scouting_daily 4711

      ./leads identity confirm module_ct_scouting_daily 4711 --driver D-100 --reason "phoned him"
    """
    from leads.cli.errors import usage
    from leads.identity.proposals import Proposal

    if driver is not None and person is not None:
        raise usage("--driver and --person exclude each other: give one of them, or neither.")
    proposal = Proposal("confirm", driver_a=driver, source_table=source, source_pk=pk)
    _decide(proposal, by, reason, yes, language, person=person)


def ignore(
    source: SourceArgument,
    pk: PkArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Say that a lead belongs to nobody: a test entry, or a person who never drove.

    What it would change is shown first, and written only once you agree.

    For example:

      ./leads identity ignore module_ct_scouting_daily 4711

      ./leads identity ignore module_ct_scouting_daily 4711 --reason "test entry" --yes
    """
    from leads.identity.proposals import Proposal

    _decide(Proposal("ignore", source_table=source, source_pk=pk), by, reason, yes, language)


def undo(
    number: Annotated[
        int, typer.Argument(help="Number of the decision: ./leads identity decisions.")
    ],
    by: ByOption = None,
    reason: ReasonOption = None,
    yes: YesOption = False,
    language: LanguageOption = None,
) -> None:
    """Withdraw a decision: from then on the data decide again.

    What it would change is shown first. The decision stays listed, marked as withdrawn.

    For example:

      ./leads identity undo 12

      ./leads identity undo 12 --reason "mixed up two brothers" --yes
    """
    from leads.identity.proposals import Proposal

    _decide(Proposal("undo", undoes=number), by, reason, yes, language)


def _decide(
    proposal: Proposal,
    by: str | None,
    reason: str | None,
    yes: bool,
    language: Language | None,
    *,
    person: str | None = None,
) -> None:
    """Show what would change; then write it, if it is wanted."""
    from dataclasses import replace
    from datetime import datetime

    from leads.cli.errors import usage
    from leads.cli.identity_session import identity_session
    from leads.identity.decisions import Decisions
    from leads.identity.person import read_person
    from leads.staging import Limits
    from leads.windows import UTC

    reason = (reason or "").strip()
    if yes and not reason:
        raise usage('--yes needs --reason "…": a decision is kept with why it was made.')
    with identity_session(language) as session:
        limits = Limits.of(session.settings)
        decisions = Decisions(
            session.connection,
            session.registry,
            home_park_id=session.settings.home_park_id,
            # A person waits, and can repeat the command: not as long as a run may wait.
            limits=replace(limits, queue_seconds=limits.lock_seconds),
        )
        key = None if person is None else read_person(session.connection, person).person_key
        proposal = decisions.completed(proposal, key)
        decisions.check(proposal)
        _show(session, proposal, decisions.preview(proposal, read_at=datetime.now(UTC)))
        by = (by or "").strip()
        if yes or _is_agreed(session, _command(proposal, by, reason), can_ask=bool(reason)):
            _write(session, decisions, proposal, by=by or _user(), reason=reason)


def _is_agreed(session: Session, command: str, *, can_ask: bool) -> bool:
    """Ask on a terminal, in the person's language; elsewhere say how to write it."""
    import sys

    say = session.say
    is_asked = can_ask and sys.stdin.isatty()
    if is_asked:
        answer = typer.prompt(say("decide.ask"), default="", show_default=False)
        if answer.strip().casefold() in say("decide.agreed").split():
            return True
    session.print(say("decide.not_written"))
    if not is_asked:
        session.print(say("decide.how", command=command))
    return False


def _user() -> str:
    import getpass

    from leads.cli.errors import usage

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise usage('Your user has no name here: say who decides with --by "NAME".') from None


def _command(proposal: Proposal, by: str, reason: str) -> str:
    """The command that writes what was shown."""
    import shlex

    words = [proposal.decision]
    words += [str(proposal.undoes)] if proposal.undoes is not None else []
    if proposal.source_table is not None and proposal.source_pk is not None:
        words += [proposal.source_table, proposal.source_pk]
        words += ["--driver", proposal.driver_a] if proposal.driver_a is not None else []
    else:
        words += [word for word in (proposal.driver_a, proposal.driver_b) if word is not None]
    words += ["--by", by] if by else []
    given = shlex.quote(reason) if reason else '"…"'
    return f"./leads identity {shlex.join(words)} --reason {given} --yes"


def _write(
    session: Session, decisions: Decisions, proposal: Proposal, *, by: str, reason: str
) -> None:
    from datetime import datetime

    from leads.errors import LeadsError
    from leads.windows import UTC

    say, is_new = session.say, proposal.undoes is None
    number = decisions.write(proposal, decided_by=by, reason=reason, decided_at=datetime.now(UTC))
    try:
        resolved, attributed = decisions.apply()
    except LeadsError as error:
        kept = "decide.kept" if is_new else "decide.kept_withdrawn"
        session.print(say(kept, number=number, error=error))
        raise typer.Exit(1) from None
    changed = sum(attributed[name] for name in ("inserted", "updated", "deleted"))
    session.print(
        say(
            "decide.written" if is_new else "decide.withdrawn",
            number=number,
            by=by,
            leads=resolved["leads"],
            accounts=resolved["accounts"],
            merges=resolved["merges"],
            changed=changed,
        )
    )
    if is_new:
        session.print(say("decide.undo_how", command=f"./leads identity undo {number}"))


def _show(session: Session, proposal: Proposal, preview: Preview) -> None:
    say = session.say
    session.print(
        say(
            f"decide.{proposal.decision}",
            a=proposal.driver_a,
            b=proposal.driver_b,
            source=proposal.source_table,
            pk=proposal.source_pk,
            number=proposal.undoes,
        )
    )
    if preview.is_empty:
        session.print(say("decide.nothing"))
    if preview.people:
        session.print(say("decide.people"))
        for move in preview.people[:LISTED]:
            kind = "merge" if move.is_merge else "split"
            if not move.is_merge and move.other_key is None:
                kind = "split_alone"
            text = say(f"decide.{kind}", person=move.person_key, other=move.other_key)
            session.print(f"  {text}")
        _more(session, len(preview.people))
    _show_links(session, preview)
    _show_ledger(session, preview)
    if preview.waiting_accounts or preview.waiting_leads:
        session.print(
            say(
                "decide.waiting",
                accounts=f"{preview.waiting_accounts:,}",
                leads=f"{preview.waiting_leads:,}",
            )
        )


def _show_links(session: Session, preview: Preview) -> None:
    from leads.cli.identity_session import cells, table
    from leads.identity.previews import ACCOUNTS

    if not preview.links:
        return
    say = session.say
    columns = ("what", "before", "after")
    links = table(say("decide.links"), *(say(f"column.{name}") for name in columns))
    for link in preview.links[:LISTED]:
        kind = "account" if link.source_table == ACCOUNTS else "lead"
        what = say(f"decide.{kind}", source=link.source_table, pk=link.source_pk)
        links.add_row(*cells(what, _standing(session, link.before), _standing(session, link.after)))
    session.console.print(links)
    _more(session, len(preview.links))


def _standing(session: Session, one: Standing) -> str:
    say = session.say
    if one.person_key is None:
        reason = one.reason_code or say("decide.no_reason")
        return say("decide.nobody", reason=reason)
    return say(
        "decide.somebody",
        person=one.person_key,
        rule=one.match_rule,
        level=one.confidence_level,
    )


def _show_ledger(session: Session, preview: Preview) -> None:
    from leads.cli.identity_session import cells, table

    if not preview.ledger:
        return
    say = session.say
    columns = ("person", "before", "after")
    ledger = table(say("decide.ledger"), *(say(f"column.{name}") for name in columns))
    for change in preview.ledger[:LISTED]:
        before, after = (_credit(session, one) for one in (change.before, change.after))
        ledger.add_row(*cells(change.person_key, before, after))
    session.console.print(ledger)
    _more(session, len(preview.ledger))


def _credit(session: Session, one: Credit) -> str:
    say = session.say
    if one.attribution_rule is None:
        return say("decide.no_credit")
    scout = one.attributed_scout_id
    return say(
        "decide.credit",
        source=one.attributed_source or say("decide.no_scout"),
        scout=say("decide.no_scout") if scout is None else scout,
        rule=one.attribution_rule,
        status=one.decision_status,
    )


def _more(session: Session, count: int) -> None:
    if count > LISTED:
        session.print(session.say("decide.more", count=f"{count - LISTED:,}"))
