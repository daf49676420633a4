"""Whether learners who take a unit at a partner's site may, and can."""

from __future__ import annotations

from collections.abc import Iterator

from coverage_opt.plan.verify.compare import ROUNDING, allowance, records, said
from coverage_opt.plan.verify.moment import MomentCount
from coverage_opt.plan.verify.period import PeriodCount
from coverage_opt.rules.base import Violation
from coverage_opt.rules.partnership import Partnership


def partnership_violations(period: PeriodCount, moment: MomentCount) -> Iterator[Violation]:
    """Yield learners who are sent though they may not be, or kept where nobody teaches them.

    Whether the partner is one, and near enough, is for the rule itself to check.
    """
    yield from _not_to_be_sent(period, moment)
    yield from _sent_or_kept_too_many(period, moment)


def _not_to_be_sent(period: PeriodCount, moment: MomentCount) -> Iterator[Violation]:
    region, given = moment.given.region, moment.given
    partnership = given.policy.rule(Partnership) is not None
    delivery = given.units.set_index("unit")["delivery"]
    own = set(given.units.loc[given.units["kind"] == "own", "unit"])
    sent = moment.stated("sent")
    for row in records(sent[sent["learners"] > ROUNDING]):
        unit, site, partner = row["unit"], row["site"], row["partner_site"]
        if not partnership:
            fault = "but the policy has no partnership"
        elif unit in own or delivery[unit] != "with_programme":
            fault = "though only units that programmes share are taken at a partner's site"
            if unit not in own:
                fault = "though it is not taught with the programme"
        elif (unit, partner) not in period.running:
            fault = "where it is not taught"
        else:
            continue
        sentence = (
            f"{said(row['learners'])} learners of {region.site_name(site)} are sent to "
            f"{region.site_name(partner)} for {region.unit_name(unit)}, {fault}"
        )
        place = f"{unit} at {site} to {partner}{moment.when}"
        yield Violation("sent", place, row["learners"], sentence)


def _sent_or_kept_too_many(period: PeriodCount, moment: MomentCount) -> Iterator[Violation]:
    """Yield more learners sent than there are, or some left where the unit is not taught."""
    region, given = moment.given.region, moment.given
    for row in records(moment.staying):
        unit, site, staying = row["unit"], row["site"], row["learners"]
        name, where = region.unit_name(unit), region.site_name(site)
        place = f"{unit} at {site}{moment.when}"
        # as small as the rounding of what was there before some were sent
        if staying < -allowance(-staying):
            sentence = f"{said(-staying)} more learners of {where} are sent away for {name} than "
            yield Violation("sent", place, -staying, f"{sentence}need it there")
        elif (
            unit in given.shareable
            and (unit, site) not in period.running
            and (unit, site) not in period.missing
            and staying > ROUNDING
        ):
            sentence = (
                f"{said(staying)} learners of {where} need {name}, which is not taught there, and "
                "are not sent to a partner's site"
            )
            yield Violation("sent", place, staying, sentence)
