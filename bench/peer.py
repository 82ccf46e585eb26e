"""The same leads linked by Splink: its environment, its run, and how often it is right."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from bench.cabinet import statement
from bench.figures import MeasurementError
from leads.local.bootstrap import looks_like_network, sha256
from leads.settings import settings

HERE = Path(__file__).parent
LOCK = HERE / "requirements-splink.txt"
SCRIPT = HERE / "splink_peer.py"
EXPORTS = {"leads": "export_leads", "accounts": "export_accounts"}
#: Random pairs to estimate u on. Splink warns of its default, the second; its documentation calls
#: the first adequate to try models on and asks for ten to a hundred times as many in the end, at
#: which it is slower still and hardly better here.
PAIRS_SAMPLED, DEFAULT_PAIRS_SAMPLED = 10_000_000, 1_000_000
CREATE_BEST = """
CREATE TEMPORARY TABLE peer_best (
    event_id bigint, person_key uuid, weight double precision, second_weight double precision
)
"""
COPY_BEST = "COPY peer_best FROM STDIN (FORMAT csv, HEADER)"


class PeerMissingError(RuntimeError):
    """The peer cannot be installed here; the message says why."""


@dataclass(frozen=True, slots=True)
class Links:
    """Leads that a matcher links, and how many of them rightly.

    Attributes:
        linked: how many.
        rightly: to the right person.
        linkable: leads of people with an account.
    """

    linked: int
    rightly: int
    linkable: int

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
        """Share of the linkable leads that are linked rightly."""
        return self.rightly / max(self.linkable, 1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """The best person that the peer found for a lead.

    Attributes:
        weight: match weight, in bits.
        ahead: by how many bits it is ahead of the second-best person.
        is_right: whether it is who came.
    """

    weight: float
    ahead: float
    is_right: bool

    @property
    def probability(self) -> float:
        """The match probability that the weight stands for."""
        return 1 / (1 + 2**-self.weight) if self.weight > -1000 else 0.0


@dataclass(frozen=True, slots=True)
class Peer:
    """What the peer made of the leads.

    Attributes:
        cost: seconds, memory and versions, as `splink_peer.py` writes them.
        candidates: the best person of each lead that has one, best first.
        linkable: leads of people with an account.
    """

    cost: dict[str, Any]
    candidates: list[Candidate]
    linkable: int

    @property
    def seconds(self) -> float:
        """Training and prediction; reading the files is not counted."""
        return float(self.cost["training_seconds"] + self.cost["prediction_seconds"])

    def links(self, probability: float, ahead: float = 0.0) -> Links:
        """What accepting the likely candidates gives.

        Args:
            probability: from which on.
            ahead: by how many bits the second-best person must be behind.
        """
        taken = [
            one.is_right
            for one in self.candidates
            if one.probability >= probability and one.ahead >= ahead
        ]
        return Links(len(taken), sum(taken), self.linkable)

    def most_links(self, precision: float) -> tuple[float, Links]:
        """The least weight from which its links are at least this precise, and those links.

        Args:
            precision: to reach, 0 to 1.
        """
        least, best, taken, rightly = math.inf, Links(0, 0, self.linkable), 0, 0
        for place, one in enumerate(self.candidates):
            taken, rightly = taken + 1, rightly + one.is_right
            following = self.candidates[place + 1 : place + 2]
            is_cut = not following or following[0].weight < one.weight
            if is_cut and rightly >= precision * taken:
                least, best = one.weight, Links(taken, rightly, self.linkable)
        return least, best


def python() -> Path:
    """The Python of the peer's environment, which is made at the first call.

    Raises:
        PeerMissingError: no package index can be reached.
        MeasurementError: the environment cannot be made for another reason.
    """
    home = settings().home / "bench" / "splink"
    stamp, found = home / "installed", home / "bin" / "python"
    wanted = sha256(LOCK)
    if found.exists() and stamp.exists() and stamp.read_text() == wanted:
        return found
    uv = Path(sys.executable).with_name("uv")
    home.parent.mkdir(parents=True, exist_ok=True)
    _run([uv, "venv", "-q", "--clear", "--python", sys.executable, home])
    _run([uv, "pip", "install", "-q", "--python", found, "-r", LOCK])
    stamp.write_text(wanted)
    return found


def run(
    connection: Connection[Any],
    interpreter: Path,
    linkable: int,
    pairs_sampled: int = PAIRS_SAMPLED,
) -> Peer:
    """Let the peer link the leads of a resolved warehouse, and judge that.

    Args:
        connection: idle session.
        interpreter: of the peer's environment.
        linkable: leads of people with an account.
        pairs_sampled: random pairs to estimate u on.
    """
    with tempfile.TemporaryDirectory(prefix="leads-bench-splink-") as name:
        folder = Path(name)
        for file, export in EXPORTS.items():
            _copy_out(connection, export, folder / f"{file}.csv")
        _run([interpreter, "-I", SCRIPT, folder, pairs_sampled])
        cost = json.loads((folder / "cost.json").read_text(encoding="utf-8"))
        connection.execute(CREATE_BEST)
        with connection.cursor() as cursor, cursor.copy(COPY_BEST) as copy:
            copy.write((folder / "best.csv").read_bytes())
    connection.execute("ANALYZE peer_best")
    rows = connection.execute(statement("judge_peer")).fetchall()
    connection.rollback()
    return Peer(cost, [Candidate(*row) for row in rows], linkable)


def _copy_out(connection: Connection[Any], export: str, file: Path) -> None:
    query = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(sql.SQL(statement(export)))
    with (
        file.open("wb") as target,
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
    ):
        for block in copy:
            target.write(block)


def _run(command: Sequence[object]) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    said = (done.stderr or done.stdout).strip()
    if looks_like_network(said):
        raise PeerMissingError("no package index could be reached to install it")
    raise MeasurementError(f"{Path(str(command[0])).name} failed:\n{said[-1_500:]}")
