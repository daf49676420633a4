"""What ``solve`` does between the typed line and the printed result.

Imported by that command only: the modelling layer and the solver take a second to load.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from rich.console import Console

from coverage_opt.cli.asking import Typed
from coverage_opt.cli.failures import Exit, leave
from coverage_opt.cli.progress import shown_on
from coverage_opt.plan import store
from coverage_opt.plan.plan import Plan
from coverage_opt.planning import Infeasible, NoPlan, UnverifiedPlan
from coverage_opt.planning import solve as solve_plan
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import BASELINE
from coverage_opt.solver.limits import Limits
from coverage_opt.solver.outcome import SolverError

RUNS = Path("runs")


@dataclass(frozen=True)
class Request:
    """What was asked for.

    Attributes:
        asked: what is to be planned.
        limits: time, gap, seed, threads.
        out: the run folder; None for one under ``runs`` that is not taken.
        overwrite: whether a run in ``out`` may be replaced.
    """

    asked: Typed
    limits: Limits
    out: Path | None
    overwrite: bool


@dataclass(frozen=True)
class Result:
    """A plan, saved.

    Attributes:
        plan: the plan.
        region: the region it is for.
        folder: the run folder it was saved in.
    """

    plan: Plan
    region: Region
    folder: Path


def make(request: Request, progress: Console, *, quiet: bool) -> Result:
    """Read, solve and save; nothing is left behind when any of it fails.

    Args:
        request: what was asked for.
        progress: where the solve shows how it goes.
        quiet: whether it does not.
    """
    began = perf_counter()
    question = request.asked.read()
    loaded = perf_counter() - began
    with tempfile.TemporaryDirectory() as aside, shown_on(progress, quiet=quiet) as listener:
        log = Path(aside) / store.SOLVER_LOG
        limits = replace(request.limits, log_file=log)
        plan = solve_plan(
            question.region,
            question.policy,
            limits,
            periods=question.periods,
            scenarios=question.scenarios,
            listener=listener,
            told=lambda line: None if quiet else progress.print(line),
        )
        solver_log = log.read_text(encoding="utf-8", errors="replace") if log.exists() else None
    plan = _noted(plan, request.asked, loaded)
    folder = request.out or _free_folder(plan)
    store.save_plan(plan, folder, overwrite=request.overwrite, solver_log=solver_log)
    return Result(plan, question.region, folder)


@contextmanager
def solve_failures(*, machine: bool) -> Iterator[None]:
    """Turn the ways in which a solve ends without a plan into words and an exit code.

    Args:
        machine: whether the outcome is also printed as one line of JSON on standard output.
    """
    try:
        yield
    except Infeasible as error:
        said = f"There is no plan: {error}"
        leave(Exit.INFEASIBLE, said, machine, "infeasible", {"message": str(error)})
    except NoPlan as error:
        code = Exit.INTERRUPTED if error.interrupted else Exit.NO_PLAN
        facts = {"message": str(error), "interrupted": error.interrupted}
        leave(code, f"No plan yet: {error}", machine, "no_plan", facts)
    except (UnverifiedPlan, SolverError) as error:
        said = f"The engine failed; nothing was saved. Please report this:\n{error}"
        leave(Exit.FAULT, said, machine, "fault", {"message": str(error)})


def _noted(plan: Plan, asked: Typed, loaded: float) -> Plan:
    """Return the plan with what only the command line knows about how it was made."""
    noted = {
        "instance": asked.instance,
        "variant": asked.variant,
        "overrides": list(asked.overrides),
        "seconds": {"load": loaded, **plan.run.get("seconds", {})},
    }
    return replace(plan, run={**plan.run, **noted})


def _free_folder(plan: Plan) -> Path:
    """Return a folder for a run that is not taken: numbered from the second on."""
    words = [plan.region, plan.policy.name, *map(str, plan.periods)]
    words += [] if plan.scenario_set == BASELINE else [plan.scenario_set]
    name = re.sub(r"[^\w.-]+", "_", "-".join(words)).lstrip(".")
    folder, number = RUNS / name, 1
    while folder.exists():
        number += 1
        folder = RUNS / f"{name}-{number}"
    return folder
