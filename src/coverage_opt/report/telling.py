"""What stands at the top and at the end of a report: the plan in words, and its proof."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markupsafe import Markup

from coverage_opt.report.language import Language
from coverage_opt.report.runs import Run
from coverage_opt.report.words import MEANINGS, SENTENCES, TITLES

CARDS = ("coverage", "filled_openings", "placed", "first_choice", "travel", "balance")
VAST_GAP = 10.0
SOURCES = "SOURCES.md"


@dataclass(frozen=True)
class Card:
    """One indicator, large."""

    title: str
    value: str
    meaning: str


def title(run: Run) -> str:
    """Return the region and the years."""
    first, *rest = run.plan.periods
    return f"{run.region.title} {first}" + (f"–{rest[-1]}" if rest else "")


def cards(run: Run, language: Language) -> list[Card]:
    """Return the main indicators."""
    values = run.plan.indicators
    found = []
    for name in CARDS:
        if name not in values:
            continue
        spoken = _told(run, name, language)
        if name == "travel":
            spoken = language("{minutes} min").format(minutes=language.whole(values[name]))
        found.append(Card(language(TITLES[name]), spoken, language(MEANINGS[name])))
    return found


def headlines(run: Run, language: Language) -> Iterator[str]:
    """Yield what matters most, a sentence each."""
    yield quality(run, language)
    yield from _futures(run, language)
    known = {name: _told(run, name, language) for name in run.plan.indicators}
    if not run.region.has("current") and len(run.plan.periods) == 1:
        known.pop("changes", None)  # there is nothing that an offer could be new against
    if not run.plan.policy.sharing:
        known.pop("saved_hours", None)  # nothing is taught together, by the policy
    for sentence in SENTENCES:
        try:
            yield language(sentence).format_map(known)
        except KeyError:
            continue  # an indicator this sentence needs is not in the plan


def quality(run: Run, language: Language) -> str:
    """Say how far the plan can be from the best one."""
    plan = run.plan
    if plan.status == "optimal":
        asked = plan.run.get("gap_asked")
        if not isinstance(asked, float):
            return language("No plan does better by this policy.")
        said = language("No plan does better by this policy, within {gap}: that is proven.")
        return said.format(gap=language.share(asked, 2))
    gap = max((value for value in plan.stages["gap"] if value < VAST_GAP), default=math.inf)
    if not math.isfinite(gap):
        return language("The search was stopped before it was known how much better a plan can be.")
    said = language("A limit came first: a better plan may exist, by at most {gap}.")
    return said.format(gap=language.share(gap, 2))


def proof(run: Run, language: Language) -> list[tuple[str, str]]:
    """Return how the plan was made and what shows that it is what it says."""
    plan, how = run.plan, run.plan.run
    rules = len(plan.policy.active_rules)
    verified = language(
        "yes, while this report was made: {rows} rows in its tables were recomputed from the "
        "region, against {rules} rules"
    ).format(rows=language.whole(run.rows_verified), rules=rules)
    facts = {
        language("Verified"): verified,
        language("Status"): language(plan.status),
        language("Gap asked for"): _if_number(how.get("gap_asked"), language),
        language("Run folder"): run.name,
        language("Policy"): f"{language(plan.policy.title)} ({plan.policy.name})",
        language("Settings changed"): ", ".join(how.get("overrides") or []),
        language("Variant"): str(how.get("variant") or ""),
        language("Scenario set"): plan.scenario_set,
        language("Seed"): str(how.get("seed", "")),
        language("Versions"): ", ".join(
            f"{name} {version}" for name, version in (how.get("versions") or {}).items()
        ),
        language("Content of the region (SHA-256)"): plan.region_hash,
        language("Content of the policy (SHA-256)"): plan.policy.content_hash,
    }
    return [(what, value) for what, value in facts.items() if value]


def rules(run: Run) -> list[tuple[str, str]]:
    """Return the rules in force, each with its parameters as the policy states them."""
    return [
        (rule.name, ", ".join(_parameters(rule.model_dump(mode="json", exclude_none=True))))
        for rule in run.plan.policy.active_rules
    ]


def sources(run: Run) -> list[tuple[str, Markup]]:
    """Return the accounts of what the region's figures rest on: file, content as HTML.

    They are as written, in English; HTML in them is shown as text.
    """
    folders = [run.region.folder, *([run.region.catalogue] if run.region.catalogue else [])]
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    found = []
    for folder in folders:
        path = folder / SOURCES
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            named = f"{path.resolve().parent.name}/{path.name}"
            found.append((named, Markup(_lowered(reader.render(text)))))
    return found


def _lowered(html: str) -> str:
    """Return HTML with its headings below those of the page."""
    for level in (3, 2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 3}>").replace(
            f"</h{level}>", f"</h{level + 3}>"
        )
    return html


def _parameters(values: dict[str, object], above: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _parameters(value, f"{above}{key}.")
        elif value not in ([], ""):
            yield f"{above}{key} = {value}"


def _if_number(value: object, language: Language) -> str:
    return language.share(value, 2) if isinstance(value, float) else ""


def _futures(run: Run, language: Language) -> Iterator[str]:
    plan = run.plan
    if len(plan.scenarios) > 1:
        each = [f"{one.title} ({language.share(one.probability, 0)})" for one in plan.scenarios]
        said = language(
            "What is offered is decided before it is known which scenario comes: {scenarios}."
        )
        yield said.format(scenarios=language.listed(each))
    if len(plan.periods) > 1:
        said = language("Planned for {years}; figures are means over these years.")
        yield said.format(years=language.listed([str(year) for year in plan.periods]))


def _spoken(run: Run, name: str, language: Language) -> str:
    units = run.plan.table("indicators").set_index("name")["unit"]
    return language.in_unit(run.plan.indicators[name], str(units[name]))


def _told(run: Run, name: str, language: Language) -> str:
    if name != "balance":
        return _spoken(run, name, language)
    value = run.plan.indicators[name]
    said = language("{amount} short") if value < 0 else language("{amount} left")
    return said.format(amount=language.euros(abs(value)))
