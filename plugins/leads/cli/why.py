"""`./leads why`: whose lead this is, and how that was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leads.cli.identity_session import (
    LanguageOption,
    PkArgument,
    RevealOption,
    SourceArgument,
)

if TYPE_CHECKING:
    from leads.cli.identity_session import Session
    from leads.identity.explanation import Explanation
    from leads.identity.masking import Mask


def why(
    source: SourceArgument,
    pk: PkArgument,
    language: LanguageOption = None,
    reveal: RevealOption = False,
) -> None:
    """Say whose lead this is and why, or why nobody's and what would change that.

    The lead is judged afresh with the model in use; nothing is written. The bits of the fields
    add up: each one doubles the odds that it is this person.

    For example:

      ./leads why module_ct_scouting_daily 4711

      ./leads why module_ct_scouting_daily 4711 --language en

      ./leads why module_ct_scouting_daily 4711 --reveal     with phones and names as they are
    """
    from leads.cli.identity_session import identity_session
    from leads.identity.explain import explain_lead
    from leads.identity.masking import Mask

    with identity_session(language) as session:
        found = explain_lead(
            session.connection,
            session.registry,
            source,
            pk,
            home_park_id=session.settings.home_park_id,
            mask=Mask(reveal),
        )
        _show(session, found, Mask(reveal))


def _show(session: Session, found: Explanation, mask: Mask) -> None:
    say = session.say
    session.print(_decision(session, found))
    if found.decision is not None and found.decision.reason:
        said = say("why.said", reason=found.decision.reason)
        session.print(said if mask.reveal else say("why.said_hidden"))
    if found.level == "MEDIUM":
        session.print(say("why.medium"))
    if found.best is not None:
        _show_bits(session, found)
    _show_model(session, found)
    _show_change(session, found)
    if found.is_pending:
        session.print(say("why.pending"))
    if found.linked_key != found.person_key:
        stored = (
            say("why.stored_nobody")
            if found.linked_key is None
            else say("why.stored_person", person=found.linked_key)
        )
        session.print(say("why.stored_other", stored=stored))


def _decision(session: Session, found: Explanation) -> str:
    from leads.cli.identity_session import percent

    say = session.say
    values: dict[str, object] = {
        "pk": found.source_pk,
        "source": found.source_table,
        "date": found.event_date,
        "person": found.person_key,
        "level": found.level,
        "rule": found.match_rule,
    }
    if found.person_key is None:
        code = found.reason_code
        return say("why.nobody", **values, reason=say.reason(code), code=code)
    if found.decision is not None:
        return say(
            "why.confirmed",
            **values,
            by=found.decision.decided_by,
            on=session.local(found.decision.decided_at),
            number=found.decision.number,
        )
    if found.named_driver_id is not None:
        return say("why.named", **values, driver=found.named_driver_id)
    posterior = found.best.posterior if found.best else 0.0
    return say("why.linked", **values, posterior=percent(posterior))


def _show_bits(session: Session, found: Explanation) -> None:
    from leads.cli.identity_session import cells, percent, table

    best, second, say = found.best, found.runner_up, session.say
    if best is None or found.prior is None or found.prior_bits is None:
        return
    names = ("field", "lead", "person", "agreement", "bits", "runner_up")
    bits = table(
        say("why.best", person=best.person_key, driver=best.driver_id),
        *(say(f"why.column_{name}") for name in names[: 6 if second else 5]),
        right=(4, 5),
    )

    def row(*values: object, other: object = None) -> None:
        bits.add_row(*cells(*values, *([other] if second else [])))

    for place, field in enumerate(best.fields):
        row(
            say(f"field.{field.name}"),
            field.lead,
            field.account,
            say(f"agreement.{field.agreement.value}"),
            f"{field.bits:+.2f}",
            other=f"{second.fields[place].bits:+.2f}" if second else None,
        )
    bits.add_section()
    row(
        say("why.sum"),
        *("", "", ""),
        f"{best.bits:+.2f}",
        other=f"{second.bits:+.2f}" if second else None,
    )
    prior = f"{found.prior_bits:+.2f}"
    row(
        say("why.prior"),
        *("", "", ""),
        prior,
        other=prior,
    )
    row(
        say("why.total"),
        *("", "", ""),
        f"{best.bits + found.prior_bits:+.2f}",
        other=f"{second.bits + found.prior_bits:+.2f}" if second else None,
    )
    row(
        say("why.posterior"),
        *("", "", ""),
        percent(best.posterior),
        other=percent(second.posterior) if second else None,
    )
    session.console.print(bits)
    session.print(say("why.prior_note", prior=percent(found.prior), people=f"{found.people:,}"))


def _show_model(session: Session, found: Explanation) -> None:
    from leads.cli.identity_session import percent

    say = session.say
    if found.best is None:
        session.print(say("why.model_only", version=found.model_version))
        return
    session.print(
        say("why.no_runner_up")
        if found.runner_up is None
        else say(
            "why.runner_up",
            person=found.runner_up.person_key,
            posterior=percent(found.runner_up.posterior),
            bits=f"{found.runner_up.bits:+.2f}",
        )
    )
    session.print(say("why.candidates", count=found.candidates))
    session.print(
        say("why.rules", rules=", ".join(found.rules)) if found.rules else say("why.no_rules")
    )
    session.print(
        say(
            "why.model",
            version=found.model_version,
            people=f"{found.people:,}",
            accept=percent(found.threshold_accept),
            high=percent(found.threshold_high),
        )
    )


def _show_change(session: Session, found: Explanation) -> None:
    """What would bring another answer; nothing for a lead that nothing is missing of."""
    lines = _changes(session, found)
    if lines:
        is_medium = found.person_key is not None and found.decision is None
        session.print(session.say("change.medium_title" if is_medium else "change.title"))
    for line in lines:
        session.print(f"  {line}")


def _changes(session: Session, found: Explanation) -> list[str]:
    import shlex

    say, code = session.say, found.reason_code
    if found.decision is not None:
        return [say("change.undo", command=f"./leads identity undo {found.decision.number}")]
    lines = _of_evidence(session, found) if found.person_key is None else []
    if found.bits_needed is not None:
        lines.append(say("change.needs", bits=f"{found.bits_needed:.1f}"))
        lines += _prospects(session, found)
    lead = f"{shlex.quote(found.source_table)} {shlex.quote(found.source_pk)}"
    confirm = f'./leads identity confirm {lead} --reason "…"'
    if code == "MULTIPLE_CANDIDATES" and found.best and found.runner_up:
        accounts = f"{shlex.quote(found.best.driver_id)} {shlex.quote(found.runner_up.driver_id)}"
        same = f'./leads identity same {accounts} --reason "…"'
        lines.append(say("change.same", command=same))
    if found.bits_needed is not None and code != "MULTIPLE_CANDIDATES":
        lines.append(say("change.confirm", command=confirm))
    elif found.person_key is None and code != "DRIVER_NOT_FOUND":
        with_driver = f'./leads identity confirm {lead} --driver ID --reason "…"'
        lines.append(say("change.choose", command=with_driver))
    return lines


def _of_evidence(session: Session, found: Explanation) -> list[str]:
    """What is missing or wrong in the data themselves."""
    say, code = session.say, found.reason_code
    if code == "DRIVER_NOT_FOUND":
        return [say("change.driver_missing", driver=found.named_driver_id)]
    if code == "NO_EVIDENCE":
        names_accounts = session.registry.sources.get(found.source_table)
        if names_accounts is not None and names_accounts.identity.driver_id:
            return [say("change.no_driver_id")]
        return [say("change.carries_nothing")]
    lines = [
        say(
            "change.too_common",
            field=say(f"field.{key.kind}"),
            value=key.value,
            people=f"{key.people:,}",
        )
        for key in found.common_keys
    ]
    if code == "NO_CANDIDATES":
        fields = ", ".join(say(f"field.{name}") for name in found.carries)
        lines.append(say("change.carries", fields=fields))
    if code in ("LICENCE_CONFLICT", "NAME_CONFLICT"):
        lines.append(say("change.conflict"))
    return lines


def _prospects(session: Session, found: Explanation) -> list[str]:
    from leads.cli.identity_session import percent

    say = session.say
    return [
        say(
            "change.prospect",
            field=say(f"field.{prospect.field}"),
            bits=f"{prospect.bits:.1f}",
            posterior=percent(prospect.posterior),
            outcome=say("change.outcome_linked", level=prospect.level)
            if prospect.level
            else say("change.outcome_nobody"),
        )
        for prospect in found.prospects
    ]
