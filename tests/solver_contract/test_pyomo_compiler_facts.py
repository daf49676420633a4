"""What compile.py relies on in Pyomo's LinearStandardFormCompiler."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.common.errors import InfeasibleConstraintException, InvalidConstraintError
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler


def model_with_two_variables() -> Any:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 10))
    model.y = pyo.Var(bounds=(0, 10))
    return model


def compiled(model: Any, **options: Any) -> Any:
    return LinearStandardFormCompiler().write(model, mixed_form=True, **options)


def test_a_maximisation_is_negated_by_default_and_kept_with_set_sense_none() -> None:
    model = model_with_two_variables()
    model.goal = pyo.Objective(expr=2 * model.x + 3, sense=pyo.maximize)
    negated, kept = compiled(model), compiled(model, set_sense=None)
    assert (negated.c.toarray().item(), negated.c_offset.item()) == (-2.0, -3.0)
    assert (kept.c.toarray().item(), kept.c_offset.item()) == (2.0, 3.0)


def test_a_range_constraint_is_two_neighbouring_rows_of_the_same_sign() -> None:
    model = model_with_two_variables()
    model.between = pyo.Constraint(expr=(1, model.x + 2 * model.y + 1, 5))
    form = compiled(model, set_sense=None)
    assert [(row.constraint is model.between, row.bound_type) for row in form.rows] == [
        (True, 1),
        (True, -1),
    ]
    assert list(form.rhs) == [4.0, 0.0]
    np.testing.assert_array_equal(form.A.toarray(), [[1, 2], [1, 2]])


def test_bound_type_tells_the_three_relations_apart() -> None:
    model = model_with_two_variables()
    model.rows = pyo.ConstraintList()
    model.rows.add(model.x <= 1)
    model.rows.add(model.x >= 1)
    model.rows.add(model.x == 1)
    assert [row.bound_type for row in compiled(model, set_sense=None).rows] == [1, -1, 0]


def test_a_fixed_variable_is_substituted_out() -> None:
    model = model_with_two_variables()
    model.row = pyo.Constraint(expr=model.x + 2 * model.y <= 9)
    model.y.fix(2)
    form = compiled(model, set_sense=None)
    assert [variable.name for variable in form.columns] == ["x"]
    assert list(form.rhs) == [5.0]


def test_a_variable_in_no_constraint_is_lost() -> None:
    model = model_with_two_variables()
    model.row = pyo.Constraint(expr=model.x <= 1)
    assert [variable.name for variable in compiled(model, set_sense=None).columns] == ["x"]


def test_a_product_of_variables_is_refused() -> None:
    model = model_with_two_variables()
    model.row = pyo.Constraint(expr=model.x * model.y <= 1)
    with pytest.raises(InvalidConstraintError):
        compiled(model, set_sense=None)


def test_a_constraint_without_variables_is_dropped_or_refused() -> None:
    model = model_with_two_variables()
    model.zero = pyo.Param(initialize=0.0, mutable=True)
    model.row = pyo.Constraint(expr=model.zero * model.x <= 1)
    assert compiled(model, set_sense=None).rows == []
    model.impossible = pyo.Constraint(expr=model.zero * model.x >= 1)
    with pytest.raises(InfeasibleConstraintException, match="impossible"):
        compiled(model, set_sense=None)
