"""The indicators of a plan, and the unit each is in."""

INDICATOR_UNITS: dict[str, str] = {
    "coverage": "share",
    "filled_openings": "share",
    "placed": "share",
    "first_choice": "share",
    "reuse": "share",
    "worst_zone": "share",
    "saved_hours": "hours a year",
    "travel": "minutes",
    "travel_minutes": "learner-minutes",
    "mean_group": "learners",
    "offers": "count",
    "programmes": "count",
    "units": "count",
    "sites": "count",
    "learners": "learners a year",
}
