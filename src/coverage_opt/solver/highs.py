"""HiGHS behind one small class: everything asked, checked and answered in plain arrays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from highspy import HighsModelStatus, HighsStatus

from coverage_opt.solver.limits import Deadline, Limits
from coverage_opt.solver.matrix import Floats, Matrix, Row, Sense
from coverage_opt.solver.outcome import ContradictionError, Outcome, SolverError, Status
from coverage_opt.solver.progress import ABSOLUTE_GAP, Listener, relative_gap, silent
from coverage_opt.solver.running import QuietHighs, Reporter, Watch, finite, run

__all__ = ["ContradictionError", "Outcome", "Solver", "SolverError", "Status"]

INTEGER_TOLERANCE = 1e-5
"""Farther from a whole number than this, a value is not rounded but refused."""
ROW_TOLERANCE = 1e-5
"""Largest violation of a row, times its largest coefficient where that is above 1."""
BOUND_TOLERANCE = 1e-5
"""Largest violation of a column's bounds; what is within it is put back on the bound."""
GAP_SLACK = 1e-6
"""By how much rounding may lift the gap over the asked one for the plan still to be optimal."""
CONTRADICTION = 1e-4
"""A plan better than the proven bound by this share means that one of them is wrong."""

_SENSES = {"maximise": highspy.ObjSense.kMaximize, "minimise": highspy.ObjSense.kMinimize}
_PROVEN = {
    HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    HighsModelStatus.kUnbounded: Status.UNBOUNDED,
}
_FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible
_STOPPED = (HighsModelStatus.kTimeLimit, HighsModelStatus.kInterrupt)


