"""What a report holds, section by section, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coverage_opt.report.charts import bars
from coverage_opt.report.figures import classes, comparison, means, offering, places, work, worth
from coverage_opt.report.language import Language
from coverage_opt.report.runs import Run
from coverage_opt.report.table import Table

LONGEST = 200
"""Rows of a long table that a page shows; the workbook has all of them."""


NAMED = 5
"""Offers that are told by name where many do the same."""


@dataclass(frozen=True)
class Figure:
    """A chart, a table, or both: then the table is what the chart shows, in words.

    Attributes:
        name: unique in a report.
        caption: what it shows and how to read it, in the language of the page.
        chart: a Vega-Lite specification, or None.
        table: the figures.
        rows: how many rows the page shows at most.
        opened: whether the table is in sight; else it can be unfolded.
    """

    name: str
    caption: str
    table: Table
    chart: Mapping[str, Any] | None = None
    rows: int = LONGEST
    opened: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the report with a heading.

    Attributes:
        name: for links.
        title: the heading.
        intro: what it is about, a paragraph each.
        figures: its charts and tables.
        points: sentences in a list.
    """

    name: str
    title: str
    intro: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tables:
    """Every table of a report, computed once for all languages.

    Attributes:
        runs: the plans, the first of which the report is about.
    """

    runs: tuple[Run, ...]
    found: dict[str, Table] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: tuple[Run, ...]) -> Tables:
        """Compute them."""
        run = runs[0]
        made = [figure(run) for figure in _OF_A_PLAN]
        if len(runs) > 1:
            made += [figure(runs) for figure in _OF_PLANS]
        if len(run.plan.periods) == 1:
            made = [table.without("period") for table in made]
        return cls(runs, {table.name: table for table in made})

    def __getitem__(self, name: str) -> Table:
        return self.found[name]

    def __contains__(self, name: str) -> bool:
        """Tell whether a table has anything in it."""
        return name in self.found and len(self.found[name]) > 0

    @property
    def filled(self) -> list[Table]:
        """The tables that have anything in them."""
        return [table for table in self.found.values() if len(table)]


_OF_A_PLAN = (
    *(worth.indicators, worth.outlook, worth.scenarios, places.zones, places.municipalities),
    *(offering.timeline, offering.sites, offering.domains, offering.offers, work.occupations),
    *(classes.groups, classes.one_class_short, offering.replaced, offering.certificates),
    *(means.money, means.teachers, worth.stages),
)
_OF_PLANS = (
    comparison.compared_indicators,
    comparison.compared_offers,
    comparison.compared_municipalities,
    comparison.compared_money,
)


def sections(tables: Tables, language: Language) -> Iterator[Section]:
    """Yield the sections between the map and the sources; a plan has only those it needs."""
    run = tables.runs[0]
    yield from _over_time(run, tables, language)
    if "offers" in tables:
        yield _offered(run, tables, language)
    if "occupations" in tables:
        yield _occupations(run, tables, language)
    if "groups" in tables:
        yield _classes(run, tables, language)
    if run.plan.indicators["placed"] > 0:
        yield _journeys(run, tables, language)
    yield from _wishes(tables, language)
    yield from _money(run, tables, language)
    if "certificates" in tables:
        yield _single_units(tables, language)
    if len(tables.runs) > 1:
        yield _alternatives(tables, language)


def _over_time(run: Run, tables: Tables, _: Language) -> Iterator[Section]:
    figures = []
    if len(run.plan.periods) > 1:
        table = tables["outlook"]
        caption = _("What is expected year by year.")
        figures.append(Figure("outlook", caption, table, bars.outlook_chart(table, _)))
    if "timeline" in tables:
        table = tables["timeline"]
        caption = _(
            "Offers that open, close and merge, against the year before; the first year is "
            "compared with today."
        )
        figures.append(Figure("timeline", caption, table, bars.timeline_chart(table, _)))
    if not figures:
        return
    intro = _(
        "What opens, what closes, and what merges: an offer merges when it goes on with a first "
        "year that it now shares with other programmes."
    )
    points = tuple(_happenings(tables["timeline"], _)) if "timeline" in tables else ()
    yield Section("timeline", _("Timeline"), (intro,), tuple(figures), points)


def _happenings(table: Table, _: Language) -> Iterator[str]:
    """Yield what happens in each year in a sentence, the largest offers by name."""
    said = {
        "opens": _("{year}: {number} offers open, of which the largest are {offers}."),
        "closes": _("{year}: {number} offers close, of which the largest are {offers}."),
        "merges": _("{year}: {number} offers merge, of which the largest are {offers}."),
    }
    for (year, event), rows in table.rows.groupby(["period", "event"], sort=False):
        first = rows.head(NAMED)
        named = [
            f"{name} ({site})" for name, site in zip(first["name"], first["site_name"], strict=True)
        ]
        number, offers = _.whole(len(rows)), _.listed(named)
        yield said[str(event)].format(year=year, number=number, offers=offers)


