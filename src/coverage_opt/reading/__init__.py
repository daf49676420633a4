"""Strict reading of YAML and CSV: every problem with its file and line, all at once."""
