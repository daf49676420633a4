"""One run of HiGHS: in a thread of its own, watched, and stopped when asked.

HiGHS runs in a fresh thread because Ctrl-C only reaches the main one, and because its pool of
worker threads belongs to the thread that starts it: so each solve may use another number of
threads, and several solvers may run side by side. The caller's thread waits, passes on progress
and decides when to stop; the callbacks inside HiGHS only copy numbers and obey.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from highspy import Highs, HighsStatus
from highspy.highs import HighsCallbackEvent

from coverage_opt.solver.limits import Deadline
from coverage_opt.solver.outcome import Outcome, SolverError
from coverage_opt.solver.progress import Listener, Progress, relative_gap

TICK_SECONDS = 0.1
HEARTBEAT_SECONDS = 0.25

# as highspy itself does at the end of its threads: without it a deadlock is possible on Windows;
# before 1.16 the same function had the other name
_release_workers = getattr(Highs, "resetThreadScheduler", Highs.resetGlobalScheduler)


class QuietHighs(Highs):
    """HiGHS that never writes to the console.

    HiGHS 1.16 prints its banner as soon as a callback is set, which highspy does on construction.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802
        """Silence the console, then enable callbacks as usual."""
        self.setOptionValue("log_to_console", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


@dataclass
class Watch:
    """What the running solver last reported, and whether it is told to stop."""

    incumbent: float | None = None
    bound: float | None = None
    nodes: int = 0
    stop: bool = False
    enough: Callable[[float], bool] | None = None

    @property
    def near_enough(self) -> bool:
        """Whether the best plan so far is all that was asked, whatever HiGHS has proven."""
        if self.enough is None or self.incumbent is None:
            return False
        return self.enough(self.incumbent)

    def attach(self, highs: Highs) -> None:
        """Listen to every run of this HiGHS object from now on."""
        for callback in (highs.cbMipImprovingSolution, highs.cbMipLogging):
            callback.subscribe(self._record)
        for callback in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            callback.subscribe(self._obey)

    def reset(self, enough: Callable[[float], bool] | None = None) -> None:
        """Forget the run before; ``enough`` tells which value of a plan ends the next one."""
        self.incumbent, self.bound, self.nodes, self.stop = None, None, 0, False
        self.enough = enough

    def _record(self, event: HighsCallbackEvent) -> None:
        report = event.data_out
        self.incumbent = finite(report.mip_primal_bound)
        self.bound = finite(report.mip_dual_bound)
        self.nodes = max(0, int(report.mip_node_count))

    def _obey(self, event: HighsCallbackEvent) -> None:
        event.interrupt(self.stop)  # also False: HiGHS remembers the True of the run before


class Reporter:
    """Turns what the watch saw into events: at each new plan, now and then, and at the end."""

    def __init__(self, listener: Listener, phase: str, watch: Watch) -> None:
        self._listener, self._phase, self._watch = listener, phase, watch
        self._began = self._last = time.monotonic()
        self._shown: float | None = None

    @property
    def seconds(self) -> float:
        """Since the solve began."""
        return time.monotonic() - self._began

    def tick(self) -> None:
        """Send an event if there is a new plan or it is a while since the last event."""
        improved = self._watch.incumbent != self._shown
        if improved or time.monotonic() - self._last >= HEARTBEAT_SECONDS:
            message = "new plan" if improved else "searching"
            self._send(self._watch.incumbent, self._watch.bound, self._watch.nodes, message)

    def finish(self, outcome: Outcome) -> None:
        """Send the last event."""
        ended = ", interrupted" if outcome.interrupted else ""
        self._send(outcome.value, outcome.bound, outcome.nodes, f"{outcome.status}{ended}")

    def _send(self, value: float | None, bound: float | None, nodes: int, message: str) -> None:
        self._shown, self._last = value, time.monotonic()
        gap = None if value is None or bound is None else relative_gap(value, bound)
        self._listener(Progress(self._phase, self.seconds, value, bound, gap, nodes, message))


def run(
    highs: Highs,
    watch: Watch,
    deadline: Deadline,
    reporter: Reporter,
    stop: threading.Event | None = None,
) -> bool:
    """Run HiGHS to its end, to the deadline, to Ctrl-C or to ``stop``, whichever comes first.

    Returns:
        Whether Ctrl-C or ``stop`` stopped it.

    Raises:
        SolverError: when HiGHS reports an error.
        KeyboardInterrupt: at a second Ctrl-C, once HiGHS has stopped; a third does not wait.
    """
    worker = _Worker(highs)
    with ctrl_c() as pressed:
        worker.start()
        try:
            while worker.is_alive():
                worker.join(TICK_SECONDS)
                # the deadline is HiGHS's own time limit too; this is the second guard
                told = pressed.is_set() or (stop is not None and stop.is_set())
                watch.stop = told or watch.near_enough or deadline.passed()
                reporter.tick()
        except BaseException:
            watch.stop = True
            worker.join()
            raise
    worker.check()
    return pressed.is_set() or (stop is not None and stop.is_set())


class _Worker(threading.Thread):
    def __init__(self, highs: Highs) -> None:
        super().__init__(name="highs", daemon=True)
        self._highs = highs
        self._status: HighsStatus = HighsStatus.kError
        self._fault: BaseException | None = None

    def run(self) -> None:
        try:
            self._status = self._highs.run()
        except BaseException as fault:
            self._fault = fault
        finally:
            _release_workers(False)

    def check(self) -> None:
        """Raise what went wrong; a warning only says that a limit was reached."""
        if self._status == HighsStatus.kError:
            raise SolverError("HiGHS failed while solving") from self._fault


@contextmanager
def ctrl_c() -> Iterator[threading.Event]:
    """An event set by the first Ctrl-C; the second raises KeyboardInterrupt.

    Outside the main thread, or where Ctrl-C is ignored, everything stays as it is.
    """
    pressed = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    before = signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()
    if not main or before in (signal.SIG_IGN, None):
        yield pressed
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def finite(number: float) -> float | None:
    """The number, or None for HiGHS's infinities."""
    return float(number) if math.isfinite(number) else None
