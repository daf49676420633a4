"""The tiny region with two orientation years that are too small by themselves."""

from __future__ import annotations

from typing import Any

from builders import TABLES

APART: dict[str, Any] = {
    "units": [
        *(row for row in TABLES["units"] if row[0] != "try-tech"),
        ("try-metal", "orientation", "Trying metal", 1, 400, "nearby"),
        ("try-pipes", "orientation", "Trying pipes", 1, 400, "nearby"),
    ],
    "curriculum": [
        *(row for row in TABLES["curriculum"] if row[1] != "try-tech"),
        ("weld-BOL", "try-metal"),
        ("weld-BBL", "try-metal"),
        ("pipe-BOL", "try-pipes"),
    ],
    "choices": [
        ("weld-BOL", 0.05),
        ("weld-BBL", 0.02),
        ("pipe-BOL", 0.06),
        ("care-BOL", 0.83),
        ("try-metal", 0.01),
        ("try-pipes", 0.03),
    ],
    "accept": [("pipe-BOL", "weld-BOL", 0.5), ("pipe-BOL", "weld-BBL", 0.5)],
}
"""Welders and pipefitters have an orientation year each, and are few: of the 200 learners, 16
and 18 a year."""
