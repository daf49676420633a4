"""What is built and installed is whole, and nothing more than it should be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from coverage_opt import shipped

ROOT = Path(__file__).parents[2]
LARGEST_FILE = 500_000
LARGEST_WHEEL = 2_000_000

pytestmark = pytest.mark.slow


def python(folder: Path, *arguments: str | Path, **environment: str) -> str:
    """Run Python in a folder; return what it prints, and fail with all of it otherwise."""
    finished = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def build(source: Path, into: Path, kind: str) -> Path:
    """Build a ``wheel`` or ``sdist`` from a source tree, without any network."""
    python(source, "-m", "hatchling", "build", "--target", kind, "--directory", into)
    (built,) = (path for path in into.iterdir() if path.suffix in (".whl", ".gz"))
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps")
    python(target, "-m", "pip", "install", *options, "--target", target, wheel)
    return target


def content(wheel: Path) -> dict[str, bytes]:
    """Return every file of a wheel, but the record of their hashes."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/RECORD")]
        return {name: archive.read(name) for name in names}


def test_the_wheel_holds_every_region_and_policy(wheel: Path) -> None:
    names = set(content(wheel))
    for kind, folder in {
        "instances": shipped.instances_folder(),
        "models": shipped.models_folder(),
    }.items():
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert f"coverage_opt/shipped/{kind}/{path.relative_to(folder).as_posix()}" in names
    assert "coverage_opt/py.typed" in names
    assert "coverage_opt/report/locale/nl.po" in names
    assert "coverage_opt/report/templates/page.html.j2" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    files = content(wheel)
    assert {name.split("/")[0].partition("-")[0] for name in files} == {"coverage_opt"}
    kinds = {Path(name).suffix for name in files if ".dist-info/" not in name}
    page = {".j2", ".css", ".js", ".po"}
    assert kinds == {".py", ".typed", ".csv", ".yaml", ".md", ".geojson"} | page
    parts = {part for name in files for part in name.split("/")}
    assert not parts & {"tests", "derivation", "benchmarks", "docs", "shared", "runs"}
    assert not [name for name in files if "__pycache__" in name]
    assert max(map(len, files.values())) < LARGEST_FILE
    assert wheel.stat().st_size < LARGEST_WHEEL


def test_no_file_names_a_place_on_the_machine_that_built_it(wheel: Path) -> None:
    places = {str(ROOT).encode(), str(Path.home()).encode(), str(ROOT.parent / "shared").encode()}
    found = [
        (name, place)
        for name, text in content(wheel).items()
        for place in places
        # a home such as "/" is in every text
        if len(place) > 4 and place + b"/" in text
    ]
    assert found == []


def test_it_runs_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    alone = {"PYTHONPATH": str(installed)}
    where = python(tmp_path, "-c", "import coverage_opt; print(coverage_opt.__file__)", **alone)
    assert Path(where.strip()).is_relative_to(installed)
    checked = python(tmp_path, "-m", "coverage_opt", "check", "zeeland", **alone)
    assert "Zeeland (zeeland): no problems found" in checked
    named = "from coverage_opt import shipped; print(*shipped.instance_names())"
    assert python(tmp_path, "-c", named, **alone).split() == list(shipped.instance_names())
    named = "from coverage_opt import shipped, load_policy; "
    named += "print(*(load_policy(name).name for name in shipped.model_names()))"
    assert python(tmp_path, "-c", named, **alone).split() == list(shipped.model_names())


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = build(ROOT, tmp_path / "sdist", "sdist")
    shutil.unpack_archive(archive, tmp_path)
    (source,) = tmp_path.glob("coverage_opt-*")
    again = build(source, tmp_path / "again", "wheel")
    assert again.name == wheel.name
    assert content(again) == content(wheel)
