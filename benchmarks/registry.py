"""The suites there are, by name."""

from __future__ import annotations

from benchmarks.question import Case, Suite
from benchmarks.suites import (
    classics,
    formulation,
    hard,
    national,
    peers,
    regional,
    rich,
    smoke,
    what_if,
)
from coverage_opt.reading.text import did_you_mean

SUITES: dict[str, Suite] = {
    module.SUITE.name: module.SUITE
    for module in (regional, rich, national, classics, hard, peers, formulation, what_if, smoke)
}
"""Every suite, in the order of the page of results."""


class UnknownNameError(Exception):
    """There is no suite or case of a name; says which there are."""


def suite_named(name: str) -> Suite:
    """Return a suite.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name not in SUITES:
        raise UnknownNameError(_unknown("suite", name, list(SUITES)))
    return SUITES[name]


def case_named(suite: Suite, name: str) -> Case:
    """Return a case of a suite.

    Raises:
        UnknownNameError: there is none of that name.
    """
    cases = {case.name: case for case in suite.cases}
    if name not in cases:
        raise UnknownNameError(_unknown(f"case of {suite.name}", name, list(cases)))
    return cases[name]


def cases_matching(suite: Suite, only: list[str]) -> list[Case]:
    """Return the cases whose name begins with one of the texts; all when none is given.

    Raises:
        UnknownNameError: a text that no name begins with.
    """
    names = [case.name for case in suite.cases]
    for text in only:
        if not any(name.startswith(text) for name in names):
            raise UnknownNameError(_unknown(f"case of {suite.name}", text, names))
    return [case for case in suite.cases if not only or case.name.startswith(tuple(only))]


def _unknown(what: str, name: str, known: list[str]) -> str:
    nearest = did_you_mean(name, known)
    listed = ", ".join(known)
    return f"there is no {what} {name!r}; {nearest or f'there are {listed}'}"