class Solver:
    """One model inside HiGHS, changed and solved as often as needed.

    Every change holds until it is changed again, except a start, which only the next solve uses.

    Args:
        matrix: the model; it is copied into HiGHS and stays as it is.
        limits: seed, threads and log of every solve; gap and time limit where ``solve`` gives none.

    Raises:
        SolverError: here and in every method, when HiGHS refuses what it is asked.
        OSError: when the log file cannot be written.
    """

    def __init__(self, matrix: Matrix, limits: Limits) -> None:
        self.matrix = matrix
        self._limits = limits
        self._lower, self._upper = _whole_bounds(
            matrix.column_lower, matrix.column_upper, matrix.integer
        )
        self._objective, self._offset, self._sense = matrix.objective, matrix.offset, matrix.sense
        self._added: list[Row] = []
        self._current: Matrix | None = None
        self._start: dict[int, float] = {}
        self._integer = matrix.integer
        self._options: dict[str, bool | float | str] = {
            "output_flag": True,  # without it HiGHS reports no progress either
            "random_seed": limits.seed,
            "threads": limits.threads or 0,
        }
        if limits.log_file is not None:
            self._options["log_file"] = str(limits.log_file)
        self._watch = Watch()
        self._highs = self._taken_in(matrix)

    def set_objective(self, vector: npt.ArrayLike, offset: float, sense: Sense) -> None:
        """Replace the objective by ``vector @ x + offset``; the vector has one entry a column."""
        objective = np.array(vector, dtype=np.float64)
        width = len(self._lower)
        if objective.shape != (width,) or not np.isfinite([*objective, offset]).all():
            raise SolverError(f"an objective needs {width} finite coefficients")
        everywhere = np.arange(width, dtype=np.int32)
        _checked(self._highs.changeColsCost(width, everywhere, objective), "set the objective")
        _checked(self._highs.changeObjectiveOffset(float(offset)), "set the offset")
        _checked(self._highs.changeObjectiveSense(_SENSES[sense]), "set the sense")
        self._objective, self._offset, self._sense = objective, float(offset), sense

    def add_row(
        self, lower: float, upper: float, indices: npt.ArrayLike, values: npt.ArrayLike
    ) -> int:
        """Add ``lower <= sum values * x[indices] <= upper``.

        Returns:
            The position of the new row.
        """
        self.add_rows([Row(float(lower), float(upper), _positions(indices), _floats(values))])
        return len(self.matrix.row_lower) + len(self._added) - 1

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Add rows at once: HiGHS takes in several hundred as fast as one."""
        if not rows:
            return
        sizes = [len(row.indices) for row in rows]
        status = self._highs.addRows(
            len(rows),
            np.array([row.lower for row in rows]),
            np.array([row.upper for row in rows]),
            sum(sizes),
            np.cumsum([0, *sizes[:-1]], dtype=np.int32),
            np.concatenate([row.indices for row in rows]),
            np.concatenate([row.values for row in rows]),
        )
        _checked(status, "add a row")
        self._added += rows
        self._current = None

    def change_bounds(
        self, indices: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike
    ) -> None:
        """New bounds for some columns; equal bounds fix them, the matrix has the first ones.

        Those of integer columns are moved inwards to whole numbers.

        Args:
            indices: (k,) positions of columns.
            lower: (k,) or one number for all of them.
            upper: (k,) or one number for all of them.
        """
        where = _positions(indices)
        low = np.array(np.broadcast_to(_floats(lower), where.shape))
        high = np.array(np.broadcast_to(_floats(upper), where.shape))
        low, high = _whole_bounds(low, high, np.isin(where, np.flatnonzero(self.matrix.integer)))
        _checked(self._highs.changeColsBounds(len(where), where, low, high), "change bounds")
        self._lower[where], self._upper[where] = low, high

    def set_start(self, values: npt.ArrayLike | Mapping[int, float]) -> None:
        """A plan to begin the next solve from; ignored where no column is integer.

        HiGHS completes a partial start and quietly drops one it cannot make feasible.

        Args:
            values: one per column, or a mapping of some columns to values; the integer ones do.
        """
        start = values if isinstance(values, Mapping) else dict(enumerate(_floats(values)))
        if not all(0 <= column < len(self._lower) for column in start):
            raise SolverError(f"a start has columns beyond the {len(self._lower)} of the model")
        if not np.isfinite(list(start.values())).all():
            raise SolverError("a start has values that are not finite")
        self._start = {int(column): float(value) for column, value in start.items()}

    def start_from(self, plan: Floats) -> None:
        """Begin the next solve from a plan: from its integer columns.

        Given all columns, HiGHS may improve on them in presolve and then hand back the ones it was
        given; given these alone, it works out the others itself.

        Args:
            plan: a value for each column, at least up to the last integer one.
        """
        self.set_start({int(i): float(plan[i]) for i in np.flatnonzero(self.matrix.integer)})

    @property
    def sense(self) -> Sense:
        """Whether the objective is maximised or minimised."""
        return self._sense

    @property
    def objective(self) -> Floats:
        """(n,) coefficients of the objective."""
        return self._objective

    @property
    def column_lower(self) -> Floats:
        """(n,) lower bounds as they are now."""
        return self._lower.copy()

    @property
    def column_upper(self) -> Floats:
        """(n,) upper bounds as they are now."""
        return self._upper.copy()

    @property
    def offset(self) -> float:
        """Constant part of the objective."""
        return self._offset

    def row_duals(self) -> Floats:
        """Duals after a linear programme was solved: of the matrix's rows, then of those added.

        Returns:
            (m,) by how much the objective changes per unit of each row's bound.
        """
        if not len(self._lower):
            # what has no columns is never handed to HiGHS
            return np.zeros(len(self.matrix.row_lower) + len(self._added))
        solution = self._highs.getSolution()
        if not solution.dual_valid:
            raise SolverError("there are no duals: a linear programme was not solved to the end")
        return np.array(solution.row_dual, dtype=np.float64)

    def relax_integrality(self) -> None:
        """Let every column be fractional."""
        self._set_integrality(np.zeros_like(self.matrix.integer))

    @contextmanager
    def relaxed(self, *, by_interior_point: bool = False) -> Iterator[None]:
        """Let every column be fractional for as long as the ``with`` lasts.

        Args:
            by_interior_point: solve it so meanwhile; see :meth:`by_interior_point`.
        """
        try:
            self.relax_integrality()
            self.by_interior_point(on=by_interior_point)
            yield
        finally:
            self.by_interior_point(on=False)
            self._set_integrality(self.matrix.integer)

    @contextmanager
    def holding(self, indices: npt.ArrayLike, values: npt.ArrayLike) -> Iterator[None]:
        """Hold columns at values for as long as the ``with`` lasts.

        Args:
            indices: (k,) positions of columns.
            values: (k,) or one number for all of them.
        """
        where = _positions(indices)
        lower, upper = self._lower[where], self._upper[where]
        self.change_bounds(where, values, values)
        try:
            yield
        finally:
            self.change_bounds(where, lower, upper)

    def by_interior_point(self, *, on: bool = True) -> None:
        """Solve linear programmes by an interior point method, with crossover to a vertex.

        For wide ones with hardly a plan to start from it takes a fraction of the time of the
        simplex method, which is what HiGHS chooses by itself.
        """
        self._option("solver", "ipm" if on else "choose")

    def solve(
        self,
        gap: float | None = None,
        time_limit: float | None = None,
        on_progress: Listener = silent,
        phase: str = "",
        absolute_gap: float = ABSOLUTE_GAP,
        stop: threading.Event | None = None,
        known_bound: float | None = None,
    ) -> Outcome:
        """Solve the model as it now is. The first Ctrl-C stops the search and keeps the plan.

        Args:
            gap: relative gap to reach; by default the one in the limits.
            time_limit: seconds, 0 or more, ``math.inf`` for none; by default the one in the limits.
                HiGHS checks the clock between steps, so a long step can overrun it.
            on_progress: hears of new plans, that the search goes on, and of the end.
            phase: put into the events.
            absolute_gap: difference between value and bound at which to stop as well.
            stop: stops the search when set from another thread, as Ctrl-C does from the keyboard.
            known_bound: what is proven already: no plan is better, and one within the gap of it
                ends the search. The bound that is returned is that of this solve alone.

        Raises:
            SolverError: when HiGHS fails, or returns a plan that does not satisfy the model.
            KeyboardInterrupt: at a second Ctrl-C.
        """
        asked = self._limits.gap if gap is None else gap
        seconds = self._limits.time_limit_seconds if time_limit is None else time_limit
        self._watch.reset(_within(asked, known_bound))
        reporter = Reporter(on_progress, phase, self._watch)
        if len(self._lower):
            self._option("mip_abs_gap", absolute_gap)
            interrupted = self._run(asked, Deadline.after(seconds), reporter, stop)
            outcome = self._outcome(asked, interrupted, reporter)
        else:
            outcome = self._without_columns(reporter)
        reporter.finish(outcome)
        return outcome

    def current(self) -> Matrix:
        """Return the matrix with the rows that were added, which come last."""
        if self._current is None:
            self._current = self.matrix.with_rows(self._added)
        return self._current

    def satisfied_by(self, values: Floats) -> bool:
        """Tell whether values keep every row, within the tolerance that plans are held to."""
        return self._worst_row(values)[0] <= 1.0

    def reconciled(self, value: float, bound: float) -> float:
        """The bound, moved to a plan's value where rounding put that slightly beyond it.

        Raises:
            SolverError: when the value is so far beyond the bound that one of them is wrong.
        """
        beyond = value - bound if self._sense == "maximise" else bound - value
        if beyond > CONTRADICTION * max(1.0, abs(value)):
            raise SolverError(f"HiGHS returned a plan of {value} beyond its own bound {bound}")
        return value if beyond > 0 else bound

    def _taken_in(self, matrix: Matrix) -> QuietHighs:
        """Return a HiGHS object that holds the matrix and has all options, heard by the watch."""
        highs = QuietHighs()
        self._watch.attach(highs)
        if self._limits.log_file is not None:
            self._limits.log_file.touch()  # HiGHS would go on silently without its log
        for name, value in self._options.items():
            _checked(highs.setOptionValue(name, value), f"set the option {name} to {value}")
        _checked(pass_model(highs, matrix, self._lower, self._upper), "take in the model")
        return highs

    def _renew(self) -> None:
        """Hand the model as it now is to a fresh HiGHS object, whose clock is at 0."""
        now = replace(
            self.current(),
            objective=self._objective,
            offset=self._offset,
            sense=self._sense,
            integer=self._integer,
        )
        self._highs = self._taken_in(now)

    def _option(self, name: str, value: bool | float | str) -> None:
        self._options[name] = value
        _checked(self._highs.setOptionValue(name, value), f"set the option {name} to {value}")

    def _set_integrality(self, integer: npt.NDArray[np.bool_]) -> None:
        everywhere = np.arange(len(integer), dtype=np.int32)
        kinds = integer.astype(np.uint8)
        status = self._highs.changeColsIntegrality(len(integer), everywhere, kinds)
        _checked(status, "change which columns are integer")
        self._integer = integer

    def _run(
        self, gap: float, deadline: Deadline, reporter: Reporter, stop: threading.Event | None
    ) -> bool:
        """Run, and once more without presolve if that could not tell infeasible from unbounded."""
        self._option("mip_rel_gap", gap)
        self._pass_start()
        interrupted = self._run_once(deadline, reporter, stop)
        ambiguous = self._highs.getModelStatus() == HighsModelStatus.kUnboundedOrInfeasible
        if ambiguous and not interrupted:
            self._option("presolve", "off")
            interrupted = self._run_once(deadline, reporter, stop)
            self._option("presolve", "choose")
        return interrupted

    def _run_once(
        self, deadline: Deadline, reporter: Reporter, stop: threading.Event | None
    ) -> bool:
        # HiGHS counts its time limit over all runs of an object for a linear programme, and from
        # the start of the run for a mixed-integer one (1.15.1 and 1.16.0)
        earlier = 0.0 if self._integer.any() else self._highs.getRunTime()
        self._option("time_limit", earlier + deadline.remaining())
        return run(self._highs, self._watch, deadline, reporter, stop)

    def _pass_start(self) -> None:
        start, self._start = self._start, {}
        if start and self._integer.any():
            # HiGHS completes a start by a linear programme, for which it counts the time of all
            # runs of the object against the limit, and drops what it has no time for (1.15.1)
            if self._highs.getRunTime() > 0.0:
                self._renew()
            columns, values = _positions(list(start)), _floats(list(start.values()))
            _checked(self._highs.setSolution(len(start), columns, values), "take in a start")

    def _outcome(self, asked: float, interrupted: bool, reporter: Reporter) -> Outcome:
        found = self._highs.getModelStatus()
        if found in _PROVEN:
            return self._planless(_PROVEN[found], None, interrupted, reporter)
        if found != HighsModelStatus.kOptimal and found not in _STOPPED:
            raise SolverError(f"HiGHS ended with {self._highs.modelStatusToString(found)!r}")
        info, mixed = self._highs.getInfo(), self._integer.any()
        bound = finite(info.mip_dual_bound) if mixed else None
        if info.primal_solution_status != _FEASIBLE:
            if found == HighsModelStatus.kOptimal:
                raise SolverError("HiGHS says optimal but has no feasible plan")
            return self._planless(Status.NO_PLAN, bound, interrupted, reporter)
        values = self._plan()
        value = float(self._objective @ values) + self._offset
        if found == HighsModelStatus.kOptimal and not mixed:
            bound = value
        bound = None if bound is None else self.reconciled(value, bound)
        gap = None if bound is None else relative_gap(value, bound)
        reached = gap is not None and gap <= asked + GAP_SLACK
        status = Status.OPTIMAL if reached else Status.FEASIBLE
        return Outcome(
            status, values, value, bound, gap, reporter.seconds, self._nodes(), interrupted
        )

    def _planless(
        self, status: Status, bound: float | None, interrupted: bool, reporter: Reporter
    ) -> Outcome:
        seconds = reporter.seconds
        return Outcome(status, None, None, bound, None, seconds, self._nodes(), interrupted)

    def _without_columns(self, reporter: Reporter) -> Outcome:
        # HiGHS calls every such model empty, also when a row asks 0 to be at least 1
        if self._worst_row(np.zeros(0))[0] > 1.0:
            return self._planless(Status.INFEASIBLE, None, False, reporter)
        value = self._offset
        return Outcome(Status.OPTIMAL, np.zeros(0), value, value, 0.0, reporter.seconds, 0)

    def _nodes(self) -> int:
        return max(0, int(self._highs.getInfo().mip_node_count))

    def _plan(self) -> Floats:
        """The solver's values, made whole and put within bounds, checked against every row."""
        values = np.array(self._highs.getSolution().col_value, dtype=np.float64)
        rounded = np.where(self._integer, np.round(values), values)
        self._refuse(np.abs(rounded - values), INTEGER_TOLERANCE, "from a whole number")
        inside = np.clip(rounded, self._lower, self._upper)
        self._refuse(np.abs(inside - rounded), BOUND_TOLERANCE, "beyond its bounds")
        violation, row = self._worst_row(inside)
        if violation > 1.0:
            name = self.current().row_name(row)
            raise SolverError(
                f"HiGHS returned a plan that violates {name} by {violation:.3g} times the tolerance"
            )
        return inside

    def _refuse(self, distance: Floats, tolerance: float, fault: str) -> None:
        worst = int(np.argmax(distance))
        if not distance[worst] <= tolerance:
            raise SolverError(
                f"HiGHS returned {self.matrix.column_name(worst)} {distance[worst]:.3g} {fault}"
            )

    def _worst_row(self, values: Floats) -> tuple[float, int]:
        """The largest violation, as a multiple of what is tolerated, and the row it is in."""
        matrix = self.current()
        activity = matrix.coefficients @ values
        excess = np.maximum(matrix.row_lower - activity, activity - matrix.row_upper)
        violation = excess / (ROW_TOLERANCE * matrix.row_scale)
        worst = int(np.argmax(violation)) if len(violation) else 0
        return (float(violation[worst]) if len(violation) else 0.0), worst


