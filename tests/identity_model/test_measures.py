"""Claims about the measuring itself, on a world small enough to count by hand."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from psycopg import Connection

from identity_model.worlds import connect, load_and_resolve, rows, value, warehouse, write
from leads.errors import LeadsError
from leads.evaluation.measures import Threshold, measure_generated, measure_told
from leads.evaluation.picture import curve
from leads.evaluation.quality_report import grids, markdown
from leads.settings import SQL

CABINET, SCOUTING = "module_ct_cabinet_leads", "module_ct_scouting_daily"
MIGRATIONS = "module_ct_migrations"


def account(
    connection: Connection[Any], driver_id: str, person: int, phone: str, name: str, **more: Any
) -> None:
    row = {"park_id": "lima-home-park", "hire_date": "2026-11-10", "license_number": None} | more
    write(
        connection,
        "INSERT INTO public.drivers (driver_id, phone, full_name, park_id, hire_date, "
        "license_number, created_at) VALUES (%s, %s, %s, %s, %s, %s, '2026-11-10')",
        *(driver_id, phone, name, row["park_id"], row["hire_date"], row["license_number"]),
    )
    write(connection, "INSERT INTO truth.accounts VALUES (%s, %s)", driver_id, person)


def scouted(
    connection: Connection[Any], number: int, person: int | None, phone: str, name: str
) -> None:
    write(
        connection,
        f"INSERT INTO public.{SCOUTING} (id, registration_date, scout_id, driver_phone, "  # noqa: S608
        "driver_name) VALUES (%s, '2026-11-09', 7, %s, %s)",
        *(number, phone, name),
    )
    write(connection, "INSERT INTO truth.leads VALUES (%s, %s, %s)", SCOUTING, str(number), person)


@pytest.fixture(scope="module")
def told(server: Any) -> Any:
    """Five accounts of four people, and leads that are linked rightly, wrongly and not at all."""
    with warehouse(server, "leads_measures") as conninfo, connect(conninfo) as connection:
        with connection.transaction():
            connection.execute((SQL / "demo" / "raw_tables.sql").read_bytes())
            connection.execute((SQL / "evaluation" / "truth_tables.sql").read_bytes())
        ana = "ANA MARIA QUISPE HUAMAN"
        account(connection, "a1", 1, "987111001", ana, license_number="Q40111001")
        account(connection, "a2", 1, "987111001", ana, license_number="Q40111001", park_id="x")
        account(connection, "b1", 2, "987111002", "BRUNO ELIAS CONDORI LAZO")
        account(connection, "c1", 3, "987111003", "CARLA INES MAMANI ROJAS")
        account(connection, "d1", 1, "987111004", "DORA EVA TICONA SOSA")
        scouted(connection, 1, 1, "987111001", ana)
        scouted(connection, 2, 2, "987111002", "BRUNO ELIAS CONDORI LAZO")
        scouted(connection, 3, None, "987111003", "CARLA INES MAMANI ROJAS")
        scouted(connection, 4, 3, "987999888", "ZOILA VACA")
        scouted(connection, 5, None, "987999777", "ELMER CURO")
        write(
            connection,
            f"INSERT INTO public.{MIGRATIONS} (id, driver_id, hire_date, created_at) "  # noqa: S608
            "VALUES (1, 'b1', '2026-11-10', '2026-11-10')",
        )
        write(connection, "INSERT INTO truth.leads VALUES (%s, '1', 2)", MIGRATIONS)
        load_and_resolve(connection)
        yield connection


def test_links_are_right_wrong_or_missing(told: Connection[Any]) -> None:
    quality = measure_generated(told)
    every = quality.group()
    assert (every.leads, every.linkable, every.linked, every.rightly) == (5, 3, 3, 2)
    assert (every.wrong, every.precision, every.recall) == (1, 2 / 3, 2 / 3)
    migrations = quality.group(kind="source", name=MIGRATIONS)
    assert (migrations.leads, migrations.linked, migrations.wrong) == (1, 1, 0)
    assert quality.group(kind="rule", name="DRIVER_ID").linked == 1
    assert quality.group(kind="rule", name="R1_PHONE_EXACT").wrong == 1
    assert sum(one.linked for one in quality.groups if one.kind == "level") == every.linked


def test_the_predecessor_links_nobody_where_two_accounts_answer(told: Connection[Any]) -> None:
    rules = measure_generated(told).group("rules")
    assert (rules.leads, rules.linked, rules.rightly) == (5, 2, 1)


def test_pairs_of_accounts_count_once(told: Connection[Any]) -> None:
    people = measure_generated(told).people
    assert people is not None
    # a1, a2 and d1 are one person; only a1 and a2 show it.
    assert (people.shown_pairs, people.shown_rightly) == (1, 1)
    assert (people.true_pairs, people.joined_pairs, people.pairs_rightly) == (3, 1, 1)


def test_ranges_and_thresholds_hold_all_scored_leads(told: Connection[Any]) -> None:
    quality = measure_generated(told)
    assert sum(one.leads for one in quality.calibration) == 3
    assert (quality.thresholds[0].linked, quality.thresholds[0].wrong) == (3, 1)
    linked = [one.linked for one in quality.thresholds]
    assert linked == sorted(linked, reverse=True)
    at_accept = next(one for one in quality.thresholds if one.threshold == 0.99)
    assert (at_accept.linked, at_accept.recall) == (3, pytest.approx(2 / 3))


def test_a_file_may_tell_the_truth(told: Connection[Any], tmp_path: Path) -> None:
    file = tmp_path / "truth.csv"
    file.write_text(
        "source_pk,driver_id,source_table\n"
        f"1,a2,{SCOUTING}\n2,c1,{SCOUTING}\n3,,{SCOUTING}\n4,c1,{SCOUTING}\n1,b1,{MIGRATIONS}\n",
        encoding="utf-8",
    )
    quality = measure_told(told, file)
    every = quality.group()
    # 1 is right by either account; 2 and 3 are wrong; 4 is not linked.
    assert (every.leads, every.linkable, every.linked, every.rightly) == (4, 3, 3, 1)
    assert quality.people is None
    assert rows(told, "SELECT 1 FROM pg_class WHERE relname IN ('told_leads', 'true_leads')") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source_table,source_pk\nx,1\n", "lacks the column driver_id"),
        ("source_table,source_pk,driver_id\nx,1,a\nx,1,b\n", "names a lead twice"),
        ("source_table,source_pk,driver_id\nx,,a\n", "line 2: source_table or source_pk is blank"),
        (
            "source_table,source_pk,driver_id\n"
            f"{SCOUTING},1,gone\n{SCOUTING},2,\n{SCOUTING},77,b1\nnowhere,1,gone\n",
            "2 rows name a lead .* not have, and 2 an account that canon.drivers_index does not",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    told: Connection[Any], tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "truth.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LeadsError, match=message):
        measure_told(told, file)
    assert value(told, "SELECT 1") == 1


def test_the_report_shows_all_groups(told: Connection[Any]) -> None:
    quality = measure_generated(told)
    page = markdown(quality, "On five leads.", "./leads identity evaluate", "curve.svg")
    for text in (SCOUTING, "R1_PHONE_EXACT", "HIGH", "People from accounts", "(curve.svg)"):
        assert text in page
    for grid in grids(quality):
        assert {len(row) for row in grid.rows} <= {len(grid.headings)}


def test_the_curve_stays_within_the_picture(told: Connection[Any]) -> None:
    for points in (
        measure_generated(told).thresholds,
        [Threshold(0.5, 0, 0, 0.0), Threshold(0.99999, 0, 0, 0.0)],
        [Threshold(0.5, 100, 50, 0.99), Threshold(0.99999, 10, 0, 0.2)],
        [Threshold(0.5, 100, 0, 1.0), Threshold(0.99999, 100, 0, 1.0)],
    ):
        picture = ElementTree.fromstring(curve(points, 'leads of "R&D" <1>.csv'))
        assert picture.attrib["aria-label"] == 'leads of "R&D" <1>.csv'
        lines = [one for one in picture.iter() if one.tag.endswith("polyline")]
        assert len(lines) == 2
        for line in lines:
            pairs = re.findall(r"([-\d.]+),([-\d.]+)", line.attrib["points"])
            assert len(pairs) == len(points)
            assert all(0 <= float(x) <= 760 and 0 <= float(y) <= 480 for x, y in pairs)
            assert not any(math.isnan(float(x) + float(y)) for x, y in pairs)
