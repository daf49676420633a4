"""Cross-over programmes, added to the catalogue and to what learners ask for."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from derivation.assumptions import Parameters
from derivation.features import Hybrid
from derivation.units import WITH_PROGRAMME, slug

CREBO = "hybride"
"""They are in no register: the number of all of them."""
Tables = dict[str, pd.DataFrame]


def identifier(key: str, hybrid: Hybrid) -> str:
    """Return the programme's id, such as ``hybrid-zorgtechnologie-BOL``."""
    return f"hybrid-{key}-{hybrid.pathway}"


def add_hybrids(tables: Tables, hybrids: Mapping[str, Hybrid], parameters: Parameters) -> Tables:
    """Add the cross-overs to the tables of the catalogue; what is there stays as it is.

    Args:
        tables: the catalogue without them.
        hybrids: the cross-overs by key.
        parameters: contact hours.

    Returns:
        The catalogue with them, and hybrids.csv.
    """
    programmes = tables["programmes"].set_index("programme", drop=False)
    own = pd.DataFrame([_programme(key, hybrids[key], programmes) for key in hybrids])
    hours = tables["units"].set_index("unit")["hours"]
    curriculum, profiles = [], []
    for key, hybrid in hybrids.items():
        shared = _shared_units(hybrid)
        left = parameters.contact_hours.total[hybrid.level] - float(hours[shared].sum())
        name = f"Profiel {hybrid.name}"
        profiles.append((f"profile-hybrid-{key}", "profile", name, 2, left, WITH_PROGRAMME))
        units = sorted([*shared, f"profile-hybrid-{key}"])
        curriculum += [(identifier(key, hybrid), unit) for unit in units]
    added = {
        "programmes": own[tables["programmes"].columns],
        "units": pd.DataFrame(profiles, columns=tables["units"].columns),
        "curriculum": pd.DataFrame(curriculum, columns=tables["curriculum"].columns),
        "accept": pd.DataFrame(_accepted(hybrids), columns=tables["accept"].columns),
        "leads_to": pd.DataFrame(_leading(hybrids), columns=tables["leads_to"].columns),
    }
    joined = {
        name: pd.concat([table, added[name]], ignore_index=True) if name in added else table
        for name, table in tables.items()
    }
    second = [(identifier(key, hybrid), hybrid.second) for key, hybrid in hybrids.items()]
    return joined | {"hybrids": pd.DataFrame(second, columns=["programme", "domain"])}


def ask_for_hybrids(
    young: pd.Series,
    programmes: pd.DataFrame,
    hybrids: Mapping[str, Hybrid],
    site_domains: pd.DataFrame,
) -> pd.Series:
    """Let some of the young ask for the cross-overs that a site here may teach.

    They are taken from programmes of the same field, domain, level and pathway, so that those
    totals stay.

    Args:
        young: share by programme, index programme.
        programmes: programmes.csv, without the cross-overs.
        hybrids: the cross-overs by key.
        site_domains: site_domains.csv.

    Returns:
        Share by programme, the cross-overs last; 0 where no site may teach both domains.
    """
    kinds = programmes.set_index("programme")
    left, own = young.copy(), {}
    for key, hybrid in hybrids.items():
        taught = _taught_here(hybrid, site_domains)
        own[identifier(key, hybrid)] = hybrid.choice_share if taught else 0.0
        alike = (
            (kinds["field"] == hybrid.field)
            & (kinds["domain"] == hybrid.domain)
            & (kinds["level"] == hybrid.level)
            & (kinds["pathway"] == hybrid.pathway)
        )
        if taught:
            left = left.where(~alike, left * (1.0 - hybrid.choice_share / left[alike].sum()))
    asked: pd.Series = pd.concat([left, pd.Series(own, dtype=float)])
    return asked


def _taught_here(hybrid: Hybrid, site_domains: pd.DataFrame) -> bool:
    both = site_domains[site_domains["domain"].isin([hybrid.domain, hybrid.second])]
    return bool((both.groupby("site").size() == 2).any())


def _programme(key: str, hybrid: Hybrid, programmes: pd.DataFrame) -> dict[str, object]:
    like = programmes.loc[hybrid.like]
    return {
        "programme": identifier(key, hybrid),
        "crebo": CREBO,
        "pathway": hybrid.pathway,
        "name": hybrid.name,
        "level": hybrid.level,
        "domain": hybrid.domain,
        "dossier": f"hybrid-{key}",
        "field": hybrid.field,
        "years": like["years"],
        "price_factor": like["price_factor"],
        "success": like["success"],
    }


def _shared_units(hybrid: Hybrid) -> list[str]:
    return [
        f"common-{hybrid.dossier}",
        f"elective-{slug(hybrid.second)}-{hybrid.level}",
        f"generic-{hybrid.level}",
        f"orientation-{slug(hybrid.domain)}",
    ]


def _accepted(hybrids: Mapping[str, Hybrid]) -> list[tuple[str, str, float]]:
    rows = []
    for key, hybrid in hybrids.items():
        own = identifier(key, hybrid)
        rows += [(other, own, share) for other, share in hybrid.accepted_by.items()]
        rows += [(own, other, share) for other, share in hybrid.instead.items()]
    return rows


def _leading(hybrids: Mapping[str, Hybrid]) -> list[tuple[str, str, float]]:
    return [
        (identifier(key, hybrid), occupation, share)
        for key, hybrid in hybrids.items()
        for occupation, share in hybrid.leads_to.items()
    ]
