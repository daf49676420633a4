"""The commands that make several plans to learn something: ``uncertainty`` and ``effects``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coverage_opt.cli import options
from coverage_opt.cli.asking import Typed
from coverage_opt.cli.failures import expected_failures, usage_failures
from coverage_opt.cli.progress import shown_on


def uncertainty(
    instance: options.Instance,
    policy: options.PolicyName,
    scenarios: Annotated[
        str, typer.Option("--scenarios", metavar="SET", help="A set of at least two scenarios.")
    ],
    periods: options.Periods = None,
    variant: options.Variant = None,
    overrides: options.Overrides = None,
    time_limit: options.TimeLimit = options.TEN_MINUTES,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what it is worth to plan for several scenarios, and to know which one comes.

    Plans for all scenarios together, for each alone and for the mean one, by the first stage of the
    policy. Exit codes as for solve.
    """
    with expected_failures(machine=as_json):
        from coverage_opt.analysis.uncertainty import value_of_planning
        from coverage_opt.cli import uncertainty_page as page
        from coverage_opt.cli.solving import solve_failures

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, threads)
        asked = Typed(instance, policy, periods, scenarios, variant, tuple(overrides or ()))
        progress = options.console(stderr=True)
        with solve_failures(machine=as_json):
            question = asked.read()
            with shown_on(progress, quiet=quiet) as listener:
                found = value_of_planning(
                    question.region,
                    question.policy,
                    limits,
                    question.periods,
                    question.scenarios,
                    listener=listener,
                    told=lambda step: None if quiet else progress.print(f"Planning for {step}"),
                )
    if as_json:
        typer.echo(page.as_line(found, question))
    else:
        page.show(found, question, options.console())


def effects(
    instance: options.Instance,
    policy: options.PolicyName,
    periods: options.Periods = None,
    scenarios: options.ScenarioSet = None,
    variant: options.Variant = None,
    overrides: options.Overrides = None,
    parameters: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Rules and their parameters, in YAML; else our own."),
    ] = None,
    time_limit: options.TimeLimit = options.TEN_MINUTES,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A .csv to write, or the .md whose table to replace."),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Show what each rule does by itself, on top of class sizes and a travel limit only.

    Makes a plan for the policy with these two rules, and one for each further rule. Exit codes as
    for solve; a rule that allows no plan is a row of the table.
    """
    with expected_failures():
        from coverage_opt.analysis.effects import effects_of_rules
        from coverage_opt.analysis.measured import rule_parameters
        from coverage_opt.cli import effects_page as page
        from coverage_opt.cli.solving import solve_failures

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, threads)
            page.check_destination(out)
        asked = Typed(instance, policy, periods, scenarios, variant, tuple(overrides or ()))
        progress = options.console(stderr=True)
        with solve_failures(machine=False):
            question = asked.read()
            switched = rule_parameters(parameters)
            with shown_on(progress, quiet=quiet) as listener:
                found = effects_of_rules(
                    question.region,
                    question.policy,
                    limits,
                    question.periods,
                    question.scenarios,
                    parameters=switched,
                    listener=listener,
                    told=lambda one: None if quiet else progress.print(page.line(one)),
                )
        if out is None:
            page.show(found, options.console())
        else:
            page.write(found, out)
            typer.echo(f"Written to {out}")
