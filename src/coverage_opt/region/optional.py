"""Schemas of the tables a region may leave out: without one, there is no such thing in the region.

What goes together or excludes each other stands in `coverage_opt.region.schema`.
"""

from __future__ import annotations

from coverage_opt.region.columns import (
    MOST_FACTOR,
    MOST_TEACHER_HOURS,
    PATHWAYS,
    learners,
    number,
    one_of,
    period,
    places,
    share,
    table,
    text,
)

QUANTITIES = ("learners", "adults", "choice", "openings", "workplaces")

ADULT_COHORTS = table(
    ["zone", "period"], {"zone": text(), "period": period(), "learners": learners()}
)
"""Adults who ask for a programme or for a single unit, a year, in each zone and period."""

ADULT_CHOICES = table(["choice"], {"choice": text(), "share": number(most=1)})
"""Share of all adults asking for a programme, for an orientation unit (undecided), or for any
other unit, taken alone (a certificate)."""

ADULT_DEMAND = table(
    ["zone", "choice", "period"],
    {"zone": text(), "choice": text(), "period": period(), "learners": learners()},
)
"""Adults a year asking for a choice; instead of adult_cohorts.csv and adult_choices.csv."""

CURRENT = table(
    ["programme", "site"], {"programme": text(), "site": text(), "learners": learners()}
)
"""Today's offering; learners a year who start there."""

TEACHERS = table(
    ["institution", "domain"],
    {
        "institution": text(),
        "domain": text(),
        "hours": number(most=MOST_TEACHER_HOURS, unit="group hours a year"),
    },
)
"""Group hours a year that the teachers of a domain can give; domain ``general`` for units that
programmes of several domains use."""

SITE_CAPACITY = table(["site"], {"site": text(), "places": places()})
"""Learners that a site holds at once."""

FACILITIES = table(["site", "facility"], {"site": text(), "facility": text()})
"""What a site has."""

REQUIREMENTS = table(["programme", "facility"], {"programme": text(), "facility": text()})
"""What a programme cannot do without."""

WORKPLACES = table(
    ["domain", "pathway"], {"domain": text(), "pathway": one_of(PATHWAYS), "places": places()}
)
"""Learners at once for whom there is a contract (BBL) or an internship (BOL)."""

AFTERWARDS = table(["unit", "programme"], {"unit": text(), "programme": text(), "share": share()})
"""Largest share of those who ask for the orientation unit who choose the programme afterwards."""

HYBRIDS = table(["programme"], {"programme": text(), "domain": text()})
"""Programmes over a second domain."""

SCENARIOS = table(
    ["set", "scenario"],
    {"set": text(), "scenario": text(), "name": text(), "probability": share()},
)
"""Futures: named sets of scenarios, each with its probability within the set."""

FACTORS = table(
    ["scenario", "period", "quantity", "of"],
    {
        "scenario": text(),
        "period": period(),
        "quantity": one_of(QUANTITIES),
        "of": text(),
        "factor": number(most=MOST_FACTOR),
    },
)
"""By what a scenario multiplies a quantity in a period."""
