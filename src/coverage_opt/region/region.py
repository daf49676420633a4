"""A region: where learners live, what they ask for, what can be taught where, what work needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from coverage_opt.errors import InputError, Problem
from coverage_opt.frames import mapping, rows
from coverage_opt.reading.text import did_you_mean
from coverage_opt.region import scenarios as futures
from coverage_opt.region.demand import demand_as_forecast
from coverage_opt.region.domains import choice_domains, programme_domains, teachable
from coverage_opt.region.names import GENERAL, ONLINE, OWN_UNIT, RegionNames
from coverage_opt.region.scenarios import ADULT, BASELINE, YOUNG, Scenario
from coverage_opt.region.settings import Entry, Money, RegionSettings
from coverage_opt.region.years import present_years, span_years, teach_out_hours

__all__ = ["ADULT", "BASELINE", "GENERAL", "ONLINE", "OWN_UNIT", "YOUNG", "Region", "Scenario"]


@dataclass(frozen=True, eq=False, repr=False)
class Region(RegionNames):
    """A validated region; only `load_region` makes one.

    Tables are plain DataFrames with a RangeIndex, sorted by their key, so that a plan does not
    depend on the order of rows in a file. Every access gives a copy that shares its data until it
    is written to: nobody can change the region. Regions with the same content are equal.

    Attributes:
        name: short name, as in ``region.yaml``.
        title: name for people.
        periods: calendar years planned for, increasing.
        content_hash: SHA-256 over the normalised content of the settings and of every table: the
            same for another order of rows or columns, other line endings or another folder;
            different when any value differs. Municipal borders, which no plan depends on, are not
            in it.
        folder: where the region was read from.
    """

    name: str
    title: str
    periods: tuple[int, ...]
    content_hash: str
    folder: Path
    _settings: RegionSettings
    _tables: Mapping[str, pd.DataFrame]
    _summaries: Mapping[str, pd.DataFrame]
    _minutes: pd.DataFrame
    _site_minutes: pd.DataFrame | None = None
    _boundaries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Region) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def __repr__(self) -> str:
        return f"Region({self.name!r}, {self.content_hash[:12]})"

    def __getstate__(self) -> dict[str, Any]:
        # What was worked out on the way is not sent along: it is large, and soon made again.
        return {field.name: self.__dict__[field.name] for field in fields(self)}

    @property
    def catalogue(self) -> Path | None:
        """Folder of the tables that it shares with other regions; None when it has none."""
        shared = self._settings.catalogue
        return None if shared is None else self.folder / shared

    @property
    def retention(self) -> dict[int, float]:
        """Share (0-1] of a year's intake still there, by year of study 1 to 4."""
        return dict(self._settings.retention)

    @property
    def money(self) -> Money | None:
        """What teaching brings in and costs; None when the region says nothing of money."""
        money = self._settings.money
        return None if money is None else money.model_copy(deep=True)

    @property
    def entry(self) -> dict[str, Entry]:
        """Entry moments of ``BBL`` and ``adult`` learners, where there could be several a year."""
        return dict(self._entry)

    @property
    def minutes(self) -> pd.DataFrame:
        """Travel time one way, minutes; index zone, columns site; inf where unreachable."""
        return self._minutes.copy(deep=False)

    @property
    def site_minutes(self) -> pd.DataFrame | None:
        """Travel time one way, minutes; index the site left, columns the site gone to; or None."""
        return None if self._site_minutes is None else self._site_minutes.copy(deep=False)

    def with_travel(self, minutes: pd.DataFrame, site_domains: pd.DataFrame) -> Region:
        """Return the region with other travel times, and other domains that sites may teach.

        It keeps its name and hash: it is a view for reckoning with, not a region to publish plans
        of, and knows no travel times between sites.

        Args:
            minutes: one way; index zones, columns sites, both some of the region's.
            site_domains: site, domain.
        """
        tables = {**self._tables, "site_domains": site_domains}
        return replace(self, _minutes=minutes, _site_minutes=None, _tables=tables)

    @property
    def boundaries(self) -> dict[str, Mapping[str, Any]]:
        """GeoJSON geometry (WGS84) of each municipality's border; empty where none are given."""
        return deepcopy(dict(self._boundaries))

    @property
    def scenario_sets(self) -> tuple[str, ...]:
        """Names of the sets of scenarios; ``baseline``, which every region has, first."""
        return tuple(self._scenario_sets)

    def scenario_set(self, name: str) -> tuple[Scenario, ...]:
        """Return the scenarios of a set, in order of their names; probabilities sum to 1.

        Args:
            name: of a set; or ``only:SCENARIO`` for one scenario alone, or ``mean:SET`` for the
                mean of a set, which is a scenario of that name.

        Raises:
            InputError: the region has no such set.
        """
        asked = futures.asked_set(name, self._scenario_sets)
        if asked is None:
            what = f"{self.name} has no set of scenarios {name!r}"
            raise InputError([Problem(what, advice=did_you_mean(name, self.scenario_sets))])
        return asked

    def demand(self, period: int, scenario: str = BASELINE) -> pd.DataFrame:
        """Return who asks for what in a period: cohort times choice share, or as stated.

        Args:
            period: one of the region's.
            scenario: one of any set, whose factors change what is forecast; or ``mean:SET``.

        Returns:
            learner (young, adult), zone, choice (a programme, an orientation unit or, by an
            adult, any other unit taken alone), learners (a year, all above 0); sorted by the
            first three.

        Raises:
            InputError: the region is not planned for that period, or has no such scenario.
        """
        self._refuse_unknown(period, scenario)
        return self._demand(period, scenario).copy(deep=False)

    def openings_in(self, period: int, scenario: str = BASELINE) -> pd.DataFrame:
        """Return occupation, openings (a year) in a period under a scenario; see `demand`."""
        self._refuse_unknown(period, scenario)
        if scenario.startswith(futures.MEAN):
            return self._mean(scenario, lambda one: self.openings_in(period, one), "openings")
        openings = self.openings
        here = openings.loc[openings["period"] == period, ["occupation", "openings"]]
        factors = self._factors(period, scenario, "openings")
        here = here.reset_index(drop=True)
        return futures.multiplied(here, "openings", factors, of="occupation")

    def workplaces_in(self, period: int, scenario: str = BASELINE) -> pd.DataFrame:
        """Return domain, pathway, places (learners at once) in a period under a scenario."""
        self._refuse_unknown(period, scenario)
        if scenario.startswith(futures.MEAN):
            return self._mean(scenario, lambda one: self.workplaces_in(period, one), "places")
        factors = self._factors(period, scenario, "workplaces")
        return futures.multiplied(self.workplaces, "places", factors, of="domain")

    def span_years(self, period: int) -> float:
        """Return the years a period stands for: until the next one of the region.

        Raises:
            InputError: the region is not planned for that period.
        """
        self._refuse_unknown(period, BASELINE)
        return span_years(self.periods)[period]

    def arriving(self, learner: str, choice: str, pooled: Collection[str]) -> float:
        """Return the share of those who ask for something that could enter (0-1].

        Where there could be several moments in the year to enter, and there is only one, some do
        not wait for it.

        Args:
            learner: ``young`` or ``adult``.
            choice: what is asked for.
            pooled: kinds of learner (``BBL``, ``adult``) who may enter at all their moments.
        """
        kind = ADULT if learner == ADULT else self._pathways.get(choice, "")
        entry = None if kind in pooled else self._entry.get(kind)
        return 1.0 if entry is None else entry.arriving

    @property
    def present_years(self) -> dict[str, float]:
        """Learner-years present in a programme for each learner who starts it."""
        return dict(self._present_years)

    @property
    def teach_out_hours(self) -> dict[str, float]:
        """Contact hours, over all years, to teach out those inside a programme that closes."""
        return dict(self._teach_out_hours)

    @property
    def funding_of(self) -> dict[str, float]:
        """Funding for each learner who starts a programme, EUR a year; empty without money."""
        return dict(self._funding_of)

    @property
    def institution_of(self) -> dict[str, str]:
        """The institution of each site."""
        return dict(self._institution_of)

    def domains_of(self, programme: str) -> tuple[str, ...]:
        """Return a programme's domain, and after it the second one of a hybrid."""
        return self._domains[programme]

    @property
    def teachable(self) -> pd.DataFrame:
        """Programme, site: where all domains of the programme may be taught; hybrids included."""
        return self._teachable.copy(deep=False)

    def _refuse_unknown(self, period: int, scenario: str) -> None:
        if period not in self.periods:
            advice = f"choose one of {', '.join(map(str, self.periods))}"
            problem = Problem(f"{self.name} has no period {period}", advice=advice)
            raise InputError([problem])
        of = scenario.removeprefix(futures.MEAN)
        known = self._scenario_sets if of != scenario else self._scenario_names
        if of not in known:
            what = f"{self.name} has no scenario {scenario!r}"
            raise InputError([Problem(what, advice=did_you_mean(scenario, self._scenario_names))])

    def _demand(self, period: int, scenario: str) -> pd.DataFrame:
        """Return demand, kept once it is worked out: moments ask for it time and again."""
        known = self._demands.get((period, scenario))
        if known is None and scenario == BASELINE:
            known = demand_as_forecast(self._tables, period)
        elif known is None and scenario.startswith(futures.MEAN):
            known = self._mean(scenario, lambda one: self._demand(period, one), "learners")
        elif known is None:
            young, adults, choices = (
                self._factors(period, scenario, quantity)
                for quantity in ("learners", "adults", "choice")
            )
            by_learner = {
                YOUNG: young.get(futures.ALL, 1.0),
                ADULT: adults.get(futures.ALL, 1.0),
            }
            as_forecast = self._demand(period, BASELINE)
            known = futures.changed_demand(as_forecast, by_learner, choices, self._choice_domains)
        self._demands[period, scenario] = known
        return known

    def _mean(
        self, scenario: str, figures: Callable[[str], pd.DataFrame], value: str
    ) -> pd.DataFrame:
        """Return the mean of figures over the set that a scenario is the mean of."""
        scenarios = self._scenario_sets[scenario.removeprefix(futures.MEAN)]
        return futures.mean_of([(one.probability, figures(one.name)) for one in scenarios], value)

    def _factors(self, period: int, scenario: str, quantity: str) -> dict[str, float]:
        return futures.stated_factors(self._table("factors"), scenario, period, quantity)

    @cached_property
    def _demands(self) -> dict[tuple[int, str], pd.DataFrame]:
        return {}

    @cached_property
    def _scenario_sets(self) -> dict[str, tuple[Scenario, ...]]:
        return futures.scenario_sets(self.scenarios)

    @cached_property
    def _scenario_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([BASELINE, *self.scenarios["scenario"]]))

    @cached_property
    def _institution_of(self) -> dict[str, str]:
        return mapping(self._table("sites"), "site", "institution")

    @cached_property
    def _choice_domains(self) -> dict[str, str]:
        return choice_domains(self.programmes, self.units, self.curriculum)

    @cached_property
    def _domains(self) -> dict[str, tuple[str, ...]]:
        return programme_domains(self.programmes, self.hybrids)

    @cached_property
    def _teachable(self) -> pd.DataFrame:
        return teachable(self._domains, self.site_domains)

    @cached_property
    def _pathways(self) -> dict[str, str]:
        return mapping(self.programmes, "programme", "pathway")

    @cached_property
    def _entry(self) -> dict[str, Entry]:
        entry = self._settings.entry
        return {} if entry is None else entry.by_kind()

    @cached_property
    def _present_years(self) -> dict[str, float]:
        return present_years(self.programmes, self._settings.retention)

    @cached_property
    def _teach_out_hours(self) -> dict[str, float]:
        return teach_out_hours(self.curriculum, self.units)

    @cached_property
    def _funding_of(self) -> dict[str, float]:
        money = self._settings.money
        if money is None:
            return {}
        priced = rows(self.programmes, "programme", "pathway", "price_factor")
        return {
            programme: money.per_starter(pathway, factor, self._present_years[programme])
            for programme, pathway, factor in priced
        }
