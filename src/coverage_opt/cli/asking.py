"""What the commands that plan have in common: region, policy, periods and scenarios as typed."""

from __future__ import annotations

from dataclasses import dataclass

from coverage_opt.cli.years import Years
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.policy import Policy
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import BASELINE


@dataclass(frozen=True)
class Question:
    """What is to be planned, ready for the library.

    Attributes:
        region: the region.
        policy: the policy, variant and overrides included.
        periods: calendar years.
        scenarios: name of the scenario set.
    """

    region: Region
    policy: Policy
    periods: tuple[int, ...]
    scenarios: str


@dataclass(frozen=True)
class Typed:
    """What is to be planned, as typed.

    Attributes:
        instance: a shipped region or a folder.
        policy: a shipped policy or a file.
        years: the periods; None for the region's first.
        scenarios: name of the scenario set; None for the baseline alone.
        variant: named changes on top of the policy's file; None for none.
        overrides: settings ``path=value`` on top of these.
    """

    instance: str
    policy: str
    years: Years | None = None
    scenarios: str | None = None
    variant: str | None = None
    overrides: tuple[str, ...] = ()

    def read(self) -> Question:
        """Read region and policy.

        Raises:
            InputError: everything wrong with one of them.
        """
        region = load_region(self.instance)
        policy = load_policy(self.policy, self.overrides, self.variant)
        periods = region.periods[:1] if self.years is None else self.years.of(region)
        return Question(region, policy, periods, self.scenarios or BASELINE)
