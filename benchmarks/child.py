"""What runs inside the process of one run: ``python -m benchmarks.child FOLDER PARENT``."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.methods import METHODS, Run
from benchmarks.registry import case_named, suite_named
from benchmarks.running import RESULT, TASK, TRACE
from benchmarks.task import Task, Trace

TICK_SECONDS = 0.5


def main() -> None:
    """Do the run that the folder describes, and leave its result there."""
    threading.Thread(target=_end_with, args=(int(sys.argv[2]),), daemon=True).start()
    folder = Path(sys.argv[1])
    task = Task.read(folder / TASK)
    case = case_named(suite_named(task.suite), task.case)
    question = case.ask(task.sources, task.seed, folder)
    run = Run(task, question, Trace(folder / TRACE), folder)
    run.trace.begin()
    found = METHODS[task.method](run)
    result = {"seconds": run.trace.seconds, "found": asdict(found)}
    (folder / RESULT).write_text(json.dumps(result), encoding="utf-8")


def _end_with(parent: int) -> None:
    """End this process, and all it has started, when the one that started it is gone."""
    while os.getppid() == parent:
        time.sleep(TICK_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
