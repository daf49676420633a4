"""Regions: reading, checking and freezing them; travel times."""
