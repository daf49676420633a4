"""``python -m benchmarks regional``: run the suite, then write its tables into the documents."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import typer

from benchmarks.regional import read_results, readme_table, run_all, sanity_section

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
SANITY = "<!-- sanity -->"

app = typer.Typer(add_completion=False, help="Measured runs, and the tables made from them.")


@app.callback()
def main() -> None:
    """Keep ``regional`` a command of its own, also while it is the only one."""


@app.command()
def regional(
    tables_only: bool = typer.Option(False, help="Do not solve: write the tables anew."),
) -> None:
    """Plan every shipped region under every shipped policy."""
    results = read_results(RESULTS) if tables_only else run_all(RESULTS)
    write_tables(results)


def write_tables(results: pd.DataFrame) -> None:
    """Put the tables into README.md and into each instance's SOURCES.md."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- results -->")
    _, _, after = rest.partition("<!-- /results -->")
    table = f"<!-- results -->\n{readme_table(results)}<!-- /results -->"
    readme.write_text(before + table + after, encoding="utf-8")
    for name in results["region"].unique():
        sources = ROOT / "instances" / str(name) / "SOURCES.md"
        kept, _, _ = sources.read_text(encoding="utf-8").partition(SANITY)
        section = sanity_section(results, str(name))
        sources.write_text(f"{kept}{SANITY}\n\n{section}", encoding="utf-8")


if __name__ == "__main__":
    app()
