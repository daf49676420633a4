"""What every method is given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from benchmarks.question import Question
from benchmarks.task import Task, Trace
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region


@dataclass(frozen=True)
class Run:
    """One run under way.

    Attributes:
        task: what is to be done.
        question: what is asked.
        trace: where it is noted how it goes.
        folder: for files that are not kept.
    """

    task: Task
    question: Question
    trace: Trace
    folder: Path

    def read(self) -> tuple[Region, Policy]:
        """Read region and policy, and note for whoever may stop the run which way is better."""
        asked = self.question
        region = load_region(asked.region)
        policy = load_policy(asked.policy, asked.overrides, asked.variant)
        sense = policy.objective[0].sense
        (self.folder / "sense.txt").write_text(sense, encoding="utf-8")
        return region, policy

    def periods(self, region: Region) -> tuple[int, ...]:
        """Return the periods that are planned for."""
        return region.periods[: self.question.periods]


def fingerprint(region: Region, policy: Policy) -> str:
    """Return what tells a problem apart from another of the same name."""
    both = f"{region.content_hash} {policy.content_hash}"
    return hashlib.sha256(both.encode()).hexdigest()[:12]
