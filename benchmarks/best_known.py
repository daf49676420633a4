"""The best value known for each problem, and where it comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.classics.published import PUBLISHED
from benchmarks.statistics import primal_gap

FILE = Path(__file__).with_name("best_known.yaml")
HEADER = """\
# The best value known for each problem, by suite and case (with the seed, where it is drawn).
# `fingerprint` tells the region and policy it is of: a value of another problem is not compared
# with. Published optima have none. Better ones are written by `run --keep-best`.
"""


@dataclass(frozen=True)
class Best:
    """The best value known for a problem.

    Attributes:
        value: of the first stage.
        proven: whether it is the optimum.
        source: who found it.
        fingerprint: of region and policy; empty when any will do.
    """

    value: float
    proven: bool
    source: str
    fingerprint: str = ""

    def is_of(self, fingerprint: str) -> bool:
        """Tell whether this is of the problem with a fingerprint; one that is empty fits all."""
        return not (self.fingerprint and fingerprint) or self.fingerprint == fingerprint


CHECKED = ("engine", "what_if", "highs", "scip", "cpsat", "cbc")
"""Methods whose plans are checked by something else than what made them."""
NOT_COMPARED = ("formulation",)
"""Suites of which most methods' plans are not checked so."""
BETTER = 1e-9
"""Share by which a value must be better than the best known to take its place."""


def entry_of(
    method: str, status: str, value: float, bound: float, fingerprint: str, when: str
) -> Best | None:
    """Return what a run found as an entry; None where it found no plan that something checks."""
    if method not in CHECKED or math.isnan(value):
        return None
    proven = status == "optimal" and primal_gap(value, bound) <= BETTER
    return Best(value, proven, f"{method}, {when}", fingerprint)


def note(best: dict[str, Best], name: str, found: Best | None, sense: str) -> None:
    """Note a checked value of a problem if it is better than the best known, or the first one."""
    if found is None or name.split("/")[0] in NOT_COMPARED:
        return
    known = best.get(name)
    if known is not None and known.is_of(found.fingerprint):
        if known.proven or primal_gap(found.value, known.value) <= BETTER:
            return
        if (found.value < known.value) == (sense == "maximise"):
            return
    best[name] = found


def known_of(best: Mapping[str, Best], name: str, fingerprint: str, sense: str) -> float | None:
    """Return the best value known for a problem, whatever suite it was found in.

    Args:
        best: best values known.
        name: of the problem.
        fingerprint: of its region and policy; entries of other suites with the same count too.
        sense: ``maximise`` or ``minimise``.
    """
    values = [
        entry.value
        for other, entry in best.items()
        if (other == name and entry.is_of(fingerprint))
        or (fingerprint and entry.fingerprint == fingerprint)
    ]
    return (max if sense == "maximise" else min)(values, default=None)


def published_best() -> dict[str, Best]:
    """Return the published optima, by suite and case."""
    return {
        f"classics/{name}": Best(problem.optimum, True, problem.source)
        for name, problem in PUBLISHED.items()
    }


def read_best(file: Path = FILE) -> dict[str, Best]:
    """Read the best values known, by suite and case."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    content: Mapping[str, Any] = yaml.safe_load(text) or {}
    return {name: Best(**entry) for name, entry in content.items()}


def write_best(best: Mapping[str, Best], file: Path = FILE) -> None:
    """Write the best values known, sorted by name."""
    content = {name: asdict(best[name]) for name in sorted(best)}
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=98)
    file.write_text(HEADER + text, encoding="utf-8", newline="\n")


def problem_name(suite: str, case: str, seed: int, *, drawn: bool) -> str:
    """Return the name of a problem; the seed belongs to it where its data are drawn with it."""
    return f"{suite}/{case}" + (f"/{seed}" if drawn else "")
