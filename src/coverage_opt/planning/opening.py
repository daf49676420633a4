"""Which sites to open, where nothing but their number is limited: the maximal covering problem.

Then what a plan is worth follows from the sites alone, and a good choice of them is a far better
start than what HiGHS finds by itself (``benchmarks/tried.yaml`` has the figures).
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse

from coverage_opt.formulation.case import PeriodCase
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.handing_over import HandedOver
from coverage_opt.policy.policy import Policy
from coverage_opt.rules.max_sites import MaxSites
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.covering import Covering, exchanged
from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.running import ctrl_c
from coverage_opt.solver.stages import Hint

SHARE_OF_TIME = 0.2
"""Of the time there is, the choice may take this much."""


def sites_to_open(
    policy: Policy, handed: HandedOver, limits: Limits, deadline: Deadline
) -> Hint | None:
    """Return a start that offers everything at well chosen sites, and nothing elsewhere.

    Args:
        policy: the policy that was handed over.
        handed: the model, in the solver's hands.
        limits: whose seed is used.
        deadline: of the whole solve.

    Returns:
        None where more than the number of sites is limited, or more than coverage is weighed.
    """
    rule = policy.rule(MaxSites)
    if rule is None or not _only_sites_count(policy, handed.model):
        return None
    (period,) = handed.model.periods
    sites = sorted({site for _, site in period.case.offers})
    covering = _covering(handed.model, period.case, sites, rule.sites_at_most)
    if not covering.worth.any():
        return None
    with ctrl_c() as pressed:
        chosen = exchanged(covering, limits.seed, deadline.share(SHARE_OF_TIME), pressed)
    opened = {sites[place] for place in chosen.tolist()}
    offers = [pair for pair in period.case.offers if pair[1] in opened]
    start = handed.with_offers({period.period: offers})
    return Hint((start,), interrupted=pressed.is_set())


def _only_sites_count(policy: Policy, model: PlanningModel) -> bool:
    """Tell whether what is open decides all there is to decide in the first stage.

    A travel limit says what is within reach of whom, and demands nothing else.
    """
    alone = {type(each) for each in policy.active_rules} <= {MaxSites, TravelLimit}
    stage = model.stages[0]
    covered = stage.sense == "maximise" and set(stage.terms) == {"coverage"}
    return alone and covered and len(model.moments) == 1


def _covering(model: PlanningModel, case: PeriodCase, sites: list[str], at_most: int) -> Covering:
    """Return the sites as things, and the (occupation, area) pairs as places."""
    number = {site: place for place, site in enumerate(sites)}
    living, weights = case.areas.living(0), model.shortage_weights
    keys = list(case.areas.reached_by)
    # a site with several offers that lead there covers the place once
    covers = np.array(
        sorted(
            {
                (number[site], place)
                for place, key in enumerate(keys)
                for _, site in case.areas.reached_by[key]
            }
        )
    ).reshape(-1, 2)
    shape = (len(sites), len(keys))
    table = sparse.csr_array((np.ones(len(covers)), (covers[:, 0], covers[:, 1])), shape=shape)
    worth = np.array([weights[key[0]] * living[key] for key in keys])
    return Covering(table, worth, at_most)
