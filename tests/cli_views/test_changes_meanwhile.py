"""What people change while a refresh is at work is the next refresh's, and never forgotten."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from psycopg import Connection

from cli_views.fleet import Fleet
from cli_views.test_refresh import add_work
from cli_views.world import NORA, NOW, ROSA
from leads.settings import settings
from leads.sources import load_registry
from leads.views.refresh import Refresh

#: A change, and what is then to be read of somebody whom nothing else touches.
CHANGES = {
    "rule": (
        "UPDATE ops.partner_payment_rules SET amount = 41 WHERE milestone_trips = 5",
        "SELECT expected_amount_m5 FROM ops.v_cabinet_financial_14d WHERE driver_id = %s",
        [(Decimal("41.00"),)],
    ),
    "quarantine": (
        "INSERT INTO canon.driver_orphan_quarantine (driver_id) VALUES ('W-ROSA')",
        "SELECT expected_amount_m5 FROM ops.v_cabinet_financial_14d WHERE driver_id = %s",
        [],
    ),
}


class Interrupted(Refresh):
    """A refresh during which somebody changes something, once it knows whom it touches."""

    def __init__(self, fleet: Fleet, connection: Connection[Any], change: str) -> None:
        super().__init__(
            connection, load_registry(), settings().home_park_id, NOW, None, settings().zone
        )
        self.fleet = fleet
        self.change = change

    def touch(self, *, have_days_changed: bool, everyone: bool) -> int:
        people = super().touch(have_days_changed=have_days_changed, everyone=everyone)
        self.fleet.write(self.change)
        return people


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_during_a_refresh_reaches_everybody_with_the_next_one(
    fleet: Fleet, what: str
) -> None:
    change, query, wanted = CHANGES[what]
    # Nobody else is touched.
    add_work(fleet, "D-BETO1" if what == "rule" else NORA, 1)
    with fleet.connect() as connection, connection.transaction():
        Interrupted(fleet, connection, change).run(full=False)
    assert fleet.rows(query, ROSA) == [(Decimal("35.00"),)]
    fleet.ok("refresh")
    assert fleet.rows(query, ROSA) == wanted
