"""Checks of the views: each is a file that claims something and returns the rows against it.

`include/sql/checks/views/<name>.sql` begins with what it claims, how severe it is when that does
not hold, how many rows against it are put up with, and what it looks at: `pg_temp.checked_people`,
`pg_temp.checked_days`, or the whole.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from leads.errors import LeadsError
from leads.settings import SQL
from leads.statements import statement

if TYPE_CHECKING:
    from typing_extensions import LiteralString

FOLDER = "checks/views"
#: Rows against a claim that are kept, by their keys.
KEPT = 100
SEVERITIES = ("error", "warn")
#: Checks of people and days run with every refresh, over those that it touched; those of the whole
#: only with validation, though they are cheap.
SCOPES = ("people", "days", "whole")
#: Whom checks look at: who was touched, some, everybody.
EXTENTS = ("touched", "sample", "everything")
FIGURES = ("conversion", "payment", "financial")


@dataclass(frozen=True, slots=True)
class Check:
    """One file of `include/sql/checks/views/`.

    Attributes:
        name: of the file.
        claim: what holds for every row, in words.
        severity: `error` stops publication or fails the task; `warn` is recorded.
        scope: one of `SCOPES`.
        tolerance: how many rows against the claim are put up with.
        text: the query; each row it returns is against the claim, its columns are keys.
    """

    name: str
    claim: str
    severity: str
    scope: str
    tolerance: int
    text: LiteralString


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found.

    Attributes:
        check: which.
        extent: whom it looked at, one of `EXTENTS`.
        count: rows against the claim.
        violations: the first of them, by their keys.
        seconds: how long it took.
    """

    check: Check
    extent: str
    count: int
    violations: list[dict[str, Any]]
    seconds: float

    @property
    def is_passed(self) -> bool:
        """Whether there are no more rows against the claim than are put up with."""
        return self.count <= self.check.tolerance

    @property
    def is_failed(self) -> bool:
        """Whether it must not be published."""
        return not self.is_passed and self.check.severity == "error"


class ChecksFailed(LeadsError):
    """Figures are not as they claim to be."""

    def __init__(self, results: Sequence[Result], *, consequence: str) -> None:
        """Name the claims that do not hold.

        Args:
            results: of all checks that ran.
            consequence: what becomes of the figures, a sentence.
        """
        self.results = list(results)
        self.failed = [result for result in self.results if result.is_failed]
        claims = "; ".join(
            f"{result.check.name}: {result.count:,} against “{result.check.claim}”"
            for result in self.failed
        )
        names = " and ".join(f"./leads check {result.check.name}" for result in self.failed)
        super().__init__(f"{claims}. {consequence} See the rows with {names}.")


@cache
def checks() -> tuple[Check, ...]:
    """All checks, by name.

    Raises:
        LeadsError: a file's header lacks a line, or says something that it may not.
    """
    files = sorted((SQL / FOLDER).glob("*.sql"))
    return tuple(_read(file.stem, statement(f"{FOLDER}/{file.stem}")) for file in files)


def run_checks(
    connection: Connection[Any], extent: str, chosen: Sequence[Check] | None = None
) -> list[Result]:
    """Run checks, in the caller's transaction.

    Args:
        connection: in a transaction; with what the refresh touched when that is the extent.
        extent: one of `EXTENTS`.
        chosen: these only; None for all that belong to the extent.

    Returns:
        What each found.
    """
    if chosen is None:
        chosen = [check for check in checks() if extent != "touched" or check.scope != "whole"]
    kind = "everything" if extent == "everything" else "some"
    # What they look at would outlive the transaction; of a part that is taken back nothing is left.
    with connection.transaction(force_rollback=True):
        connection.execute(statement(f"checks/people_{extent}"))
        connection.execute(statement(f"checks/days_{extent}"))
        for figure in FIGURES:
            connection.execute(statement(f"checks/{figure}_{kind}"))
        return [run_check(connection, check, extent) for check in chosen]


def run_check(connection: Connection[Any], check: Check, extent: str) -> Result:
    """Run one check over `pg_temp.checked_people`, in the caller's transaction."""
    started = time.monotonic()
    query = sql.SQL(
        "SELECT count(*), coalesce(jsonb_agg(to_jsonb(found) - 'place') "
        "FILTER (WHERE found.place <= {kept}), '[]') "
        "FROM (SELECT violation.*, row_number() OVER () AS place FROM ({check}) AS violation) "
        "AS found"
    ).format(kept=sql.Literal(KEPT), check=sql.SQL(check.text))
    row = connection.execute(query).fetchone()
    count, violations = row or (0, [])
    return Result(check, extent, count, violations, round(time.monotonic() - started, 4))


def keep_results(
    connection: Connection[Any], results: Sequence[Result], run_id: int | None, at: datetime
) -> None:
    """Keep what checks found, in the caller's transaction.

    Args:
        connection: in a transaction.
        results: what they found.
        run_id: ledger row of the run; None when there is none.
        at: when they ended, aware.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            statement("checks/insert_result"),
            [
                {
                    "run_id": run_id,
                    "check_name": result.check.name,
                    "severity": result.check.severity,
                    "claim": result.check.claim,
                    "scope": result.extent,
                    "violation_count": result.count,
                    "tolerance": result.check.tolerance,
                    "is_passed": result.is_passed,
                    "violations": Jsonb(result.violations) if result.violations else None,
                    "seconds": result.seconds,
                    "checked_at": at,
                }
                for result in results
            ],
        )


def _read(name: str, text: LiteralString) -> Check:
    """A check by its header, `-- Word    what it says` per line; indented lines go on."""
    said: dict[str, str] = {}
    word = ""
    for line in text.splitlines():
        if not line.startswith("-- "):
            break
        body = line[3:]
        if not body.startswith(" "):
            word, _, body = body.partition(" ")
        said[word] = f"{said.get(word, '')} {body.strip()}".strip()
    for needed, allowed in (("Claim", None), ("Severity", SEVERITIES), ("Scope", SCOPES)):
        if needed not in said or (allowed and said[needed] not in allowed):
            raise LeadsError(
                f"include/sql/{FOLDER}/{name}.sql: its header needs a line “-- {needed}  …”"
                + (f" with one of {', '.join(allowed)}." if allowed else ".")
            )
    return Check(
        name,
        said["Claim"].rstrip("."),
        said["Severity"],
        said["Scope"],
        int(said.get("Tolerance", "0")),
        text,
    )
