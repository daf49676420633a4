"""A region with proposed units in it: as tables that are ready to use."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import yaml

from coverage_opt.analysis.pooling import ORIENTATION
from coverage_opt.analysis.proposals import Proposal
from coverage_opt.contradiction import Situation
from coverage_opt.errors import InputError, Problem
from coverage_opt.frames import mapping
from coverage_opt.policy.policy import Policy
from coverage_opt.reading.strict_yaml import parse_yaml
from coverage_opt.reading.text import read_text
from coverage_opt.region.files import RegionFiles
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.region.scenarios import BASELINE

SETTINGS = "region.yaml"


def unit_rows(proposals: Sequence[Proposal]) -> pd.DataFrame:
    """Return the new rows of units.csv: unit, kind, name, year, hours, delivery."""
    made = [
        (each.unit, each.kind, each.name, part.year, part.hours, part.delivery)
        for each in proposals
        for part in each.parts[:1]
    ]
    return pd.DataFrame(made, columns=["unit", "kind", "name", "year", "hours", "delivery"])


def curriculum_rows(proposals: Sequence[Proposal]) -> pd.DataFrame:
    """Return the new rows of curriculum.csv: programme, unit."""
    made = [(programme, each.unit) for each in proposals for programme in each.programmes]
    return pd.DataFrame(made, columns=["programme", "unit"])


def tables_with(region: Region, proposals: Sequence[Proposal]) -> dict[str, pd.DataFrame]:
    """Return the tables of a region that differ when proposals are taken.

    A proposed unit takes the place of the units of its parts. Where programmes had no orientation
    year, its hours come out of one of their own units. The undecided who asked for a replaced
    orientation year ask for the new one, and choose afterwards what they did, in proportion.
    """
    replaced = {part.unit: each.unit for each in proposals for part in each.parts if part.unit}
    given = {part.donor: part.hours for each in proposals for part in each.parts if part.donor}
    units = region.units[~region.units["unit"].isin(list(replaced))]
    left = units["hours"] - units["unit"].map(given).fillna(0.0)
    curriculum = region.curriculum[~region.curriculum["unit"].isin(list(replaced))]
    changed = {
        "units": pd.concat([units.assign(hours=left), unit_rows(proposals)], ignore_index=True),
        "curriculum": pd.concat([curriculum, curriculum_rows(proposals)], ignore_index=True),
    }
    return {**changed, **_asking(region, replaced), **_afterwards(region, proposals)}


def _asking(region: Region, replaced: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the tables of who asks for what, with the new units for those they replace."""
    found: dict[str, pd.DataFrame] = {}
    for name in ("choices", "adult_choices", "demand", "adult_demand", "accept"):
        if not region.has(name):
            continue
        table: pd.DataFrame = getattr(region, name)
        if not table["choice"].isin(list(replaced)).any():
            continue
        renamed = table.assign(choice=table["choice"].replace(dict(replaced)))
        value = "learners" if "learners" in table else "share"
        keys = [column for column in table.columns if column != value]
        # who accepts a programme from several units does so by the largest of the shares
        how = "max" if name == "accept" else "sum"
        found[name] = renamed.groupby(keys, sort=False)[value].agg(how).reset_index()
    return found


def _afterwards(region: Region, proposals: Sequence[Proposal]) -> dict[str, pd.DataFrame]:
    """Return what the undecided choose after a new orientation year, each part by its share."""
    merged = [each for each in proposals if each.kind == ORIENTATION]
    if not merged:
        return {}
    asked = _undecided(region)
    known = region.afterwards if region.has("afterwards") else None
    kept = [] if known is None else [known]
    for proposal in merged:
        units = [part.unit for part in proposal.parts if part.unit]
        if kept:
            kept = [table[~table["unit"].isin(units)] for table in kept]
        total = sum(asked.get(unit, 0.0) for unit in units)
        shares: dict[str, float] = {}
        for part in proposal.parts:
            weight = asked.get(part.unit, 0.0) / total if total else 1.0
            listed = (
                {}
                if known is None
                else mapping(known[known["unit"] == part.unit], "programme", "share")
            )
            for programme in part.programmes if part.unit else ():
                share = weight * (listed.get(programme, 0.0) if listed else 1.0)
                shares[programme] = max(shares.get(programme, 0.0), share)
        made = [(proposal.unit, *pair) for pair in sorted(shares.items()) if pair[1] > 0]
        kept.append(pd.DataFrame(made, columns=["unit", "programme", "share"]))
    return {"afterwards": pd.concat(kept, ignore_index=True)}


def _undecided(region: Region) -> dict[str, float]:
    """Return orientation unit -> how many ask for it, or by which share."""
    name = "choices" if region.has("choices") else "demand"
    table: pd.DataFrame = getattr(region, name)
    value = "share" if name == "choices" else "learners"
    return mapping(table.groupby("choice")[value].sum().reset_index(), "choice", value)


def possible_offers(region: Region, policy: Policy) -> int:
    """Return how many offers could be large enough in the first period, each seen by itself."""
    scenarios = region.scenario_set(BASELINE)
    situation = Situation.of(region, policy, region.periods[:1], scenarios)
    return len(situation.case(policy).periods[0].offers)


def write_with(region: Region, proposals: Sequence[Proposal], folder: Path) -> Region:
    """Write the region with proposals in it to a new folder, and return it read back.

    The folder needs no catalogue: all tables are in it. Tables that nothing is changed in are
    copied as they are.

    Raises:
        InputError: the folder is there already, cannot be written, or what was written is no
            sound region.
    """
    if folder.exists():
        what = f"{folder} exists already"
        raise InputError([Problem(what, "--out", (), "give a folder that is not there")])
    located = parse_yaml(read_text(region.folder / SETTINGS), SETTINGS)
    files = RegionFiles(region.folder, located)
    changed = tables_with(region, proposals)
    settings = {key: value for key, value in located.data.items() if key != "catalogue"}
    try:
        folder.mkdir(parents=True)
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        (folder / SETTINGS).write_text(text, encoding="utf-8")
        for name, path in files.paths.items():
            if name not in changed:
                shutil.copyfile(path, folder / f"{name}.csv")
        for name, table in changed.items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    except OSError as error:
        what = f"{folder} cannot be written: {error.strerror}"
        raise InputError([Problem(what, "--out", (), "choose another place")]) from error
    return load_region(folder)
