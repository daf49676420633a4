from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
import scipy.sparse as sparse

from coverage_opt.solver.compile import compile_model, objective_vector
from coverage_opt.solver.matrix import Matrix
from coverage_opt.solver.outcome import ContradictionError, SolverError

INFINITE = np.inf


def small_model() -> Any:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(["a", "b"], domain=pyo.NonNegativeReals)
    model.choose = pyo.Var(domain=pyo.Binary)
    model.groups = pyo.Var(domain=pyo.NonNegativeIntegers, bounds=(None, 7))
    model.free = pyo.Var()
    model.below = pyo.Constraint(expr=2 * model.x["a"] + 1 <= 4 * model.choose)
    model.between = pyo.Constraint(expr=(1, model.x["b"] - model.groups + 3, 9))
    model.equal = pyo.Constraint(expr=model.x["a"] + model.x["b"] == 5)
    model.above = pyo.Constraint(expr=model.groups >= model.choose)
    return model


def test_columns_are_the_variables_as_declared_with_bounds_and_kind() -> None:
    matrix = compile_model(small_model())
    names = [matrix.column_name(position) for position in range(5)]
    assert names == ["x[a]", "x[b]", "choose", "groups", "free"]
    np.testing.assert_array_equal(matrix.column_lower, [0, 0, 0, 0, -INFINITE])
    np.testing.assert_array_equal(matrix.column_upper, [INFINITE, INFINITE, 1, 7, INFINITE])
    np.testing.assert_array_equal(matrix.integer, [False, False, True, True, False])


def test_rows_carry_both_bounds_and_ranges_are_one_row() -> None:
    matrix = compile_model(small_model())
    assert [matrix.row_name(position) for position in range(4)] == [
        "below",
        "between",
        "equal",
        "above",
    ]
    np.testing.assert_array_equal(
        matrix.coefficients.toarray(),
        [[2, 0, -4, 0, 0], [0, 1, 0, -1, 0], [1, 1, 0, 0, 0], [0, 0, 1, -1, 0]],
    )
    np.testing.assert_array_equal(matrix.row_lower, [-INFINITE, -2, 5, -INFINITE])
    np.testing.assert_array_equal(matrix.row_upper, [-1, 6, 5, 0])


def test_without_an_objective_it_is_zero_and_to_be_minimised() -> None:
    matrix = compile_model(small_model())
    assert (matrix.objective.tolist(), matrix.offset, matrix.sense) == ([0.0] * 5, 0.0, "minimise")


def test_the_active_objective_keeps_its_sense_and_offset() -> None:
    model = small_model()
    model.goal = pyo.Objective(expr=3 * model.free - model.groups + 10, sense=pyo.maximize)
    matrix = compile_model(model)
    assert matrix.objective.tolist() == [0, 0, 0, -1, 3]
    assert (matrix.offset, matrix.sense) == (10.0, "maximise")


def test_several_active_objectives_are_refused_and_inactive_ones_ignored() -> None:
    model = small_model()
    model.first = pyo.Objective(expr=model.free)
    model.second = pyo.Objective(expr=model.choose)
    with pytest.raises(SolverError, match="2 objectives are active: first, second"):
        compile_model(model)
    model.first.deactivate()
    model.second.deactivate()
    assert not compile_model(model).objective.any()


def test_deactivated_constraints_and_blocks_are_left_out() -> None:
    model = small_model()
    model.below.deactivate()
    model.part = pyo.Block()
    model.part.y = pyo.Var()
    model.part.row = pyo.Constraint(expr=model.part.y <= 1)
    model.part.deactivate()
    matrix = compile_model(model)
    assert matrix.coefficients.shape == (3, 5)


def test_columns_lead_back_from_variables() -> None:
    model = small_model()
    matrix = compile_model(model)
    for position, variable in enumerate(matrix.columns):
        assert matrix.column(variable) == position
    stranger = pyo.ConcreteModel()
    stranger.z = pyo.Var()
    with pytest.raises(SolverError, match="z is not a variable of the compiled model"):
        matrix.column(stranger.z)


