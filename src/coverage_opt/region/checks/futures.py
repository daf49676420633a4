"""Scenarios: sets that add up, and factors of something that is there."""

from __future__ import annotations

from collections.abc import Iterator

from coverage_opt.errors import Problem
from coverage_opt.reading.tables import Table
from coverage_opt.region.checks.registry import (
    SUM_TOLERANCE,
    Tables,
    needs,
    positions,
    suggestion,
    without,
)
from coverage_opt.region.demand import DEMAND_TABLES, demand_as_forecast
from coverage_opt.region.domains import choice_domains
from coverage_opt.region.scenarios import ALL, BASELINE, choice_factors, stated_factors


@needs("scenarios")
def _reserved_set(tables: Tables) -> Iterator[Problem]:
    scenarios = tables["scenarios"]
    reserved = scenarios.rows["set"] == BASELINE
    if reserved.any():
        what = f"a set may not be called {BASELINE!r}: that is the scenario {BASELINE} alone"
        yield scenarios.problem(what, positions(reserved), advice="choose another name")


@needs("scenarios")
def _probabilities(tables: Tables) -> Iterator[Problem]:
    scenarios = tables["scenarios"]
    rows = []
    for name, found in scenarios.rows.groupby("set"):
        total = found["probability"].sum(skipna=False)
        if abs(total - 1) > SUM_TOLERANCE:
            off = f"{abs(total - 1):.10g} {'short of' if total < 1 else 'above'} 1"
            rows.append(f"set {name}: {total:.10g}, which is {off}")
    if rows:
        what = "the probabilities of a set of scenarios do not sum to 1"
        advice = "correct them, or divide each by the sum"
        yield Problem(what, scenarios.source, tuple(rows), advice)


@needs("scenarios")
def _one_name_each(tables: Tables) -> Iterator[Problem]:
    scenarios = tables["scenarios"]
    names = scenarios.rows.groupby("scenario")["name"].transform("nunique")
    if (names > 1).any():
        what = "the same scenario has another name in another set"
        advice = "give it one name, or call one of them another scenario"
        yield scenarios.problem(what, positions(names > 1), ["name"], advice)


@needs("factors", "scenarios")
def _factors_of_known_scenarios(tables: Tables) -> Iterator[Problem]:
    factors, scenarios = tables["factors"], tables["scenarios"]
    baseline = factors.rows["scenario"] == BASELINE
    if baseline.any():
        what = f"the scenario {BASELINE} has no factors: it is what the tables say"
        advice = "remove the row, or name another scenario"
        yield factors.problem(what, positions(baseline), ["factor"], advice)
    known = scenarios.rows["scenario"]
    unknown = without(factors, "scenario", [*known, BASELINE])
    if unknown:
        what = f"scenario is not in {scenarios.source}"
        names = [name for name in known.unique() if name != BASELINE]
        advice = suggestion(factors.rows["scenario"].iloc[unknown], names)
        yield factors.problem(what, unknown, ["factor"], advice)


@needs("factors")
def _factors_of_everybody(tables: Tables) -> Iterator[Problem]:
    for quantity in ("learners", "adults"):
        advice = f"write {ALL}; who asks for what is shifted by a factor of choice"
        what = f"a factor of {quantity} is of {ALL} of them"
        yield from _unknown(tables["factors"], quantity, [ALL], what, advice)


@needs("factors")
def _factors_of_something(tables: Tables) -> Iterator[Problem]:
    factors = tables["factors"]
    missing = {
        "adults": ("the region has no adults", ("adult_cohorts", "adult_demand")),
        "workplaces": ("the region has no workplaces.csv", ("workplaces",)),
    }
    for quantity, (lacking, names) in missing.items():
        found = factors.rows["quantity"] == quantity
        if found.any() and not any(name in tables for name in names):
            what = f"a factor of {quantity}, but {lacking}"
            yield factors.problem(what, positions(found), ["factor"], "remove the row")


