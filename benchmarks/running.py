"""A run in a process of its own: watched, and killed when it does not end by itself."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.statistics import Moment, best_so_far
from benchmarks.task import Found, Task, read_trace

PREPARE_SECONDS = 1800.0
"""What making the data of a case may take, before the clock of its run is started."""
TICK_SECONDS = 0.05
MEGABYTE = 1024.0
"""Of the kilobytes in which Linux counts memory."""
TASK, RESULT, TRACE, WORDS = "task.json", "result.json", "trace.jsonl", "words.txt"


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes:
        found: what it found; its status is ``killed`` or ``failed`` when it did not end by itself.
        seconds: from the start of its clock to its end.
        peak_megabytes: the most memory its process, or one it started, ever had.
        moments: how it went.
        words: the end of what it said, when it failed.
    """

    found: Found
    seconds: float
    peak_megabytes: float
    moments: list[Moment]
    words: str = ""


def run(task: Task, grace: float) -> Ended:
    """Do one run in a fresh interpreter.

    Args:
        task: the run.
        grace: seconds after its time limit at which it is killed.
    """
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        return _run(task, grace, Path(folder))


def _run(task: Task, grace: float, folder: Path) -> Ended:
    task.write(folder / TASK)
    trace = folder / TRACE
    with (folder / WORDS).open("w", encoding="utf-8") as words:
        child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.child", str(folder), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code, peak, seconds = _watch(child.pid, trace, task.time_limit + grace)
        except BaseException:
            _kill(child.pid)
            os.waitpid(child.pid, 0)
            raise
        finally:
            # the process has been waited for here, so that its use of memory could be asked
            child.returncode = 0
    _, moments = read_trace(trace)
    said = (folder / WORDS).read_text(encoding="utf-8", errors="replace")[-2000:]
    result = folder / RESULT
    if code == 0 and result.exists():
        noted: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        return Ended(Found(**noted["found"]), noted["seconds"], peak, moments)
    status = "killed" if code == -signal.SIGKILL else "failed"
    return Ended(_so_far(status, moments, folder), seconds, peak, moments, said)


def _watch(process: int, trace: Path, limit: float) -> tuple[int, float, float]:
    """Wait for a process; return its exit code, its peak memory and the seconds of its clock."""
    spawned, began = time.monotonic(), math.inf
    killed = False
    while True:
        done, status, usage = os.wait4(process, os.WNOHANG)
        now = time.monotonic()
        if done:
            code = os.waitstatus_to_exitcode(status)
            seconds = 0.0 if math.isinf(began) else now - began
            return code, usage.ru_maxrss / MEGABYTE, seconds
        if math.isinf(began) and trace.exists() and trace.stat().st_size:
            began = now
        if not killed and now > min(began + limit, spawned + PREPARE_SECONDS + limit):
            _kill(process)
            killed = True
        time.sleep(TICK_SECONDS)


def _kill(process: int) -> None:
    """Kill a process and all it has started, which share its session."""
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _so_far(status: str, moments: list[Moment], folder: Path) -> Found:
    """Return what a run had in hand when it was stopped."""
    note = folder / "sense.txt"
    sense = note.read_text(encoding="utf-8") if note.exists() else "maximise"
    last = best_so_far(moments, sense)[-1:]
    value = last[0].value if last else None
    bound = last[0].bound if last else None
    return Found(
        status,
        sense,
        math.nan if value is None else value,
        math.nan if bound is None else bound,
    )
