"""Which files make a region, and where each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath

from coverage_opt import shipped
from coverage_opt.errors import InputError, Problem
from coverage_opt.reading.strict_yaml import Located
from coverage_opt.reading.text import did_you_mean
from coverage_opt.region.schema import (
    EITHER,
    MAY_BE_EMPTY,
    NOT_BOTH,
    ONLY_WITH,
    OPTIONAL,
    TABLES,
    TOGETHER,
)


def find_region(name_or_folder: str | Path) -> Path:
    """Return a region's folder.

    A text without a path separator is a shipped region when there is one of that name; write
    ``./name`` for a folder of the same name. Anything else is a folder.

    Raises:
        InputError: no such shipped region or folder.
    """
    names = shipped.instance_names()
    if isinstance(name_or_folder, str) and name_or_folder in names:
        return shipped.instances_folder() / name_or_folder
    folder = Path(name_or_folder)
    if folder.is_dir() and str(name_or_folder):
        return folder
    listed = f"shipped regions: {', '.join(names)}" if names else "no region is shipped"
    if folder.is_file():
        what = f"{name_or_folder} is a file, not the folder of a region"
        raise InputError([Problem(what, advice=f"give the folder it is in; {listed}")])
    nearest = did_you_mean(str(name_or_folder), names)
    advice = f"{nearest} {listed}" if nearest.startswith("did") else listed
    what = f"there is no region {str(name_or_folder)!r}, shipped or as a folder"
    raise InputError([Problem(what, advice=advice)])


class RegionFiles:
    """The tables of a region, in its own folder or in the catalogue it shares.

    Attributes:
        paths: the file of each table there is, by the table's name.
        sources: how messages call it: the file, with the catalogue's folder where it is there.
        problems: tables in both places, missing tables, tables that exclude each other, unknown
            CSV files.
    """

    def __init__(self, folder: Path, settings: Located | None) -> None:
        """Look at the region's folder and at the catalogue its settings name.

        Without settings nobody knows whether there is a catalogue: no table is missed then.
        """
        self.paths: dict[str, Path] = {}
        self.sources: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._look_in(folder, "")
        if settings is not None and self._look_in_catalogue(folder, settings):
            self._check_sets()

    def _look_in_catalogue(self, folder: Path, settings: Located) -> bool:
        """Tell whether the catalogue could be looked at, or there is none."""
        catalogue = settings.data.get("catalogue")
        if not isinstance(catalogue, str):
            return "catalogue" not in settings.data
        shared = folder / catalogue
        if PurePath(catalogue).is_absolute():
            what, advice = "the catalogue is an absolute path", "write it relative to the region"
        elif not shared.is_dir():
            what, advice = f"there is no folder {catalogue}", "give the folder of shared tables"
        elif shared.resolve() == folder.resolve():
            what, advice = "the catalogue is the region's own folder", "remove `catalogue`"
        else:
            self._look_in(shared, f"{catalogue.rstrip('/')}/")
            return True
        self.problems.append(Problem(what, settings.where(("catalogue",)), advice=advice))
        return False

    def _look_in(self, folder: Path, prefix: str) -> None:
        known = [f"{name}.csv" for name in TABLES]
        for path in sorted(folder.iterdir()):
            source = prefix + path.name
            if path.name in known and path.stem in self.paths:
                what = f"the table is also in {self.sources[path.stem]}"
                advice = "keep it in one of the two folders"
                self.problems.append(Problem(what, source, advice=advice))
            elif path.name in known:
                self.paths[path.stem] = path
                self.sources[path.stem] = source
            elif path.suffix.lower() == ".csv":
                what = "no table of a region has this name"
                advice = did_you_mean(path.name, known) or "remove the file, or rename it"
                self.problems.append(Problem(what, source, advice=advice))

    def _check_sets(self) -> None:
        in_sets = {name for sets in EITHER.values() for names in sets for name in names}
        for name in TABLES:
            if name not in self.paths and name not in in_sets | OPTIONAL:
                self._miss(name)
        for wanted, (first, second) in EITHER.items():
            if self._exclude(wanted, first, second):
                continue
            if not self._there(first) and not self._there(second):
                what = "the region has neither of two sets of tables"
                self.problems.append(Problem(what, advice=f"give {wanted}"))
                continue
            for name in first if self._there(first) else second:
                if name not in self.paths:
                    self._miss(name)
        self._check_optional()

    def _check_optional(self) -> None:
        """Look at the optional tables that exclude, or need, each other."""
        for wanted, (first, second) in NOT_BOTH.items():
            self._exclude(wanted, first, second)
        for names in TOGETHER:
            there = self._there(names)
            for name in names:
                if there and name not in self.paths:
                    others = " and ".join(self.sources[other] for other in there)
                    self._miss(name, f"; or remove {others}, which says nothing without it")
        for name, (other, reason) in ONLY_WITH.items():
            if name in self.paths and other not in self.paths:
                what = f"{name}.csv goes with {other}.csv only"
                advice = f"remove it: {reason}"
                self.problems.append(Problem(what, self.sources[name], advice=advice))

    def _there(self, names: Sequence[str]) -> list[str]:
        return [name for name in names if name in self.paths]

    def _exclude(self, wanted: str, first: Sequence[str], second: Sequence[str]) -> bool:
        """Tell whether there are tables of both sets, which is a problem."""
        if not self._there(first) or not self._there(second):
            return False
        rows = tuple(self.sources[name] for name in self._there([*first, *second]))
        advice = f"keep {wanted}, not both"
        self.problems.append(Problem("tables exclude each other", "", rows, advice))
        return True

    def _miss(self, name: str, otherwise: str = "") -> None:
        columns = ",".join(str(column) for column in TABLES[name].columns)
        advice = f"add it, with the header {columns}"
        if name in MAY_BE_EMPTY:
            advice += "; the header alone says there are none"
        self.problems.append(
            Problem("the table is missing", f"{name}.csv", advice=advice + otherwise)
        )
