"""Whether everybody is counted once, takes what they would, and has a place they can reach."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coverage_opt.plan.verify.compare import (
    ROUNDING,
    absent,
    allowance,
    choice_name,
    differences,
    records,
    said,
)
from coverage_opt.plan.verify.recount import Recount
from coverage_opt.rules.base import Violation


def counting_violations(recount: Recount) -> Iterator[Violation]:
    """Yield choices of a zone whose learners are not all counted, or take what they would not."""
    region = recount.region
    counted = pd.concat([recount.stated("switches"), recount.stated("unplaced")])
    for found in differences(counted, recount.demand, ("zone", "choice"), "learners"):
        zone, choice = found.key
        sentence = (
            f"{said(found.expected)} learners of {region.zone_name(zone)} ask for "
            f"{choice_name(region, choice)}, but {said(found.stated)} are counted as taking a "
            "programme or unplaced"
        )
        yield Violation("switches", f"{choice} from {zone}", found.amount, sentence)
    yield from _unacceptable(recount)


def _unacceptable(recount: Recount) -> Iterator[Violation]:
    """Yield switches of more learners than would take the programme."""
    region = recount.region
    shares = recount.takers.groupby(["choice", "programme"], as_index=False)["share"].max()
    asked = recount.demand.rename(columns={"learners": "asking"})
    flows = recount.stated("switches").merge(shares, on=["choice", "programme"], how="left")
    flows = flows.merge(asked, on=["zone", "choice"], how="left")
    flows["most"] = (flows["share"] * flows["asking"]).fillna(0.0)
    excess = flows["learners"] - flows["most"]
    for row in records(flows[excess > allowance(flows["most"])]):
        zone, choice, programme = row["zone"], row["choice"], row["programme"]
        learners, most = row["learners"], row["most"]
        sentence = (
            f"{said(learners)} learners of {region.zone_name(zone)} who ask for "
            f"{choice_name(region, choice)} take {region.programme_name(programme)}; at most "
            f"{said(most)} would"
        )
        place = f"{choice} to {programme} from {zone}"
        yield Violation("switches", place, learners - most, sentence)


def placement_violations(recount: Recount) -> Iterator[Violation]:
    """Yield learners without a place in what they take, or with one that cannot be."""
    region = recount.region
    placements = recount.stated("placements")
    key = ("zone", "programme")
    for found in differences(placements, recount.stated("switches"), key, "learners"):
        zone, programme = found.key
        sentence = (
            f"{said(found.expected)} learners of {region.zone_name(zone)} take "
            f"{region.programme_name(programme)}, but {said(found.stated)} are placed"
        )
        yield Violation("placements", f"{programme} from {zone}", found.amount, sentence)
    somebody = placements[placements["learners"] > ROUNDING].rename(columns={"programme": "what"})
    offers = recount.offers.rename(columns={"programme": "what"})
    names = {programme: region.programme_name(programme) for programme in set(somebody["what"])}
    unoffered = absent(somebody, offers, ("what", "site"))
    yield from _misplaced(recount, "placements", unoffered, names, "where it is not offered")
    yield from _stranded(recount, "placements", somebody, names)


def attendance_violations(recount: Recount) -> Iterator[Violation]:
    """Yield learners who miss a unit taught nearby, or attend one that cannot be."""
    region = recount.region
    attendance = recount.stated("attendance")
    for found in differences(attendance, recount.coming_nearby, ("zone", "unit"), "learners"):
        zone, unit = found.key
        sentence = (
            f"{said(found.expected)} learners of {region.zone_name(zone)} need "
            f"{region.unit_name(unit)}, taught nearby, but {said(found.stated)} attend it"
        )
        yield Violation("attendance", f"{unit} from {zone}", found.amount, sentence)
    somebody = attendance[attendance["learners"] > ROUNDING].rename(columns={"unit": "what"})
    runs = recount.stated("units").rename(columns={"unit": "what"})
    names = {unit: region.unit_name(unit) for unit in set(somebody["what"])}
    untaught = absent(somebody, runs, ("what", "site"))
    yield from _misplaced(recount, "attendance", untaught, names, "where it is not taught")
    yield from _stranded(recount, "attendance", somebody, names)


def _stranded(
    recount: Recount, table: str, journeys: pd.DataFrame, names: dict[str, str]
) -> Iterator[Violation]:
    stranded = journeys[~np.isfinite(recount.minutes(journeys))]
    yield from _misplaced(recount, table, stranded, names, "which they cannot travel to")


def _misplaced(
    recount: Recount, table: str, rows: pd.DataFrame, names: dict[str, str], fault: str
) -> Iterator[Violation]:
    """Yield one violation per row of zone, what, site, learners."""
    region = recount.region
    for row in records(rows):
        zone, what, site, learners = row["zone"], row["what"], row["site"], row["learners"]
        sentence = (
            f"{said(learners)} learners of {region.zone_name(zone)} are sent to "
            f"{region.site_name(site)} for {names[what]}, {fault}"
        )
        yield Violation(table, f"{what} at {site} from {zone}", learners, sentence)
