"""What each rule does by itself: one solve for each, and a table that says how it ended."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from builders import tiny_region
from coverage_opt import Infeasible, InputError, Limits, NoPlan, Plan, Policy, load_policy
from coverage_opt.analysis import effects
from coverage_opt.analysis.effects import Effect, Effects, effects_of_rules, spoken
from coverage_opt.analysis.effects_table import as_markdown, as_table, into_page
from coverage_opt.analysis.measured import measures, resolved, rule_parameters
from coverage_opt.cli.effects_page import check_destination, write
from coverage_opt.plan.plan import TABLES
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import Scenario
from coverage_opt.rules import RULES
from coverage_opt.rules.class_size import ClassSize
from coverage_opt.rules.max_sites import MaxSites

PARAMETERS: dict[str, dict[str, Any]] = {
    "class_size": {"per_offer": 9},
    "max_sites": {"sites_at_most": {"base": "sites", "plus": -1}},
    "minimum_coverage": {"share": 0.5},
    "no_duplication": {"within_minutes": 30},
    "placement_guarantee": {"unplaced_at_most": 3},
    "region_budget": {"euros_at_most": {"base": "cost", "times": 0.95}},
    "travel_limit": {"minutes": 60},
}


def plan_worth(region: Region, policy: Policy, value: float, **run: Any) -> Plan:
    """Return a plan whose goal is worth so much."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "stages": [(1, "goal", "maximise", value, value * 1.001, 0.001, 1.0, "optimal")],
        "indicators": [
            ("coverage", "share", value / 4),
            ("placed", "share", 0.9),
            ("cost", "EUR a year", 2_000_000.0),
            ("sites", "count", 2.0),
            ("offers", "count", 3.0),
        ],
        "offers": [
            (2026, "weld-BOL", "hill-centre", 40.0),
            (2026, "weld-BOL", "hook-centre", 10.0),
            (2026, "care-BOL", "hill-centre", 45.0),
        ],
    }
    tables = {
        name: pd.DataFrame(rows.get(name, []), columns=list(columns))
        for name, columns in TABLES.items()
    }
    scenarios = (Scenario("baseline", "Baseline", 1.0),)
    return Plan("optimal", region.name, "", policy, (2026,), "baseline", scenarios, run, tables)


def switched_on(policy: Policy) -> str:
    """Return the rule that a policy has besides class sizes and a travel limit."""
    names = [rule.name for rule in policy.active_rules]
    assert {"class_size", "travel_limit"} <= set(names)
    return next(iter(set(names) - {"class_size", "travel_limit"}), "")


class FakeSolve:
    """Answers by the rule that is switched on; every plan is worth 3 where nothing else is said."""

    def __init__(self, answers: Mapping[str, float | Exception]) -> None:
        self.answers = answers
        self.policies: list[Policy] = []

    def __call__(self, region: Region, policy: Policy, limits: Limits, **options: Any) -> Plan:
        assert options["periods"] == (2026,)
        assert options["scenarios"] == "baseline"
        self.policies.append(policy)
        problems = list(policy.problems(region))
        if problems:
            raise InputError(problems)
        answer = self.answers.get(switched_on(policy), 3.0)
        if isinstance(answer, Exception):
            raise answer
        return plan_worth(region, policy, answer)


Trying = Callable[..., tuple[Effects, FakeSolve]]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region()


@pytest.fixture
def trying(monkeypatch: pytest.MonkeyPatch, region: Region) -> Trying:
    def tried(**answers: float | Exception) -> tuple[Effects, FakeSolve]:
        fake = FakeSolve(answers)
        monkeypatch.setattr(effects, "solve", fake)
        policy = load_policy("modular")
        found = effects_of_rules(
            region, policy, Limits(), (2026,), "baseline", parameters=PARAMETERS
        )
        return found, fake

    return tried


def row(found: Effects, rule: str) -> Effect:
    return next(effect for effect in found.rules if effect.rule == rule)


def test_one_rule_at_a_time_on_top_of_the_base(trying: Trying) -> None:
    found, fake = trying(no_duplication=2.5)
    policy = load_policy("modular")
    base, sizes, *_ = fake.policies
    assert [rule.name for rule in base.active_rules] == ["class_size", "travel_limit"]
    own = policy.rule(ClassSize)
    assert own is not None
    assert base.rule(ClassSize) == own
    # parameters of a rule of the base go on top of those it has
    assert sizes.rule(ClassSize) == own.model_copy(update={"per_offer": 9})
    assert found.base.value == 3.0
    assert row(found, "no_duplication").value == 2.5
    assert [effect.rule for effect in found.rules] == sorted(PARAMETERS)


def test_figures_of_the_base_become_parameters(trying: Trying) -> None:
    found, fake = trying()
    assert row(found, "max_sites").parameters == {"sites_at_most": 1}
    limited = next(policy for policy in fake.policies if switched_on(policy) == "max_sites")
    assert limited.rule(MaxSites) == MaxSites(sites_at_most=1)


def test_every_way_to_end_is_a_row(trying: Trying) -> None:
    found, _ = trying(
        minimum_coverage=Infeasible("no plan: it asks too much"), max_sites=NoPlan("late")
    )
    ends = {effect.rule: (effect.status, bool(effect.reason)) for effect in found.rules}
    assert ends == {
        "class_size": ("optimal", False),
        "max_sites": ("limit", True),
        "minimum_coverage": ("no plan", True),
        "no_duplication": ("optimal", False),
        # 3 is no share, and this region has no money
        "placement_guarantee": ("not possible", True),
        "region_budget": ("not possible", True),
        "travel_limit": ("optimal", False),
    }
    assert math.isnan(row(found, "max_sites").value)


