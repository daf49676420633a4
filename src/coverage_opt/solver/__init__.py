"""From a model to a plan: the matrix, HiGHS behind it, and the stages in order."""
