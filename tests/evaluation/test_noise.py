"""Claims about the rates: the data is as untidy as `Noise` says."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from conftest import Database
from evaluation.making import LEAD_TABLES, SPOTLESS, make, value
from leads.evaluation import HARSH, QUIET, USUAL, Noise, varied
from leads.evaluation.handwriting import PLACEHOLDERS


def test_varied_seeds_differ_in_every_rate_and_stay_shares() -> None:
    assert varied(3) == varied(3)
    for rate in fields(Noise):
        drawn = {getattr(varied(seed), rate.name) for seed in range(20)}
        assert len(drawn) == 20
        assert max(drawn) > 2 * min(drawn)


def test_presets_go_from_quiet_to_harsh() -> None:
    for rate in fields(Noise):
        quiet, usual, harsh = (getattr(noise, rate.name) for noise in (QUIET, USUAL, HARSH))
        assert quiet < usual < harsh or (quiet > usual > harsh and rate.name == "rare_name")


def test_a_rate_that_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="typo_name"):
        replace(USUAL, typo_name=1.1)


@pytest.mark.parametrize("noise", [QUIET, USUAL, HARSH])
def test_leads_are_spread_and_drive_as_the_noise_says(database: Database, noise: Noise) -> None:
    with database.connect() as connection:
        truth = make(connection, noise)
        cabinet, scouting, migrations = (
            truth.leads_by_source[table] / truth.leads for table in LEAD_TABLES
        )
        assert cabinet == pytest.approx(0.70, abs=0.07)
        assert scouting == pytest.approx(0.25, abs=0.07)
        assert migrations == pytest.approx(0.05, abs=0.015)
        nobody = value(
            connection,
            "SELECT avg((person_no IS NULL)::int)::float FROM truth.leads"
            " WHERE source_table <> 'module_ct_migrations'",
        )
        assert nobody == pytest.approx(noise.never_drives, abs=0.03)


@pytest.mark.parametrize("noise", [QUIET, USUAL, HARSH])
def test_twins_are_as_many_as_the_noise_says_and_in_two_parks(
    database: Database, noise: Noise
) -> None:
    with database.connect() as connection:
        truth = make(connection, noise)
        twins, same_park, most = connection.execute(
            """
            SELECT count(*) FILTER (WHERE accounts = 2),
                   count(*) FILTER (WHERE accounts > parks), max(accounts)
            FROM (
                SELECT count(*) AS accounts, count(DISTINCT park_id) AS parks
                FROM truth.accounts INNER JOIN public.drivers USING (driver_id)
                GROUP BY person_no
            ) AS people
            """
        ).fetchone() or (0, 0, 0)
        assert twins / truth.people == pytest.approx(noise.twin, abs=0.02)
        assert (same_park, most) == (0, 2)


def test_migrations_name_their_driver_as_often_as_the_noise_says(database: Database) -> None:
    noise = replace(USUAL, migration_blank=0.2, migration_unknown=0.3)
    with database.connect() as connection:
        truth = make(connection, noise, size=8_000)
        total, nobody, blank, wrong = connection.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE truth.person_no IS NULL),
                   count(*) FILTER (WHERE coalesce(driver_id, '') = ''),
                   count(*) FILTER (
                       WHERE driver_id <> '' AND account.person_no IS DISTINCT FROM truth.person_no
                   )
            FROM public.module_ct_migrations AS migration
            INNER JOIN truth.leads AS truth
                ON truth.source_table = 'module_ct_migrations'
                AND truth.source_pk = migration.id::text
            LEFT JOIN truth.accounts AS account USING (driver_id)
            """
        ).fetchone() or (0, 0, 0, 0)
        assert nobody / total == pytest.approx(0.3, abs=0.08)
        assert blank / (total - nobody) == pytest.approx(0.2, abs=0.08)
        assert blank == truth.migrations_without_driver_id
        assert wrong == 0


