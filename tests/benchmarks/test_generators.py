"""Made-up regions: the same seed, the same files; valid; hard as promised; and labelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks.__main__ import app
from benchmarks.generators import national
from benchmarks.generators.covering import Covering, write_covering
from benchmarks.generators.region import SIZES, Shape, write_synthetic
from benchmarks.generators.writing import SYNTHETIC
from typer.testing import CliRunner

from coverage_opt.formulation.case import build_case
from coverage_opt.formulation.moments import moments_of
from coverage_opt.policy.load import load_policy
from coverage_opt.policy.teaching import teaching
from coverage_opt.region.load import load_region

FACTS = Path(__file__).parents[3] / "shared" / "facts"
SMALL = Shape(zones=12, sites=5, programmes=20)
COVERING = Covering(clients=60, sites=8, opened=2, radius=25.0)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("write", ["region", "covering"])
def test_the_same_seed_gives_the_same_files(tmp_path: Path, write: str) -> None:
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        if write == "region":
            write_synthetic(SMALL, seed, tmp_path / name)
        else:
            write_covering(COVERING, seed, tmp_path / name)
    assert files(tmp_path / "one") == files(tmp_path / "same")
    assert files(tmp_path / "one") != files(tmp_path / "other")


def test_what_is_made_up_says_so(tmp_path: Path) -> None:
    for number, question in enumerate(
        (
            write_synthetic(SMALL, 1, tmp_path / "region"),
            write_covering(COVERING, 1, tmp_path / "covering"),
        )
    ):
        region = load_region(question.region)
        assert SYNTHETIC in region.title, number
        sources = (Path(question.region) / "SOURCES.md").read_text(encoding="utf-8")
        assert sources.startswith(f"# {SYNTHETIC}\n")


def test_no_zones_merge_in_the_hard_case(tmp_path: Path) -> None:
    question = write_synthetic(SIZES["small"], 1, tmp_path / "hard")
    region, policy = load_region(question.region), load_policy(question.policy)
    futures = region.scenario_set("baseline")
    moments = moments_of(region, region.periods, futures, join=True)
    case = build_case(region, policy, teaching(region, policy), moments, futures, merge=True)
    zones, sites = SIZES["small"].zones, SIZES["small"].sites
    assert case.reductions["zones"] == (zones, zones)
    assert len(region.sites) == sites
    assert len(region.programmes) == SIZES["small"].programmes
    learners = region.demand(2026)["learners"].sum()
    assert learners == pytest.approx(80 * SIZES["small"].programmes, rel=1e-4)


def test_classes_in_the_hard_case_are_as_described(tmp_path: Path) -> None:
    policy = load_policy(write_synthetic(SMALL, 1, tmp_path / "region").policy)
    sizes = policy.model_dump()["rules"]["class_size"]
    assert (sizes["own"]["minimum"], sizes["own"]["maximum"]) == (15, 60)
    assert (sizes["profile"]["minimum"], sizes["orientation"]["minimum"]) == (8, 20)


def test_too_few_sites_to_tell_zones_apart_are_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ask for more sites"):
        write_synthetic(Shape(zones=500, sites=2, programmes=4), 1, tmp_path / "region")
    with pytest.raises(ValueError, match="sites, reach"):
        Shape(zones=5, sites=0, programmes=4, reach=0)


def test_a_region_of_any_size_may_have_zones_that_are_alike(tmp_path: Path) -> None:
    shape = Shape(zones=300, sites=2, programmes=3, distinct=False)
    region = load_region(write_synthetic(shape, 1, tmp_path / "region").region)
    assert len(region.zones) == 300
    assert len(region.demand(2026)) == 900


def test_travel_of_a_covering_problem_is_its_distance(tmp_path: Path) -> None:
    question = write_covering(COVERING, 1, tmp_path / "covering")
    problem = question.problem
    assert problem is not None
    minutes = load_region(question.region).minutes.to_numpy()
    within = problem.distance <= COVERING.radius
    assert within.any(axis=1).all()
    assert minutes[within] == pytest.approx(problem.distance[within])
    assert np.isinf(minutes[~within]).all()


@pytest.mark.parametrize("kind", ["region", "hard", "covering"])
def test_the_command_writes_what_can_be_planned(tmp_path: Path, kind: str) -> None:
    into = tmp_path / "made"
    options = {
        "region": ["--zones", "6", "--sites", "3", "--programmes", "4"],
        "hard": ["--size", "small"],
        "covering": ["--clients", "20", "--sites", "4", "--opened", "2", "--radius", "40"],
    }
    done = CliRunner().invoke(app, ["generate", kind, "--into", str(into), *options[kind]])
    assert done.exit_code == 0, done.output
    assert f"coverage-opt solve {into}" in done.output
    assert load_region(into).zones is not None
    again = CliRunner().invoke(app, ["generate", kind, "--into", str(into), *options[kind]])
    assert again.exit_code == 2


def test_towns_get_a_site_in_their_middle() -> None:
    areas = pd.DataFrame(
        [
            ("Dale", "Dale", 52.0, 5.0, 60_000.0, "main"),
            ("Dale", "Dale", 52.2, 5.2, 60_000.0, "main"),
            ("Dale", "Hamlet", 52.1, 5.1, 900.0, "main"),
            ("Near", "Near", 52.1, 5.2, 30_000.0, "main"),
            ("Isle", "Far", 53.4, 6.2, 40_000.0, "isle"),
        ],
        columns=["municipality", "place", "lat", "lon", "population", "landmass"],
    )
    sites = national.sites_of(areas)
    assert list(sites["town"]) == ["Dale", "Far", "Near"]
    assert (sites["latitude"][0], sites["longitude"][0]) == (52.1, 5.1)
    assert list(sites["institution"]) == ["college-dale", "college-far", "college-dale"]
    assert all(name.startswith(SYNTHETIC) for name in sites["name"])
    programmes = pd.DataFrame({"programme": list("abcdefgh"), "domain": list("ABCDEFGH")})
    shares = pd.Series(range(8, 0, -1), index=list("abcdefgh"), dtype=float)
    taught = national.site_domains_of(sites, programmes, shares)
    counts = taught.groupby("site")["domain"].agg("".join)
    assert counts["dale"] == "ABCDEFGH"
    assert counts["near"] == "ABCDEF"


def test_islands_are_reached_by_ferry() -> None:
    landmass = national.landmass_of(pd.Series(["Texel", "Hulst", "Utrecht"]))
    assert list(landmass) == ["texel", "zeeuws-vlaanderen", "main"]


@pytest.mark.slow
@pytest.mark.skipif(not FACTS.is_dir(), reason="no folder with the public figures")
def test_the_whole_country(tmp_path: Path) -> None:
    national.write_national(FACTS, tmp_path / "nl")
    region = load_region(tmp_path / "nl")
    assert len(region.zones) == 4074
    assert len(region.sites) > 100
    assert np.isfinite(region.minutes.to_numpy()).any(axis=1).all()
    assert "synthetic" in region.title
