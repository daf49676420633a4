"""The best plan of a tiny region, found by trying every subset of offers and nearby units.

Written from the mathematics alone: it imports neither the formulation nor the solver of the
engine nor the way they cut the curriculum into units. For each subset the rest is a small linear
programme over the real zones, row by row as the model is stated, solved by scipy. Nothing is
merged and nothing is left out. Subsets are only passed over when a bound, from letting every
learner take whatever is open to them, shows that they break a minimum or cannot be better.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from math import inf

from oracle_data import Pair, Subset, records
from oracle_linear import SLACK, Key, LinearProgramme
from oracle_subsets import Subsets

from coverage_opt.plan.plan import Plan
from coverage_opt.policy.policy import Policy, Stage
from coverage_opt.region.region import Region

HELD_SLACK = 1e-5
"""Learners by which a plan's groups may miss their minimum: the rounding of its own solver."""


class BruteForce(Subsets):
    """Every plan of a region under a policy."""

    def __init__(
        self, region: Region, policy: Policy, period: int | None = None, *, prune: bool = True
    ) -> None:
        """Read the data; ``prune`` passes over subsets that a bound rules out."""
        super().__init__(region, policy, period)
        self.prune = prune
        self.stages = [stage for stage in policy.objective if stage.decides != "placement"]

    # --- bounds, from letting everybody take whatever is open to them -------------------------

    def _open_to(self, subset: Subset, zone: str) -> dict[str, list[str]]:
        """Return programme -> sites for learners of a zone, nearby units within reach too."""
        near = {name for name, site in subset.nearby if self.close(zone, site, self.nearby_limit)}
        found: dict[str, list[str]] = defaultdict(list)
        for programme, site in subset.offers:
            needed = {unit.name for unit in self.units[programme] if unit.delivery == "nearby"}
            if self.close(zone, site, self.limit[programme]) and needed <= near:
                found[programme].append(site)
        return found

    def _hopeless(self, subset: Subset) -> bool:
        """Return whether a unit or offer stays too small, or too many unplaced, come what may."""
        sizes = self.rules.get("class_size")
        largest: dict[Pair, float] = defaultdict(float)
        starting: dict[Pair, float] = defaultdict(float)
        placed = 0.0
        for (zone, choice), learners in self.asking.items():
            open_to = self._open_to(subset, zone)
            shares = {p: s for p, s in self.takes[choice].items() if p in open_to}
            placed += learners * min(1.0, sum(shares.values()))
            for programme, share in shares.items():
                for site in open_to[programme]:
                    starting[programme, site] += learners * share
                    for unit in self.units[programme]:
                        where = "online" if unit.delivery == "online" else site
                        if unit.delivery != "nearby":
                            largest[unit.name, where] += learners * share * unit.retention
        guarantee = self.rules.get("placement_guarantee")
        if guarantee is not None:
            least = (1 - guarantee["unplaced_at_most"]) * self.everybody
            if placed < least - SLACK * self.everybody:
                return True
        if sizes is None:
            return False
        return any(starting[offer] < sizes["per_offer"] - SLACK for offer in subset.offers) or any(
            largest[key] < sizes[unit.kind]["minimum"] - SLACK
            for key, unit in self.runs(subset).items()
            if unit.delivery != "nearby"
        )

    def _bound(self, subset: Subset, stage: Stage) -> float:
        """Return a value that no plan with this subset betters; larger is better."""
        sign = 1.0 if stage.sense == "maximise" else -1.0
        total = 0.0
        flowing: dict[str, float] | None = None
        for term, weight in stage.terms.items():
            assert weight >= 0
            worth = self.fixed_worth(subset, term)
            if worth is None and sign > 0:
                flowing = flowing or self._flowing_bounds(subset)
                worth = flowing[term]
            total += sign * weight * (worth or 0.0)
        return total

    def _flowing_bounds(self, subset: Subset) -> dict[str, float]:
        placed = first = 0.0
        enrolled: dict[str, float] = defaultdict(float)
        for (zone, choice), learners in self.asking.items():
            open_to = self._open_to(subset, zone)
            shares = {p: s for p, s in self.takes[choice].items() if p in open_to}
            placed += learners * min(1.0, sum(shares.values()))
            first += learners * any((choice, programme) in self.first for programme in shares)
            for programme, share in shares.items():
                enrolled[programme] += learners * share
        urgent = sum(self.weight[o] * self.openings[o] for o in self.weight)
        filled = sum(
            weight
            * min(
                self.openings[occupation],
                sum(
                    share * self.success[programme] * enrolled[programme]
                    for (programme, other), share in self.leads_to.items()
                    if other == occupation
                ),
            )
            for occupation, weight in self.weight.items()
        )
        return {
            "placed": placed / self.everybody,
            "first_choice": first / self.everybody,
            "filled_openings": filled / urgent if urgent else 0.0,
            "travel_minutes": inf,
        }

    # --- the linear programme that is left when the subset is settled -------------------------

    def _programme(self, subset: Subset) -> LinearProgramme:
        programme = LinearProgramme()
        self._take_and_place(programme, subset)
        self._attend(programme, subset)
        self._large_enough(programme, subset)
        self._fill(programme)
        guarantee = self.rules.get("placement_guarantee")
        if guarantee is not None:
            switches = [key for key in programme.position if key[0] == "switch"]
            least = (1 - guarantee["unplaced_at_most"]) * self.everybody
            programme.at_least(dict.fromkeys(switches, 1.0), least)
        return programme

    def _take_and_place(self, programme: LinearProgramme, subset: Subset) -> None:
        for zone in self.living:
            for taken, site in sorted(subset.offers):
                if self.close(zone, site, self.limit[taken]):
                    programme.column(("place", zone, taken, site))
        taking: dict[Pair, dict[Key, float]] = defaultdict(dict)
        for (zone, choice), learners in self.asking.items():
            row: dict[Key, float] = {}
            for taken, share in self.takes[choice].items():
                key = ("switch", zone, choice, taken)
                programme.column(key, share * learners)
                row[key] = taking[zone, taken][key] = 1.0
            programme.at_most(row, learners)
        for zone in self.living:
            for taken in self.programmes:
                row = dict(taking[zone, taken])
                row |= dict.fromkeys(_places(programme, zone=zone, taken=taken), -1.0)
                programme.equal.append((row, 0.0))

    def _attend(self, programme: LinearProgramme, subset: Subset) -> None:
        for name, site in sorted(subset.nearby):
            for zone in self.living:
                if self.close(zone, site, self.nearby_limit):
                    programme.column(("attend", zone, name, site))
        names = {name for name, _ in self.nearby}
        for name in sorted(names):
            for zone in self.living:
                row = {
                    key: -1.0
                    for key in programme.position
                    if key[0] == "attend" and key[1:3] == (zone, name)
                }
                for taken, units in self.units.items():
                    for unit in units:
                        if unit.name == name:
                            places = _places(programme, zone=zone, taken=taken)
                            row |= dict.fromkeys(places, unit.retention)
                programme.equal.append((row, 0.0))

    def _large_enough(self, programme: LinearProgramme, subset: Subset, slack: float = 0.0) -> None:
        sizes = self.rules.get("class_size")
        if sizes is None:
            return
        for (name, where), taught in self.runs(subset).items():
            size: dict[Key, float] = {}
            if taught.delivery == "nearby":
                keys = (key for key in programme.position if key[0] == "attend")
                size = dict.fromkeys((key for key in keys if key[2:] == (name, where)), 1.0)
            for taken, units in self.units.items():
                for unit in units:
                    if unit.name == name and unit.delivery != "nearby":
                        site = None if where == "online" else where
                        places = _places(programme, taken=taken, site=site)
                        size |= dict.fromkeys(places, unit.retention)
            programme.at_least(size, sizes[taught.kind]["minimum"] - slack)
        for taken, site in subset.offers:
            row = dict.fromkeys(_places(programme, taken=taken, site=site), 1.0)
            programme.at_least(row, sizes["per_offer"] - slack)

    def _fill(self, programme: LinearProgramme) -> None:
        for occupation in self.weight:
            programme.column(("filled", occupation), self.openings[occupation])
            row: dict[Key, float] = {("filled", occupation): 1.0}
            for (taken, other), share in self.leads_to.items():
                if other == occupation:
                    entering = share * self.success[taken]
                    row |= dict.fromkeys(_places(programme, taken=taken), -entering)
            programme.at_most(row, 0.0)

    def _worth(
        self, programme: LinearProgramme, subset: Subset, stage: Stage
    ) -> tuple[dict[Key, float], float]:
        """Return the stage's weighted sum as columns and a constant."""
        row: dict[Key, float] = defaultdict(float)
        constant = 0.0
        for term, weight in stage.terms.items():
            fixed = self.fixed_worth(subset, term)
            if fixed is not None:
                constant += weight * fixed
                continue
            for key in programme.position:
                row[key] += weight * self._factor(term, key)
        return {key: factor for key, factor in row.items() if factor}, constant

    def _factor(self, term: str, key: Key) -> float:
        kind = key[0]
        if term == "placed":
            return (kind == "switch") / self.everybody
        if term == "first_choice":
            return (kind == "switch" and key[2:] in self.first) / self.everybody
        if term == "filled_openings":
            urgent = sum(self.weight[o] * self.openings[o] for o in self.weight)
            return self.weight[key[1]] / urgent if kind == "filled" and urgent else 0.0
        assert term == "travel_minutes"
        return self.minutes[key[1], key[3]] if kind in ("place", "attend") else 0.0

    # --- the search --------------------------------------------------------------------------

    def subsets(self) -> Iterator[Subset]:
        """Yield every subset of offers and nearby units that the rules allow."""
        for offers in _subsets(self.offers):
            for nearby in _subsets(self.nearby):
                subset = Subset(frozenset(offers), frozenset(nearby))
                if self.allowed(subset) and not (self.prune and self._hopeless(subset)):
                    yield subset

    def optima(self, plan: Plan | None = None) -> list[float] | None:
        """Return the optimum of every stage on offers or units, in order; None: there is no plan.

        Each stage keeps what the stages before it reached, less their tolerance. A stage on units
        holds the offers that the stages before it left; where several are equally good that is
        the plan's to choose, so without a plan such stages are left out.
        """
        remaining = list(self.subsets())
        kept: list[tuple[Stage, float]] = []
        found = []
        for stage in self.stages:
            if stage.decides == "units":
                if plan is None:
                    break
                held = self._subset_of(plan).offers
                remaining = [subset for subset in remaining if subset.offers == held]
            best = self._best(remaining, stage, kept)
            if best is None:
                return None
            found.append(best)
            sign = 1.0 if stage.sense == "maximise" else -1.0
            kept.append((stage, best - sign * stage.tolerance * abs(best)))
            reached = sign * kept[-1][1]
            slack = SLACK * max(1.0, abs(reached))
            remaining = [s for s in remaining if self._bound(s, stage) >= reached - slack]
        return found

    def _best(
        self, subsets: Iterable[Subset], stage: Stage, kept: list[tuple[Stage, float]]
    ) -> float | None:
        sign = 1.0 if stage.sense == "maximise" else -1.0
        best = -inf
        bounded = sorted(((self._bound(s, stage), n, s) for n, s in enumerate(subsets)))[::-1]
        for bound, _, subset in bounded:
            if self.prune and bound <= best + 1e-10:
                break
            value = self._solve(subset, stage, kept)
            if value is not None:
                best = max(best, sign * value)
        return None if best == -inf else sign * best

    def _solve(self, subset: Subset, stage: Stage, kept: list[tuple[Stage, float]]) -> float | None:
        programme = self._programme(subset)
        for earlier, value in kept:
            row, constant = self._worth(programme, subset, earlier)
            slack = SLACK * max(1.0, abs(value))
            if earlier.sense == "maximise":
                programme.at_least(row, value - slack - constant)
            else:
                programme.at_most(row, value + slack - constant)
        row, constant = self._worth(programme, subset, stage)
        sign = 1.0 if stage.sense == "maximise" else -1.0
        found = programme.maximum({key: sign * factor for key, factor in row.items()})
        return None if found is None else sign * found + constant

    def least_travel(self, plan: Plan) -> float | None:
        """Return the fewest learner-minutes with the plan's offers, nearby units and takes."""
        subset = self._subset_of(plan)
        taken: dict[Key, float] = {
            ("switch", row["zone"], row["choice"], row["programme"]): float(row["learners"])
            for row in records(plan.table("switches"))
        }
        programme = LinearProgramme()
        self._take_and_place(programme, subset)
        programme.most.clear()
        for key in [key for key in programme.position if key[0] == "switch"]:
            programme.upper[programme.position[key]] = inf
            programme.equal.append(({key: 1.0}, taken.get(key, 0.0)))
        self._attend(programme, subset)
        self._large_enough(programme, subset, slack=HELD_SLACK)
        goal = {
            key: -self._factor("travel_minutes", key)
            for key in programme.position
            if key[0] in ("place", "attend")
        }
        found = programme.maximum(goal)
        return None if found is None else -found

    def _subset_of(self, plan: Plan) -> Subset:
        nearby = {name for name, _ in self.nearby}
        offers = {(row["programme"], row["site"]) for row in records(plan.offers)}
        runs = {(row["unit"], row["site"]) for row in records(plan.units)}
        return Subset(frozenset(offers), frozenset(run for run in runs if run[0] in nearby))


def _places(
    programme: LinearProgramme,
    *,
    taken: str,
    zone: str | None = None,
    site: str | None = None,
) -> list[Key]:
    return [
        key
        for key in programme.position
        if key[0] == "place"
        and key[2] == taken
        and zone in (None, key[1])
        and site in (None, key[3])
    ]


def _subsets(pairs: list[Pair]) -> Iterator[tuple[Pair, ...]]:
    for size in range(len(pairs) + 1):
        yield from combinations(pairs, size)
