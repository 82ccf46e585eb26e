"""One class per raw table that is filled from memory; its fields are the table's columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(slots=True)
class CabinetLead:
    """A row of `module_ct_cabinet_leads`; times are naive local time."""

    id: int
    external_id: str | None
    lead_created_at: datetime | None
    created_at: datetime | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    park_phone: str | None
    asset_plate_number: str | None
    asset_model: str | None
    asset_color: str | None
    status: str | None
    tariff: str | None
    target_city: str | None
    park_name: str | None
    last_active_date: date | None


@dataclass(slots=True)
class ScoutingLead:
    """A row of `module_ct_scouting_daily`; times are naive local time."""

    id: int
    registration_date: date | None
    created_at: datetime | None
    scout_id: int | None
    scout_name: str | None
    driver_name: str | None
    driver_phone: str | None
    driver_license: str | None
    acquisition_method: str | None


@dataclass(slots=True)
class Migration:
    """A row of `module_ct_migrations`; times are naive local time."""

    id: int
    driver_id: str | None
    driver_name: str | None
    scout_id: int | None
    scout_name: str | None
    hire_date: date | None
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(slots=True)
class Driver:
    """A row of `drivers`: an account in a park; times are naive local time."""

    driver_id: str
    park_id: str
    phone: str | None
    license_number: str | None
    license_normalized_number: str | None
    full_name: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    car_number: str | None
    car_normalized_number: str | None
    car_brand: str | None
    car_model: str | None
    hire_date: date
    created_at: datetime
    updated_at: datetime | None


@dataclass(slots=True)
class Payment:
    """A row of `module_ct_cabinet_payments`; date, time and times are local."""

    id: int
    date: date
    time: time
    driver: str
    driver_id: str | None
    scout_id: int | None
    trip_1: bool
    trip_5: bool
    trip_25: bool
    created_at: datetime
    updated_at: datetime
