"""What a plan is told in: sentences, indicators and the words that tables hold.

English messages; `noop` marks what is translated where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from coverage_opt.report.noop import noop

SENTENCES: tuple[str, ...] = (
    noop(
        "{programmes} programmes are offered at {sites} sites ({offers} offers) for {learners} "
        "learners a year."
    ),
    noop("{placed} of the learners find a place; {first_choice} get what they asked for."),
    noop(
        "{certificates} of the {certificate_learners} adults a year who ask for a single unit can "
        "take it."
    ),
    noop(
        "{coverage} of shortage occupations, weighted by shortage and learners, can be learned "
        "within reach; in the worst zone {worst_zone}."
    ),
    noop(
        "{filled_openings} of the openings in shortage occupations, weighted by shortage, are "
        "filled."
    ),
    noop(
        "Teaching together saves {saved_hours} contact hours a year: {reuse} of all there would be."
    ),
    noop("Those placed travel {travel} minutes one way on average."),
    noop("It costs {cost} a year and is funded with {funding}: {balance}."),
    noop("{changes} times an offer opens or closes."),
)
"""The plan in plain words; each sentence needs the indicators that it names."""

MEANINGS: Mapping[str, str] = {
    "coverage": noop("shortage occupations that can be learned within reach"),
    "filled_openings": noop("openings in shortage occupations filled by graduates"),
    "placed": noop("learners with a place"),
    "first_choice": noop("learners in what they asked for"),
    "certificates": noop("adults who ask for a single unit and can take it"),
    "reuse": noop("contact hours saved by teaching together"),
    "worst_zone": noop("coverage of the zone that has the least"),
    "worst_institution": noop("learners kept by the institution that keeps the fewest"),
    "saved_hours": noop("contact hours saved by teaching together"),
    "group_hours": noop("contact hours of all groups together"),
    "travel": noop("mean journey one way of those placed"),
    "travel_minutes": noop("all journeys one way together"),
    "mean_group": noop("mean size of a teaching group"),
    "cost": noop("what it costs, all institutions together"),
    "funding": noop("what it is funded with, all institutions together"),
    "balance": noop("funding less cost"),
    "changes": noop("times an offer opens or closes, over all years"),
    "offers": noop("programmes, counted at every site"),
    "programmes": noop("programmes offered anywhere"),
    "units": noop("teaching units, counted at every site"),
    "sites": noop("sites that teach"),
    "learners": noop("learners who ask for a place"),
    "certificate_learners": noop("adults who ask for a single unit"),
}
"""What each indicator says."""

TITLES: Mapping[str, str] = {
    "coverage": noop("Coverage"),
    "filled_openings": noop("Openings filled"),
    "placed": noop("Placed"),
    "first_choice": noop("First choice"),
    "certificates": noop("Single units"),
    "reuse": noop("Taught together"),
    "worst_zone": noop("Worst zone"),
    "worst_institution": noop("Worst institution"),
    "saved_hours": noop("Hours saved"),
    "group_hours": noop("Group hours"),
    "travel": noop("Mean journey"),
    "travel_minutes": noop("All journeys"),
    "mean_group": noop("Mean group"),
    "cost": noop("Cost"),
    "funding": noop("Funding"),
    "balance": noop("Balance"),
    "changes": noop("Changes"),
    "offers": noop("Offers"),
    "programmes": noop("Programmes"),
    "units": noop("Teaching units"),
    "sites": noop("Sites"),
    "learners": noop("Learners"),
    "certificate_learners": noop("Adults for a single unit"),
}
"""What each indicator is called."""

UNITS: Mapping[str, str] = {
    "share": noop("share"),
    "hours a year": noop("hours a year"),
    "minutes": noop("minutes"),
    "learner-minutes": noop("learner-minutes"),
    "learners": noop("learners"),
    "EUR a year": noop("EUR a year"),
    "count": noop("count"),
    "learners a year": noop("learners a year"),
}
"""The units of indicators."""

WORDS: tuple[str, ...] = (
    *(noop("opens"), noop("closes"), noop("merges")),
    *(noop("optimal"), noop("feasible"), noop("not pursued"), noop("maximise"), noop("minimise")),
    *(noop("own"), noop("generic"), noop("orientation"), noop("common"), noop("profile")),
    *(noop("elective"), noop("online"), noop("general")),
    *(noop("very good"), noop("good"), noop("fair"), noop("moderate"), noop("poor")),
)
"""Words that stand in tables, translated where they are shown."""
