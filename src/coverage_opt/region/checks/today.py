"""What there is today: offers, teachers, workplaces."""

from __future__ import annotations

from collections.abc import Iterator

from coverage_opt.errors import Problem
from coverage_opt.region.checks.registry import Tables, needs, positions, suggestion, without
from coverage_opt.region.domains import programme_domains, teachable
from coverage_opt.region.names import GENERAL
from coverage_opt.region.tables import empty_table


@needs("current", "programmes", "sites", "site_domains")
def _current_offers_may_be_taught(tables: Tables) -> Iterator[Problem]:
    current = tables["current"]
    hybrids = tables["hybrids"].rows if "hybrids" in tables else empty_table("hybrids")
    domains = programme_domains(tables["programmes"].rows, hybrids)
    allowed = teachable(domains, tables["site_domains"].rows)
    pairs = set(zip(allowed["programme"], allowed["site"], strict=True))
    sites = set(tables["sites"].rows["site"])
    offered = [*zip(current.rows["programme"], current.rows["site"], strict=True)]
    wrong = [
        position
        for position, (programme, site) in enumerate(offered)
        if programme in domains and site in sites and (programme, site) not in pairs
    ]
    if wrong:
        lacking = dict.fromkeys(
            f"{site}: {' and '.join(domains[programme])}"
            for programme, site in (offered[position] for position in wrong)
        )
        what = "a programme is offered at a site that may not teach it"
        source = tables["site_domains"].source
        advice = f"correct the row, or add to {source} {'; '.join(lacking)}"
        yield current.problem(what, wrong, ["learners"], advice)


@needs("current")
def _somebody_starts_today(tables: Tables) -> Iterator[Problem]:
    current = tables["current"]
    if (current.rows["learners"] == 0).all():
        advice = "give the learners a year who start each offer, or remove the table"
        yield Problem("nobody starts anywhere today", current.source, advice=advice)


@needs("teachers", "programmes")
def _teachers_of_a_domain(tables: Tables) -> Iterator[Problem]:
    teachers, programmes = tables["teachers"], tables["programmes"]
    domains = [*programmes.rows["domain"].unique(), GENERAL]
    unknown = without(teachers, "domain", domains)
    if unknown:
        what = f"domain is neither in {programmes.source} nor {GENERAL!r}"
        advice = suggestion(teachers.rows["domain"].iloc[unknown], domains)
        yield teachers.problem(what, unknown, ["hours"], advice)
    reserved = programmes.rows["domain"] == GENERAL
    if reserved.any():
        what = f"a domain may not be called {GENERAL!r}, which {teachers.source} uses"
        advice = "choose another name for the domain"
        yield programmes.problem(what, positions(reserved), ["domain"], advice)
