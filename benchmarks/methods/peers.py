"""Other solvers, each given the engine's own compiled matrix as it stands.

The matrix is written as an MPS file, always to be minimised, as not every reader knows
``OBJSENSE``. No solver's word is taken: each plan is put into the matrix again.
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import highspy
import numpy as np
from numpy.typing import NDArray

from benchmarks.methods.clock import HighsClock
from benchmarks.methods.plain import built
from benchmarks.methods.run import Run, fingerprint
from benchmarks.methods.tail import CBC_LOG, CPSAT_LOG, Reader, Tail, bound_in
from benchmarks.task import Found
from coverage_opt.formulation.planning_model import PlanningModel
from coverage_opt.handing_over import hand_over
from coverage_opt.planning.prepared import deciding, may_merge
from coverage_opt.policy.policy import Policy
from coverage_opt.solver.highs import Solver, pass_model
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.matrix import Matrix, Sense
from coverage_opt.solver.progress import relative_gap
from coverage_opt.solver.running import QuietHighs

MODEL, PLAN, LOG = "model.mps", "plan.txt", "solver.log"
TOLERANCE = 1e-5
"""Largest violation of a bound, or of a row as a share of its largest coefficient."""
THREADS = 2
"""For solvers that want to be told."""

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Compiled:
    """The first stage of a problem as the engine hands it to its solver.

    Attributes:
        model: what was compiled.
        policy: that it was built for.
        matrix: rows, columns and bounds.
        objective: one coefficient a column.
        offset: constant part of the objective.
        sense: of the objective.
        solver: holds all of that in HiGHS.
        found: what is known of it before anything is solved.
    """

    model: PlanningModel
    policy: Policy
    matrix: Matrix
    objective: Vector
    offset: float
    sense: Sense
    solver: Solver
    found: Found

    @property
    def sign(self) -> float:
        """-1 where the objective is negated to be minimised."""
        return -1.0 if self.sense == "maximise" else 1.0


def highs(run: Run) -> Found:
    """HiGHS on the matrix, without anything the engine does around it."""
    return by_highs(run, compiled_for(run))


def by_highs(run: Run, compiled: Compiled) -> Found:
    """HiGHS on a matrix."""
    found, goal = compiled.found, "the matrix"
    with HighsClock() as clock:
        outcome = compiled.solver.solve(
            time_limit=_left(run), on_progress=run.trace.listener(goal), phase=goal
        )
    found.highs_seconds = clock.seconds
    return _settled(run, compiled, outcome.values, outcome.bound)


def scip(run: Run) -> Found:
    """SCIP on the matrix."""
    return by_scip(run, compiled_for(run))


def by_scip(run: Run, compiled: Compiled, first: Collection[int] = ()) -> Found:
    """SCIP on a matrix; it branches on the columns ``first`` before any other."""
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model

    model = Model()
    model.hideOutput()
    model.readProblem(str(_written(compiled, run.folder)))
    model.setParam("limits/time", _left(run))
    model.setParam("limits/gap", run.task.gap)
    model.setParam("randomization/randomseedshift", run.task.seed)
    for variable in model.getVars():
        if int(variable.name.removeprefix("c")) in first:
            model.chgVarBranchPriority(variable, 1)
    own = compiled.sign, compiled.offset

    class Better(Eventhdlr):  # type: ignore[misc]
        """Notes each better plan."""

        def eventinit(self) -> None:
            self.model.catchEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexec(self, _event: object) -> None:
            value, bound = self.model.getPrimalbound(), self.model.getDualbound()
            run.trace.note(own[0] * value + own[1], own[0] * bound + own[1])

    handler = Better()
    model.includeEventhdlr(handler, "better", "notes each better plan")
    model.optimize()
    values = None
    if model.getNSols():
        best = model.getBestSol()
        values = _ordered({v.name: model.getSolVal(best, v) for v in model.getVars()}, compiled)
    bound = model.getDualbound()
    proven = None if abs(bound) >= model.infinity() else own[0] * bound + own[1]
    return _settled(run, compiled, values, proven)


def cpsat(run: Run) -> Found:
    """CP-SAT on the matrix; continuous columns are counted in thousandths."""
    # in a process of its own: the libraries of OR-Tools and highspy cannot be loaded together
    facts = ("{model}", "{plan}", "{seconds}", "{gap}", "{seed}", str(THREADS))
    return _outside(run, [sys.executable, "-m", "benchmarks.cpsat", *facts], CPSAT_LOG)


def cbc(run: Run) -> Found:
    """CBC on the matrix, the one that comes with PuLP."""
    from pulp import PULP_CBC_CMD

    options = {
        "-timeMode": "elapsed",
        "-sec": "{seconds}",
        "-ratio": "{gap}",
        "-threads": str(THREADS),
        "-randomCbcSeed": "{seed}",
    }
    words = [word for option in options.items() for word in option]
    program = [PULP_CBC_CMD.pulp_cbc_path, "{model}", *words, "-solve", "-solution", "{plan}"]
    return _outside(run, program, CBC_LOG)


def compiled_for(run: Run) -> Compiled:
    """Build and compile the first stage, with zones merged where the engine would."""
    region, policy = run.read()
    first = policy.objective[0]
    model = built(run, region, policy, [first], merge=may_merge(deciding(policy)))
    limits = Limits(run.task.time_limit, run.task.gap, run.task.seed)
    handed = hand_over(model, limits)
    goal, matrix = handed.goals[0], handed.matrix
    handed.solver.set_objective(goal.coefficients, goal.offset, goal.sense)
    found = Found(
        "no_plan",
        first.sense,
        build_seconds=run.trace.seconds,
        columns=len(matrix.columns),
        rows=len(matrix.rows),
        nonzeros=matrix.coefficients.nnz,
        fingerprint=fingerprint(region, policy),
    )
    of_goal = goal.coefficients, goal.offset, goal.sense
    return Compiled(model, policy, matrix, *of_goal, handed.solver, found)


def _left(run: Run) -> float:
    return max(1.0, run.task.time_limit - run.trace.seconds)


def _written(compiled: Compiled, folder: Path) -> Path:
    """Write the matrix as MPS, to be minimised and without its constant; columns are c0, c1, ..."""
    matrix = replace(
        compiled.matrix,
        objective=compiled.sign * compiled.objective,
        offset=0.0,
        sense="minimise",
    )
    writer = QuietHighs()
    writer.setOptionValue("output_flag", False)
    status = pass_model(writer, matrix, matrix.column_lower, matrix.column_upper)
    names = [writer.passColName(i, f"c{i}") for i in range(len(matrix.columns))]
    file = folder / MODEL
    done = {status, writer.writeModel(str(file)), *names}
    if highspy.HighsStatus.kError in done or not file.exists():
        raise OSError(f"the matrix could not be written to {file}")
    return file


def _outside(run: Run, program: Sequence[str], reader: Reader) -> Found:
    """Run a solver that is a program: its log is followed, its plan read from a file.

    Args:
        run: the run.
        program: the command, with ``{model}``, ``{plan}``, ``{seconds}``, ``{gap}``, ``{seed}``.
        reader: understands a line of its log.
    """
    compiled = compiled_for(run)
    plan, log = run.folder / PLAN, run.folder / LOG
    facts = {
        "model": str(_written(compiled, run.folder)),
        "plan": str(plan),
        "seconds": f"{_left(run):.3f}",
        "gap": str(run.task.gap),
        "seed": str(run.task.seed),
    }
    command = [word.format(**facts) for word in program]
    log.touch()
    began, (sign, offset) = run.trace.seconds, (compiled.sign, compiled.offset)
    with Tail(log, reader, run.trace, began, sign, offset), log.open("w") as words:
        subprocess.run(command, stdout=words, stderr=subprocess.STDOUT, check=True)
    least = bound_in(log.read_text(encoding="utf-8", errors="replace"), reader)
    proven = None if least is None else sign * least + offset
    return _settled(run, compiled, _read(plan, compiled), proven)


def _read(plan: Path, compiled: Compiled) -> Vector | None:
    """Read ``number name value ...`` or ``name value`` a line; what is not there is 0."""
    if not plan.exists():
        return None
    values = {}
    for line in plan.read_text().splitlines():
        words = [word for word in line.split() if word != "**"]
        name = next((place for place, word in enumerate(words[:2]) if _is_column(word)), None)
        if name is not None and len(words) > name + 1:
            values[words[name]] = float(words[name + 1])
    return _ordered(values, compiled) if values else None


def _is_column(word: str) -> bool:
    return word[:1] == "c" and word[1:].isdigit()


def _ordered(values: Mapping[str, float], compiled: Compiled) -> Vector:
    ordered = np.zeros(len(compiled.matrix.columns))
    for name, value in values.items():
        ordered[int(name.removeprefix("c"))] = value
    return ordered


def _settled(run: Run, compiled: Compiled, values: Vector | None, bound: float | None) -> Found:
    """Return what a solver ended with, its plan put into the matrix and counted anew."""
    found = compiled.found
    if bound is not None and math.isfinite(bound):
        found.bound = bound
    if values is not None:
        rounded = np.where(compiled.matrix.integer, np.round(values), values)
        violation = violation_of(compiled.matrix, values)
        found.figures["violation"] = violation
        if violation > TOLERANCE:
            found.status = "refused"
            found.figures["note"] = f"its plan breaks a row or bound by {violation:.2g}"
        else:
            found.value = float(compiled.objective @ rounded) + compiled.offset
            known = not math.isnan(found.bound)
            gap = relative_gap(found.value, found.bound) if known else math.inf
            found.status = "optimal" if gap <= run.task.gap + TOLERANCE else "feasible"
    final = (None if math.isnan(number) else number for number in (found.value, found.bound))
    run.trace.note(*final)
    return found


def violation_of(matrix: Matrix, values: Vector) -> float:
    """Return by how much a plan violates a matrix at most; 0 when it satisfies it.

    Rows count as a share of their largest coefficient, integer columns by how far they are from
    whole.
    """
    activity = matrix.coefficients @ values
    rows = np.maximum(matrix.row_lower - activity, activity - matrix.row_upper) / matrix.row_scale
    columns = np.maximum(matrix.column_lower - values, values - matrix.column_upper)
    fractions = np.abs(values - np.round(values))[matrix.integer]
    everything = [np.zeros(1), rows, columns, fractions]
    return float(np.concatenate(everything).max())
