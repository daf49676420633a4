"""What planning for uncertainty is worth: arithmetic on a solve that answers as it is told."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import pytest

from builders import tiny_region
from coverage_opt import Infeasible, InputError, Limits, NoPlan, Plan, Policy, load_policy
from coverage_opt.analysis import uncertainty
from coverage_opt.analysis.uncertainty import Uncertainty, first_stage, value_of_planning
from coverage_opt.analysis.worth import Interval
from coverage_opt.cli.asking import Question
from coverage_opt.cli.uncertainty_page import as_line, sentences
from coverage_opt.plan.plan import TABLES
from coverage_opt.policy.policy import Stage
from coverage_opt.region.region import Region
from coverage_opt.rules.class_size import ClassSize

SCENARIOS: dict[str, Any] = {
    "scenarios": [
        ("decline", "slow", "Slow decline", 0.75),
        ("decline", "fast", "Fast decline", 0.25),
        ("one", "slow", "Slow decline", 1.0),
    ],
    "factors": [("fast", 2030, "learners", "all", 0.8)],
}
ALL, MEAN, HELD = "decline", "mean:decline", "held"
Answer = tuple[float, float] | Exception
"""Value and bound, or what is raised."""

MAXIMISED: dict[str, Answer] = {
    ALL: (3.0, 3.25),
    "only:slow": (3.5, 3.5),
    "only:fast": (2.5, 3.0),
    MEAN: (3.75, 3.75),
    HELD: (2.0, 2.5),
}


@dataclass
class FakeSolve:
    """Answers each question with the value and bound it was given, and notes what was asked."""

    answers: Mapping[str, Answer]
    interrupted_at: str = ""
    asked: list[str] = field(default_factory=list)
    held: Any = None
    policy: Policy | None = None

    def __call__(self, region: Region, policy: Policy, limits: Limits, **options: Any) -> Plan:
        name = HELD if options["held_offers"] is not None else options["scenarios"]
        self.asked.append(name)
        self.policy = policy
        if name == HELD:
            assert options["scenarios"] == ALL
            self.held = options["held_offers"]
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return _plan(region, policy, options["periods"], answer, name == self.interrupted_at)


def _plan(
    region: Region,
    policy: Policy,
    periods: tuple[int, ...],
    answer: tuple[float, float],
    interrupted: bool,
) -> Plan:
    rows: dict[str, list[tuple[Any, ...]]] = {
        "stages": [(1, "goal", "maximise", *answer, 0.0, 1.0, "optimal")],
        "indicators": [("placed", "share", answer[0] / 4), ("cost", "EUR a year", 1e6 * answer[0])],
        "offers": [(period, "care-BOL", "hill-centre", 20.0) for period in periods],
    }
    tables = {
        name: pd.DataFrame(rows.get(name, []), columns=list(columns))
        for name, columns in TABLES.items()
    }
    run = {"interrupted": interrupted, "seconds": {"solve": 2.0, "verify": 0.5}}
    return Plan(
        "optimal", region.name, "", policy, periods, ALL, region.scenario_set(ALL), run, tables
    )


Asking = Callable[..., tuple[Uncertainty, FakeSolve]]


@pytest.fixture(scope="module")
def region() -> Region:
    return tiny_region(**SCENARIOS)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, region: Region) -> Asking:
    """Return a function that works out the worth of planning from made-up answers."""

    def asking(
        answers: Mapping[str, Answer] = MAXIMISED,
        policy: Policy | None = None,
        interrupted_at: str = "",
    ) -> tuple[Uncertainty, FakeSolve]:
        fake = FakeSolve(answers, interrupted_at)
        monkeypatch.setattr(uncertainty, "solve", fake)
        chosen = policy or placed_first()
        return value_of_planning(region, chosen, Limits(), (2026, 2030), ALL), fake

    return asking


def placed_first(**stage: Any) -> Policy:
    policy = load_policy("modular")
    first = Stage.model_validate({"maximise": {"placed": 1}} | stage)
    return policy.model_copy(update={"objective": (first, *policy.objective[1:])})


def test_everything_is_solved_once_with_the_offers_for_the_mean_held(ask: Asking) -> None:
    found, fake = ask()
    assert fake.asked == [ALL, "only:fast", "only:slow", MEAN, HELD]
    offer = {("care-BOL", "hill-centre")}
    assert {period: set(offers) for period, offers in fake.held.items()} == {
        2026: offer,
        2030: offer,
    }
    assert found.planned.value == 3.0
    assert found.planned.seconds == 2.5
    assert found.averaged.value == 3.75


def test_the_intervals_hold_everything_that_the_gaps_leave_open(ask: Asking) -> None:
    found, _ = ask()
    wait = found.wait_and_see
    assert (wait.value, wait.bound) == (0.75 * 3.5 + 0.25 * 2.5, 0.75 * 3.5 + 0.25 * 3.0)
    assert wait.indicators["placed"] == pytest.approx(wait.value / 4)
    # WS is in [3.25, 3.375] and RP in [3, 3.25]; EEV is in [2, 2.5]
    assert found.perfect_information == Interval(0.0, 0.375)
    assert found.stochastic_solution == Interval(0.5, 1.25)


def test_the_signs_turn_when_less_is_better(ask: Asking) -> None:
    answers: dict[str, Answer] = {
        ALL: (10.0, 9.0),
        "only:slow": (8.0, 8.0),
        "only:fast": (6.0, 4.0),
        MEAN: (7.0, 7.0),
        HELD: (14.0, 13.0),
    }
    policy = placed_first(maximise=None, minimise={"offers": 1})
    found, _ = ask(answers, policy)
    # WS is in [7, 7.5], RP in [9, 10], EEV in [13, 14]
    assert found.perfect_information == Interval(1.5, 3.0)
    assert found.stochastic_solution == Interval(3.0, 5.0)
    assert found.sense == "minimise"


def test_neither_is_below_nothing(ask: Asking) -> None:
    loose: dict[str, Answer] = {**MAXIMISED, ALL: (3.25, 3.5), HELD: (3.0, 3.5)}
    found, _ = ask(loose)
    assert found.perfect_information == Interval(0.0, 0.125)
    assert found.stochastic_solution == Interval(0.0, 0.5)


def test_rules_that_hold_in_the_mean_may_make_knowing_cost(ask: Asking) -> None:
    policy = placed_first()
    rules = policy.rules.model_copy(update={"class_size": ClassSize(holds="expectation")})
    answers: dict[str, Answer] = {**MAXIMISED, ALL: (3.75, 3.75)}
    found, _ = ask(answers, policy.model_copy(update={"rules": rules}))
    assert found.in_expectation == ("class_size",)
    assert found.perfect_information == Interval(3.25 - 3.75, 3.375 - 3.75)
    assert any("knowing may even cost" in sentence for sentence in sentences(found))


def test_offers_without_a_plan_are_beyond_measure(ask: Asking) -> None:
    found, _ = ask({**MAXIMISED, HELD: Infeasible("none")})
    assert found.held is None
    assert found.stochastic_solution is None
    assert any("worth more than can be measured" in sentence for sentence in sentences(found))


def test_a_limit_in_a_part_leaves_one_end_open(ask: Asking) -> None:
    found, _ = ask({**MAXIMISED, "only:fast": NoPlan("slow"), HELD: NoPlan("slow")})
    assert found.perfect_information == Interval(0.0, math.inf)
    assert found.stochastic_solution == Interval(0.0, math.inf)
    said = [sentence for sentence in sentences(found) if "a limit came before" in sentence]
    assert len(said) == 2
    result = json.loads(as_line(found, question(found)))
    assert result["evpi"] == {"low": 0.0, "high": None}


@pytest.mark.parametrize("at", [ALL, "only:slow", MEAN, HELD])
def test_stopping_stops_it_all(ask: Asking, at: str) -> None:
    with pytest.raises(NoPlan) as caught:
        ask(MAXIMISED, interrupted_at=at)
    assert caught.value.interrupted
    with pytest.raises(NoPlan) as caught:
        ask({**MAXIMISED, at: NoPlan("stopped", interrupted=True)})
    assert caught.value.interrupted


@pytest.mark.parametrize(
    ("at", "said"),
    [(ALL, "all scenarios together"), ("only:fast", "Fast decline alone"), (MEAN, "the mean")],
)
def test_it_is_said_for_what_there_is_no_plan(ask: Asking, at: str, said: str) -> None:
    with pytest.raises(Infeasible, match=f"for {said}"):
        ask({**MAXIMISED, at: Infeasible("no plan satisfies every rule")})


@pytest.mark.parametrize(("name", "said"), [("one", "one scenario only"), ("declne", "decline")])
def test_one_scenario_is_not_enough(region: Region, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        value_of_planning(region, placed_first(), Limits(), (2026,), name)


def test_only_the_first_stage_counts_as_an_expectation(ask: Asking) -> None:
    policy = placed_first(risk="cvar", tail=0.5, tolerance=0.1)
    alone = first_stage(policy)
    assert alone.objective == (Stage.model_validate({"maximise": {"placed": 1}}),)
    _, fake = ask(policy=policy)
    assert fake.policy == alone


def question(found: Uncertainty) -> Question:
    region = tiny_region(**SCENARIOS)
    return Question(region, placed_first(), found.periods, found.scenario_set)


def test_the_account_is_in_the_goals_own_unit(ask: Asking) -> None:
    said = list(sentences(ask()[0]))
    assert said[0] == (
        "The goal is to maximise placed, expected over Fast decline (25 %) and Slow decline (75 %)."
    )
    assert said[1] == (
        "Knowing beforehand which scenario comes adds at most 37.50 percentage points (12.50 % of "
        "the goal), which is what the gaps leave open."
    )
    assert said[2].startswith("Planning for all scenarios instead of the mean one adds 50.00 per")


def test_sums_of_shares_are_explained_and_money_saved(ask: Asking) -> None:
    several = placed_first(maximise={"placed": 2, "coverage": 1})
    said = list(sentences(ask(policy=several)[0]))
    assert said[1] == "In it 0.01 is one percentage point of a share that counts once."
    assert "adds at most 0.375 (" in said[2]
    dear = {
        name: (1e6 * answer[0], 1e6 * answer[0])
        for name, answer in MAXIMISED.items()
        if isinstance(answer, tuple)
    }
    dear |= {ALL: (4e6, 4e6), HELD: (4e6, 4e6)}
    said = list(sentences(ask(dear, placed_first(maximise=None, minimise={"cost": 1}))[0]))
    assert said[1] == (
        "Knowing beforehand which scenario comes saves EUR 750,000 a year (18.75 % of the goal)."
    )
    assert said[2] == "Planning for all scenarios instead of the mean one saves nothing."


def test_programs_get_every_number(ask: Asking) -> None:
    found, _ = ask()
    result = json.loads(as_line(found, question(found)))
    assert result["recourse"]["value"] == 3.0
    assert result["wait_and_see"]["bound"] == 3.375
    assert set(result["foreseen"]) == {"slow", "fast"}
    assert result["held"]["bound"] == 2.5
    assert result["evpi"] == {"low": 0.0, "high": 0.375}
    assert result["vss"] == {"low": 0.5, "high": 1.25}
    assert (result["goal"], result["sense"], result["unit"]) == ("placed", "maximise", "share")
    assert result["periods"] == [2026, 2030]
    beyond = replace(found, held=None)
    assert json.loads(as_line(beyond, question(found)))["vss"] is None
