"""How long and how precisely to solve, and one clock that several solves share."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

from coverage_opt.errors import InputError, Problem

LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Limits:
    """What a run may cost and how near to the best it must come.

    Attributes:
        time_limit_seconds: wall-clock seconds for one solve, above 0; None for no limit.
        gap: the relative gap at which a plan counts as optimal (see ``progress.relative_gap``).
        seed: of every random choice inside the solver, 0 to 2**31 - 1.
        threads: processor threads the solver may use; None lets HiGHS choose.
        log_file: the solver's own log, appended to by every solve; None for no log.

    Raises:
        InputError: with every value outside its domain.
    """

    time_limit_seconds: float | None = 600.0
    gap: float = 1e-3
    seed: int = 1
    threads: int | None = None
    log_file: Path | None = None

    def __post_init__(self) -> None:
        seconds = math.inf if self.time_limit_seconds is None else self.time_limit_seconds
        faults = {
            f"the time limit must be above 0 seconds, not {seconds}": not seconds > 0,
            f"the gap must be from 0 to 1, not {self.gap}": not 0 <= self.gap <= 1,
            f"the seed must be from 0 to {LARGEST_SEED}, not {self.seed}": not (
                0 <= self.seed <= LARGEST_SEED
            ),
            f"the number of threads must be at least 1, not {self.threads}": (
                self.threads is not None and self.threads < 1
            ),
        }
        problems = [Problem(what, where="limits") for what, wrong in faults.items() if wrong]
        if problems:
            raise InputError(problems)


@dataclass(frozen=True)
class Deadline:
    """A moment that several solves share: each may use what the earlier ones left.

    Attributes:
        moment: seconds on the monotonic clock; infinite when there is no limit.
    """

    moment: float = math.inf

    @classmethod
    def after(cls, seconds: float | None) -> Deadline:
        """The moment this many seconds from now; None for never."""
        return cls() if seconds is None else cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left: 0 when past, infinite without a limit."""
        return max(0.0, self.moment - time.monotonic())

    def share(self, part: float) -> Deadline:
        """The moment at which a part (0-1) of what is left now is used up."""
        return Deadline.after(part * self.remaining())

    def passed(self) -> bool:
        """Whether no time is left."""
        return self.remaining() == 0.0
