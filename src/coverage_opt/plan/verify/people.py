"""Whether everybody is counted once, takes what they would, and has a place they can reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from coverage_opt.plan.verify.compare import (
    ROUNDING,
    absent,
    allowance,
    choice_name,
    differences,
    home,
    people,
    records,
    said,
)
from coverage_opt.plan.verify.given import total
from coverage_opt.plan.verify.moment import MomentCount
from coverage_opt.rules.base import Violation

ASKED = ["learner", "zone", "choice"]


def counting_violations(moment: MomentCount) -> Iterator[Violation]:
    """Yield choices whose learners are not all counted, or take what they would not."""
    region = moment.given.region
    columns = [*ASKED, "learners"]
    alone = moment.stated("certificates").rename(columns={"unit": "choice"})
    counted = pd.concat(
        [table[columns] for table in (moment.stated("switches"), alone, moment.stated("unplaced"))]
    )
    for found in differences(counted, moment.demand, ASKED, "learners"):
        learner, zone, choice = found.key
        taking = "it" if choice in moment.given.single_units else "a programme"
        sentence = (
            f"{said(found.expected)} {people(learner)} of {region.zone_name(zone)} ask for "
            f"{choice_name(region, choice)}, but {said(found.stated)} are counted as taking "
            f"{taking} or unplaced"
        )
        place = f"{choice} from {home(zone, learner)}{moment.when}"
        yield Violation("switches", place, found.amount, sentence)
    yield from _unacceptable(moment)
    yield from _not_entering(moment)


def _unacceptable(moment: MomentCount) -> Iterator[Violation]:
    """Yield switches of more learners than would take the programme."""
    region = moment.given.region
    shares = moment.given.largest_shares
    flows = moment.stated("switches").merge(shares, on=["choice", "programme"], how="left")
    flows = flows.merge(moment.demand[[*ASKED, "entering"]], on=ASKED, how="left")
    flows["most"] = (flows["share"] * flows["entering"]).fillna(0.0)
    excess = flows["learners"] - flows["most"]
    for row in records(flows[excess > allowance(flows["most"])]):
        learner, zone, choice, programme = (row[name] for name in [*ASKED, "programme"])
        learners, most = row["learners"], row["most"]
        sentence = (
            f"{said(learners)} {people(learner)} of {region.zone_name(zone)} who ask for "
            f"{choice_name(region, choice)} take {region.programme_name(programme)}; at most "
            f"{said(most)} would"
        )
        place = f"{choice} to {programme} from {home(zone, learner)}{moment.when}"
        yield Violation("switches", place, learners - most, sentence)


def _not_entering(moment: MomentCount) -> Iterator[Violation]:
    """Yield choices of which more are served than would wait for the one moment to enter."""
    region = moment.given.region
    # where everybody can enter, whoever is too many was not counted right
    waiting = moment.demand[moment.demand["entering"] < moment.demand["learners"]]
    if waiting.empty:
        return
    columns = [*ASKED, "learners"]
    alone = moment.stated("certificates").rename(columns={"unit": "choice"})
    served = total(pd.concat([moment.stated("switches")[columns], alone[columns]]), ASKED)
    both = served.merge(waiting[[*ASKED, "entering"]], on=ASKED)
    for row in records(both[both["learners"] - both["entering"] > allowance(both["entering"])]):
        learner, zone, choice = (row[name] for name in ASKED)
        sentence = (
            f"{said(row['learners'])} {people(learner)} of {region.zone_name(zone)} who ask for "
            f"{choice_name(region, choice)} get a place; at most {said(row['entering'])} would "
            "wait for the one moment of the year to enter"
        )
        place = f"{choice} from {home(zone, learner)}{moment.when}"
        yield Violation("switches", place, row["learners"] - row["entering"], sentence)


def placement_violations(moment: MomentCount) -> Iterator[Violation]:
    """Yield learners without a place in what they take, or with one that cannot be."""
    region = moment.given.region
    placements = moment.stated("placements")
    key = ("learner", "zone", "programme")
    for found in differences(placements, moment.stated("switches"), key, "learners"):
        learner, zone, programme = found.key
        sentence = (
            f"{said(found.expected)} {people(learner)} of {region.zone_name(zone)} take "
            f"{region.programme_name(programme)}, but {said(found.stated)} are placed"
        )
        place = f"{programme} from {home(zone, learner)}{moment.when}"
        yield Violation("placements", place, found.amount, sentence)
    somebody = _somebody(placements, "programme")
    offers = moment.offers.rename(columns={"programme": "what"})
    names = {programme: region.programme_name(programme) for programme in set(somebody["what"])}
    unoffered = absent(somebody, offers, ("what", "site"))
    yield from _misplaced(moment, "placements", unoffered, names, "where it is not offered")
    yield from _stranded(moment, "placements", somebody, names)


def attendance_violations(moment: MomentCount) -> Iterator[Violation]:
    """Yield learners who miss a unit taught nearby, or attend one that cannot be."""
    region = moment.given.region
    attendance = moment.stated("attendance")
    key = ("learner", "zone", "unit")
    for found in differences(attendance, moment.coming_nearby, key, "learners"):
        learner, zone, unit = found.key
        sentence = (
            f"{said(found.expected)} {people(learner)} of {region.zone_name(zone)} need "
            f"{region.unit_name(unit)}, taught nearby, but {said(found.stated)} attend it"
        )
        place = f"{unit} from {home(zone, learner)}{moment.when}"
        yield Violation("attendance", place, found.amount, sentence)
    yield from _taught_elsewhere(moment, "attendance")


def certificate_violations(moment: MomentCount) -> Iterator[Violation]:
    """Yield learners who take a unit alone that is not to be had so, or not there."""
    region, given = moment.given.region, moment.given
    taken = moment.stated("certificates")
    taken = taken[taken["learners"] > ROUNDING]
    to_be_had = given.single_units & set(given.units["unit"])
    for row in records(taken[~taken["unit"].isin(list(to_be_had))]):
        unit, zone, learner = row["unit"], row["zone"], row["learner"]
        sentence = (
            f"{said(row['learners'])} {people(learner)} of {region.zone_name(zone)} take "
            f"{region.unit_name(unit)} alone, which is not taught by itself"
        )
        place = f"{unit} at {row['site']} from {home(zone, learner)}{moment.when}"
        yield Violation("certificates", place, row["learners"], sentence)
    yield from _taught_elsewhere(moment, "certificates")


def _taught_elsewhere(moment: MomentCount, table: str) -> Iterator[Violation]:
    """Yield learners of a unit who are sent where it is not taught, or cannot travel there."""
    region = moment.given.region
    somebody = _somebody(moment.stated(table), "unit")
    if somebody.empty:
        return
    names = {unit: region.unit_name(unit) for unit in set(somebody["what"])}
    runs = moment.sizes.rename(columns={"unit": "what"})
    untaught = absent(somebody, runs, ("what", "site"))
    yield from _misplaced(moment, table, untaught, names, "where it is not taught")
    yield from _stranded(moment, table, somebody, names)


def _somebody(table: pd.DataFrame, what: str) -> pd.DataFrame:
    """Return the rows with learners, and what they learn under the name ``what``."""
    return table[table["learners"] > ROUNDING].rename(columns={what: "what"})


def _stranded(
    moment: MomentCount, table: str, journeys: pd.DataFrame, names: Mapping[str, str]
) -> Iterator[Violation]:
    stranded = journeys[~np.isfinite(moment.given.minutes(journeys))]
    yield from _misplaced(moment, table, stranded, names, "which they cannot travel to")


def _misplaced(
    moment: MomentCount, table: str, rows: pd.DataFrame, names: Mapping[str, str], fault: str
) -> Iterator[Violation]:
    """Yield one violation per row of learner, zone, what, site, learners."""
    region = moment.given.region
    for row in records(rows):
        learner, zone, what, site = (row[name] for name in ("learner", "zone", "what", "site"))
        sentence = (
            f"{said(row['learners'])} {people(learner)} of {region.zone_name(zone)} are sent to "
            f"{region.site_name(site)} for {names[what]}, {fault}"
        )
        place = f"{what} at {site} from {home(zone, learner)}{moment.when}"
        yield Violation(table, place, row["learners"], sentence)
