"""Derive the shipped instances: ``python -m derivation --facts FOLDER [--into FOLDER]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from derivation.assumptions import read_assumptions
from derivation.diagnostics import askers_of
from derivation.facts import FactsMissingError, read_facts
from derivation.writing import write_instances

INSTANCES = Path(__file__).parent.parent / "instances"


def main() -> int:
    """Read the public figures, derive the instances and write them.

    Returns:
        0, or 2 when public figures are missing.
    """
    parser = argparse.ArgumentParser(prog="python -m derivation", description=__doc__)
    parser.add_argument("--facts", type=Path, required=True, help="folder with public figures")
    parser.add_argument("--into", type=Path, default=INSTANCES, help="folder to write into")
    arguments = parser.parse_args()
    try:
        facts = read_facts(arguments.facts)
    except FactsMissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    assumptions = read_assumptions()
    write_instances(facts, assumptions, arguments.into)
    print(f"written: {arguments.into}")
    for name in assumptions.parameters.regions:
        print(f"\n{name}: programmes with at least so many askers a year")
        print(askers_of(arguments.into / name).to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
