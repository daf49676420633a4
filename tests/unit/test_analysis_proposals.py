"""Units to be shared: what is found in the graph, whom it serves, and that it can be used."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import networkx as nx
import pytest

from apart import APART
from builders import full_tables, tiny_region
from coverage_opt.analysis.pooling import ORIENTATION, Pooling, parts_of
from coverage_opt.analysis.proposals import bicliques, programme_graph, propose
from coverage_opt.analysis.proposed_region import (
    curriculum_rows,
    possible_offers,
    tables_with,
    unit_rows,
    write_with,
)
from coverage_opt.errors import InputError
from coverage_opt.frames import mapping, rows
from coverage_opt.plan.verify import verify
from coverage_opt.planning import solve
from coverage_opt.policy.policy import Policy
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region
from coverage_opt.solver.limits import Limits
from random_regions import policy_of

EXACT = Limits(gap=0.0, time_limit_seconds=None, threads=1)
AIMS: list[dict[str, Any]] = [{"maximise": {"placed": 1}}]
KEPT = TemporaryDirectory()
"""Where regions stay until the end, as what is made of them is copied from their files."""


@cache
def region() -> Region:
    return tiny_region(Path(KEPT.name) / "plain", **APART)


@cache
def full_region() -> Region:
    tables = full_tables()
    afterwards = [("try-metal", "weld-BOL", 1.0), ("try-pipes", "pipe-BOL", 1.0)]
    adults = [("weld-BBL", 0.02), ("try-metal", 0.02), ("try-pipes", 0.02), ("dutch", 0.94)]
    tables |= {"afterwards": afterwards, "adult_choices": adults}
    return tiny_region(Path(KEPT.name) / "full", **{**tables, **APART})


def policy(minimum: int = 32, nearby: float = 90, limit: float = 90) -> Policy:
    sizes = {
        "orientation": {"minimum": minimum, "maximum": 60},
        "own": {"minimum": 1},
        "common": {"minimum": 0},
    }
    rules = {"class_size": sizes, "travel_limit": {"minutes": limit, "nearby": nearby}}
    return policy_of(rules, AIMS, ("orientation", "common"))


def test_every_biclique_is_maximal_and_found() -> None:
    graph = programme_graph(region())
    assert nx.is_bipartite(graph)
    found = dict(bicliques(graph))
    for programmes, units in found.items():
        assert all(graph.has_edge(p, u) for p in programmes for u in units)
        others = set(region().programmes["programme"]) - programmes
        assert not any(all(graph.has_edge(p, u) for u in units) for p in others)
    everybody = frozenset(region().programmes["programme"])
    assert found[everybody] == {"dutch"}
    assert found[frozenset({"weld-BOL", "weld-BBL"})] == {
        *("dutch", "try-metal", "metal-common", "welding")
    }
    assert len(found) == 2


def test_small_orientation_years_are_put_together_and_large_enough() -> None:
    (proposal,) = propose(region(), policy())
    assert proposal.kind == ORIENTATION
    assert proposal.programmes == ("pipe-BOL", "weld-BBL", "weld-BOL")
    assert [part.unit for part in proposal.parts] == ["try-metal", "try-pipes"]
    # 16 and 18 learners a year reach both sites; alone each is under 32
    assert proposal.pool.gained == pytest.approx(34)
    assert sorted(proposal.sites) == ["hill-centre", "hook-centre"]
    for sizes in proposal.sites.values():
        assert sizes == pytest.approx((34, 18))
    # 400 of orientation, and 80 of Dutch
    assert proposal.shared_hours == 480


def test_learners_beyond_the_travel_limit_do_not_count() -> None:
    # within half an hour hill and bank reach hill-centre, and hook its own
    (proposal,) = propose(region(), policy(minimum=25, nearby=30))
    assert proposal.pool.gained == pytest.approx(34 * 160 / 200)
    assert set(proposal.sites) == {"hill-centre"}


def test_who_has_a_group_anyway_may_have_a_nearer_one() -> None:
    # of 18 pipefitters a year a fifth live on hook; together they are enough for one there
    parts = [part for part in parts_of(region(), ORIENTATION) if part.unit]
    pool = Pooling(region(), policy(minimum=6, nearby=60), parts).pool(parts)
    assert pool.gained == pytest.approx(0)
    # with bank, 100 of the 200 reach hook-centre: 8 and 9 learners, so each is enough alone
    assert pool.nearer == pytest.approx(0)
    pool = Pooling(region(), policy(minimum=6, nearby=30), parts).pool(parts)
    # now hook is alone with 3.2 and 3.6, which are enough together only
    assert pool.gained == pytest.approx(34 * 40 / 200)


def test_programmes_without_an_orientation_year_may_join_with_hours_of_their_own() -> None:
    donors = [part for part in parts_of(region(), ORIENTATION) if part.donor]
    assert [(part.donor, part.programmes, part.hours) for part in donors] == [
        ("nursing", ("care-BOL",), 400)
    ]


def test_the_rows_fit_the_tables_of_the_region() -> None:
    proposals = propose(region(), policy())
    units, curriculum = unit_rows(proposals), curriculum_rows(proposals)
    assert list(units.columns) == list(region().units.columns)
    assert list(curriculum.columns) == list(region().curriculum.columns)
    made = list(rows(units, "kind", "year", "hours", "delivery"))
    assert made == [("orientation", 1, 400, "nearby")]


@pytest.mark.parametrize("make", [region, full_region])
def test_a_region_with_the_proposal_loads_and_makes_offers_possible(
    make: Any, tmp_path: Path
) -> None:
    before, asked = make(), policy()
    proposals = propose(before, asked)
    after = write_with(before, proposals, tmp_path / "made")
    assert load_region(tmp_path / "made").content_hash == after.content_hash
    assert possible_offers(before, asked) == 1
    assert possible_offers(after, asked) == 7
    without, with_them = (solve(each, asked, EXACT) for each in (before, after))
    assert set(without.offers["programme"]) == {"care-BOL"}
    assert {"weld-BOL", "pipe-BOL"} <= set(with_them.offers["programme"])
    assert with_them.indicators["placed"] > without.indicators["placed"]
    assert verify(after, with_them) == ()


def hours_of(region: Region) -> dict[str, float]:
    """Return programme -> its hours, all units together."""
    hours = dict.fromkeys(region.programmes["programme"], 0.0)
    lasting = mapping(region.units, "unit", "hours")
    for programme, unit in rows(region.curriculum, "programme", "unit"):
        hours[programme] += lasting[unit]
    return hours


@pytest.mark.parametrize("make", [region, full_region])
def test_nobody_asks_for_more_and_no_programme_has_other_hours(make: Any, tmp_path: Path) -> None:
    before = make()
    after = write_with(before, propose(before, policy()), tmp_path / "made")
    for period in before.periods:
        one, two = before.demand(period), after.demand(period)
        assert two["learners"].sum() == pytest.approx(one["learners"].sum())
    assert hours_of(after) == pytest.approx(hours_of(before))


def test_the_undecided_choose_afterwards_as_they_did() -> None:
    changed = tables_with(full_region(), propose(full_region(), policy()))
    (unit,) = set(changed["afterwards"]["unit"])
    chosen = dict(
        zip(changed["afterwards"]["programme"], changed["afterwards"]["share"], strict=True)
    )
    # of 4 in 100 who are undecided 1 chose after metal and 3 after pipes
    assert chosen == pytest.approx({"weld-BOL": 0.25, "pipe-BOL": 0.75})
    asked = changed["choices"].set_index("choice")["share"]
    assert asked[unit] == pytest.approx(0.04)
    assert not {"try-metal", "try-pipes"} & set(asked.index)


def test_hours_come_out_of_a_unit_of_those_who_join(tmp_path: Path) -> None:
    # no pipefitters: nursing is put with metal, of which both are too few
    tables = {
        **APART,
        "choices": [
            *(("weld-BOL", 0.05), ("weld-BBL", 0.02), ("pipe-BOL", 0.8), ("care-BOL", 0.07)),
            *(("try-metal", 0.02), ("try-pipes", 0.04)),
        ],
        "accept": [("care-BOL", "weld-BOL", 0.9), ("weld-BOL", "care-BOL", 0.9)],
    }
    before = tiny_region(tmp_path / "before", **tables)
    (proposal,) = propose(before, policy())
    assert {part.name for part in proposal.parts} == {"try-metal", "nursing"}
    after = write_with(before, [proposal], tmp_path / "made")
    hours = after.units.set_index("unit")["hours"]
    assert hours["nursing"] == 900 - 400
    assert hours[proposal.unit] == 400
    assert hours_of(after) == pytest.approx(hours_of(before))


def test_a_policy_that_shares_nothing_is_refused_with_advice() -> None:
    with pytest.raises(InputError, match="shares neither orientation years nor common parts"):
        propose(region(), policy_of({}, AIMS))


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    with pytest.raises(InputError, match="exists already"):
        write_with(region(), propose(region(), policy()), tmp_path / "made")
    assert list((tmp_path / "made").iterdir()) == []
