"""Teaching units, read off the structure of the qualification dossiers."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import pandas as pd

from derivation.assumptions import ContactHours, Parameters
from derivation.facts import Facts

KINDS = ["generic", "orientation", "common", "profile", "elective"]
WITH_PROGRAMME = "with_programme"


class Unit(NamedTuple):
    """A row of units.csv."""

    unit: str
    kind: str
    name: str
    year: int
    hours: float
    delivery: str


def slug(text: str) -> str:
    """Make an id of a name: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def derive_units(
    facts: Facts, qualifications: pd.DataFrame, programmes: pd.DataFrame, parameters: Parameters
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build units.csv and curriculum.csv.

    Specialist training builds on a diploma: it has no generic, orientation or elective unit.

    Args:
        facts: for the names of the dossiers.
        qualifications: from ``derive_qualifications``.
        programmes: programmes.csv.
        parameters: contact hours, and the domain without orientation.

    Returns:
        units.csv and curriculum.csv.
    """
    names = facts.qualifications.drop_duplicates("dossier_crebo")
    dossier_names = names.set_index("dossier_crebo")["kwalificatiedossier"]
    units: dict[str, Unit] = {}
    parts: dict[str, list[str]] = {}
    for crebo, name, level, domain, dossier, top, specialist in zip(
        qualifications["crebo"],
        qualifications["name"],
        qualifications["level"],
        qualifications["domain"],
        qualifications["dossier"],
        qualifications.groupby("dossier")["level"].transform("max"),
        qualifications["specialist"],
        strict=True,
    ):
        common = (dossier, dossier_names[dossier], top)
        used = _shared(common, domain, level, specialist, parameters)
        used.append(_profile(crebo, name, level, specialist, used, parameters.contact_hours))
        units |= {unit.unit: unit for unit in used}
        parts[crebo] = sorted(unit.unit for unit in used)
    curriculum = programmes[["programme"]].assign(unit=programmes["crebo"].map(parts))
    return _in_order(units), curriculum.explode("unit", ignore_index=True)


def _in_order(units: dict[str, Unit]) -> pd.DataFrame:
    ordered = sorted(units.values(), key=lambda own: (KINDS.index(own.kind), own.unit))
    return pd.DataFrame(ordered)


def _shared(
    common: tuple[str, str, int],
    domain: str,
    level: int,
    specialist: bool,
    parameters: Parameters,
) -> list[Unit]:
    """List what a qualification shares with others: all but its profile."""
    hours = parameters.contact_hours
    units = [_common(*common, specialist, hours)]
    if not specialist:
        units += [_generic(level, hours), _elective(domain, level, hours)]
        if domain != parameters.entree_domain:
            units.append(_orientation(domain, hours))
    return units


def _profile(
    crebo: str, name: str, level: int, specialist: bool, others: list[Unit], hours: ContactHours
) -> Unit:
    total = hours.specialist_total if specialist else hours.total[level]
    left = total - sum(unit.hours for unit in others)
    year = 1 if specialist or level == 1 else 2
    return Unit(f"profile-{crebo}", "profile", f"Profiel {name}", year, left, WITH_PROGRAMME)


def _generic(level: int, hours: ContactHours) -> Unit:
    name = f"Taal, rekenen en burgerschap niveau {level}"
    return Unit(f"generic-{level}", "generic", name, 1, hours.generic[level], WITH_PROGRAMME)


def _orientation(domain: str, hours: ContactHours) -> Unit:
    identifier = f"orientation-{slug(domain)}"
    return Unit(identifier, "orientation", f"Oriëntatie {domain}", 1, hours.orientation, "nearby")


def _common(dossier: str, name: str, top: int, specialist: bool, hours: ContactHours) -> Unit:
    year = 1 if specialist or top <= 2 else 2
    length = hours.specialist_common if specialist else hours.common[top]
    return Unit(f"common-{dossier}", "common", f"Basisdeel {name}", year, length, WITH_PROGRAMME)


def _elective(domain: str, level: int, hours: ContactHours) -> Unit:
    identifier = f"elective-{slug(domain)}-{level}"
    name = f"Keuzedelen {domain} niveau {level}"
    year = 1 if level == 1 else 2
    return Unit(identifier, "elective", name, year, hours.elective[level], WITH_PROGRAMME)
