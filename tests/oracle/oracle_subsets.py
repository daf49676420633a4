"""What follows from a subset of offers and nearby units alone: units, reach, some rules."""

from __future__ import annotations

from typing import Any

from oracle_data import Data, Pair, Subset, Unit
from oracle_linear import SLACK


class Subsets(Data):
    """The data, asked about subsets."""

    def _reach(self, subset: Subset, occupation: str, zone: str) -> float:
        return float(
            any(
                (programme, occupation) in self.leads_to
                and self.close(zone, site, self.limit[programme])
                for programme, site in subset.offers
            )
        )

    def runs(self, subset: Subset) -> dict[Pair, Unit]:
        """Return every (unit, site) that is taught."""
        runs: dict[Pair, Unit] = {}
        by_name = {unit.name: unit for units in self.units.values() for unit in units}
        for programme, site in subset.offers:
            for unit in self.units[programme]:
                if unit.delivery == "with_programme":
                    runs[unit.name, site] = unit
                elif unit.delivery == "online":
                    runs[unit.name, "online"] = unit
        return runs | {(name, site): by_name[name] for name, site in subset.nearby}

    def fixed_worth(self, subset: Subset, term: str) -> float | None:
        """Return the value of a term that depends on the subset alone; else None."""
        weights = sum(self.weight.values())
        if term == "coverage":
            reached = sum(
                weight * learners * self._reach(subset, occupation, zone)
                for occupation, weight in self.weight.items()
                for zone, learners in self.living.items()
            )
            return reached / (weights * self.everybody) if weights else 0.0
        if term == "worst_zone":
            of_zone = [
                sum(weight * self._reach(subset, o, zone) for o, weight in self.weight.items())
                for zone in self.living
            ]
            return min(of_zone) / weights if weights else 0.0
        if term == "saved_hours":
            apart = sum(unit.hours for p, _ in subset.offers for unit in self.units[p])
            return apart - sum(unit.hours for unit in self.runs(subset).values())
        if term == "offers":
            return float(len(subset.offers))
        if term == "open_sites":
            return float(len(self._open_sites(subset)))
        return None

    def _open_sites(self, subset: Subset) -> set[str]:
        return {site for _, site in subset.offers | subset.nearby}

    def allowed(self, subset: Subset) -> bool:
        """Return whether the rules that concern the subset alone hold."""
        return all(
            getattr(self, f"_allowed_{name}")(subset, parameters)
            for name, parameters in self.rules.items()
            if hasattr(self, f"_allowed_{name}")
        )

    def _allowed_fixed_offers(self, subset: Subset, rule: dict[str, Any]) -> bool:
        must = {(offer["programme"], offer["site"]) for offer in rule["must"]}
        must_not = {(offer["programme"], offer["site"]) for offer in rule["must_not"]}
        return must <= subset.offers and not must_not & subset.offers

    def _allowed_max_sites(self, subset: Subset, rule: dict[str, Any]) -> bool:
        return len(self._open_sites(subset)) <= int(rule["sites_at_most"])

    def _allowed_minimum_coverage(self, subset: Subset, rule: dict[str, Any]) -> bool:
        return all(
            sum(n * self._reach(subset, occupation, zone) for zone, n in self.living.items())
            >= rule["share"] * self.everybody - SLACK
            for occupation, weight in self.weight.items()
            if weight >= rule["weight_at_least"]
        )

    def _allowed_no_duplication(self, subset: Subset, rule: dict[str, Any]) -> bool:
        minutes = self.region.site_minutes
        assert minutes is not None
        for centre, away in zip(minutes.index, minutes.to_numpy(), strict=True):
            around = {
                site
                for site, far in zip(minutes.columns, away, strict=True)
                if site == centre or far <= rule["within_minutes"]
            }
            for programme in self.programmes:
                offered = sum(p == programme and s in around for p, s in subset.offers)
                if offered > rule["sites_at_most"]:
                    return False
        return True
