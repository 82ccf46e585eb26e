"""Matching data with known truth, to measure identity resolution by.

`build` fills the raw tables with invented drivers and leads and writes beside them, in the schema
`truth`, who each of them is. `Noise` says how untidy the data is; `varied` draws that at random.
"""

from __future__ import annotations

from leads.evaluation.noise import HARSH, QUIET, USUAL, Noise, varied
from leads.evaluation.world import Truth, build

__all__ = ["HARSH", "QUIET", "USUAL", "Noise", "Truth", "build", "varied"]
