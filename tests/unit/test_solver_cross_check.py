"""The same models through Pyomo's own way to HiGHS and by trying everything."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from highspy import Highs

from coverage_opt.solver.compile import compile_model
from coverage_opt.solver.highs import Status
from solver_models import solver


def random_model(seed: int) -> Any:
    """Eight variables of every kind, and rows of every kind, of which some are ranges."""
    random = np.random.default_rng(seed)
    model = pyo.ConcreteModel()
    model.b = pyo.Var(range(4), domain=pyo.Binary)
    model.k = pyo.Var(range(2), domain=pyo.Integers, bounds=(-3, 4))
    model.x = pyo.Var(range(2), bounds=(-2.5, None))
    variables = [*model.b.values(), *model.k.values(), *model.x.values()]

    def weighted() -> Any:
        weights = random.integers(-4, 6, size=len(variables))
        return sum(int(w) * v for w, v in zip(weights, variables, strict=True))

    model.rows = pyo.ConstraintList()
    model.rows.add(sum(variables) <= 9.5)
    model.rows.add(model.x[0] + model.x[1] <= 7)
    for _ in range(4):
        low = float(random.integers(-6, 7))
        model.rows.add((low, weighted(), low + float(random.integers(2, 8))))
    model.rows.add(model.x[0] - 2 * model.k[0] == 0.5)
    sense = pyo.maximize if seed % 2 else pyo.minimize
    model.goal = pyo.Objective(expr=weighted() + 3.25, sense=sense)
    return model


def by_pyomo(model: Any) -> tuple[bool, float]:
    Highs.resetGlobalScheduler(True)
    appsi = pyo.SolverFactory("appsi_highs")
    appsi.config.load_solution = False
    appsi.highs_options = {"threads": 1, "mip_rel_gap": 0.0}
    result = appsi.solve(model, load_solutions=False)
    if result.solver.termination_condition != pyo.TerminationCondition.optimal:
        return False, 0.0
    appsi.load_vars()
    return True, float(pyo.value(model.goal))


@pytest.mark.parametrize("seed", range(24))
def test_random_models_agree_with_pyomos_own_interface(seed: int) -> None:
    model = random_model(seed)
    outcome = solver(compile_model(model)).solve()
    found, value = by_pyomo(model)
    assert outcome.status is (Status.OPTIMAL if found else Status.INFEASIBLE)
    if found:
        assert outcome.value == pytest.approx(value, abs=1e-5)
        assert outcome.bound == pytest.approx(value, abs=1e-5)


def test_the_random_models_are_neither_all_feasible_nor_all_infeasible() -> None:
    found = [solver(compile_model(random_model(seed))).solve().status for seed in range(24)]
    assert 12 <= found.count(Status.OPTIMAL) < 24


@pytest.mark.parametrize("seed", range(10))
def test_small_whole_models_agree_with_trying_everything(seed: int) -> None:
    random = np.random.default_rng(100 + seed)
    model = pyo.ConcreteModel()
    model.k = pyo.Var(range(5), domain=pyo.Integers, bounds=(0, 2))
    table, gains = random.integers(-3, 5, size=(3, 5)), random.integers(-4, 6, size=5)
    room = random.integers(2, 9, size=3)
    model.rows = pyo.Constraint(
        range(3), rule=lambda m, r: (-4, sum(int(table[r, c]) * m.k[c] for c in range(5)), room[r])
    )
    model.goal = pyo.Objective(
        expr=sum(int(gains[c]) * model.k[c] for c in range(5)), sense=pyo.maximize
    )
    best = max(
        gains @ plan
        for plan in map(np.array, product(range(3), repeat=5))
        if (table @ plan >= -4).all() and (table @ plan <= room).all()
    )
    assert solver(compile_model(model)).solve().value == pytest.approx(best)
