"""A small policy file, and what is said of it when it is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from coverage_opt.errors import InputError, Problem
from coverage_opt.policy.load import load_policy

SMALL = """\
name: small
title: Small
view: Somebody's view.
sharing: [common]
rules:
  class_size:
    own: {minimum: 10}
    per_offer: 4
  travel_limit:
    minutes: 60
    by_level: {1: 30, 2: 45}
objective:
  - maximise: {coverage: 1, placed: 2}
    tolerance: 0.01
  - minimise: {travel_minutes: 1}
    decides: placement
"""


def written(folder: Path, text: str = SMALL) -> Path:
    """Write a policy file and return it."""
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(file: Path | str, *overrides: str, variant: str | None = None) -> list[Problem]:
    """Return what is wrong with a policy, which must be something."""
    with pytest.raises(InputError) as caught:
        load_policy(file, overrides, variant)
    return list(caught.value.problems)


def only(problems: list[Problem]) -> Problem:
    """Return the one problem there is."""
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]
