"""How good identity resolution is, where it is known who is who."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import class_row

from leads.errors import LeadsError
from leads.identity.resolution import run_resolution
from leads.ingestion import run_load
from leads.sources import Registry
from leads.staging import Load
from leads.statements import statement
from leads.windows import Window, WindowKind, local_midnight

#: Columns of a file that tells the truth.
COLUMNS = ("source_table", "source_pk", "driver_id")
#: How far back generated leads may reach, with room to spare.
_HISTORY = timedelta(days=1_000)


@dataclass(frozen=True, slots=True)
class Group:
    """Leads that were linked, and how many of them rightly.

    Attributes:
        matcher: `resolution`, or `rules` for the predecessor's.
        kind: `all`, `source`, `rule` or `level`.
        name: which source, rule or level.
        leads: how many there are.
        linkable: how many of them are of people with an account.
        linked: how many have a link.
        rightly: how many have the right one.
    """

    matcher: str
    kind: str
    name: str
    leads: int
    linkable: int
    linked: int
    rightly: int

    @property
    def wrong(self) -> int:
        """Links to somebody else, or of leads that are nobody's."""
        return self.linked - self.rightly

    @property
    def precision(self) -> float:
        """Share of the links that are right; 1 without any."""
        return self.rightly / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """Share of the linkable leads that are linked rightly; 1 without any."""
        return self.rightly / self.linkable if self.linkable else 1.0


@dataclass(frozen=True, slots=True)
class People:
    """Pairs of accounts that are one person.

    Attributes:
        true_pairs: in truth.
        joined_pairs: by resolution.
        pairs_rightly: both.
        shown_pairs: in truth, and to be seen: they share a phone, licence or plate, and their
            licences do not contradict.
        shown_rightly: joined among these.
    """

    true_pairs: int
    joined_pairs: int
    pairs_rightly: int
    shown_pairs: int
    shown_rightly: int

    @property
    def precision(self) -> float:
        """Share of the joined pairs that are right; 1 without any."""
        return self.pairs_rightly / self.joined_pairs if self.joined_pairs else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that are joined; 1 without any."""
        return self.pairs_rightly / self.true_pairs if self.true_pairs else 1.0

    @property
    def recall_of_shown(self) -> float:
        """Share of the true pairs that can be seen that are joined; 1 without any."""
        return self.shown_rightly / self.shown_pairs if self.shown_pairs else 1.0


@dataclass(frozen=True, slots=True)
class Range:
    """Scored leads whose best candidate has a posterior in `[from_posterior, to_posterior)`.

    Attributes:
        leads: how many.
        promised: their mean posterior.
        share_right: how many of the candidates are right, 0 to 1.
    """

    from_posterior: float
    to_posterior: float
    leads: int
    promised: float
    share_right: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """What accepting from a posterior on would give.

    Attributes:
        threshold: the posterior.
        linked: links there would be.
        wrong: wrong ones among them.
        recall: share of the linkable leads that would be linked rightly.
    """

    threshold: float
    linked: int
    wrong: int
    recall: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Everything measured.

    Attributes:
        groups: per matcher, source, rule and level.
        people: accounts joined into people; None where the truth does not tell.
        calibration: posteriors against the truth.
        thresholds: the curve.
    """

    groups: list[Group]
    people: People | None
    calibration: list[Range]
    thresholds: list[Threshold]

    def group(self, matcher: str = "resolution", kind: str = "all", name: str = "") -> Group:
        """One group; all scored leads by default. An empty one where there is none such."""
        for one in self.groups:
            if (one.matcher, one.kind) == (matcher, kind) and name in ("", one.name):
                return one
        return Group(matcher, kind, name, 0, 0, 0, 0)

    def document(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)


