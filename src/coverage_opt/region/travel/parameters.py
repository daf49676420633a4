"""Every assumption behind the travel times, with its unit, its bounds and where it comes from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Speed = Annotated[float, Field(gt=0, le=300)]
DetourFactor = Annotated[float, Field(ge=1, le=3)]
Kilometres = Annotated[float, Field(ge=0, le=500)]
Minutes = Annotated[float, Field(ge=0, le=240)]


class TravelParameters(BaseModel):
    """How fast and how far learners travel by each means; the ``travel`` block of region.yaml.

    Detour factors turn great-circle kilometres into kilometres along the road. Largest
    distances are kilometres along the road too. "Assumption" marks a default that was set by
    judgement, so that well-known journeys come out right; vary it in a sensitivity run.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )

    cycling_kmh: Speed = 16.0
    """Speed on the learner's own bicycle, km/h. Assumption: ordinary and electric bicycles
    mixed; route planners for Dutch cyclists reckon with 15 to 18."""

    cycling_detour_factor: DetourFactor = 1.2
    """Cycle-route kilometres per great-circle kilometre, no unit. Assumption: Dutch cycle
    networks are usually put at 1.2 to 1.3."""

    cycling_maximum_km: Kilometres = 12.0
    """Furthest a learner cycles from home, km along the road. Assumption: 45 minutes at the
    default speed, about what rural pupils cycle to secondary school."""

    egress_kmh: Speed = 8.0
    """Speed without one's own bicycle, after a train, ferry or tunnel bus, km/h. Assumption: a
    mix of walking (5) and a hired or second bicycle kept at the station (15)."""

    egress_maximum_km: Kilometres = 4.0
    """Furthest a learner goes without bus or own bicycle, km along the road. Assumption: half
    an hour at the default speed."""

    bus_kmh: Speed = 34.0
    """Speed of the bus between stops, halts included, km/h. Assumption: Dutch regional buses
    run at 25 to 45, slower in town; Hulst to Terneuzen then takes about 40 minutes."""

    bus_detour_factor: DetourFactor = 1.3
    """Bus-route kilometres per great-circle kilometre, no unit. Assumption: a little longer
    than the cycle route, because lines string villages together."""

    bus_waiting_minutes: Minutes = 10.0
    """Walking to and from the stops and waiting, minutes a bus ride, changes of bus averaged
    in. Assumption: learners know the timetable of an hourly or half-hourly line."""

    bus_maximum_km: Kilometres = 40.0
    """Furthest a bus ride is reckoned without a train, km along the road. Assumption: 70
    minutes at the default speed; beyond that a single mean speed says nothing."""

    rail_kmh: Speed = 82.0
    """Speed of the train between stops, tariff km/h. Fitted: 75 tariff km and nine halts
    from Vlissingen to Roosendaal in the stopping train's 63 minutes. Slow single-track regional
    lines need less (Doetinchem to Winterswijk, 34 km in 37 minutes: about 62)."""

    rail_dwell_minutes: Minutes = 1.0
    """Time lost at every halt passed through, braking and pulling up included, minutes.
    Fitted together with ``rail_kmh``."""

    rail_boarding_minutes: Minutes = 7.0
    """Parking the bicycle, walking to the platform and waiting, minutes once for a train
    journey. Assumption: learners know the timetable of a half-hourly train."""

    rail_transfer_minutes: Minutes = 8.0
    """Changing to a train of another line, minutes a change; only with a ``line`` column in
    rail.csv. Assumption: connections of 5 to 12 minutes are usual."""

    crossing_waiting_minutes: Minutes = 5.0
    """Waiting at the quay, or at the stop of a tunnel bus for those who do not come by bus,
    minutes a crossing. Assumption: learners know the timetable."""
