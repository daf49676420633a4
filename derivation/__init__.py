"""Derives the shipped instances from public figures and curated, marked assumptions."""
