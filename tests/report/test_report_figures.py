"""The figures of a report add up to the plan's own indicators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coverage_opt.frames import rows
from coverage_opt.report.contents import Tables
from coverage_opt.report.figures import classes, offering, places
from coverage_opt.report.language import Language
from coverage_opt.report.runs import Run, read_runs
from report_runs import saved_run

WITHOUT_UNDECIDED: dict[str, Any] = {
    **dict.fromkeys(("adult_cohorts", "adult_choices", "scenarios", "factors", "afterwards")),
    "choices": [("weld-BOL", 0.2), ("weld-BBL", 0.2), ("pipe-BOL", 0.1), ("care-BOL", 0.5)],
}
"""The tiny region without adults, and with everybody decided."""
NO_PIPES = ("rules.class_size.profile.minimum=28", "rules.class_size.per_offer=0")
"""Settings under which too few ask to be pipefitters."""


def expected(run: Run, name: str, period: int) -> float:
    """Return an indicator in a period, expected over the scenarios."""
    chance = {scenario.name: scenario.probability for scenario in run.plan.scenarios}
    table = run.plan.table("outlook")
    here = table[(table["name"] == name) & (table["period"] == period)]
    return float((here["value"] * here["scenario"].map(chance)).sum())


@pytest.mark.parametrize("name", ["zones", "municipalities"])
def test_places_add_up_to_the_indicators(run: Run, tables: Tables, name: str) -> None:
    # one scenario at a time the shares are those of the plan: weighed they differ by little
    for period in run.plan.periods:
        found = tables[name].rows
        here = found[found["period"] == period]
        asked = here["learners"].sum()
        assert asked == pytest.approx(expected(run, "learners", period))
        placed = (here["placed"] * here["learners"]).sum()
        assert placed / asked == pytest.approx(expected(run, "placed", period), abs=0.01)
        first = (here["first_choice"] * here["learners"]).sum() / asked
        assert first == pytest.approx(expected(run, "first_choice", period), abs=0.01)
        covered = (here["coverage"] * here["young"]).sum() / here["young"].sum()
        assert covered == pytest.approx(expected(run, "coverage", period), abs=0.01)


def test_in_one_scenario_they_are_the_indicators(tmp_path: Path) -> None:
    (run,) = read_runs([saved_run(tmp_path)])
    here = places.zones(run).rows
    values = run.plan.indicators
    asked, placed = here["learners"], here["placed"] * here["learners"]
    assert placed.sum() / asked.sum() == pytest.approx(values["placed"])
    first = (here["first_choice"] * asked).sum() / asked.sum()
    assert first == pytest.approx(values["first_choice"])
    covered = (here["coverage"] * here["young"]).sum() / here["young"].sum()
    assert covered == pytest.approx(values["coverage"])
    assert here["coverage"].min() == pytest.approx(values["worst_zone"])
    assert (here["minutes"] * placed).sum() / placed.sum() == pytest.approx(values["travel"])


def test_every_journey_is_in_one_class(run: Run) -> None:
    bands = [name for name, _, _ in places.BANDS]
    together = places.municipalities(run).rows[bands].sum(axis=1)
    assert np.allclose(together, 1.0)


def test_sites_offer_what_the_plan_offers(run: Run, tables: Tables) -> None:
    offers = run.plan.offers
    assert tables["sites"].rows["offers"].sum() == len(offers)
    assert tables["domains"].rows["learners"].sum() == pytest.approx(offers["learners"].sum())
    assert len(tables["offers"]) == len(offers)
    assert len(tables["timeline"]) == len(run.plan.timeline)


def test_who_gets_something_else_is_who_lacks_the_first_choice(tmp_path: Path) -> None:
    (run,) = read_runs([saved_run(tmp_path, overrides=NO_PIPES, **WITHOUT_UNDECIDED)])
    values = run.plan.indicators
    other = offering.replaced(run).rows["learners"].sum()
    assert other == pytest.approx((1 - values["first_choice"]) * values["learners"], abs=0.5)
    assert other > 0


def test_no_group_is_below_its_minimum(tables: Tables) -> None:
    found = tables["groups"].rows
    assert (found["minimum"] > 0).any()
    assert (found["spare"] > -1e-6).all()
    assert all(here["spare"].is_monotonic_increasing for _, here in found.groupby("period"))


def test_what_is_one_class_short_is_counted_by_hand(tmp_path: Path) -> None:
    # Pipefitting is asked for by a tenth of 200, and 0.9 of them reach its second year.
    (run,) = read_runs([saved_run(tmp_path, overrides=NO_PIPES, **WITHOUT_UNDECIDED)])
    offered = set(run.plan.offers["programme"])
    assert "pipe-BOL" not in offered
    assert "weld-BOL" in offered
    found = classes.one_class_short(run).rows
    (short,) = found[(found["programme"] == "pipe-BOL") & (found["site"] == "hill-centre")].to_dict(
        "records"
    )
    assert short["unit"] == "pipefitting"
    within = run.region.minutes["hill-centre"] <= 90
    asking = 0.1 * run.region.cohorts.query("period == 2026").set_index("zone")["learners"]
    assert short["asking"] == pytest.approx(float(asking[within].sum()))
    assert short["short"] == pytest.approx(28 - 0.9 * short["asking"])
    assert short["leads_to"] == "Fitter"


def test_money_adds_up(run: Run, tables: Tables) -> None:
    found = tables["money"].rows
    for part in ("funding", "cost", "balance"):
        mean = found[part].sum() / len(run.plan.periods)
        assert mean == pytest.approx(run.plan.indicators[part])
    assert (found["worst"] <= found["balance"] + 1e-6).all()


def test_plans_are_laid_side_by_side(runs: tuple[Run, ...], tables: Tables) -> None:
    compared = tables["compared_indicators"]
    assert [column.title for column in compared.columns[1:3]] == ["shared", "strict"]
    coverage = compared.rows.set_index("title").loc["Coverage"]
    for place, run in enumerate(runs, start=1):
        assert coverage[f"plan_{place}"].value == run.plan.indicators["coverage"]
    differing = tables["compared_offers"].rows
    offered = [
        set(zip(r.plan.offers["programme"], r.plan.offers["site"], strict=True)) for r in runs
    ]
    pairs = set(rows(differing, "programme", "site"))
    assert pairs == offered[0] ^ offered[1]
    assert pairs


def test_values_of_a_table_are_text_in_the_language(tables: Tables) -> None:
    shown = list(tables["groups"].cells(Language("nl")))
    kinds = {row[2] for row in shown}
    assert kinds <= {"generiek", "oriëntatie", "basisdeel", "profieldeel", "keuzedeel"}
    assert kinds
    for table in tables.found.values():
        assert all(cell != "nan" for row in table.cells(Language("nl")) for cell in row)
