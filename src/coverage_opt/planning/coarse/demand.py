"""Who asks for what, as one table of numbers: zones by what they ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coverage_opt.formulation.reach import YOUNG

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Demand:
    """Learners a year of every zone, by (learner, choice).

    Attributes:
        zones: the rows.
        asked: learner, choice: the columns, in order.
        learners: (zones, asked) learners a year.
    """

    zones: pd.Index
    asked: pd.DataFrame
    learners: Floats

    @classmethod
    def of(cls, table: pd.DataFrame, zones: pd.Index) -> Demand:
        """Lay out a table of learner, zone, choice, learners."""
        learner, learner_names = pd.factorize(table["learner"])
        choice, choice_names = pd.factorize(table["choice"])
        codes, both = pd.factorize(learner * len(choice_names) + choice)
        learners = np.zeros((len(zones), len(both)))
        np.add.at(learners, (zones.get_indexer(pd.Index(table["zone"])), codes), table["learners"])
        asked = pd.DataFrame(
            {
                "learner": learner_names.take(both // len(choice_names)),
                "choice": choice_names.take(both % len(choice_names)),
            }
        )
        return cls(zones, asked, learners)

    @property
    def youth(self) -> Floats:
        """(zones,) young learners a year."""
        sums: Floats = self.learners[:, (self.asked["learner"] == YOUNG).to_numpy()].sum(axis=1)
        return sums

    def only(self, choices: Collection[str]) -> Demand:
        """Return the demand of those who ask for one of these choices."""
        kept = self.asked["choice"].isin(list(choices)).to_numpy()
        return Demand(self.zones, self.asked[kept].reset_index(drop=True), self.learners[:, kept])

    def merged(self, group_of: Codes, names: pd.Index) -> Demand:
        """Add up the zones of each group.

        Args:
            group_of: (zones,) group of each zone.
            names: of the groups.
        """
        learners = np.zeros((len(names), self.learners.shape[1]))
        np.add.at(learners, group_of, self.learners)
        return Demand(names, self.asked, learners)

    def table(self) -> pd.DataFrame:
        """Return learner, zone, choice, learners of all that is asked."""
        zone, column = np.nonzero(self.learners)
        asked = self.asked.iloc[column].reset_index(drop=True)
        return pd.DataFrame(
            {
                "learner": asked["learner"],
                "zone": self.zones.take(zone),
                "choice": asked["choice"],
                "learners": self.learners[zone, column],
            }
        )