def _offered(run: Run, tables: Tables, _: Language) -> Section:
    chart = bars.domain_chart(run, tables["domains"], _)
    caption = _("Programmes offered at each site, by domain.")
    return Section(
        "offers",
        _("What is offered where"),
        (_("An offer is one programme at one site."),),
        (
            Figure("domains", caption, tables["domains"], chart),
            Figure("offers", _("All offers."), tables["offers"], rows=5000),
        ),
    )


def _occupations(run: Run, tables: Tables, _: Language) -> Section:
    table = tables["occupations"]
    caption = _(
        "The {number} occupations with the greatest shortage. Bars: young learners who can learn "
        "it within reach; diamonds: openings that graduates fill."
    ).format(number=bars.OCCUPATIONS_SHOWN)
    intro = _(
        "An occupation is within reach of a zone when a programme that leads to it is offered "
        "within the travel limit. What has no bar can be learned by nobody in the region."
    )
    chart = bars.occupation_chart(run, table, _)
    figure = Figure("occupations", caption, table, chart)
    return Section("occupations", _("Shortage occupations"), (intro,), (figure,))


def _classes(run: Run, tables: Tables, _: Language) -> Section:
    table = tables["groups"]
    caption = _(
        "A dot for each unit that is taught at a site, by its number of learners, who may be in "
        "several groups; the upright stroke is the minimum of its kind."
    )
    figures = [Figure("groups", caption, table, bars.group_chart(run, table, _))]
    intro = [
        _(
            "A class is taught where enough learners need it. The table begins with the classes "
            "that have the least to spare."
        )
    ]
    if "one_class_short" in tables:
        short = tables["one_class_short"]
        caption = _(
            "Programmes that are not offered at a site for want of learners in a single class, the "
            "nearest first."
        )
        figures.append(Figure("one_class_short", caption, short, rows=25, opened=True))
        intro.append(
            _(
                "One class short counts, from this plan, the learners within reach who ask for a "
                "programme and do not have it. It is no plan: other rules may stand in the way, "
                "and who comes here is missed elsewhere."
            )
        )
    return Section("groups", _("Groups and their minimum"), tuple(intro), tuple(figures))


def _journeys(run: Run, tables: Tables, _: Language) -> Section:
    table = tables["municipalities"]
    caption = _(
        "Journeys one way of those who have a place, by municipality; the shortest at the top."
    )
    figure = Figure("municipalities", caption, table, bars.travel_chart(run, table, _))
    return Section("travel", _("Who travels how far"), (), (figure,))


def _wishes(tables: Tables, _: Language) -> Iterator[Section]:
    if "replaced" in tables:
        caption = _("Learners a year who get something else, the most first.")
        figure = Figure("replaced", caption, tables["replaced"], rows=15, opened=True)
        yield Section("replaced", _("Who gets something else than asked for"), (), (figure,))


def _money(run: Run, tables: Tables, _: Language) -> Iterator[Section]:
    figures = []
    if "money" in tables:
        table = tables["money"]
        caption = _("Funding and cost of each institution, EUR a year.")
        chart = bars.money_chart(run, table, _)
        figures.append(Figure("money", caption, table, chart, opened=True))
    if "teachers" in tables:
        caption = _("Group hours that teachers give, by domain.")
        figures.append(Figure("teachers", caption, tables["teachers"]))
    if figures:
        yield Section("money", _("Money and teachers"), (), tuple(figures))


def _single_units(tables: Tables, _: Language) -> Section:
    caption = _("Units that adults take without a programme, the most learners first.")
    figure = Figure("certificates", caption, tables["certificates"], rows=15, opened=True)
    return Section("certificates", _("Single units for adults"), (), (figure,))


def _alternatives(tables: Tables, _: Language) -> Section:
    runs: Sequence[Run] = tables.runs
    chart = bars.comparison_chart(tables.runs, _)
    caption = _("Indicators that are shares, a mark for each plan.")
    figures = [
        Figure("compared_indicators", caption, tables["compared_indicators"], chart, opened=True)
    ]
    for name, said in (
        ("compared_municipalities", _("Coverage of each municipality under each plan.")),
        ("compared_money", _("Balance of each institution under each plan, EUR a year.")),
        ("compared_offers", _("Offers that are not in every plan, with learners a year.")),
    ):
        if name in tables:
            figures.append(Figure(name, said, tables[name], rows=100))
    policies = [f"{run.name}: {_(run.plan.policy.title)} ({run.plan.policy.name})" for run in runs]
    intro = _("This report is about the first of these plans; here all of them stand side by side.")
    return Section("alternatives", _("The alternatives"), (intro,), tuple(figures), tuple(policies))
