"""Drivers at work: a row per driver and day, and what the platform says it paid for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from leads.local.demo import typing_habits
from leads.local.demo.accounts import Worker
from leads.local.demo.arrivals import Channel
from leads.local.demo.rows import Payment

#: driver_id, date_file, count_orders_completed, sum_work_time_seconds, created_at (local).
DriverDay = tuple[str, str | None, int, int, datetime]
DRIVER_DAY_COLUMNS = (
    "driver_id",
    "date_file",
    "count_orders_completed",
    "sum_work_time_seconds",
    "created_at",
)

MILESTONES = (1, 5, 25)
MILESTONE_DAYS = 14
CLAIMED = 0.85
CLAIM_KNOWS_DRIVER = 0.3
REEXPORTED = 0.015
ODD_DATE = 0.02
JUNK_DATE = 0.0015
_JUNK_DATES = ("31-02-2026", "n/a", "2026-13-01", "00-00-0000", "", "Total", None, "30/02/26")


@dataclass(frozen=True, slots=True)
class Temper:
    """How somebody drives.

    Attributes:
        share: how common it is.
        works: share of days with work.
        trips: trips of a day with work, once used to it.
        leaves: chance per day to stop for good.
    """

    share: float
    works: float
    trips: float
    leaves: float


NEVER = Temper(0.22, 0.0, 0.0, 1.0)
TEMPERS = (
    NEVER,
    Temper(0.18, 0.5, 0.7, 0.35),
    Temper(0.25, 0.35, 2.5, 0.08),
    Temper(0.22, 0.7, 6.0, 0.03),
    Temper(0.13, 0.85, 11.0, 0.012),
)


class Diary:
    """Writes the driver-days of workers, and notes the payments they lead to."""

    def __init__(self, rng: Random, now: datetime) -> None:
        """Begin on an empty page.

        Args:
            rng: source of chance.
            now: naive local time; nothing is exported after it.
        """
        self.rng = rng
        self.now = now
        self.payments: list[Payment] = []
        self._dates: dict[date, tuple[str, str]] = {}
        self._junk = 0

    def driver_days(self, workers: list[Worker]) -> Iterator[DriverDay]:
        """The rows of `summary_daily`; `payments` is complete when they are exhausted.

        Args:
            workers: who may have worked.

        Yields:
            One exported driver-day; some come twice, corrected later.
        """
        weights = [temper.share for temper in TEMPERS]
        for worker in workers:
            # Those from before the history are the ones who stayed.
            tempers, shares = (
                (TEMPERS[2:], weights[2:]) if worker.lead is None else (TEMPERS, weights)
            )
            (temper,) = self.rng.choices(tempers, weights=shares)
            if temper is not NEVER:
                yield from self._career(worker, temper)

    def _career(self, worker: Worker, temper: Temper) -> Iterator[DriverDay]:
        rng, today = self.rng, self.now.date()
        delay = 0 if worker.lead is None else int(rng.expovariate(1 / 2.5))
        day = worker.since + timedelta(days=delay)
        total, used_to_it, reached = 0, 0.3, 0
        limit = worker.lead and worker.lead.at.date() + timedelta(days=MILESTONE_DAYS)
        first = True
        while day <= today:
            if first or rng.random() < temper.works:
                trips = max(0, round(rng.gauss(temper.trips * used_to_it, temper.trips * 0.4)))
                yield from self._exports(worker, day, trips)
                total += trips
                used_to_it = min(1.0, used_to_it + 0.12)
                while reached < len(MILESTONES) and total >= MILESTONES[reached]:
                    if limit and day < limit:
                        self._claim(worker, MILESTONES[reached], day)
                    reached += 1
            first = False
            if rng.random() < temper.leaves:
                break
            day += timedelta(days=1)

    def _exports(self, worker: Worker, day: date, trips: int) -> Iterator[DriverDay]:
        rng, accounts = self.rng, worker.accounts
        account = accounts[0] if len(accounts) == 1 or rng.random() < 0.75 else accounts[1]
        if account.hire_date > day:
            account = accounts[0]
        seconds = trips * 1_500 + int(rng.random() * 5_400) + 60
        midnight = datetime.combine(day + timedelta(days=1), time())
        exported = midnight + timedelta(seconds=1_200 + int(rng.random() * 900))
        if exported > self.now:
            # The running day so far; tonight's export will supersede it.
            exported = self.now.replace(microsecond=0) - timedelta(
                seconds=int(rng.random() * 1_800)
            )
            so_far = min(1.0, max(0.0, 1 - (midnight - self.now) / timedelta(days=1)))
            trips, seconds = int(trips * so_far), int(seconds * so_far)
        chance = rng.random()
        if chance < REEXPORTED:
            early = (account.driver_id, self._date(day), max(0, trips - 1), seconds // 2, exported)
            again = exported + timedelta(days=1 + int(rng.random() * 3))
            if again <= self.now:
                yield early
                exported = again
        elif chance < REEXPORTED + JUNK_DATE:
            text = _JUNK_DATES[self._junk % len(_JUNK_DATES)]
            self._junk += 1
            yield account.driver_id, text, trips, seconds, exported
        yield account.driver_id, self._date(day), trips, seconds, exported

    def _date(self, day: date) -> str:
        """A day in one of the two formats, now and then unpadded or with spaces around it."""
        if day not in self._dates:
            self._dates[day] = (day.strftime("%d-%m-%Y"), day.isoformat())
        chance = self.rng.random()
        text = self._dates[day][chance < 0.45]
        if chance < 1 - ODD_DATE:
            return text
        if chance < 1 - ODD_DATE / 2:
            return f"{day.day}-{day.month}-{day.year}"
        return f" {text} "

    def _claim(self, worker: Worker, milestone: int, day: date) -> None:
        """The platform pays days later, or not; it seldom says to which account."""
        rng, lead = self.rng, worker.lead
        if lead is None or lead.channel is Channel.MIGRATION or rng.random() >= CLAIMED:
            return
        at = datetime.combine(day, time()) + timedelta(seconds=int(rng.uniform(3, 16) * 86_400))
        landed = at + timedelta(seconds=int(rng.uniform(600, 90_000)))
        if landed > self.now:
            return
        knows = rng.random() < CLAIM_KNOWS_DRIVER
        # Some payments list what went before, some a milestone too many.
        cumulative, stretched = rng.random() < 0.2, rng.random() < 0.01
        paid = [
            milestone == other
            or (cumulative and other < milestone)
            or (stretched and other > milestone)
            for other in MILESTONES
        ]
        self.payments.append(
            Payment(
                id=0,
                date=at.date(),
                time=at.time(),
                driver=typing_habits.full_name(rng, worker.person),
                driver_id=worker.accounts[0].driver_id if knows else None,
                scout_id=None,
                trip_1=paid[0],
                trip_5=paid[1],
                trip_25=paid[2],
                created_at=landed,
                updated_at=landed if rng.random() < 0.8 else self.now.replace(microsecond=0),
            )
        )
