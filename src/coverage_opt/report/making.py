"""From run folders to the files of a report."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from coverage_opt.errors import InputError, Problem
from coverage_opt.report.contents import Tables
from coverage_opt.report.geodata import geojson
from coverage_opt.report.language import Language
from coverage_opt.report.page import page
from coverage_opt.report.runs import Run
from coverage_opt.report.workbook import workbook


def make_report(
    runs: tuple[Run, ...],
    language: str,
    html: Path,
    xlsx: Path | None = None,
    geodata: Path | None = None,
) -> None:
    """Write a report of some plans for one region; every file of it whole or not at all.

    Args:
        runs: verified plans; the report is about the first, and lays the others beside it.
        language: ``nl`` or ``en``: shown first in the page, and the only one in the workbook.
        html: where the page goes.
        xlsx: where a workbook of the same tables goes, if anywhere.
        geodata: where GeoJSON of zones and sites goes, if anywhere.

    Raises:
        InputError: a file cannot be written.
    """
    tables = Tables.of(runs)
    files = {html: page(tables, language).encode()}
    if xlsx is not None:
        files[xlsx] = workbook(tables, Language(language))
    if geodata is not None:
        files[geodata] = geojson(tables).encode()
    _write(files)


def check_places(places: list[Path], *, overwrite: bool) -> None:
    """Tell, before any long work, whether files could be written in these places.

    Raises:
        InputError: every place that is taken, or has no folder that can be written to.
    """
    problems = []
    for place in places:
        folder = place.parent
        if place.is_dir():
            problems.append(Problem(f"{place} is a folder", advice="give the name of a file"))
        elif place.exists() and not overwrite:
            advice = "choose another place, or ask to --overwrite it"
            problems.append(Problem(f"{place} is there already", advice=advice))
        elif not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            what = f"{place} cannot be made: {folder} is not a folder that can be written to"
            problems.append(Problem(what, advice="choose another place"))
    if len({place.resolve() for place in places}) < len(places):
        problems.append(Problem("two files have the same place", advice="give each its own"))
    if problems:
        raise InputError(problems)


def _write(files: Mapping[Path, bytes]) -> None:
    """Write all files beside their places first, then put them there.

    Raises:
        InputError: one of them cannot be written; then none is.
    """
    aside = {place: place.with_name(f".{place.name}.{secrets.token_hex(4)}") for place in files}
    try:
        for place, content in files.items():
            aside[place].write_bytes(content)
        for place, unfinished in aside.items():
            unfinished.replace(place)
    except OSError as error:
        what = f"the report cannot be written: {error.strerror or error}"
        raise InputError([Problem(what, advice="choose another place")]) from error
    finally:
        for unfinished in aside.values():
            unfinished.unlink(missing_ok=True)
