"""Measured runs of the engine, and the tables made from them."""
