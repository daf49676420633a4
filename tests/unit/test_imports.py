"""Imports point one way; the modelling layer and the solver stay where they belong."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

import coverage_opt

PACKAGE = Path(coverage_opt.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = (
    {"errors", "frames", "memory", "shipped"},
    {"reading"},
    {"region"},
    {"rules"},
    {"policy"},
    {"formulation", "plan", "solver"},
    {"handing_over"},
    {"approach", "contradiction", "placing"},
    {"planning"},
    {"analysis"},
    {"report"},
    {"cli"},
    {"__init__", "__main__"},
)
"""What may import only from the layers before it, and from itself; parts of one layer do not
import each other."""

RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}


def part_of(module: Path) -> str:
    """Return the first name below the package: a folder, or a module of the package itself."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path) -> Iterator[str]:
    """Yield the full name of everything a module imports, wherever in it."""
    for node in ast.walk(parsed(module)):
        yield from named(node)


def imported_at_once(module: Path) -> Iterator[str]:
    """Yield the full name of everything a module imports as soon as it is imported itself."""
    for node in parsed(module).body:
        yield from named(node)


def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def named(node: ast.AST) -> Iterator[str]:
    """Yield the full names in a statement, if it is an import."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are not relative"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def dotted(module: Path) -> str:
    """Return the name under which a module is imported."""
    parts = module.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_imports_point_one_way(module: Path) -> None:
    here = part_of(module)
    for name in imported(module):
        root, *path = name.split(".")
        if root != "coverage_opt" or path[0] == here:
            continue
        assert RANK[path[0]] < RANK[here], f"{here} may not import {name}"


def test_every_part_of_the_package_has_its_layer() -> None:
    assert {part_of(module) for module in MODULES} == set(RANK)


def test_no_imports_go_round_in_a_circle() -> None:
    modules = {dotted(module): module for module in MODULES}
    graph: nx.DiGraph[str] = nx.DiGraph()
    for here, module in modules.items():
        for name in imported_at_once(module):
            # what is imported is a module, or stands in one
            home = name if name in modules else name.rpartition(".")[0]
            if home in modules:
                graph.add_edge(here, home)
    assert graph.number_of_edges() > len(MODULES)
    assert list(nx.simple_cycles(graph)) == []


@pytest.mark.parametrize(
    ("library", "allowed"),
    [("pyomo", ("formulation/", "solver/compile.py")), ("highspy", ("solver/",))],
)
def test_only_some_modules_import(library: str, allowed: tuple[str, ...]) -> None:
    users = {
        name_of(module)
        for module in MODULES
        if any(name.split(".")[0] == library for name in imported(module))
    }
    assert users, f"nothing imports {library}: is it still needed?"
    assert {user for user in users if not user.startswith(allowed)} == set()


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("region.load region.scenarios", "pyomo highspy"),
        ("rules policy.load policy.teaching policy.variants", "pyomo highspy"),
        ("plan.plan plan.store plan.derive plan.verify", "pyomo highspy"),
        ("formulation.build formulation.blocks formulation.decisions", "highspy"),
        ("solver.highs solver.matrix solver.limits", "pyomo"),
        ("report.making", "pyomo highspy"),
        ("cli.app", "pyomo highspy altair babel jinja2 vl_convert xlsxwriter"),
    ],
)
def test_what_is_not_loaded(modules: str, absent: str) -> None:
    # in a fresh interpreter, as other tests have loaded everything
    loading = "; ".join(f"import coverage_opt.{module}" for module in modules.split())
    asking = f"sorted(set({absent.split()}) & {{name.split('.')[0] for name in sys.modules}})"
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; {loading}; print({asking})"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"


def test_only_the_command_line_prints() -> None:
    speaking = {
        name_of(module)
        for module in MODULES
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "input")
    }
    assert {name for name in speaking if not name.startswith("cli/")} == set()
