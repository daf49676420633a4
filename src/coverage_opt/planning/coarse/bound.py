r"""What no plan of the whole is worth more than, family by family.

The goal is a sum of shares of the whole region's learners, zones and openings; each belongs to one
family of programmes. So it is at most the sum over the families of what each could be worth if
nothing tied it to the others, and for each family a hopeful map gives an upper bound.

Why no plan of the region is worth more than the best one on a **hopeful map**. Take a plan of the
region under the policy. On the map let :math:`\mathrm{offer}'_{pS} = \max_{s \in S}
\mathrm{offer}_{ps}`, the same for ``run`` and ``reach``, and let all flows of the members be added
up. Then, row by row of the model:

* who is counted, takes what they would, up to which share, and arrives: sums of such rows, over
  zones that ask for the same;
* who is placed, attends and enrols: sums as well; whatever was within reach is so on the map, as
  its minutes are the shortest between any two members; where somebody is placed, something is
  offered, so ``only_where_offered`` and ``takers_linked`` hold with the sums of their bounds;
* an offer has its units, and a unit runs for some offer: for the same site as in the region;
* a site may teach what any of its members may;
* class sizes (``class_size``, and learners per offer): the size of a group of sites is the sum of
  theirs, and each site where the unit runs has the minimum. So has the group, once;
* what is within reach of any zone of a group is so for the group: coverage is no lower. Graduates
  are the same, so openings are filled as before.

Rows on units that other families use as well are left out, as are all rules but class sizes and
travel limits: with fewer rows nothing is ruled out. The same goes for whole numbers: fractions of
offers are allowed. So the optimum of the linear relaxation is a bound. Where there is no time for
that, everybody of the family is counted as placed as they asked, all its openings as filled and all
its occupations as within reach of everybody.

The argument needs that sizes come from those who take a programme alone, at the site itself; it
does not cover learners of single units or of partners (:func:`..size.refusal` sees to that).
"""

from __future__ import annotations

import threading

from coverage_opt.formulation.build import build
from coverage_opt.formulation.changes import NOTHING_BEFORE
from coverage_opt.frames import mapping
from coverage_opt.handing_over import relaxed_optimum
from coverage_opt.planning.coarse.families import Family
from coverage_opt.planning.coarse.question import Whole
from coverage_opt.planning.coarse.zones import hopeful
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.rules import RULES
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.travel_limit import TravelLimit
from coverage_opt.solver.limits import Deadline, Limits

MOST_ZONES, MOST_SITES = 20, 15
"""Groups of zones and of sites on a hopeful map: more tell little more (see ``tried.yaml``)."""

KEPT = {ClassSize.name, TravelLimit.name}
"""The rules that are in the bound."""


def bound_of_family(
    whole: Whole,
    family: Family,
    limits: Limits,
    deadline: Deadline,
    stop: threading.Event | None = None,
    *,
    most_zones: int = MOST_ZONES,
    most_sites: int = MOST_SITES,
) -> float:
    """Return what a family adds to the first stage's goal in no plan of the whole exceeds.

    Args:
        whole: the whole question.
        family: the family.
        limits: seed.
        deadline: when the cheap bound has to do.
        stop: ends the work early, with the cheap bound.
        most_zones: groups of zones on the map.
        most_sites: groups of sites on the map.
    """
    stage = whole.policy.objective[0]
    most = largest_worth(whole, family, stage)
    if deadline.passed():
        return most
    learners = whole.demand.only(family.choices).learners.sum(axis=1)
    sites = whole.sites_of(family)
    minutes = whole.region.minutes
    here = hopeful(minutes, whole.limits, learners, sites, most_zones, most_sites)
    case = whole.of_family(family, here, shared_units=False)
    model = build(case, only_rules(whole.policy, KEPT), [stage], before=NOTHING_BEFORE)
    found = relaxed_optimum(model, limits, deadline, stop)
    return most if found is None else min(most, found)


def only_rules(policy: Policy, names: set[str]) -> Policy:
    """Return a policy with only those of its rules that are named."""
    without = {name: None for name in RULES if name not in names}
    return policy.with_rules(without)


def largest_worth(whole: Whole, family: Family, stage: Stage) -> float:
    """Return what a family would be worth with every wish fulfilled."""
    weight = mapping(whole.region.occupations, "occupation", "weight")
    openings = whole.moment.openings
    short = {name: weight[name] for name in weight if weight[name] > 0}
    wanted = {name: short[name] * openings.get(name, 0.0) for name in short}
    learners = whole.demand.only(family.choices).learners.sum()
    share = float(learners / (whole.demand.learners.sum() or 1.0))
    most = {
        "coverage": _part(short, family.occupations),
        "filled_openings": _part(wanted, family.occupations),
        "placed": share,
        "first_choice": share,
    }
    return sum(weight * most[term] for term, weight in stage.terms.items())


def _part(amounts: dict[str, float], names: tuple[str, ...]) -> float:
    return sum(amounts[name] for name in names) / (sum(amounts.values()) or 1.0)
