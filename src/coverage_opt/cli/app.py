"""The commands."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from coverage_opt.cli import (
    analyses,
    comparing,
    diagnosing,
    machine,
    options,
    proposing,
    report,
    reporting,
    summary,
)
from coverage_opt.cli.answers import alternatives, explain, importance, prices, tradeoff
from coverage_opt.cli.asking import Typed
from coverage_opt.cli.failures import Exit, expected_failures, usage_failures
from coverage_opt.cli.names import Names
from coverage_opt.errors import InputError
from coverage_opt.plan import store
from coverage_opt.plan.plan import TABLES, Plan
from coverage_opt.plan.table_text import as_text
from coverage_opt.reading.text import did_you_mean
from coverage_opt.region.load import load_region
from coverage_opt.region.region import Region

app = typer.Typer(
    help="Plan which vocational programmes a region offers where, so that what it needs most "
    "stays within reach.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def coverage_opt(
    show_version: Annotated[
        bool, typer.Option("--version", help="Show the version.", is_eager=True)
    ] = False,
) -> None:
    """Take in what comes before any command."""
    if show_version:
        typer.echo(f"coverage-opt {version('coverage-opt')}")
        raise typer.Exit


@app.command()
def check(instance: options.Instance) -> None:
    """Check a region and sum it up; exit code 3 with every problem there is."""
    with expected_failures():
        summary.show(load_region(instance), options.console())


@app.command()
def solve(
    instance: options.Instance,
    policy: options.PolicyName,
    periods: options.Periods = None,
    scenarios: options.ScenarioSet = None,
    variant: options.Variant = None,
    overrides: options.Overrides = None,
    time_limit: options.TimeLimit = options.TEN_MINUTES,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="Run folder to make; else runs/INSTANCE-POLICY-PERIODS[-SCENARIOS].",
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a run in --out.")] = False,
    as_json: options.AsJson = False,
    require_optimal: Annotated[
        bool, typer.Option("--require-optimal", help="Exit code 5 when a gap remains.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only the run folder.")] = False,
) -> None:
    """Make a plan, save it as a run folder and show it.

    Ctrl-C stops the search and keeps the best plan so far. Exit codes: 0 a plan, with its gap
    shown when a limit came first; 2 usage; 3 bad data; 4 infeasible; 5 a limit without a plan.
    """
    with expected_failures(machine=as_json):
        # imported here, because the other commands do not need what takes a second to load
        from coverage_opt.cli.solving import RUNS, Request, make, solve_failures

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, threads)
            store.check_destination(out or RUNS / "new", overwrite=overwrite)
        asked = Typed(instance, policy, periods, scenarios, variant, tuple(overrides or ()))
        typed = Request(asked, limits, out, overwrite=overwrite)
        with solve_failures(machine=as_json):
            result = make(typed, options.console(stderr=True), quiet=quiet)
    plan = result.plan
    if as_json:
        typer.echo(machine.as_line(plan, result.folder))
    elif quiet:
        typer.echo(str(result.folder))
    else:
        report.show(plan, Names(plan, result.region), options.console())
        typer.echo(f"Saved in {result.folder}")
    if plan.status != "optimal" and (as_json or quiet):
        typer.echo(report.quality(plan), err=True)
    if plan.status != "optimal" and require_optimal:
        typer.echo("A gap remains, and --require-optimal was given.", err=True)
        raise typer.Exit(Exit.NO_PLAN)


@app.command()
def verify(
    run: options.Run,
    instance: Annotated[
        str | None, typer.Option(help="The region, when it is not where it was.")
    ] = None,
) -> None:
    """Recompute a saved plan from its region: exit code 0 when it holds, else 1."""
    from coverage_opt.plan.verify import verify as violations_of

    with expected_failures():
        plan = store.load_plan(run, check_hashes=False)
        region = load_region(instance or plan.run.get("instance") or plan.region)
        found = [str(problem) for problem in store.changes(run)]
        found += [str(violation) for violation in violations_of(region, plan)]
    if found:
        noun = "violation" if len(found) == 1 else "violations"
        typer.echo("\n".join([f"{run} does not hold: {len(found)} {noun}", *found]), err=True)
        raise typer.Exit(Exit.FAULT)
    rows = sum(len(plan.table(name)) for name in TABLES)
    rules = len(plan.policy.active_rules)
    typer.echo(f"verified: {rows:,} rows in {len(TABLES)} tables, against {rules} rules")


@app.command()
def show(
    run: options.Run,
    table: Annotated[
        str | None, typer.Option(help="Print this table as CSV instead.", metavar="NAME")
    ] = None,
) -> None:
    """Show a saved plan, or one of its tables in full."""
    if table is not None and table not in TABLES:
        typer.echo(f"Error: there is no table {table!r}; {did_you_mean(table, TABLES)}", err=True)
        raise typer.Exit(Exit.USAGE)
    with expected_failures():
        plan = store.load_plan(run)
    if table is not None:
        typer.echo(as_text(plan.table(table)), nl=False)
        return
    report.show(plan, Names(plan, _region_at_hand(plan)), options.console())


app.command()(analyses.uncertainty)
app.command()(analyses.effects)
app.command()(explain.explain)
app.command()(alternatives.alternatives)
app.command()(importance.importance)
app.command()(tradeoff.tradeoff)
app.command()(prices.prices)
app.command()(diagnosing.diagnose)
app.command()(comparing.compare)
app.command()(proposing.propose_units)
app.command()(reporting.report)


def _region_at_hand(plan: Plan) -> Region | None:
    """Return the plan's region for its names, if it is still there; a report can do without."""
    try:
        region = load_region(plan.run.get("instance") or plan.region)
    except InputError:
        typer.echo("Without names: the region is not where it was.", err=True)
        return None
    if region.content_hash != plan.region_hash:
        typer.echo("Without names: the region has changed since.", err=True)
        return None
    return region
