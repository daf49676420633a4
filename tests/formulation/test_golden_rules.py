"""Each rule's rows are the ones that were read and agreed to, kept in ``golden/<rule>.lp``.

A change of the formulation shows as a difference in these files, to be read like any other. After
a change that is meant::

    REGENERATE_GOLDEN=1 pytest tests/formulation
"""

from __future__ import annotations

import os

import pytest
from rule_models import GOLDEN, TRIED, text_of

from coverage_opt.rules import RULES


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_rows_of_a_rule_are_the_golden_ones(rule: str) -> None:
    file = GOLDEN / f"{rule}.lp"
    if os.environ.get("REGENERATE_GOLDEN"):
        file.write_text(text_of(rule), encoding="utf-8")
        pytest.skip(f"{file.name} written anew")
    assert text_of(rule) == file.read_text(encoding="utf-8")


def test_there_is_a_golden_file_for_each_rule_and_no_other() -> None:
    assert {file.stem for file in GOLDEN.glob("*")} == set(RULES) == set(TRIED)
