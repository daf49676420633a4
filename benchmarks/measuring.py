"""Runs a suite: every case with every method and seed, one process each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.best_known import (
    FILE,
    Best,
    entry_of,
    note,
    problem_name,
    read_best,
    write_best,
)
from benchmarks.machine import commit, machine
from benchmarks.question import Case, Sources, Suite
from benchmarks.registry import UnknownNameError, cases_matching
from benchmarks.results import Row, add_rows, row_of, table_file
from benchmarks.running import Ended, run
from benchmarks.summary import page, percent, seconds, write_page
from benchmarks.task import Task


@dataclass(frozen=True)
class Asked:
    """What is to be run.

    Attributes:
        suite: the suite.
        only: what names of cases begin with; empty for all.
        methods: empty for all of each case.
        seeds: empty for those of the suite.
        time_limit: seconds; None for that of the case or suite.
        problems: folder of published location problems.
        facts: folder of public figures.
    """

    suite: Suite
    only: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    time_limit: float | None = None
    problems: Path | None = None
    facts: Path | None = None

    def tasks(self) -> list[Task]:
        """Return every run, in order.

        Raises:
            UnknownNameError: no case has such a name, or none has such a method.
            MissingSourceError: published data are needed that are not there.
        """
        self._check_sources()
        tasks = list(self._tasks())
        if not tasks:
            known = sorted({name for case in self.suite.cases for name in case.methods})
            asked = ", ".join(self.methods)
            raise UnknownNameError(f"no such case has a method {asked}; it has {', '.join(known)}")
        return tasks

    def _tasks(self) -> Iterator[Task]:
        suite = self.suite
        for case in self._cases():
            for seed in self.seeds or suite.seeds:
                for method in self._methods_of(case):
                    yield Task(
                        suite=suite.name,
                        case=case.name,
                        method=method,
                        seed=seed,
                        time_limit=self.time_limit or case.time_limit or suite.time_limit,
                        gap=suite.gap if case.gap is None else case.gap,
                        problems="" if self.problems is None else str(self.problems.resolve()),
                        facts="" if self.facts is None else str(self.facts.resolve()),
                    )

    def _methods_of(self, case: Case) -> tuple[str, ...]:
        return tuple(name for name in case.methods if not self.methods or name in self.methods)

    def _cases(self) -> list[Case]:
        """Return the cases asked for; of a whole suite those for which there are data."""
        cases = cases_matching(self.suite, list(self.only))
        return [case for case in cases if case.name not in self.left_out]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Cases of a whole suite whose published data are not given, where others need none."""
        cases = self.suite.cases
        given = self.problems if self.suite.needs == "--data" else self.facts
        if given is not None or self.only or all(case.published for case in cases):
            return ()
        return tuple(case.name for case in cases if case.published)

    def _check_sources(self) -> None:
        """Say at once what data are missing, rather than in each process."""
        sources = Sources(self.problems, self.facts)
        needed = any(case.published for case in self._cases())
        if needed and self.suite.needs == "--data":
            sources.need_problems()
        if needed and self.suite.needs == "--facts":
            sources.need_facts()


def measure(
    asked: Asked, folder: Path, *, keep_best: bool = False, say: Callable[[str], object] = print
) -> Path:
    """Run all that is asked; the table is written anew after each run.

    Args:
        asked: what to run.
        folder: of the tables of results.
        keep_best: whether better values are written into ``best_known.yaml``.
        say: told how each run ended.

    Returns:
        The table.
    """
    tasks, best = asked.tasks(), read_best()
    today, where = datetime.now(UTC).date(), commit()
    about = {"date": today.isoformat(), "commit": where, "machine": machine()}
    file = table_file(asked.suite.name, today, folder)
    done: list[tuple[Task, Ended]] = []
    if asked.left_out:
        needs = asked.suite.needs
        say(f"left out, as {needs} is not given: {', '.join(asked.left_out)}")
    for task in tasks:
        done.append((task, run(task, asked.suite.grace)))
        take_in(asked.suite, *done[-1], best, f"{today.isoformat()}, commit {where}")
        # all of them again, as what is the best known may have changed
        rows = [row_of(asked.suite, *each, best, about) for each in done]
        table = add_rows(rows, file)
        write_page(file.with_suffix(".md"), page(asked.suite, table))
        say(f"{len(done)}/{len(tasks)} {_words(task, rows[-1])}")
        if keep_best:
            write_best(best, FILE)
    return file


def _words(task: Task, row: Row) -> str:
    name = f"{task.case} {task.method} seed {task.seed}"
    note = f": {row['note']}" if row.get("note") else ""
    return (
        f"{name}: {row['status']}, gap {percent(row['gap'])}, {seconds(row['seconds'])} s, "
        f"{row['peak_mb']:.0f} MB{note}"
    )


def take_in(suite: Suite, task: Task, ended: Ended, best: dict[str, Best], when: str) -> None:
    """Note a checked value that is better than the best known, or the first one."""
    found = ended.found
    name = problem_name(suite.name, task.case, task.seed, drawn=suite.drawn)
    entry = entry_of(task.method, found.status, found.value, found.bound, found.fingerprint, when)
    note(best, name, entry, found.sense)
