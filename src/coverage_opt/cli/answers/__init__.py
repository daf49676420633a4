"""Answers about a plan in hand: why, what else, what it would cost."""