def test_an_objective_vector_spans_all_columns_and_collects_terms() -> None:
    model = small_model()
    matrix = compile_model(model)
    expression = 2 * model.free + model.x["b"] + 3 * model.x["b"] - model.groups / 2 + 7
    vector, offset = objective_vector(matrix, expression)
    assert vector.tolist() == [0, 4, 0, -0.5, 2]
    assert offset == 7.0


@pytest.mark.parametrize("number", [0, 2.5])
def test_a_number_is_an_objective_too(number: float) -> None:
    vector, offset = objective_vector(compile_model(small_model()), number)
    assert not vector.any()
    assert offset == number


def test_a_single_variable_and_a_named_expression_are_objectives() -> None:
    model = small_model()
    model.total = pyo.Expression(expr=model.x["a"] + model.x["b"] - 1)
    matrix = compile_model(model)
    assert objective_vector(matrix, model.choose)[0].tolist() == [0, 0, 1, 0, 0]
    assert objective_vector(matrix, model.total)[0].tolist() == [1, 1, 0, 0, 0]
    assert objective_vector(matrix, model.total)[1] == -1.0


def test_an_objective_of_strange_fixed_or_multiplied_variables_is_refused() -> None:
    model = small_model()
    matrix = compile_model(model)
    model.late = pyo.Var()
    with pytest.raises(SolverError, match="late is not a variable"):
        objective_vector(matrix, model.late)
    with pytest.raises(SolverError, match="not linear"):
        objective_vector(matrix, model.choose * model.groups)
    model.groups.fix(1)
    with pytest.raises(SolverError, match=r"fixed variables.*groups"):
        objective_vector(matrix, model.choose)


def test_fixed_variables_are_refused_by_name() -> None:
    model = small_model()
    model.x["b"].fix(2)
    with pytest.raises(SolverError, match=r"fixed variables.*x\[b\]"):
        compile_model(model)


def test_nonlinear_constraints_and_odd_domains_are_refused() -> None:
    model = small_model()
    model.product = pyo.Constraint(expr=model.choose * model.groups <= 3)
    with pytest.raises(SolverError, match="product"):
        compile_model(model)
    model.del_component(model.product)
    model.even = pyo.Var(domain=pyo.RangeSet(0, 10, 2))
    with pytest.raises(SolverError, match=r"neither continuous nor integer: even"):
        compile_model(model)


def test_a_constraint_that_lost_its_variables_and_cannot_hold_is_named() -> None:
    model = small_model()
    model.none = pyo.Param(initialize=0.0, mutable=True)
    model.impossible = pyo.Constraint(expr=model.none * model.free >= 1)
    with pytest.raises(ContradictionError, match="impossible"):
        compile_model(model)


def test_a_model_without_constraints_or_without_variables_compiles() -> None:
    model = pyo.ConcreteModel()
    assert compile_model(model).coefficients.shape == (0, 0)
    model.x = pyo.Var()
    assert compile_model(model).coefficients.shape == (0, 1)


def test_arrays_make_a_matrix_with_numbers_spread_and_labels() -> None:
    matrix = Matrix.from_arrays(
        coefficients=np.array([[1, 0], [2, 3]]),
        row_lower=-INFINITE,
        row_upper=[4, 5],
        integer=[True, False],
        columns=["left", "right"],
    )
    assert matrix.coefficients.nnz == 3
    np.testing.assert_array_equal(matrix.row_lower, [-INFINITE, -INFINITE])
    np.testing.assert_array_equal(matrix.column_upper, [INFINITE, INFINITE])
    assert (matrix.column_name(1), matrix.row_name(1)) == ("right", "1")
    assert matrix.row_scale.tolist() == [1.0, 3.0]
    with pytest.raises(ValueError, match="read-only"):
        matrix.row_upper[0] = 1.0


def test_every_fault_of_the_arrays_is_named_at_once() -> None:
    with pytest.raises(SolverError) as caught:
        Matrix.from_arrays(
            coefficients=sparse.csc_array(np.array([[1e-12, 1.0]])),
            row_lower=[0, 0],
            row_upper=np.nan,
            objective=[np.inf, 1],
            integer=[True],
            rows=["class size"],
        )
    for words in ("row_lower has 2 entries, not 1", "row_upper has NaN", "not finite"):
        assert words in str(caught.value)
    assert "one of them in class size" in str(caught.value)
