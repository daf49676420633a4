"""Regions too large to be planned as they are: planned family by family on coarser maps."""

from coverage_opt.planning.coarse.size import refusal, too_large
from coverage_opt.planning.coarse.solving import solve_coarsely

__all__ = ["refusal", "solve_coarsely", "too_large"]
