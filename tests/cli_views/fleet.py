"""One warehouse with published figures, and the command line on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cli_identity.fleet import Fleet as IdentityFleet


@dataclass(frozen=True, slots=True)
class Fleet(IdentityFleet):
    """The warehouse of one test."""

    def write(self, query: Any, *binds: Any) -> None:
        """Change something behind the pipeline's back."""
        with self.connect() as connection:
            connection.execute(query, binds)

    def totals(self) -> dict[tuple[str, str], tuple[int, Any]]:
        """The totals that readers see: rows and amount by figure and currency."""
        rows = self.rows("SELECT figure, currency, row_count, amount FROM ops.view_totals")
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def cells(said: str, first: str) -> list[str]:
    """The only row of a table that begins with this cell."""
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in said.splitlines()
        if line.startswith("│")
    ]
    [row] = [row for row in rows if row[0] == first]
    return row
