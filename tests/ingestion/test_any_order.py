"""Any order, overlap, repetition and parallelism of windows ends like one clean run."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from ingestion.oracle import Lead, clean_run
from leads.ingestion import run_load
from leads.sources import load_registry
from leads.staging import Load
from leads.windows import UTC, Window, WindowKind

LIMA = ZoneInfo("America/Lima")
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TODAY = NOW.astimezone(LIMA).date()
MIDNIGHT = datetime(2026, 11, 20)
SOURCE = load_registry()["module_ct_cabinet_leads"]
FIRST_DAY, LAST_DAY = -75, 2  # days from today that the leads may fall on, as windows see them

#: Near today, in the lookback, and long before it.
usable_days = st.one_of(st.integers(-6, 1), st.integers(-45, 1), st.integers(FIRST_DAY, 1))
minutes = st.sampled_from([0, 1, 359, 360, 300, 720, 1439])
moments = st.builds(
    lambda day, minute: MIDNIGHT + timedelta(days=day, minutes=minute), usable_days, minutes
)
event_times = st.one_of(
    moments,
    moments,
    moments,
    st.none(),
    st.sampled_from(
        [datetime(2014, 12, 31, 23, 59), MIDNIGHT + timedelta(days=2), datetime(2031, 1, 1)]
    ),
)
landing_times = st.one_of(moments, moments, st.none(), st.just(datetime(2031, 1, 1)))
#: Few keys, so that they collide, with blanks, spaces, and keys that are another row's id.
external_ids = st.sampled_from(["A", "B", " A ", "C", "D", "E", None, "", "  ", "1", "2", "3"])
leads = st.builds(
    Lead,
    id=st.integers(1, 12),
    external_id=external_ids,
    lead_created_at=event_times,
    created_at=landing_times,
    status=st.sampled_from([None, "new", "done"]),
)
#: A window in six-hour steps from today's midnight: where it begins, and how long it is.
windows = st.tuples(st.integers(FIRST_DAY * 4, LAST_DAY * 4 - 1), st.integers(1, 40))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), leads),
        st.tuples(st.just("remove"), st.integers(1, 12)),
        st.tuples(st.just("load"), windows),
        st.tuples(st.just("load_window_only"), windows),
        st.tuples(st.just("load_twice_at_once"), st.tuples(windows, windows)),
        st.tuples(st.just("dry_run"), windows),
    ),
    max_size=14,
)


class Warehouse:
    """One database, emptied for each example."""

    def __init__(self, connections: list[Connection[Any]]) -> None:
        self.connections = connections
        self.leads: dict[int, Lead] = {}

    @property
    def main(self) -> Connection[Any]:
        return self.connections[0]

    def empty(self) -> None:
        self.leads.clear()
        with self.main.transaction():
            self.main.execute(
                "TRUNCATE module_ct_cabinet_leads, observational.lead_events, "
                "ops.ingestion_rejects, ops.source_coverage, ops.source_state, "
                "ops.ingestion_runs CASCADE"
            )

    def put(self, lead: Lead) -> None:
        self.leads[lead.id] = lead
        with self.main.transaction():
            self.main.execute(
                "INSERT INTO module_ct_cabinet_leads "
                "(id, external_id, lead_created_at, created_at, status) "
                "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET "
                "external_id = excluded.external_id, lead_created_at = excluded.lead_created_at, "
                "created_at = excluded.created_at, status = excluded.status",
                (lead.id, lead.external_id, lead.lead_created_at, lead.created_at, lead.status),
            )

    def remove(self, number: int) -> None:
        self.leads.pop(number, None)
        with self.main.transaction():
            self.main.execute("DELETE FROM module_ct_cabinet_leads WHERE id = %s", (number,))

    def load(
        self,
        steps: tuple[int, int],
        *,
        incremental: bool = True,
        dry_run: bool = False,
        by: int = 0,
    ) -> dict[str, Any]:
        begin = (MIDNIGHT + timedelta(hours=6 * steps[0])).replace(tzinfo=LIMA).astimezone(UTC)
        window = Window(begin, begin + timedelta(hours=6 * steps[1]), WindowKind.INTERVAL)
        return run_load(
            self.connections[by],
            Load(source=SOURCE, incremental=incremental, dry_run=dry_run, zone=LIMA),
            lambda _: window,
            clock=lambda: NOW,
        )

    def load_everything(self) -> dict[str, Any]:
        return self.load((FIRST_DAY * 4, (LAST_DAY - FIRST_DAY) * 4))

    def content(self) -> tuple[dict[str, Any], dict[int, str]]:
        with self.main.transaction():
            events = self.main.execute(
                "SELECT source_pk, event_date, payload_json FROM observational.lead_events "
                "WHERE vanished_at IS NULL"
            ).fetchall()
            rejects = self.main.execute(
                "SELECT raw_pk::int, reason_code FROM ops.ingestion_rejects "
                "WHERE resolved_at IS NULL"
            ).fetchall()
        assert len({raw for raw, _ in rejects}) == len(rejects)
        return {pk: (day, payload) for pk, day, payload in events}, dict(rejects)

    def expected(self) -> tuple[dict[str, Any], dict[int, str]]:
        return clean_run(list(self.leads.values()), TODAY)

    def versions(self) -> list[Any]:
        with self.main.transaction():
            return self.main.execute(
                "SELECT id, ctid::text, xmin::text FROM observational.lead_events "
                "UNION ALL SELECT id, ctid::text, xmin::text FROM ops.ingestion_rejects "
                "ORDER BY 1, 2, 3"
            ).fetchall()


@pytest.fixture
def warehouse(raw_database: Any) -> Iterator[Warehouse]:
    connections = [raw_database.connect(prepare_threshold=None) for _ in range(2)]
    yield Warehouse(connections)
    for connection in connections:
        connection.close()


def run(warehouse: Warehouse, history: list[tuple[str, Any]]) -> None:
    """Live through a history of changes and loads."""
    for action, what in history:
        if action == "put":
            warehouse.put(what)
        elif action == "remove":
            warehouse.remove(what)
        elif action == "load":
            warehouse.load(what)
        elif action == "load_window_only":
            warehouse.load(what, incremental=False)
        elif action == "dry_run":
            before = warehouse.versions()
            warehouse.load(what, dry_run=True)
            assert warehouse.versions() == before
        else:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda job: warehouse.load(job[1], by=job[0]), enumerate(what)))


def check_ledger(connection: Connection[Any]) -> None:
    with connection.transaction():
        off = connection.execute(
            "SELECT id, status, error_message FROM ops.ingestion_runs WHERE status != 'COMPLETED'"
        ).fetchall()
    assert off == []


FIXTURE_KEPT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.timeout(1800)
def test_any_history_ends_like_one_clean_run(warehouse: Warehouse, nightly: bool) -> None:
    @settings(
        max_examples=3000 if nightly else 250,
        deadline=None,
        suppress_health_check=FIXTURE_KEPT,
        derandomize=not nightly,
        database=None,
    )
    @given(history=steps)
    def claim(history: list[tuple[str, Any]]) -> None:
        warehouse.empty()
        run(warehouse, history)
        warehouse.load_everything()
        assert warehouse.content() == warehouse.expected()

        before = warehouse.versions()
        again = warehouse.load_everything()
        assert warehouse.versions() == before, "an unchanged row was written again"
        assert (again["inserted"], again["updated"]) == (0, 0)
        check_ledger(warehouse.main)

    claim()


@pytest.mark.timeout(1800)
def test_windows_in_any_order_fill_the_same_table(warehouse: Warehouse, nightly: bool) -> None:
    """No final full run helps here: the windows themselves, shuffled, must do it all."""

    @settings(
        max_examples=600 if nightly else 60,
        deadline=None,
        suppress_health_check=FIXTURE_KEPT,
        derandomize=not nightly,
        database=None,
    )
    @given(
        raw=st.lists(leads, max_size=12, unique_by=lambda lead: lead.id),
        order=st.permutations(range(8)),
        repeated=st.lists(st.integers(0, 7), max_size=3),
        incremental=st.booleans(),
    )
    def claim(raw: list[Lead], order: list[int], repeated: list[int], incremental: bool) -> None:
        warehouse.empty()
        # Eight windows that cover all there is, the last one beyond today.
        parts = [(FIRST_DAY * 4 + 40 * part, 40) for part in range(7)]
        parts.append((FIRST_DAY * 4 + 280, (LAST_DAY - FIRST_DAY) * 4 - 280))
        for lead in raw:
            landed = lead.created_at
            if landed is not None and landed.year == 2031:
                lead = replace(lead, created_at=None)
            warehouse.put(lead)
        for part in [*order, *repeated]:
            warehouse.load(parts[part], incremental=incremental)
        assert warehouse.content() == warehouse.expected()

    claim()


def test_two_histories_of_the_same_rows_differ_in_nothing(warehouse: Warehouse) -> None:
    """A fixed, larger history that mixes everything: what a shrunk failure would look like."""
    base = Lead(1, "A", MIDNIGHT - timedelta(days=40), MIDNIGHT - timedelta(days=40))
    history: list[tuple[str, Any]] = [
        ("put", base),
        ("load", (-4, 4)),
        ("put", replace(base, id=2, created_at=MIDNIGHT)),
        ("load", (-8, 4)),
        ("put", replace(base, id=1, external_id="B")),
        ("load", (-4, 4)),
        ("remove", 2),
        ("put", replace(base, id=3, external_id="B", lead_created_at=None)),
    ]
    run(warehouse, history)
    warehouse.load_everything()
    assert warehouse.content() == warehouse.expected()


def test_the_oracle_itself_knows_each_reason() -> None:
    good = Lead(1, "A", MIDNIGHT, None)
    events, rejects = clean_run(
        [
            good,
            replace(good, id=2, created_at=MIDNIGHT),
            replace(good, id=3, lead_created_at=None),
            replace(good, id=4, lead_created_at=datetime(2031, 1, 1)),
            replace(good, id=5, lead_created_at=datetime(2014, 12, 31)),
        ],
        TODAY,
    )
    assert list(events) == ["A"]
    assert events["A"][1]["id"] == 2
    assert rejects == {
        1: "DUPLICATE_SOURCE_PK",
        3: "MISSING_EVENT_DATE",
        4: "EVENT_DATE_IN_FUTURE",
        5: "EVENT_DATE_TOO_OLD",
    }


def test_a_load_leaves_no_session_behind(warehouse: Warehouse) -> None:
    warehouse.load((-4, 4))
    assert warehouse.main.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
