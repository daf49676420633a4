"""Travel times from zones to sites: by bicycle, bus, train, ferry and tunnel bus.

``travel_minutes`` is the way in; ``TravelParameters`` holds every assumption it makes.
"""

from coverage_opt.region.travel.checks import CROSSING_MODES, network_problems
from coverage_opt.region.travel.parameters import TravelParameters
from coverage_opt.region.travel.times import TravelTimes, travel_minutes

__all__ = [
    "CROSSING_MODES",
    "TravelParameters",
    "TravelTimes",
    "network_problems",
    "travel_minutes",
]
