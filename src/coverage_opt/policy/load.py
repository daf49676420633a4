"""Policies from files, with the changes that a variant or the command line makes to them."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from coverage_opt.errors import InputError, Problem
from coverage_opt.policy.extending import EXTENDS, Layered, Row, policy_file, read_row
from coverage_opt.policy.numbers import not_numbers
from coverage_opt.policy.policy import Policy
from coverage_opt.policy.settings import Setting, apply, read_setting
from coverage_opt.policy.variants import variant_named
from coverage_opt.reading.validation import validated


class _PolicyFile(Policy):
    """What stands in a policy's file."""

    extends: str | None = None


def load_policy(
    name_or_file: str | Path, overrides: Iterable[str] = (), variant: str | None = None
) -> Policy:
    """Load a policy that is shipped, or from a file; with what it extends.

    Args:
        name_or_file: a shipped name (``modular``) or the path of a YAML file.
        overrides: ``path=value`` settings, such as ``rules.class_size.own.minimum=12``; the value
            is read as YAML, so ``null`` switches a rule off.
        variant: the name of a variant, whose settings are made before the overrides.

    Raises:
        InputError: everything wrong with the files, the variant or the overrides, with lines.
    """
    settings, problems = _settings(overrides, variant)
    row = None
    try:
        row = read_row(policy_file(name_or_file))
        problems += row.problems
    except InputError as error:
        problems += error.problems
    if row is None or row.together is None:
        raise InputError(problems)
    states = [row.together]
    if row.whole:
        made, refused = _after(row.together, settings)
        states += made
        problems += refused
    problems += _faults(row, states, settings, {problem.where for problem in problems})
    if problems:
        raise InputError(problems)
    return _valid(states[-1])


def _settings(overrides: Iterable[str], variant: str | None) -> tuple[list[Setting], list[Problem]]:
    """Return the changes to make, in order, and what is wrong with how they are written."""
    settings: list[Setting] = []
    problems: list[Problem] = []
    try:
        settings += variant_named(variant).settings if variant is not None else ()
    except InputError as error:
        problems += error.problems
    for override in overrides:
        try:
            settings.append(read_setting(override))
        except InputError as error:
            problems += error.problems
    return settings, problems


def _after(together: Layered, settings: Sequence[Setting]) -> tuple[list[Layered], list[Problem]]:
    """Return the policy after each change, and the changes that cannot be made."""
    states: list[Layered] = []
    problems: list[Problem] = []
    for setting in settings:
        data = copy.deepcopy((states or [together])[-1].data)
        try:
            apply(data, setting)
        except InputError as error:
            problems += error.problems
        states.append(replace(together, data=data))
    return states, problems


def _faults(
    row: Row, states: Sequence[Layered], settings: Sequence[Setting], reported: set[str]
) -> list[Problem]:
    """Return what is wrong with a policy, each fault where it was made: in a file or a setting.

    Args:
        row: the policy's files.
        states: the policy as in the files, and after each of the settings.
        settings: the changes.
        reported: places of which something is said already.
    """
    last = _faults_of(states[-1])
    if not row.whole:
        # what is missing may stand in the file that could not be read
        last = [problem for problem in last if "is missing" not in problem.what]
    if last and len(states) > 1:
        said = [{problem.what for problem in _faults_of(state)} for state in states]
        last = [_blamed(problem, said, settings) for problem in last]
    return [problem for problem in last if problem.where not in reported]


def _blamed(problem: Problem, said: list[set[str]], settings: Sequence[Setting]) -> Problem:
    """Return a problem of the last state, located at the setting that brought it, if one did."""
    since = len(said) - 1
    while since > 0 and problem.what in said[since - 1]:
        since -= 1
    return replace(problem, where=settings[since - 1].where) if since > 0 else problem


def _faults_of(state: Layered) -> list[Problem]:
    problems = list(not_numbers(state, _PolicyFile))
    try:
        _valid(state)
    except InputError as error:
        reported = {_about(problem) for problem in problems}
        problems += [problem for problem in error.problems if _about(problem) not in reported]
    return problems


def _about(problem: Problem) -> tuple[str, str]:
    """Return where a problem is and the key path that it names."""
    return problem.where, problem.what.partition("`")[2].partition("`")[0]


def _valid(state: Layered) -> Policy:
    """Return the policy without the mention of what it extends, which is in it already."""
    validated(state, _PolicyFile)
    content: dict[Any, Any] = {key: value for key, value in state.data.items() if key != EXTENDS}
    return Policy.model_validate(content)
