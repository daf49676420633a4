"""CP-SAT on an MPS file: ``python -m benchmarks.cpsat MODEL PLAN SECONDS GAP SEED THREADS``.

Its log goes to standard output. A program of its own, because the libraries of OR-Tools and of
highspy cannot be loaded into one process; nothing here may import the latter.
"""

from __future__ import annotations

import sys
from pathlib import Path

FINENESS = 1000
"""Parts of a whole in which continuous columns are counted; by default CP-SAT takes them for
whole numbers. Its bound is one on plans in such parts."""


def main() -> None:
    """Solve, and write ``name value`` a line."""
    from ortools.linear_solver.python import model_builder

    file, plan, seconds, gap, seed, threads = sys.argv[1:]
    model = model_builder.Model()
    if not model.import_from_mps_file(file):
        raise SystemExit(f"CP-SAT cannot read {file}")
    solver = model_builder.Solver("sat")
    solver.enable_output(True)
    solver.set_time_limit_in_seconds(float(seconds))
    solver.set_solver_specific_parameters(
        f"num_workers:{threads} relative_gap_limit:{gap} "
        f"random_seed:{seed} log_search_progress:true mip_var_scaling:{FINENESS}"
    )
    ended = solver.solve(model)
    if ended in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE):
        lines = [f"{column.name} {solver.value(column)!r}" for column in model.get_variables()]
        Path(plan).write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
