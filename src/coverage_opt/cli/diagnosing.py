"""The command ``diagnose``: why a policy allows no plan, and what would have to give."""

from __future__ import annotations

import typer

from coverage_opt.cli import options
from coverage_opt.cli.asking import Typed
from coverage_opt.cli.failures import Exit, expected_failures, usage_failures


def diagnose(
    instance: options.Instance,
    policy: options.PolicyName,
    periods: options.Periods = None,
    scenarios: options.ScenarioSet = None,
    variant: options.Variant = None,
    overrides: options.Overrides = None,
    time_limit: options.TimeLimit = options.TEN_MINUTES,  # type: ignore[assignment]  # parsed too
    gap: options.Gap = 0.001,
    seed: options.Seed = 1,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Say whether a policy allows a plan; if not, which demands contradict each other.

    And what would have to give, at the least. The time limit is for all of it together. Exit
    codes: 0 there is a plan; 2 usage; 3 bad data; 4 there is none; 5 a limit came before that was
    known.
    """
    with expected_failures(machine=as_json):
        from coverage_opt.analysis.diagnosis import diagnose as diagnosed
        from coverage_opt.cli import diagnosis_page as page
        from coverage_opt.cli.solving import solve_failures

        with usage_failures():
            limits = options.limits_of(time_limit, gap, seed, None)
        asked = Typed(instance, policy, periods, scenarios, variant, tuple(overrides or ()))
        progress = options.console(stderr=True)
        with solve_failures(machine=as_json):
            question = asked.read()
            found = diagnosed(
                question.region,
                question.policy,
                limits,
                periods=question.periods,
                scenarios=question.scenarios,
                told=lambda step: None if quiet else progress.print(f"Looking for: {step}"),
            )
    if as_json:
        typer.echo(page.as_line(found))
    else:
        page.show(found, options.console())
    if not found.possible:
        raise typer.Exit(Exit.NO_PLAN if found.possible is None else Exit.INFEASIBLE)
