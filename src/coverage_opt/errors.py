"""What is wrong, where, and what to do about it: collected first, said all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ROWS_SHOWN = 5


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input.

    Attributes:
        what: the fault, in one sentence.
        where: the file, with a line when one line is to blame (``zones.csv:12``).
        rows: the offending rows, as text, in the order of the file.
        advice: what the reader can do about it.
    """

    what: str
    where: str = ""
    rows: tuple[str, ...] = ()
    advice: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        shown = [f"    {row}" for row in self.rows[:ROWS_SHOWN]]
        if len(self.rows) > ROWS_SHOWN:
            shown.append(f"    ... and {len(self.rows) - ROWS_SHOWN} more")
        advice = [f"    -> {self.advice}"] if self.advice else []
        return "\n".join([head, *shown, *advice])


class InputError(Exception):
    """The input cannot be planned with; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
