"""Which domains programmes and choices belong to, and which site may teach what."""

from __future__ import annotations

import pandas as pd

from coverage_opt.frames import mapping, rows


def programme_domains(
    programmes: pd.DataFrame, hybrids: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Return each programme's domains: its own, then the second one of a hybrid.

    Args:
        programmes: columns programme, domain.
        hybrids: columns programme, domain (the second one).
    """
    second = mapping(hybrids, "programme", "domain")
    return {
        programme: (domain, second[programme]) if programme in second else (domain,)
        for programme, domain in rows(programmes, "programme", "domain")
    }


def teachable(domains: dict[str, tuple[str, ...]], site_domains: pd.DataFrame) -> pd.DataFrame:
    """Return which programme may be taught where: at sites that teach all its domains.

    Args:
        domains: of each programme.
        site_domains: columns site, domain.

    Returns:
        programme, site; sorted.
    """
    taught = {site: set(found["domain"]) for site, found in site_domains.groupby("site")}
    pairs = [
        (programme, site)
        for programme, needed in sorted(domains.items())
        for site, domains_here in sorted(taught.items())
        if domains_here.issuperset(needed)
    ]
    return pd.DataFrame(pairs, columns=["programme", "site"], dtype="str")


def choice_domains(
    programmes: pd.DataFrame, units: pd.DataFrame, curriculum: pd.DataFrame
) -> dict[str, str]:
    """Return the domain of each choice that belongs to one.

    That is a programme's (first) domain, and for an orientation unit the domain of all programmes
    that use it, if they have the same.

    Args:
        programmes: columns programme, domain.
        units: columns unit, kind.
        curriculum: columns programme, unit.
    """
    domains: dict[str, str] = mapping(programmes, "programme", "domain")
    orientation = units.loc[units["kind"] == "orientation", ["unit"]]
    using = curriculum.merge(orientation, on="unit").merge(programmes, on="programme")
    for unit, found in using.groupby("unit")["domain"].unique().items():
        if len(found) == 1:
            domains[str(unit)] = found[0]
    return domains