@needs("factors")
def _somebody_is_left(tables: Tables) -> Iterator[Problem]:
    factors = tables["factors"]
    nobody = (factors.rows["quantity"] == "learners") & (factors.rows["factor"] == 0)
    if nobody.any():
        what = "a factor leaves no learners at all"
        yield factors.problem(what, positions(nobody), ["factor"], "give a factor above 0")


@needs("factors", "occupations")
def _factors_of_openings(tables: Tables) -> Iterator[Problem]:
    occupations = tables["occupations"]
    known = occupations.rows["occupation"].tolist()
    what = f"of is not an occupation in {occupations.source}"
    yield from _unknown(tables["factors"], "openings", known, what)


@needs("factors", "workplaces")
def _factors_of_workplaces(tables: Tables) -> Iterator[Problem]:
    workplaces = tables["workplaces"]
    known = workplaces.rows["domain"].unique().tolist()
    what = f"of is not a domain in {workplaces.source}"
    yield from _unknown(tables["factors"], "workplaces", known, what)


@needs("factors", "programmes", "units")
def _factors_of_choices(tables: Tables) -> Iterator[Problem]:
    factors, units = tables["factors"], tables["units"].rows
    adults = "adult_choices" in tables or "adult_demand" in tables
    asked = units if adults else units[units["kind"] == "orientation"]
    programmes = tables["programmes"].rows
    choices = [*programmes["programme"], *asked["unit"]]
    domains = programmes["domain"].unique().tolist()
    what = "of is neither a domain nor a choice"
    yield from _unknown(factors, "choice", [*domains, *choices], what)
    both = factors.rows["of"].isin(set(domains) & set(choices))
    both &= factors.rows["quantity"] == "choice"
    if both.any():
        what = "of could be a domain or a choice: there are both of this name"
        yield factors.problem(what, positions(both), advice="give one of them another name")


def _unknown(
    factors: Table, quantity: str, known: list[str], what: str, advice: str = ""
) -> Iterator[Problem]:
    """Yield the factors of a quantity that are of nothing known."""
    of = factors.rows["of"].where(factors.rows["quantity"] == quantity, "")
    unknown = positions(~of.isin([*known, ALL]) & (of != ""))
    if unknown:
        advice = advice or suggestion(of.iloc[unknown], [*known, ALL])
        yield factors.problem(what, unknown, ["factor"], advice)
    if ALL in known and len(known) > 1:
        taken = positions(of == ALL)
        if taken:
            what = f"of is {ALL}, which is also the name of something in particular"
            yield factors.problem(what, taken, advice="give that another name")


@needs("factors", "programmes", "units", "curriculum")
def _something_left_to_choose(tables: Tables) -> Iterator[Problem]:
    factors = tables["factors"].rows
    nothing = factors[(factors["quantity"] == "choice") & (factors["factor"] == 0)]
    given = {name: tables[name].rows for name in DEMAND_TABLES if name in tables}
    if nothing.empty or not all(tables[name].whole for name in given):
        return
    domains = choice_domains(*(tables[name].rows for name in ("programmes", "units", "curriculum")))
    rows = []
    for scenario, period in dict.fromkeys(zip(nothing["scenario"], nothing["period"], strict=True)):
        asked = demand_as_forecast(given, period)
        stated = stated_factors(factors, scenario, period, "choice")
        # A factor that could not be read is none of 0.
        left = choice_factors(asked["choice"], stated, domains).fillna(1.0) > 0
        some = left.groupby([asked["learner"], asked["zone"]]).any()
        rows += [
            f"scenario {scenario}, period {period}: {learner} learners in zone {zone}"
            for learner, zone in some.index[~some]
        ]
    if rows:
        what = "a scenario leaves learners nothing to choose: all they ask for has a factor of 0"
        yield Problem(what, tables["factors"].source, tuple(rows), "give a factor above 0")