#: Rates of shared phones, and who shares: driver with driver, or nobody with a driver.
PHONE_RATES = {
    "household_driver": "driver",
    "household_nobody": "nobody",
    "recycled_phone": "driver",
}


@pytest.mark.parametrize(("rate", "sharer"), PHONE_RATES.items())
def test_phones_are_shared_as_often_as_the_noise_says(
    database: Database, rate: str, sharer: str
) -> None:
    noise = replace(SPOTLESS, never_drives=0.3, **{rate: 0.1})
    drivers = "SELECT count(*) - count(DISTINCT phone), count(*) FROM public.drivers"
    nobodies = """
        SELECT count(DISTINCT drivers.phone), count(DISTINCT lead.park_phone)
        FROM public.module_ct_cabinet_leads AS lead
        INNER JOIN truth.leads AS truth
            ON truth.source_pk = lead.external_id AND truth.person_no IS NULL
        LEFT JOIN public.drivers ON drivers.phone = '+51' || lead.park_phone
    """
    with database.connect() as connection:
        make(connection, noise)
        query = drivers if sharer == "driver" else nobodies
        shared, total = connection.execute(query).fetchone() or (0, 0)
        assert shared / total == pytest.approx(0.1, abs=0.03)


def test_placeholders_and_offices_are_typed_as_often_as_the_noise_says(database: Database) -> None:
    noise = replace(SPOTLESS, placeholder_phone=0.05, call_centre_phone=0.1)
    with database.connect() as connection:
        truth = make(connection, noise)
        counts = [
            (phone.removeprefix("+51"), count)
            for phone, count in connection.execute(
                "SELECT phone, count(*) FROM public.drivers GROUP BY 1 HAVING count(*) > 5"
            )
        ]
        placeholders = sum(count for phone, count in counts if phone in PLACEHOLDERS)
        offices = [count for phone, count in counts if phone not in PLACEHOLDERS]
        assert placeholders / truth.accounts == pytest.approx(0.05, abs=0.01)
        assert sum(offices) / truth.accounts == pytest.approx(0.1, abs=0.01)
        assert min(offices) > 50


def test_accounts_are_opened_about_the_lead_or_long_before(database: Database) -> None:
    noise = replace(SPOTLESS, returns=0.2)
    with database.connect() as connection:
        make(connection, noise)
        gaps = [
            gap
            for (gap,) in connection.execute(
                """
                SELECT drivers.hire_date - lead.registration_date
                FROM public.module_ct_scouting_daily AS lead
                INNER JOIN truth.leads AS truth
                    ON truth.source_table = 'module_ct_scouting_daily'
                    AND truth.source_pk = lead.id::text
                INNER JOIN truth.accounts USING (person_no)
                INNER JOIN public.drivers USING (driver_id)
                """
            )
        ]
        near = [gap for gap in gaps if -15 <= gap <= 30]
        assert 1 - len(near) / len(gaps) == pytest.approx(0.2, abs=0.05)
        assert all(gap < -90 for gap in gaps if gap not in near)


def test_who_uses_a_relatives_number_comes_about_when_the_relative_was_hired(
    database: Database,
) -> None:
    noise = replace(
        SPOTLESS, never_drives=0.5, household_nobody=0.2, joins_together=0.8, returns=0.2
    )
    with database.connect() as connection:
        make(connection, noise)
        gaps = [
            abs(gap)
            for (gap,) in connection.execute(
                """
                SELECT drivers.hire_date - lead.lead_created_at::date
                FROM public.module_ct_cabinet_leads AS lead
                INNER JOIN truth.leads AS truth
                    ON truth.source_pk = lead.external_id AND truth.person_no IS NULL
                INNER JOIN public.drivers ON drivers.phone = '+51' || lead.park_phone
                """
            )
        ]
        # A few relatives were hired before any lead came, and nobody can have joined them.
        assert sum(gap < 40 for gap in gaps) / len(gaps) == pytest.approx(0.8, abs=0.12)
