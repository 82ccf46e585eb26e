"""What the benchmark saves, and how it reads Splink's links."""

from __future__ import annotations

import json
import math
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

# The benchmark is no part of the import root.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from bench.figures import Figure, Grid, Result
from bench.peer import Candidate, Links, Peer
from bench.report import Entry, Surroundings, save
from bench.twin import write_twin

from leads.settings import REPOSITORY


def entry(section: str, day: int, value: float) -> Entry:
    measured_at = datetime(2026, 5, day, tzinfo=timezone.utc)
    surroundings = Surroundings(measured_at, 2, 0.5, False, "3.11.7")
    grid = Grid(["accounts", "s"], [["10", "1.50"]])
    figures = [Figure(f"{section} figure", value, "×", 2.0, "how")]
    series = {"runs": [(10.0, 1.5), (100.0, 2.5)]}
    result = Result(section, figures, series=series, curves=("Runs", "accounts"), grid=grid)
    return Entry(section, surroundings, result)


def test_a_section_measured_alone_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    first = [entry("loads", 1, 1.0), entry("identity", 1, 1.0), entry("identity", 1, 1.1)]
    save(first, tmp_path)
    saved = save([entry("loads", 2, 1.5)], tmp_path)
    assert saved == [entry("loads", 2, 1.5), *first[1:]]
    text = (tmp_path / "results.md").read_text()
    assert "2026-05-01" in text
    assert "2026-05-02" in text
    assert "| loads figure | 1.50× | ≤ 2× | yes | how |" in text
    assert "loads figure | 1.00×" not in text
    assert "| accounts | s |\n|---|---:|\n| 10 | 1.50 |" in text


def test_results_in_the_form_of_earlier_versions_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(json.dumps({"results": [{"title": "old"}]}))
    assert save([entry("loads", 1, 1.0)], tmp_path) == [entry("loads", 1, 1.0)]


def peer(*judged: tuple[float, bool]) -> Peer:
    return Peer({}, [Candidate(weight, math.inf, right) for weight, right in judged], 10)


@pytest.mark.parametrize(
    ("precision", "least", "links"),
    [
        (1.0, 9.0, Links(2, 2, 10)),
        (0.75, 5.0, Links(4, 3, 10)),
        (0.6, 1.0, Links(5, 3, 10)),
        (0.1, 1.0, Links(5, 3, 10)),
    ],
)
def test_the_peer_gets_the_lowest_weight_that_keeps_the_precision(
    precision: float, least: float, links: Links
) -> None:
    found = peer((12.0, True), (9.0, True), (5.0, False), (5.0, True), (1.0, False))
    assert found.most_links(precision) == (least, links)


def test_a_peer_that_is_wrong_at_once_has_no_precise_links() -> None:
    assert peer((12.0, False), (9.0, True)).most_links(0.9) == (math.inf, Links(0, 0, 10))


def test_a_weight_is_a_probability_and_may_have_to_be_ahead() -> None:
    found = Peer(
        {},
        [Candidate(10.0, 5.0, True), Candidate(8.0, 1.0, False), Candidate(-2_000.0, 9.0, False)],
        4,
    )
    assert found.links(0.99) == Links(2, 1, 4)
    assert found.links(0.99, ahead=3.0) == Links(1, 1, 4)
    assert found.links(0.999) == Links(1, 1, 4)


@pytest.mark.parametrize("is_empty", [True, False])
def test_the_twin_of_the_dag_is_a_dag_file_of_the_same_tasks(
    tmp_path: Path, is_empty: bool
) -> None:
    twin = tmp_path / "twin.py"
    write_twin(REPOSITORY / "dags" / "identity_ingestion.py", twin, is_empty=is_empty)
    text = twin.read_text()
    compile(text, twin, "exec")
    assert 'dag_id="twin"' in text
    assert ("from leads.operators import" in text) is not is_empty
    assert ("from leads.sensors import" in text) is not is_empty
    assert text.count("(BaseOperator)") == (6 if is_empty else 0)
