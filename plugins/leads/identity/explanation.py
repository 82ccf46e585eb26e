"""What is to be said of one lead: whose it is, how its fields agree, and what would change that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from math import log2
from uuid import UUID

from leads.identity.standing import Decision

#: The fields, in the order in which they are shown.
FIELDS = ("phone", "licence", "plate", "model", "date", "name")
#: Those of which one more could be found.
KEYS = ("phone", "licence", "plate")


class Agreement(Enum):
    """How a field of the lead compares with the person's."""

    EQUAL = "equal"
    NEAR = "near"
    DIFFERENT = "different"
    LEAD_LACKS = "lead_lacks"
    ACCOUNT_LACKS = "account_lacks"
    TOO_COMMON = "too_common"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a lead and of a candidate.

    Attributes:
        name: one of `FIELDS`.
        agreement: how the two compare.
        lead: the lead's value, masked unless revealed; None when it lacks one.
        account: the value of the account that speaks for the person most, masked alike.
        bits: the evidence, rounded to hundredths.
        days: days from the hire to the lead; None but for the date.
    """

    name: str
    agreement: Agreement
    lead: str | None
    account: str | None
    bits: float
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person whom the lead may be.

    Attributes:
        person_key: the person.
        driver_id: the account that agrees best.
        posterior: probability that it is them, 0 to 1.
        fields: one per field of `FIELDS`, in that order.
    """

    person_key: UUID
    driver_id: str
    posterior: float
    fields: tuple[Field, ...]

    @property
    def bits(self) -> float:
        """The evidence of all fields: the sum of what is shown."""
        return round(sum(field.bits for field in self.fields), 2)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would be decided if one more field agreed.

    Attributes:
        field: the field.
        bits: how many bits that would bring in all.
        posterior: what the best candidate's would be.
        level: HIGH or MEDIUM; None when it would still be nobody.
    """

    field: str
    bits: float
    posterior: float
    level: str | None


@dataclass(frozen=True, slots=True)
class CommonKey:
    """A key of the lead that so many people hold that it says nothing.

    Attributes:
        kind: phone, licence or plate.
        value: the key, masked unless revealed.
        people: how many hold it.
    """

    kind: str
    value: str | None
    people: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One lead, judged afresh.

    Attributes:
        source_table: source of the lead.
        source_pk: key of the lead.
        event_date: lead date, local.
        person_key: the person; None for nobody.
        match_rule: strongest rule that agrees; for nobody the one that would count.
        level: HIGH or MEDIUM; None for nobody.
        reason_code: why nobody; None for somebody.
        named_driver_id: the account that the lead itself names, where its source does.
        decision: what a person said about the lead; None when nobody did.
        carries: which of phone, licence, plate and name the lead has in readable form.
        candidates: how many people share a key with it.
        best: the candidate with the greatest posterior; None without any.
        runner_up: the next one; None without.
        rules: rules that agree, strongest first.
        prior: share of the source's leads that have an account; None without candidates.
        people: N of the bits: how many people the model knows.
        model_version: the model in use.
        threshold_accept: posterior from which a lead is linked.
        threshold_high: posterior from which it is HIGH.
        bits_needed: what the best candidate lacks to be linked, or a MEDIUM one to be HIGH; None
            where evidence is not what is missing.
        prospects: what one more field that agrees would do; empty where nothing is missing.
        common_keys: keys that too many people hold.
        is_pending: whether the lead changed since it was last resolved.
        linked_key: whom the tables have today; differs from person_key until the next run.
    """

    source_table: str
    source_pk: str
    event_date: date
    person_key: UUID | None
    match_rule: str
    level: str | None
    reason_code: str | None
    named_driver_id: str | None
    decision: Decision | None
    carries: tuple[str, ...]
    candidates: int
    best: Candidate | None
    runner_up: Candidate | None
    rules: tuple[str, ...]
    prior: float | None
    people: int
    model_version: int
    threshold_accept: float
    threshold_high: float
    bits_needed: float | None
    prospects: tuple[Prospect, ...]
    common_keys: tuple[CommonKey, ...]
    is_pending: bool
    linked_key: UUID | None

    @property
    def prior_bits(self) -> float | None:
        """What speaks for each person before any evidence, against nobody; None without prior."""
        if self.prior is None:
            return None
        return round(log2(self.prior / (self.people * (1 - self.prior))), 2)
