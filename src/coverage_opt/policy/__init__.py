"""Policies: what is shared, which rules hold, what is aimed for."""