def pass_model(highs: highspy.Highs, matrix: Matrix, lower: Floats, upper: Floats) -> HighsStatus:
    """Hand a matrix to a HiGHS object; the status says whether it was taken.

    Args:
        highs: takes the model.
        matrix: the model.
        lower: (n,) bounds of its columns as they now are.
        upper: (n,) the same.
    """
    table = matrix.coefficients
    return highs.passModel(
        len(lower),
        len(matrix.row_lower),
        table.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(_SENSES[matrix.sense]),
        matrix.offset,
        matrix.objective,
        lower,
        upper,
        matrix.row_lower,
        matrix.row_upper,
        table.indptr.astype(np.int32),
        table.indices.astype(np.int32),
        table.data,
        matrix.integer.astype(np.int32),
    )


def _within(gap: float, bound: float | None) -> Callable[[float], bool] | None:
    """Return what tells of a value whether it is within a gap of a bound; None without a bound."""
    return None if bound is None else lambda value: relative_gap(value, bound) <= gap


def _checked(status: Any, doing: str) -> None:
    if status != HighsStatus.kOk:
        raise SolverError(f"HiGHS could not {doing} ({status.name})")


def _whole_bounds(
    lower: Floats, upper: Floats, integer: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Bounds that are whole where the column is integer.

    With fractional ones, presolve of HiGHS 1.15.1 throws away plans: it calls models infeasible
    that are not, and plans optimal that are not.
    """
    return (
        np.where(integer, np.ceil(lower - INTEGER_TOLERANCE), lower),
        np.where(integer, np.floor(upper + INTEGER_TOLERANCE), upper),
    )


def _positions(indices: npt.ArrayLike) -> npt.NDArray[np.int32]:
    return np.array(indices, dtype=np.int32).reshape(-1)


def _floats(values: npt.ArrayLike) -> Floats:
    return np.array(values, dtype=np.float64)
