"""Where a running solve stands, on standard error: a live line, or plain lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from coverage_opt.cli.duration import in_words
from coverage_opt.cli.figures import percentage, significant
from coverage_opt.solver.progress import Listener, Progress, silent

SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_PLANS = 1.0
_RUNNING = ("searching", "new plan")


@contextmanager
def shown_on(console: Console, *, quiet: bool) -> Iterator[Listener]:
    """Yield a listener that shows progress on a console while the block runs."""
    if quiet:
        yield silent
    elif console.is_terminal:
        with Live(_waiting(), console=console, transient=True, refresh_per_second=5) as live:
            yield _LiveLine(console, live)
    else:
        yield _PlainLines(console)


class _PlainLines:
    """A line at the start and the end of a phase, at new plans, and every ten seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._phase: str | None = None
        self._last = 0.0

    def __call__(self, progress: Progress, /) -> None:
        begins = progress.phase != self._phase
        if begins:
            self._phase = progress.phase
            self._console.print(heading(progress), soft_wrap=True)
        pause = SECONDS_BETWEEN_PLANS if progress.message == "new plan" else SECONDS_BETWEEN_LINES
        ended = not progress.message.startswith(_RUNNING)
        if begins or ended or progress.seconds - self._last >= pause:
            self._last = progress.seconds
            self._console.print(standing(progress), soft_wrap=True)


class _LiveLine:
    """One line that is rewritten; the end of each phase stays on the screen."""

    def __init__(self, console: Console, live: Live) -> None:
        self._console = console
        self._live = live

    def __call__(self, progress: Progress, /) -> None:
        if not progress.message.startswith(_RUNNING):
            self._console.print(heading(progress))
            self._console.print(standing(progress))
            self._live.update(_waiting())
            return
        hint = Text("  Ctrl-C stops the search and keeps the plan", style="dim")
        self._live.update(Group(Spinner("line", heading(progress)), standing(progress), hint))


def heading(progress: Progress) -> Text:
    """Say what is being pursued."""
    return Text(f"Pursuing {progress.phase}" if progress.phase else "Solving")


def standing(progress: Progress) -> Text:
    """Say how far the solve is: ``  12 s  plan 3.2151  bound 3.2156  gap 0.02 %  searching``."""
    parts = [f"{in_words(progress.seconds):>12}"]
    if progress.incumbent is not None:
        parts.append(f"plan {significant(progress.incumbent)}")
    else:
        parts.append("no plan yet")
    if progress.bound is not None:
        parts.append(f"bound {significant(progress.bound)}")
    if progress.gap is not None:
        parts.append(f"gap {percentage(progress.gap, 2)}")
    parts.append(progress.message)
    return Text("  ".join(parts))


def _waiting() -> Spinner:
    return Spinner("line", Text("Working"))
