"""How untidy the invented registry is: every rate named, three presets and a random one."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from random import Random

_QUIET, _HARSH = "quiet", "harsh"


def _rate(quiet: float, usual: float, harsh: float) -> float:
    """A rate with its value in each preset."""
    rate: float = field(default=usual, metadata={_QUIET: quiet, _HARSH: harsh})
    return rate


@dataclass(frozen=True, slots=True)
class Noise:
    """Rates, each a share from 0 to 1 of what its line names.

    "Leads" are rows of the three lead tables, "accounts" rows of `drivers`, "people" whoever stands
    behind them. "Fields" are those that somebody filled in.

    Attributes:
        never_drives: cabinet and scouting leads' people without any account.
        household_nobody: people who never drive and give a driving relative's number.
        household_driver: drivers who share a number with a relative who drives.
        relatives: people related to a driver whose number they do not share.
        spouse: relatives by marriage: no surname in common.
        junior: other relatives who bear the same given names, as father and son do.
        consecutive_dni: siblings whose document is one of the next three numbers.
        joins_together: relatives of a driver who come within weeks of that driver's hiring.
        recycled_phone: people whose number was formerly an unrelated driver's.
        placeholder_phone: phone fields holding a number that many type (999999999).
        call_centre_phone: phone fields holding a number of an office, about 150 rows each.
        phone_changed: leads of people with an account that give another own number.
        shared_car: people who drive another driver's car, a relative's if they have one.
        rented_car: people with a rental car that several drive, one after the other.
        car_changed: leads of people with an account that name another car.
        twin: drivers with a second account, in another park.
        twin_other_phone: second accounts with another own number.
        twin_other_car: second accounts with another car.
        twin_no_licence: second accounts without a licence.
        other_park: drivers whose first account is not in the home park.
        typo_name: names, each given name and surname by itself, with a slip of the pen.
        typo_licence: licence fields with a wrong, lost or swapped digit.
        typo_plate: plate fields with a wrong or swapped sign.
        typo_phone: phone fields with a wrong, lost, swapped or added digit.
        account_care: slips and shortened names on accounts, as a share of those on leads.
        missing_lead_name: leads without any name.
        missing_lead_phone: leads whose phone is NULL.
        missing_lead_licence: scouting leads whose licence is NULL.
        missing_lead_plate: cabinet leads whose plate is NULL.
        missing_lead_model: cabinet leads whose model is NULL.
        missing_account_phone: accounts whose phone is NULL.
        missing_account_licence: accounts whose licence is NULL.
        missing_account_plate: accounts whose plate is NULL.
        missing_account_model: accounts whose brand and model are NULL.
        junk: phone, licence and plate fields holding signs without meaning ("S/N").
        untidy: fields written otherwise than the tables' owners ask (spaces, +51, lower case).
        wrong_model: leads that name a model other than the car's.
        model_only: models without their brand.
        drops_given: names written with the first given name only.
        drops_surname: names written with the first surname only.
        initials: names whose second given name is an initial.
        other_order: names with given names and surnames the other way round.
        foreign: people with a foreign document: foreign resident's card or Venezuelan number.
        one_token: people known by a single word.
        repeated_surname: people whose two surnames are the same.
        rare_name: names on no list.
        full_name_only: accounts with `full_name` but no parts.
        parts_only: accounts with name parts but no `full_name`.
        migration_blank: migrations whose `driver_id` is blank or NULL.
        migration_unknown: migrations whose `driver_id` no account has; nobody stands behind them.
        returns: leads of people with an account hired long before (more than 90 days).
        duplicate_lead: cabinet and scouting leads' people with a row on the other channel too.
    """

    never_drives: float = _rate(0.12, 0.25, 0.40)
    household_nobody: float = _rate(0.01, 0.05, 0.15)
    household_driver: float = _rate(0.005, 0.02, 0.06)
    relatives: float = _rate(0.02, 0.06, 0.15)
    spouse: float = _rate(0.20, 0.30, 0.40)
    junior: float = _rate(0.02, 0.06, 0.15)
    consecutive_dni: float = _rate(0.02, 0.08, 0.25)
    joins_together: float = _rate(0.10, 0.25, 0.50)
    recycled_phone: float = _rate(0.003, 0.015, 0.05)
    placeholder_phone: float = _rate(0.001, 0.006, 0.02)
    call_centre_phone: float = _rate(0.001, 0.006, 0.02)
    phone_changed: float = _rate(0.03, 0.10, 0.22)
    shared_car: float = _rate(0.02, 0.05, 0.10)
    rented_car: float = _rate(0.01, 0.04, 0.10)
    car_changed: float = _rate(0.06, 0.15, 0.30)
    twin: float = _rate(0.03, 0.09, 0.18)
    twin_other_phone: float = _rate(0.05, 0.15, 0.35)
    twin_other_car: float = _rate(0.20, 0.40, 0.60)
    twin_no_licence: float = _rate(0.0, 0.01, 0.10)
    other_park: float = _rate(0.15, 0.30, 0.40)
    typo_name: float = _rate(0.005, 0.02, 0.06)
    typo_licence: float = _rate(0.004, 0.02, 0.06)
    typo_plate: float = _rate(0.005, 0.02, 0.06)
    typo_phone: float = _rate(0.004, 0.015, 0.05)
    account_care: float = _rate(0.05, 0.12, 0.50)
    missing_lead_name: float = _rate(0.001, 0.004, 0.02)
    missing_lead_phone: float = _rate(0.01, 0.05, 0.15)
    missing_lead_licence: float = _rate(0.06, 0.18, 0.40)
    missing_lead_plate: float = _rate(0.10, 0.25, 0.45)
    missing_lead_model: float = _rate(0.08, 0.20, 0.40)
    missing_account_phone: float = _rate(0.003, 0.015, 0.06)
    missing_account_licence: float = _rate(0.002, 0.008, 0.06)
    missing_account_plate: float = _rate(0.01, 0.05, 0.15)
    missing_account_model: float = _rate(0.01, 0.04, 0.12)
    junk: float = _rate(0.002, 0.01, 0.03)
    untidy: float = _rate(0.10, 0.35, 0.60)
    wrong_model: float = _rate(0.01, 0.03, 0.08)
    model_only: float = _rate(0.03, 0.08, 0.20)
    drops_given: float = _rate(0.10, 0.25, 0.45)
    drops_surname: float = _rate(0.03, 0.10, 0.25)
    initials: float = _rate(0.01, 0.03, 0.08)
    other_order: float = _rate(0.10, 0.30, 0.50)
    foreign: float = _rate(0.02, 0.06, 0.15)
    one_token: float = _rate(0.0005, 0.002, 0.01)
    repeated_surname: float = _rate(0.005, 0.015, 0.03)
    rare_name: float = _rate(0.12, 0.07, 0.03)
    full_name_only: float = _rate(0.05, 0.10, 0.25)
    parts_only: float = _rate(0.02, 0.08, 0.25)
    migration_blank: float = _rate(0.01, 0.04, 0.12)
    migration_unknown: float = _rate(0.01, 0.04, 0.12)
    returns: float = _rate(0.03, 0.08, 0.20)
    duplicate_lead: float = _rate(0.02, 0.06, 0.15)

    def __post_init__(self) -> None:
        """Refuse what is no share.

        Raises:
            ValueError: a rate is below 0 or above 1; the message names it.
        """
        for rate in fields(self):
            value = getattr(self, rate.name)
            if not 0 <= value <= 1:
                raise ValueError(f"{rate.name}: {value} is not between 0 and 1")


USUAL = Noise()
QUIET = Noise(**{rate.name: rate.metadata[_QUIET] for rate in fields(Noise)})
HARSH = Noise(**{rate.name: rate.metadata[_HARSH] for rate in fields(Noise)})


def varied(seed: int) -> Noise:
    """Every rate drawn by itself, from half the quiet value to a quarter above the harsh one.

    Nothing can be tuned to such data but what holds everywhere.

    Args:
        seed: same seed, same rates.
    """
    rng, drawn = Random(seed), {}
    for rate in fields(Noise):
        ends = rate.metadata[_QUIET], rate.metadata[_HARSH]
        low, high = 0.5 * min(ends), min(1.25 * max(ends), 0.95)
        # Most rates low, a few high: that is how real tables differ.
        drawn[rate.name] = low + (high - low) * rng.random() ** 1.5
    return Noise(**drawn)
