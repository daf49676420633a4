"""The first stage written in other ways, each put to one solver alone: what a formulation is worth.

All have the same plans, so the same optimum; they differ in their linear relaxation and in what a
solver makes of it. Each is changed in the compiled matrix, where a row is known by the name of the
Pyomo component it comes from.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from benchmarks.methods.peers import Compiled, by_highs, by_scip, compiled_for
from benchmarks.methods.run import Run
from benchmarks.task import Found
from coverage_opt.formulation.planning_model import MomentModel
from coverage_opt.planning.strengthening import implied
from coverage_opt.solver.highs import Solver
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.matrix import Matrix, Row, component_of

TAKERS, FLOWS, SIZES, RUN = "takers_linked", "only_where_offered", "class_size", "run"
"""Rows that say that a group takes, and a flow goes to, only what is offered; rows of class sizes;
the columns of what is taught."""

TIMES_LARGER = 10.0
"""How much larger the constants of loose links are than they need be."""

ROUNDING = 1e-6

Rows = NDArray[np.bool_]


def as_built(run: Run) -> Found:
    """HiGHS on the formulation as it is."""
    return _tried(run, lambda compiled: compiled.matrix)


def takers_free(run: Run) -> Found:
    """HiGHS without the rows that link what a group takes to what several sites offer.

    Where one site alone is in reach, the row is the only link there is, and stays.
    """
    return _tried(run, lambda compiled: _takers_free(compiled.matrix))


def flows_together(run: Run) -> Found:
    """HiGHS with one link for all flows to an offer instead of one for each flow."""
    return _tried(run, lambda compiled: _aggregated(compiled.matrix))


def loose_links(run: Run) -> Found:
    """HiGHS with links whose constants are ten times what they need be: a big M."""
    return _tried(run, lambda compiled: _loosened(compiled.matrix))


def classes_counted(run: Run) -> Found:
    """HiGHS with rows besides: no more sites teach a unit than its learners can fill."""
    return _tried(run, lambda compiled: compiled.matrix.with_rows(list(most_classes(compiled))))


def caps_linked(run: Run) -> Found:
    """HiGHS with rows besides: nobody starts what is not offered, and no more than its cap."""
    return _tried(run, lambda compiled: _strengthened(compiled, "links"))


def caps_covered(run: Run) -> Found:
    """HiGHS with those rows, and that all offers together have room for who must have a place."""
    return _tried(run, lambda compiled: _strengthened(compiled, "links", "covers"))


def caps_counted(run: Run) -> Found:
    """HiGHS with those rows, and how many offers that takes: all that the engine adds."""
    return _tried(run, lambda compiled: _strengthened(compiled, "links", "covers", "counts"))


def scip_units_first(run: Run) -> Found:
    """SCIP that branches on what is taught where before anything else; HiGHS cannot be told to."""
    compiled = compiled_for(run)
    columns = enumerate(compiled.matrix.columns)
    return by_scip(run, compiled, {n for n, column in columns if component_of(column) == RUN})


def _tried(run: Run, written: Callable[[Compiled], Matrix]) -> Found:
    """Relax and solve the first stage as it is written, and note what the relaxation is worth."""
    compiled = compiled_for(run)
    matrix = written(compiled)
    found = replace(compiled.found, rows=len(matrix.rows), nonzeros=matrix.coefficients.nnz)
    # each in a solver of its own: what the relaxation leaves behind would help the search
    relaxed, solver = (_solver(run, compiled, matrix) for _ in range(2))
    with relaxed.relaxed(by_interior_point=True):
        relaxation = relaxed.solve(gap=0.0, time_limit=run.task.time_limit)
    found.figures |= {
        "relaxation": math.nan if relaxation.value is None else relaxation.value,
        "relaxation_seconds": round(relaxation.seconds, 3),
    }
    return by_highs(run, replace(compiled, matrix=matrix, solver=solver, found=found))


def _solver(run: Run, compiled: Compiled, matrix: Matrix) -> Solver:
    solver = Solver(matrix, Limits(run.task.time_limit, run.task.gap, run.task.seed))
    solver.set_objective(compiled.objective, compiled.offset, compiled.sense)
    return solver


def _strengthened(compiled: Compiled, *kinds: str) -> Matrix:
    """Add some of what the engine gives its solver besides the model."""
    rows = implied(compiled.model, compiled.matrix, compiled.policy)
    return compiled.matrix.with_rows([row for kind in kinds for row in getattr(rows, kind)])


def _of(matrix: Matrix, *names: str) -> Rows:
    return np.isin([component_of(row) for row in matrix.rows], names)


def _kept(matrix: Matrix, rows: Rows) -> Matrix:
    """Return the matrix with some of its rows."""
    return replace(
        matrix,
        coefficients=sparse.csc_array(matrix.coefficients.tocsr()[rows]),
        row_lower=matrix.row_lower[rows],
        row_upper=matrix.row_upper[rows],
        rows=[row for row, kept in zip(matrix.rows, rows, strict=True) if kept],
    )


def _without(matrix: Matrix, *names: str) -> Matrix:
    return _kept(matrix, ~_of(matrix, *names))


def _takers_free(matrix: Matrix) -> Matrix:
    offers = matrix.coefficients.tocsr()[:, matrix.integer]
    several = np.diff(offers.indptr) > 1
    return _kept(matrix, ~(_of(matrix, TAKERS) & several))


def _aggregated(matrix: Matrix) -> Matrix:
    """Add up the links of all flows to an offer."""
    links = _kept(matrix, _of(matrix, FLOWS)).coefficients.tocoo()
    offered = matrix.integer[links.col]
    offer = np.zeros(links.shape[0], dtype=np.int64)
    offer[links.row[offered]] = links.col[offered]
    together = []
    for one in np.unique(offer).tolist():
        part = np.flatnonzero(offer[links.row] == one)
        columns, place = np.unique(links.col[part], return_inverse=True)
        values = np.bincount(place, links.data[part]).astype(np.float64)
        together.append(Row(-math.inf, 0.0, columns.astype(np.int32), values))
    return _without(matrix, FLOWS).with_rows(together)


def _loosened(matrix: Matrix) -> Matrix:
    """Multiply what links allow where something is offered."""
    table = matrix.coefficients.copy()
    columns = np.repeat(np.arange(table.shape[1]), np.diff(table.indptr))
    links = _of(matrix, TAKERS, FLOWS)[table.indices] & matrix.integer[columns]
    table.data = np.where(links, TIMES_LARGER * table.data, table.data)
    return replace(matrix, coefficients=table)


def most_classes(compiled: Compiled) -> Iterator[Row]:
    """Yield rows: a unit is taught at no more sites than all its learners can fill.

    Where each class needs m learners and n could come at the most, at all sites together, at most
    the whole part of n / m classes are taught: a minimum-size inequality, rounded down.
    """
    matrix = compiled.matrix
    table = matrix.coefficients.tocsr()
    needs: dict[tuple[object, ...], dict[int, float]] = defaultdict(dict)
    names = [component_of(column) for column in matrix.columns]
    for row in np.flatnonzero(_of(matrix, SIZES)).tolist():
        part = slice(table.indptr[row], table.indptr[row + 1])
        columns, values = table.indices[part], table.data[part]
        whole = matrix.integer[columns]
        # who comes from partners or for a unit alone is not counted here
        if int(whole.sum()) == 1 and {names[c] for c in columns[~whole]} <= {"enrolled", "switch"}:
            column = int(columns[whole][0])
            key = matrix.columns[column].index()[:2]
            # where an offer stands for several units, it needs the most that one of them needs
            least = -float(values[whole][0])
            needs[key][column] = max(least, needs[key].get(column, least))
    (moment,) = compiled.model.moments
    for (_, name), classes in needs.items():
        least = min(classes.values())
        most = math.floor(_could_come(moment, str(name)) / least + ROUNDING)
        if most < len(classes):
            columns = np.array(list(classes), dtype=np.int32)
            yield Row(-math.inf, float(most), columns, np.ones(len(columns)))


def _could_come(moment: MomentModel, name: str) -> float:
    """Return the most learners a year who could come to a unit, or start a programme."""
    units_of = moment.of_period.plan.units_of
    programmes = {p for p, units in units_of.items() if name == p or name in units}
    most: dict[str, float] = defaultdict(float)
    for (group, programme), switch in moment.switch.items():
        if programme in programmes:
            most[group] += float(switch.ub)
    return sum(min(learners, moment.arriving[group]) for group, learners in most.items())
