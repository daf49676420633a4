"""From a Pyomo model to a ``Matrix``: once, without going through a file.

The objectives come apart from the constraints, because the stages of a policy share one set of
constraints: ``compile_model`` makes the matrix, ``objective_vector`` each stage's objective.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np
import scipy.sparse as sparse
from pyomo.common.errors import InfeasibleConstraintException, PyomoException
from pyomo.core import ConcreteModel, Objective, Var, maximize
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from coverage_opt.solver.matrix import Floats, Matrix, Sense
from coverage_opt.solver.outcome import ContradictionError, SolverError

__all__ = ["Matrix", "compile_model", "objective_vector"]

NAMES_SHOWN = 5
_ONE_AT_A_TIME = threading.Lock()  # the first use of Pyomo's compiler is not thread-safe


def compile_model(model: ConcreteModel) -> Matrix:
    """Every active constraint and every variable of a linear Pyomo model, as arrays.

    The columns are the variables on active blocks in the order they were declared, also those in
    no constraint: a later objective may use them. A range constraint is one row. With one active
    objective the matrix carries it; with none the objective is 0 and to be minimised.

    Raises:
        SolverError: when a constraint or the objective is not linear; when a variable is neither
            continuous nor integer, or is fixed (Pyomo would take it out of the model: hold it
            with ``Solver.change_bounds``); when several objectives are active.
        ContradictionError: when a constraint has no variable left and cannot hold.
    """
    objectives = list(model.component_data_objects(Objective, active=True))
    if len(objectives) > 1:
        raise SolverError(f"{len(objectives)} objectives are active: {_names(objectives)}")
    declared = list(model.component_data_objects(Var, active=True))
    _refuse_fixed(declared)
    form = _standard_form(model)
    unique = {id(variable): variable for variable in chain(declared, form.columns)}
    columns = tuple(unique.values())
    position = {key: place for place, key in enumerate(unique)}
    placed = np.array([position[id(variable)] for variable in form.columns], dtype=np.int32)
    rows, row_lower, row_upper, coefficients = _rows(form, placed, len(columns))
    bounds = [variable.bounds for variable in columns]
    return Matrix.from_arrays(
        coefficients=coefficients,
        row_lower=row_lower,
        row_upper=row_upper,
        column_lower=[-np.inf if lower is None else lower for lower, _ in bounds],
        column_upper=[np.inf if upper is None else upper for _, upper in bounds],
        objective=_objective(form, placed, len(columns)),
        offset=float(form.c_offset[0]) if objectives else 0.0,
        sense=_sense(objectives),
        integer=_integer(columns),
        columns=columns,
        rows=rows,
    )


def objective_vector(matrix: Matrix, expression: Any) -> tuple[Floats, float]:
    """A linear Pyomo expression over the columns of a compiled model.

    Args:
        matrix: made by ``compile_model`` from the model whose variables the expression uses.
        expression: a Pyomo expression, variable or number.

    Returns:
        The dense coefficients, one per column, and the constant.

    Raises:
        SolverError: when the expression is not linear, or uses a variable that is fixed or not
            part of the compiled model.
    """
    _refuse_fixed(matrix.columns)
    form = generate_standard_repn(expression, quadratic=False)
    if form.nonlinear_expr is not None:
        raise SolverError(f"an objective is not linear: {form.nonlinear_expr}")
    coefficients = np.zeros(len(matrix.columns))
    places = [matrix.column(variable) for variable in form.linear_vars]
    coefficients[places] = form.linear_coefs
    return coefficients, float(form.constant)


def _standard_form(model: ConcreteModel) -> Any:
    # set_sense=None: by default the compiler silently negates a maximisation
    try:
        with _ONE_AT_A_TIME:
            return LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
    except InfeasibleConstraintException as fault:
        raise ContradictionError(str(fault)) from fault
    except (PyomoException, ValueError) as fault:
        raise SolverError(f"the model cannot be compiled: {fault}") from fault


def _rows(
    form: Any, placed: np.ndarray[Any, np.dtype[np.int32]], width: int
) -> tuple[list[Any], Floats, Floats, sparse.coo_array]:
    """Constraints, bounds and coefficients; the two rows of a range become one."""
    constraints = [row.constraint for row in form.rows]
    kind = np.array([row.bound_type for row in form.rows], dtype=np.int8)
    right = np.array(form.rhs, dtype=np.float64)
    first = np.array(
        [k == 0 or constraints[k] is not constraints[k - 1] for k in range(len(constraints))],
        dtype=np.bool_,
    )
    row_of = np.cumsum(first) - 1
    kept = [constraint for constraint, is_first in zip(constraints, first, strict=True) if is_first]
    lower, upper = np.full(len(kept), -np.inf), np.full(len(kept), np.inf)
    lower[row_of[kind <= 0]] = right[kind <= 0]
    upper[row_of[kind >= 0]] = right[kind >= 0]
    entries = form.A.tocoo()
    chosen = first[entries.row]
    coefficients = sparse.coo_array(
        (entries.data[chosen], (row_of[entries.row[chosen]], placed[entries.col[chosen]])),
        shape=(len(kept), width),
    )
    return kept, lower, upper, coefficients


def _objective(form: Any, placed: np.ndarray[Any, np.dtype[np.int32]], width: int) -> Floats:
    objective = np.zeros(width)
    entries = form.c.tocoo()
    objective[placed[entries.col]] = entries.data
    return objective


def _sense(objectives: list[Any]) -> Sense:
    return "maximise" if objectives and objectives[0].sense == maximize else "minimise"


def _integer(columns: tuple[Any, ...]) -> list[bool]:
    odd = [v for v in columns if not (v.is_continuous() or v.is_integer() or v.is_binary())]
    if odd:
        raise SolverError(f"variables neither continuous nor integer: {_names(odd)}")
    return [not variable.is_continuous() for variable in columns]


def _refuse_fixed(columns: Iterable[Any]) -> None:
    fixed = [variable for variable in columns if variable.fixed]
    if fixed:
        raise SolverError(f"fixed variables, hold them by their bounds instead: {_names(fixed)}")


def _names(components: list[Any]) -> str:
    shown = ", ".join(component.name for component in components[:NAMES_SHOWN])
    more = len(components) - NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