def resolve_everything(
    connection: Connection[Any],
    registry: Registry,
    *,
    end: date,
    zone: ZoneInfo,
    home_park_id: str,
) -> dict[str, Any]:
    """Load all raw leads as the pipeline does, and resolve them; a model is made on the way.

    Args:
        connection: idle session of a migrated warehouse.
        registry: the lead sources.
        end: local day after the last lead.
        zone: of the raw tables' times.
        home_park_id: the fleet's own park.

    Returns:
        Stats of the resolution.
    """
    midnight = local_midnight(end, zone)
    window = Window(local_midnight(end - _HISTORY, zone), midnight, WindowKind.DATES)
    for source in registry.sources.values():
        load = Load(source=source, incremental=False, dry_run=False, zone=zone)
        run_load(connection, load, lambda _: window, clock=lambda: midnight)
    return run_resolution(connection, registry, home_park_id=home_park_id, clock=lambda: midnight)


def measure_generated(connection: Connection[Any]) -> Quality:
    """Measure a warehouse whose raw tables `leads.evaluation.build` filled.

    Args:
        connection: idle session; nothing of the measuring stays.
    """
    with _in_passing(connection):
        connection.execute(statement("evaluation/generated_truth"))
        return _measure(connection, tells_people=True)


def measure_told(connection: Connection[Any], file: Path) -> Quality:
    """Measure the links of a warehouse by a file that tells the truth about some of its leads.

    Args:
        connection: idle session; nothing of the measuring stays.
        file: CSV with the columns `source_table`, `source_pk`, `driver_id`; a blank `driver_id`
            means that the lead is nobody's.

    Raises:
        LeadsError: the file cannot be used; the message says where and why.
    """
    with _in_passing(connection):
        connection.execute(statement("evaluation/create_told_leads"))
        try:
            _copy_truth(connection, file)
            is_repeated = False
        except UniqueViolation:
            is_repeated = True
        if is_repeated:  # not raised above: no chain leads to the database's own text
            raise LeadsError(f"{file.name} names a lead twice. Each may have one row.")
        _refuse_unknown(connection, file)
        connection.execute(statement("evaluation/told_truth"))
        connection.execute("ANALYZE told_leads, true_accounts")
        return _measure(connection, tells_people=False)


def _copy_truth(connection: Connection[Any], file: Path) -> None:
    with (
        file.open(encoding="utf-8-sig", newline="") as lines,
        connection.cursor() as cursor,
        cursor.copy("COPY told_leads (source_table, source_pk, driver_id) FROM STDIN") as copy,
    ):
        reader = csv.DictReader(lines)
        if missing := [name for name in COLUMNS if name not in (reader.fieldnames or [])]:
            raise LeadsError(
                f"{file.name} lacks the column {missing[0]}; it needs {', '.join(COLUMNS)}."
            )
        for row in reader:
            values = [(row[name] or "").strip() for name in COLUMNS]
            if not values[0] or not values[1]:
                raise LeadsError(
                    f"{file.name}, line {reader.line_num}: source_table or source_pk is blank."
                )
            copy.write_row((values[0], values[1], values[2] or None))


def _refuse_unknown(connection: Connection[Any], file: Path) -> None:
    """A lead or an account that is not there would count as a fault of resolution's."""
    row = connection.execute(statement("evaluation/count_unknown")).fetchone()
    leads, accounts = row if row else (0, 0)
    if leads or accounts:
        raise LeadsError(
            f"{file.name}: {leads:,} rows name a lead that observational.lead_events does not "
            f"have, and {accounts:,} an account that canon.drivers_index does not have. Correct "
            "these rows or leave them out; what arrived since the last run is known after "
            "./leads run."
        )


def _measure(connection: Connection[Any], *, tells_people: bool) -> Quality:
    connection.execute(statement("evaluation/ruled_leads"))
    connection.execute("ANALYZE ruled_leads")
    connection.execute(statement("evaluation/judged_leads"))
    connection.execute("ANALYZE judged_leads")
    people = _read(connection, People, "people")[0] if tells_people else None
    return Quality(
        groups=_read(connection, Group, "totals"),
        people=people,
        calibration=_read(connection, Range, "calibration"),
        thresholds=_read(connection, Threshold, "thresholds"),
    )


def _read(connection: Connection[Any], model: Any, name: str) -> list[Any]:
    with connection.cursor(row_factory=class_row(model)) as cursor:
        return cursor.execute(statement(f"evaluation/{name}")).fetchall()


@contextmanager
def _in_passing(connection: Connection[Any]) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        yield