def test_no_base_no_table_and_stopping_stops(trying: Trying) -> None:
    with pytest.raises(Infeasible):
        trying(**{"": Infeasible("none")})
    with pytest.raises(NoPlan) as caught:
        trying(max_sites=NoPlan("stopped", interrupted=True))
    assert caught.value.interrupted


def test_a_plan_that_was_stopped_ends_it(monkeypatch: pytest.MonkeyPatch, region: Region) -> None:
    def stopped(region: Region, policy: Policy, limits: Limits, **options: Any) -> Plan:
        return plan_worth(region, policy, 3.0, interrupted=True)

    monkeypatch.setattr(effects, "solve", stopped)
    with pytest.raises(NoPlan) as caught:
        effects_of_rules(region, load_policy("modular"), Limits(), (2026,), "baseline")
    assert caught.value.interrupted


def test_the_page_shows_figures_and_their_differences(trying: Trying) -> None:
    found, _ = trying(no_duplication=2.9, minimum_coverage=Infeasible("none"))
    lines = as_markdown(found).splitlines()
    assert lines[0].startswith("Tiny, 2026, policy `modular`, scenarios `baseline`. The goal is to")
    cells = {line.split("|")[1].strip(): line for line in lines[2:]}
    assert cells["base"].split("|")[3].strip() == "75.0 %"
    assert "| 72.5 % (-2.5) | 90.0 % (+0.0) |" in cells["`no_duplication`"]
    assert "| 2.00 (+0.00) | -3.33 % | 0.10 % |" in cells["`no_duplication`"]
    assert "| share 0.5 |" in cells["`minimum_coverage`"]
    assert re.search(r"\|  \|  \|.*\| no plan \|", cells["`minimum_coverage`"])
    assert len({line.count("|") for line in lines[2:]}) == 1


def test_a_spreadsheet_gets_every_figure_in_full(trying: Trying, tmp_path: Path) -> None:
    found, _ = trying(no_duplication=2.9)
    table = as_table(found).set_index("rule")
    assert table.loc["no_duplication", "coverage_change"] == pytest.approx(-0.025)
    assert table.loc["no_duplication", "goal_change"] == pytest.approx(-0.1)
    assert table.loc["region_budget", "status"] == "not possible"
    write(found, tmp_path / "effects.csv")
    again = pd.read_csv(tmp_path / "effects.csv")
    assert list(again["rule"]) == ["base", *sorted(PARAMETERS)]


def test_only_what_is_between_the_markers_changes(trying: Trying, tmp_path: Path) -> None:
    found, _ = trying()
    page = tmp_path / "page.md"
    page.write_text(
        "# Before\n\n<!-- effects -->\nold\n<!-- /effects -->\n\nAfter.\n", encoding="utf-8"
    )
    check_destination(page)
    for _ in range(2):
        write(found, page)
        text = page.read_text(encoding="utf-8")
        assert text == (
            f"# Before\n\n<!-- effects -->\n{as_markdown(found)}<!-- /effects -->\n\nAfter.\n"
        )
    new = tmp_path / "new.md"
    write(found, new)
    assert as_markdown(found) in new.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["", "<!-- effects -->", "<!-- /effects --> <!-- effects -->"])
def test_a_page_without_a_place_is_left_as_it_is(page: str) -> None:
    with pytest.raises(InputError, match="no place for the table"):
        into_page(page, "table", "page.md")


def test_each_rule_has_parameters_of_its_own() -> None:
    assert sorted(rule_parameters()) == sorted(RULES)


def test_each_rule_can_be_switched_on(region: Region) -> None:
    policy = load_policy("modular")
    plan = plan_worth(region, policy, 3.0)
    known = {"changes": 7.0, **measures(plan)}
    for name, parameters in rule_parameters().items():
        rule = RULES[name].model_validate(resolved(parameters, known))
        assert rule.name == name


def test_the_largest_offer_and_programme(region: Region) -> None:
    known = measures(plan_worth(region, load_policy("modular"), 3.0))
    assert known["largest_programme"] == "care-BOL"
    assert known["largest_site"] == "hill-centre"
    assert known["largest_learners"] == 45.0


@pytest.mark.parametrize(
    ("stated", "becomes"),
    [
        ({"base": "sites"}, 2),
        ({"base": "sites", "plus": -1}, 1),
        ({"base": "cost", "times": 0.95}, 1_900_000),
        ({"base": "half", "times": 3}, 4),
        ({"base": "nearly"}, 5),
        ([{"programme": {"base": "largest_programme"}}], [{"programme": "care-BOL"}]),
        ({"share": 0.5}, {"share": 0.5}),
    ],
)
def test_parameters_are_worked_out(region: Region, stated: Any, becomes: Any) -> None:
    known = {"half": 1.5, "nearly": 4.9999999} | measures(
        plan_worth(region, load_policy("modular"), 3.0)
    )
    assert resolved(stated, known) == becomes


def test_a_figure_that_is_not_there_is_said() -> None:
    with pytest.raises(InputError, match="did you mean cost"):
        resolved({"base": "cots"}, {"cost": 1.0})


def test_a_file_with_parameters_is_read_strictly(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("travel_limit: {minutes: 60}\nmax_sites:\nmax_site: {}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        rule_parameters(file)
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 2
    assert said[0].startswith("rules.yaml:2: `max_sites` has no parameters")
    assert "did you mean max_sites?" in said[1]


def test_parameters_are_spoken_plainly() -> None:
    assert spoken({"minutes": 60, "of": "young"}) == "minutes 60, of young"
    assert spoken({"euros_at_most": 41_234_567}) == "euros_at_most 41,234,567"
    caps = {"caps": [{"programme": "care-BOL", "learners_at_most": 33}]}
    assert spoken(caps) == "caps programme care-BOL learners_at_most 33"
    assert spoken({}) == ""
