"""`./leads person`: what is known of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from leads.cli.identity_session import LanguageOption, RevealOption

if TYPE_CHECKING:
    from leads.cli.identity_session import Session
    from leads.identity.person import Person


def person(
    key: Annotated[str, typer.Argument(help="Person key; also one that was merged away.")],
    language: LanguageOption = None,
    reveal: RevealOption = False,
) -> None:
    """Show a person: accounts, leads with their links, merges, who is credited and why, decisions.

    For example:

      ./leads person 5f0d1a52-6c0e-5a43-9a77-3d1f2c8be9a4

      ./leads person 5f0d1a52-6c0e-5a43-9a77-3d1f2c8be9a4 --language en

      ./leads person 5f0d1a52-6c0e-5a43-9a77-3d1f2c8be9a4 --reveal
    """
    from leads.cli.identity_session import decision_table, identity_session
    from leads.identity.masking import Mask
    from leads.identity.person import read_person

    mask = Mask(reveal)
    with identity_session(language) as session:
        found = read_person(session.connection, key, mask=mask)
        if found.asked_key != found.person_key:
            session.print(
                session.say("person.alias", asked=found.asked_key, person=found.person_key)
            )
        session.print(_sentence(session, found))
        _show_golden(session, found)
        _show_accounts(session, found)
        _show_leads(session, found)
        _show_evidence(session, found)
        _show_merges(session, found)
        if found.decisions:
            session.console.print(
                decision_table(session, found.decisions, mask, session.say("person.decisions"))
            )


def _sentence(session: Session, found: Person) -> str:
    say = session.say

    def counted(what: str, count: int) -> str:
        return say(f"person.{what}_one") if count == 1 else say(f"person.{what}_many", count=count)

    credit = say("person.credit_pending" if found.leads else "person.credit_missing")
    if (row := found.attribution) is not None:
        kind = "source"
        if row.decision_status == "conflict":
            kind = "conflict"
        elif row.attributed_scout_id is not None:
            kind = "scout"
        elif row.attributed_source is None:
            kind = "none"
        credit = say(
            f"person.credit_{kind}",
            scout=row.attributed_scout_id,
            source=row.attributed_source,
            rule=row.attribution_rule,
            status=row.decision_status,
        )
    return say(
        "person.is",
        person=found.person_key,
        accounts=counted("accounts", len(found.accounts)),
        leads=counted("leads", len(found.leads)),
        credit=credit,
    )


def _show_golden(session: Session, found: Person) -> None:
    say, golden = session.say, found.golden
    if golden is None:
        return
    unknown = say("person.unknown")
    session.print(
        say(
            "person.golden",
            name=golden.name or unknown,
            phone=golden.phone or unknown,
            licence=golden.licence or unknown,
            level=golden.confidence_level,
        )
    )
    if refused := golden.flags.get("not_joined"):
        session.print(say("person.not_joined", reason=refused))


def _show_accounts(session: Session, found: Person) -> None:
    from leads.cli.identity_session import cells, table

    say = session.say
    columns = ("account", "park", "hired", "phone", "licence", "plate", "name", "model")
    accounts = table(
        say("person.accounts"), *(say(f"column.{name}") for name in (*columns, "joined_by"))
    )
    for one in found.accounts:
        joined = [say("person.manual")] * one.is_manual + list(one.joined_by)
        accounts.add_row(
            *cells(
                *(one.driver_id, one.park_id, one.hire_date, one.phone, one.licence, one.plate),
                *(one.name, one.model, ", ".join(joined)),
            )
        )
    session.console.print(accounts)


def _show_leads(session: Session, found: Person) -> None:
    from leads.cli.identity_session import cells, table

    if not found.leads:
        return
    say = session.say
    columns = ("source", "lead", "date", "scout", "rule", "score", "level")
    leads = table(say("person.leads"), *(say(f"column.{name}") for name in columns), right=(5,))
    for one in found.leads:
        leads.add_row(
            *cells(
                *(one.source_table, one.source_pk, one.event_date, one.scout_id, one.match_rule),
                *(one.match_score, one.confidence_level),
            )
        )
    session.console.print(leads)


def _show_evidence(session: Session, found: Person) -> None:
    from leads.cli.identity_session import cells, table

    if found.attribution is None:
        return
    say, evidence = session.say, found.attribution.evidence
    if winner := evidence.get("winning_event"):
        session.print(
            say(
                "person.winning",
                pk=winner["source_pk"],
                source=winner["source_table"],
                date=winner["event_date"],
            )
        )
    counts = evidence.get("events_by_source", {})
    events = ", ".join(f"{source} {count}" for source, count in sorted(counts.items()))
    session.print(say("person.events", events=events))
    if scouts := evidence.get("scouts"):
        columns = ("scout", "first", "last", "count")
        listed = table(
            say("person.scouts"), *(say(f"column.{name}") for name in columns), right=(3,)
        )
        for scout in scouts:
            listed.add_row(
                *cells(
                    *(scout[name] for name in ("scout_id", "first_on", "last_on", "event_count"))
                )
            )
        session.console.print(listed)


def _show_merges(session: Session, found: Person) -> None:
    say = session.say
    if found.merges:
        session.print(say("person.merges"))
    for merge in found.merges:
        line = say(
            "person.merged",
            loser=merge.loser_key,
            survivor=merge.survivor_key,
            on=session.local(merge.merged_at),
            rules=", ".join((merge.evidence or {}).get("joined_by", ())),
        )
        if merge.undone_at is not None:
            line += "; " + say("person.undone", on=session.local(merge.undone_at))
        session.print(f"  {line}")
