"""Words and numbers in Dutch and English."""

from __future__ import annotations

import math
import re

import pytest
from report_messages import catalogue, extracted

from coverage_opt.report.language import LANGUAGES, Language

SPACE = "\u00a0"
DUTCH, ENGLISH = Language("nl"), Language("en")


def test_every_message_has_its_dutch() -> None:
    dutch = catalogue("nl")
    assert sorted(message for message in extracted() if not dutch.get(message)) == []


def test_no_translation_has_outlived_its_message() -> None:
    assert sorted(set(catalogue("nl")) - extracted()) == []


def test_translations_have_the_same_places_to_fill_in() -> None:
    for message, dutch in catalogue("nl").items():
        places = [sorted(re.findall(r"\{\w+\}", text)) for text in (message, dutch)]
        assert places[0] == places[1], message


def test_english_is_what_the_code_says() -> None:
    assert ENGLISH("The map") == "The map"
    assert DUTCH("The map") == "De kaart"
    assert DUTCH("") == ENGLISH("") == ""
    assert set(LANGUAGES) == {"nl", "en"}


@pytest.mark.parametrize(
    ("number", "dutch", "english"),
    [
        (1234.5, "1.234,5", "1,234.5"),
        (-0.04, "0,0", "0.0"),
        (math.nan, "niet bekend", "not known"),
    ],
)
def test_numbers(number: float, dutch: str, english: str) -> None:
    assert DUTCH.decimal(number, 1) == dutch
    assert ENGLISH.decimal(number, 1) == english


@pytest.mark.parametrize(
    ("share", "dutch"),
    [
        (0.648, "64,8 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.0001, "< 0,1 %"),
        (0.99999, "> 99,9 %"),
        (1.25, "125,0 %"),
    ],
)
def test_shares(share: float, dutch: str) -> None:
    assert DUTCH.share(share) == dutch.replace(" ", SPACE)


@pytest.mark.parametrize(
    ("money", "dutch", "english"),
    [
        (412_300.4, "€ 412.300", "€ 412,300"),
        (-4_866_778, "-€ 4,87 miljoen", "-€ 4.87 million"),
    ],
)
def test_money(money: float, dutch: str, english: str) -> None:
    assert DUTCH.euros(money) == dutch.replace(" ", SPACE)
    assert ENGLISH.euros(money) == english.replace(" ", SPACE)


def test_lists() -> None:
    assert DUTCH.listed(["2026"]) == "2026"
    assert DUTCH.listed(["2026", "2030", "2035"]) == "2026, 2030 en 2035"
