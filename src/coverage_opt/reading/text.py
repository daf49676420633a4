"""Files as text, and the nearest name to a mistyped one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from coverage_opt.errors import InputError, Problem

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS_UTF8 = "save the file as UTF-8 text"
_NAMES_LISTED = 12


def read_text(path: Path, source: str = "") -> str:
    """Read a whole file as UTF-8; a byte-order mark at its start is dropped.

    Args:
        path: the file.
        source: how messages call the file; its own name when empty.

    Returns:
        The text, with its line endings as they are in the file.

    Raises:
        InputError: the file is missing, cannot be read, is not UTF-8 or holds NUL bytes.
    """
    source = source or path.name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError([Problem("the file does not exist", source)]) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([Problem(f"the file cannot be read: {reason}", source)]) from error
    if content.startswith(_UTF16_MARKS):
        raise InputError([Problem("the file is UTF-16, not UTF-8", source, advice=_SAVE_AS_UTF8)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"{source}:{line_at(content, error.start)}"
        what = f"the file is not UTF-8: byte 0x{content[error.start]:02x}"
        raise InputError([Problem(what, where, advice=_SAVE_AS_UTF8)]) from error
    if "\0" in text:
        where = f"{source}:{line_at(content, content.index(0))}"
        advice = "the file is damaged or is not text: export it again as UTF-8"
        raise InputError([Problem("the file holds a NUL byte", where, advice=advice)])
    return text


def line_at(content: bytes, position: int) -> int:
    """Return the line number, from 1, of a byte position."""
    before = content[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return advice for an unknown name: the nearest known name, or what names there are."""
    names = list(dict.fromkeys(known))
    folded = {other.casefold(): other for other in reversed(names)}
    if name.casefold().strip() in folded:
        return f"did you mean {folded[name.casefold().strip()]}?"
    nearest = difflib.get_close_matches(name, names, n=1)
    if nearest:
        return f"did you mean {nearest[0]}?"
    if 0 < len(names) <= _NAMES_LISTED:
        return f"known here: {', '.join(names)}"
    return ""
