"""The documentation as data: its code blocks, tables, headings and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "derivation" / "assumptions" / "README.md",
)
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """A fenced block, its language and the paragraph above it."""

    language: str
    text: str
    above: str


@dataclass(frozen=True)
class Table:
    """A table below a heading; cells as written, Markdown included."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """Return the cells of a column, top to bottom."""
        return [row[self.columns.index(name)] for row in self.rows]


def tokens(page: Path) -> list[Token]:
    """Parse a page."""
    return _PARSER.parse(page.read_text(encoding="utf-8"))


def blocks(page: Path, *languages: str) -> list[Block]:
    """Return the fenced blocks of a page in these languages."""
    above, found = "", []
    for token in tokens(page):
        if token.type == "inline":
            above = token.content
        elif token.type == "fence" and token.info in languages:
            found.append(Block(token.info, token.content, above))
    return found


def headings(page: Path) -> list[str]:
    """Return the headings of a page."""
    parsed = tokens(page)
    opened = [place for place, token in enumerate(parsed) if token.type == "heading_open"]
    return [parsed[place + 1].content for place in opened]


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(page)
    }


def tables(page: Path) -> Iterator[Table]:
    """Yield the tables of a page."""
    heading, kind, rows = "", "", list[list[str]]()
    for token in tokens(page):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield Table(heading, tuple(rows[0]), tuple(map(tuple, rows[1:])))
        elif token.type == "inline" and kind == "heading_open":
            heading = token.content
        elif token.type == "inline" and kind in ("th_open", "td_open"):
            rows[-1].append(token.content)
        kind = token.type


def table(page: Path, *columns: str) -> Table:
    """Return the one table of a page with these columns."""
    (found,) = (table for table in tables(page) if table.columns == columns)
    return found


def links(page: Path) -> list[str]:
    """Return where the links of a page lead."""
    inline = [child for token in tokens(page) for child in token.children or []]
    return [str(child.attrs["href"]) for child in inline if child.type == "link_open"]


def code(cell: str) -> str:
    """Return what a cell that is one piece of code holds."""
    match = re.fullmatch(r"`([^`]+)`", cell)
    assert match, f"{cell!r} is not one piece of code"
    return match.group(1)
