"""Words and numbers in Dutch and in English, as boards write them.

The messages in the code are the English ones. Their translations stand in ``locale/CODE.po``, and
are compiled when they are read, so that there is no second file that could be older.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

LOCALES = Path(__file__).parent / "locale"
LANGUAGES: Mapping[str, str] = {"nl": "Nederlands", "en": "English"}
"""The languages of a report, each by its own name."""

_REGIONS = {"nl": "nl_NL", "en": "en_GB"}
_SPACE = "\u00a0"
_ROUNDING = 1e-9
_MILLION = 1_000_000.0


class Language:
    """A language: calling it with an English message gives the message in this language.

    Args:
        code: one of `LANGUAGES`.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.name = LANGUAGES[code]
        self._translations = _translations(code)

    def __call__(self, message: str) -> str:
        """Return a message in this language; without a message, nothing."""
        return self._translations.gettext(message) if message else ""

    def listed(self, words: list[str]) -> str:
        """Return words as a reader lists them: ``2026, 2030 and 2035``."""
        *first, last = words
        joined = self("and")
        return f"{', '.join(first)} {joined} {last}" if first else last

    def decimal(self, value: float, decimals: int) -> str:
        """Return a number with so many decimals: ``1.234,5`` in Dutch."""
        if not math.isfinite(value):
            return self("not known")
        pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        # a negative number that is shown as zero is zero
        value = round(value, decimals) + 0.0
        return format_decimal(value, format=pattern, locale=_REGIONS[self.code])

    def whole(self, value: float) -> str:
        """Return a number without decimals."""
        return self.decimal(value, 0)

    def amount(self, value: float) -> str:
        """Return learners or a count: whole from 100 on, one decimal below."""
        plain = math.isfinite(value) and (value == int(value) or abs(value) >= 100)
        return self.decimal(value, 0 if plain else 1)

    def number(self, value: float) -> str:
        """Return a number of any size: with four decimals below 10, whole from 10,000 on."""
        size = abs(value)
        return self.decimal(value, 4 if size < 10 else 2 if size < 10_000 else 0)

    def share(self, value: float, decimals: int = 1) -> str:
        """Return a share as ``64,8 %``; what is not all or nothing never reads as such."""
        if not math.isfinite(value):
            return self("not known")
        if abs(value) < _ROUNDING or abs(value - 1.0) < _ROUNDING:
            return f"{round(value) * 100}{_SPACE}%"
        smallest = 10.0**-decimals
        if value > 0 and round(100 * value, decimals) == 0:
            return f"<{_SPACE}{self.decimal(smallest, decimals)}{_SPACE}%"
        if value < 1 and round(100 * value, decimals) == 100:
            return f">{_SPACE}{self.decimal(100 - smallest, decimals)}{_SPACE}%"
        return f"{self.decimal(100 * value, decimals)}{_SPACE}%"

    def euros(self, value: float) -> str:
        """Return money: ``€ 41,23 miljoen``, ``€ 412.300``."""
        if not math.isfinite(value):
            return self("not known")
        sign = "-" if value < 0 else ""
        if abs(value) >= _MILLION:
            million = self.decimal(abs(value) / _MILLION, 2)
            return sign + self("€ {amount} million").format(amount=million).replace(" ", _SPACE)
        return f"{sign}€{_SPACE}{self.whole(abs(value))}"

    def in_unit(self, value: float, unit: str) -> str:
        """Return the value of an indicator."""
        if unit == "share":
            return self.share(value)
        return self.euros(value) if unit.startswith("EUR") else self.amount(value)

    @property
    def number_format(self) -> dict[str, object]:
        """How charts write numbers, as d3-format's locale wants it."""
        dutch = self.code == "nl"
        return {
            "decimal": "," if dutch else ".",
            "thousands": "." if dutch else ",",
            "grouping": [3],
            "currency": [f"€{_SPACE}", ""],
            "percent": f"{_SPACE}%",
        }


@cache
def _translations(code: str) -> NullTranslations:
    path = LOCALES / f"{code}.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
