"""The ways in which planning ends without a plan."""

from __future__ import annotations

from coverage_opt.rules import Violation

NO_PLAN = "no plan satisfies every rule of the policy"


class NoPlan(Exception):
    """A limit came before a plan was found; there may be one.

    Attributes:
        interrupted: whether it was the user who stopped the run.
    """

    def __init__(self, message: str, *, interrupted: bool = False) -> None:
        super().__init__(message)
        self.interrupted = interrupted


class Infeasible(Exception):
    """No plan satisfies the policy: proven. Says which rules are involved."""


class UnverifiedPlan(Exception):
    """The engine made a plan that its own verifier refuses: a fault of the engine.

    Attributes:
        violations: everything the verifier found.
    """

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("\n".join(str(violation) for violation in violations[:20]))
        self.violations = violations
