"""Plan which vocational programmes a shrinking region offers where.

::

    from coverage_opt import Limits, load_policy, load_region, solve

    plan = solve(load_region("zeeland"), load_policy("modular"), Limits(time_limit_seconds=600))
    print(plan.indicators["coverage"])

What is public is named in `__all__`, and each of it is documented where it is defined. A name is
imported when it is first used: the modelling layer and the solver take a second to load, which
reading a plan or showing a help text should not cost.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coverage_opt.errors import InputError
    from coverage_opt.plan.plan import Plan
    from coverage_opt.plan.store import load_plan, save_plan
    from coverage_opt.plan.verify import verify
    from coverage_opt.planning import Infeasible, NoPlan, solve
    from coverage_opt.policy.load import load_policy
    from coverage_opt.policy.policy import Policy
    from coverage_opt.region.load import load_region
    from coverage_opt.region.region import Region
    from coverage_opt.solver.limits import Limits

    __version__: str

__all__ = [
    "Infeasible",
    "InputError",
    "Limits",
    "NoPlan",
    "Plan",
    "Policy",
    "Region",
    "__version__",
    "load_plan",
    "load_policy",
    "load_region",
    "save_plan",
    "solve",
    "verify",
]

_HOMES = {
    "Infeasible": "planning",
    "InputError": "errors",
    "Limits": "solver.limits",
    "NoPlan": "planning",
    "Plan": "plan.plan",
    "Policy": "policy.policy",
    "Region": "region.region",
    "load_plan": "plan.store",
    "load_policy": "policy.load",
    "load_region": "region.load",
    "save_plan": "plan.store",
    "solve": "planning",
    "verify": "plan.verify",
}
"""The module in which each public name is defined."""

if not TYPE_CHECKING:
    # hidden from type checkers, which would otherwise take any name to be there

    def __getattr__(name):
        """Import a public name when it is first used (PEP 562)."""
        if name == "__version__":
            from importlib.metadata import version

            value = version("coverage-opt")
        elif name in _HOMES:
            from importlib import import_module

            value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value

    def __dir__():
        """Name what is public besides what is loaded already."""
        return sorted({*globals(), *__all__})
