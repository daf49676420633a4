"""Regions that are made up: seeded, of any size, and labelled as synthetic wherever they go."""
