"""The command line: reads what was typed, calls the library, prints what came back."""

from __future__ import annotations

import sys
from io import TextIOWrapper

INTERRUPTED = 130


def main() -> None:
    """Run the command line; leaves with an exit code of :mod:`coverage_opt.cli.failures`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a terminal that cannot show a letter gets a question mark, not a failure
            stream.reconfigure(errors="replace")
    try:
        # imported here, because this takes a second in which Ctrl-C must also work
        from coverage_opt.cli.app import app
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    app(prog_name="coverage-opt")
