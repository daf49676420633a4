"""The classical location problems: published ones read, random ones made, both put to the engine.

With one programme and the right policy the engine's model is a known problem; see section 8 of
the formulation.
"""
