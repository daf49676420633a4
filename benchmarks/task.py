"""One run as it is handed to the process that does it, and what that process hands back."""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.question import Sources
from benchmarks.statistics import Moment
from coverage_opt.solver.progress import Progress


@dataclass(frozen=True)
class Task:
    """One run.

    Attributes:
        suite: name of the suite.
        case: name of the case in it.
        method: what the case is put to.
        seed: of the run, and of a case that is generated.
        time_limit: seconds.
        gap: relative gap asked for.
        problems: folder of published location problems; empty when not given.
        facts: folder of public figures; empty when not given.
    """

    suite: str
    case: str
    method: str
    seed: int
    time_limit: float
    gap: float
    problems: str = ""
    facts: str = ""

    @property
    def sources(self) -> Sources:
        """The folders of published data."""
        problems, facts = (Path(name) if name else None for name in (self.problems, self.facts))
        return Sources(problems, facts)

    def write(self, file: Path) -> None:
        """Write the task as JSON."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Task:
        """Read what :meth:`write` wrote."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))


@dataclass
class Found:
    """What a method found.

    Attributes:
        status: ``optimal``, ``feasible``, ``infeasible`` or ``no_plan``.
        sense: ``maximise`` or ``minimise``.
        value: of the first stage; NaN without a plan.
        bound: no plan is better than this; NaN when nothing is proven.
        build_seconds: until the first search began.
        highs_seconds: wall time in which HiGHS ran; NaN where the method does not use it.
        columns: of the model.
        rows: of the model.
        nonzeros: of the model.
        fingerprint: of region and policy.
        figures: everything else that is noted.
    """

    status: str
    sense: str
    value: float = math.nan
    bound: float = math.nan
    build_seconds: float = math.nan
    highs_seconds: float = math.nan
    columns: float = math.nan
    rows: float = math.nan
    nonzeros: float = math.nan
    fingerprint: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


class Trace:
    """How a run goes, written to a file line by line, so that it outlives a run that is killed."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8", buffering=1)
        self._began = time.monotonic()
        self._last: tuple[float | None, float | None] = (None, None)

    def begin(self) -> None:
        """Start the clock: from now on every second counts."""
        self._began = time.monotonic()
        self._write({"begin": True})

    @property
    def seconds(self) -> float:
        """Since the clock was started."""
        return time.monotonic() - self._began

    def note(self, value: float | None, bound: float | None, seconds: float | None = None) -> None:
        """Note the best plan and bound so far, when either has changed.

        Args:
            value: of the best plan; None without one.
            bound: the best proven; None without one.
            seconds: when, since the clock was started; None for now.
        """
        if (value, bound) == self._last or (value is None and bound is None):
            return
        self._last = (value, bound)
        when = self.seconds if seconds is None else seconds
        self._write({"seconds": when, "value": value, "bound": bound})

    def listener(self, phase: str, scale: float = 1.0) -> Any:
        """Return a listener of the engine that notes the events of one phase.

        Args:
            phase: text of the first stage's goal; events of other phases are of other models.
            scale: by which values are multiplied.
        """

        def hear(progress: Progress, /) -> None:
            if progress.phase == phase:
                value, bound = progress.incumbent, progress.bound
                self.note(
                    None if value is None else scale * value,
                    None if bound is None else scale * bound,
                )

        return hear

    def _write(self, event: dict[str, Any]) -> None:
        self._file.write(json.dumps(event) + "\n")


def read_trace(file: Path) -> tuple[bool, list[Moment]]:
    """Return whether the clock was started, and every moment noted since."""
    begun, moments = False, []
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for line in lines:
        try:
            event = json.loads(line)
        except json.JSONDecodeError:  # cut off when the run was killed
            continue
        if "begin" in event:
            begun = True
        else:
            moments.append(Moment(event["seconds"], event["value"], event["bound"]))
    return begun, moments
