"""The regions that come with the package: found, valid, quick to load."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from coverage_opt import shipped
from coverage_opt.region.load import load_region

NAMES = ("achterhoek", "noordoost-groningen", "zeeland", "zuid-limburg")
SECONDS = 1.5


def test_the_four_regions_are_shipped() -> None:
    assert set(NAMES) <= set(shipped.instance_names())


@pytest.mark.parametrize("name", shipped.instance_names())
def test_a_shipped_region_loads(name: str) -> None:
    region = load_region(name)
    assert region.name == name
    assert region.folder == shipped.instances_folder() / name
    assert np.isfinite(region.minutes.to_numpy()).any(axis=1).all()
    for period in region.periods:
        demand = region.demand(period).groupby("learner")["learners"].sum()
        cohorts = {"young": region.cohorts, "adult": region.adult_cohorts}
        for learner, cohort in cohorts.items():
            learners = cohort.loc[cohort["period"] == period, "learners"].sum()
            assert demand.get(learner, 0.0) == pytest.approx(learners)


def test_a_shipped_region_loads_quickly() -> None:
    load_region("zeeland")
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        load_region("zeeland")
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < SECONDS


@pytest.mark.parametrize("name", shipped.instance_names())
def test_scenarios_of_a_shipped_region_shift_choices_only(name: str) -> None:
    region = load_region(name)
    period = region.periods[-1]
    before = region.demand(period).groupby(["learner", "zone"])["learners"].sum()
    for scenario in dict.fromkeys(region.scenarios["scenario"]):
        after = region.demand(period, scenario).groupby(["learner", "zone"])["learners"].sum()
        changed = (after / before).groupby("learner")
        # All zones grow or shrink alike, young learners and adults each by their own factor.
        np.testing.assert_allclose(changed.max(), changed.min(), rtol=1e-9)


def test_demand_under_many_scenarios_is_quick() -> None:
    region = load_region("zeeland")
    scenarios = dict.fromkeys(region.scenarios["scenario"])
    start = time.perf_counter()
    for period in region.periods:
        for scenario in scenarios:
            region.demand(period, scenario)
    assert time.perf_counter() - start < 0.2 * len(region.periods) * max(len(scenarios), 1)


def test_a_shipped_name_goes_before_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zeeland").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_region("zeeland").folder == shipped.instances_folder() / "zeeland"


def test_models_are_found() -> None:
    assert shipped.models_folder().name == "models"
    assert isinstance(shipped.model_names(), tuple)


def test_in_a_wheel_the_regions_are_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "coverage_opt"
    (package / "shipped" / "instances" / "somewhere").mkdir(parents=True)
    (package / "shipped" / "models").mkdir()
    (package / "shipped" / "instances" / "somewhere" / "region.yaml").touch()
    (package / "shipped" / "models" / "modular.yaml").touch()
    shutil.copy(shipped.__file__, package / "shipped.py")
    monkeypatch.setattr(shipped, "__file__", str(package / "shipped.py"))
    assert shipped.instance_names() == ("somewhere",)
    assert shipped.model_names() == ("modular",)
