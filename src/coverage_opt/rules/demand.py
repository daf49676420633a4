"""One thing that one rule demands: a row of its own, or a limit that shapes the whole model."""

from __future__ import annotations

from dataclasses import dataclass

from coverage_opt.region.region import Region
from coverage_opt.rules.base import Key, Rule, When


@dataclass(frozen=True)
class Demand:
    """What a rule demands at one key.

    Attributes:
        rule: the rule.
        when: the period and scenarios it is demanded in; neither: of the plan as a whole.
        key: what tells it apart from the rule's other demands.
    """

    rule: Rule
    when: When
    key: Key

    @property
    def place(self) -> tuple[str, When, Key]:
        """What it is found by in another model of the same case."""
        return self.rule.name, self.when, self.key

    def sentence(self, region: Region) -> str:
        """Return it in a board member's words, with the period and scenarios."""
        return self.said_by(self.rule, region)

    def said_by(self, rule: Rule, region: Region) -> str:
        """Return it in the words of a rule that asks something else at the same key."""
        place = f" ({self.when})" if str(self.when) else ""
        return rule.sentence(self.key, region) + place
