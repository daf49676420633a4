"""Futures: sets of scenarios, and what the factors of a scenario do to a region's figures.

Factors multiply. Those of `learners`, `adults`, `openings` and `workplaces` make a figure larger or
smaller. Those of `choice` shift what learners ask for and leave the total of each zone as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from coverage_opt.frames import mapping, rows

BASELINE = "baseline"
"""The scenario, and the set of it alone, in which everything is as the tables say."""

ALL = "all"
"""In the column ``of``: everything the quantity is of."""

YOUNG, ADULT = "young", "adult"


@dataclass(frozen=True)
class Scenario:
    """One future of a set.

    Attributes:
        name: identifier.
        title: name for people.
        probability: within its set, above 0 and at most 1.
    """

    name: str
    title: str
    probability: float


ONLY, MEAN = "only:", "mean:"
"""Before the name of a scenario: the set of it alone. Before the name of a set: its mean, as one
scenario and as the set of that."""

AS_FORECAST = Scenario(BASELINE, "Baseline", 1.0)


def scenario_sets(scenarios: pd.DataFrame) -> dict[str, tuple[Scenario, ...]]:
    """Return the scenarios of each set; the set of the baseline alone comes first.

    Args:
        scenarios: columns set, scenario, name, probability.
    """
    sets: dict[str, tuple[Scenario, ...]] = {BASELINE: (AS_FORECAST,)}
    for name, scenario, title, probability in rows(
        scenarios, "set", "scenario", "name", "probability"
    ):
        sets[name] = (*sets.get(name, ()), Scenario(scenario, title, probability))
    return sets


def asked_set(name: str, sets: Mapping[str, tuple[Scenario, ...]]) -> tuple[Scenario, ...] | None:
    """Return a set by name: as stated, one scenario alone, or the mean of a set; or None.

    Args:
        name: ``SET``, ``only:SCENARIO`` or ``mean:SET``.
        sets: the scenarios of each set that is stated.
    """
    if name.startswith(MEAN):
        of = name.removeprefix(MEAN)
        return (Scenario(name, f"Mean of {of}", 1.0),) if of in sets else None
    if name.startswith(ONLY):
        titles = {one.name: one.title for scenarios in sets.values() for one in scenarios}
        only = name.removeprefix(ONLY)
        return (Scenario(only, titles[only], 1.0),) if only in titles else None
    return sets.get(name)


def mean_of(figures: Sequence[tuple[float, pd.DataFrame]], value: str) -> pd.DataFrame:
    """Return the mean of tables that are alike but for their figures; a row not there is 0.

    Args:
        figures: weight and table.
        value: the column of figures; all others tell rows apart, and order them.
    """
    key = [column for column in figures[0][1].columns if column != value]
    weighed = [table.assign(**{value: table[value] * weight}) for weight, table in figures]
    return pd.concat(weighed).groupby(key, as_index=False)[[value]].sum()


def stated_factors(
    factors: pd.DataFrame, scenario: str, period: int, quantity: str
) -> dict[str, float]:
    """Return what a scenario says of a quantity in a period: by ``of``, the factor."""
    stated = factors[
        (factors["scenario"] == scenario)
        & (factors["period"] == period)
        & (factors["quantity"] == quantity)
    ]
    return mapping(stated, "of", "factor")


def multiplied(
    figures: pd.DataFrame, value: str, stated: Mapping[str, float], of: str
) -> pd.DataFrame:
    """Return figures, each times the factor for all and the one for what it is of.

    Args:
        figures: any table.
        value: its column of figures.
        stated: factors by ``of``.
        of: the column that tells what a figure is of.
    """
    if not stated:
        return figures
    factor = stated.get(ALL, 1.0) * figures[of].map(lambda name: stated.get(name, 1.0))
    return figures.assign(**{value: figures[value] * factor})


def choice_factors(
    choices: pd.Series, stated: Mapping[str, float], domains: Mapping[str, str]
) -> pd.Series:
    """Return the factor of each choice: for all, for its domain, and for the choice itself.

    Args:
        choices: of any index.
        stated: factors by ``of``.
        domains: of each choice that belongs to one.
    """
    factors = {
        choice: stated.get(ALL, 1.0)
        * stated.get(choice, 1.0)
        * (stated.get(domains[choice], 1.0) if choice in domains else 1.0)
        for choice in choices.unique()
    }
    return choices.map(factors)


def changed_demand(
    asked: pd.DataFrame,
    by_learner: Mapping[str, float],
    by_choice: Mapping[str, float],
    domains: Mapping[str, str],
) -> pd.DataFrame:
    r"""Return demand under the factors of a scenario.

    With :math:`f_c` the factor of a choice and :math:`g_a` that of young learners or adults,

    .. math::

        n_{azc} \, f_c \, \frac{\sum_{c'} n_{azc'}}{\sum_{c'} n_{azc'} f_{c'}} \, g_a

    Args:
        asked: learner, zone, choice, learners (a year, all above 0).
        by_learner: factor of ``young`` and of ``adult``.
        by_choice: factors of choices, by ``of``; none: nothing shifts.
        domains: of each choice that belongs to one.

    Returns:
        The same columns, without those who are nobody any more.
    """
    learners = asked["learners"]
    if by_choice:
        shifted = learners * choice_factors(asked["choice"], by_choice, domains)
        key = [asked["learner"], asked["zone"]]
        before, after = (total.groupby(key).transform("sum") for total in (learners, shifted))
        learners = shifted * (before / after)
    if any(factor != 1 for factor in by_learner.values()):
        learners = learners * asked["learner"].map(by_learner)
    if learners is asked["learners"]:
        return asked
    changed = asked.assign(learners=learners)
    some = learners > 0
    return changed if some.all() else changed[some].reset_index(drop=True)
