"""The regions and policies that come with the package, in a wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path

REGION_FILE = "region.yaml"
VARIANTS_FILE = "scenarios.yaml"


def instances_folder() -> Path:
    """Return the folder of the shipped regions."""
    return _folder("instances")


def models_folder() -> Path:
    """Return the folder of the shipped policies."""
    return _folder("models")


def variants_file() -> Path:
    """Return the file of the shipped variants: named sets of changes to any policy."""
    return models_folder() / VARIANTS_FILE


def instance_names() -> tuple[str, ...]:
    """Return the names of the shipped regions, sorted."""
    return tuple(sorted(path.parent.name for path in instances_folder().glob(f"*/{REGION_FILE}")))


def model_names() -> tuple[str, ...]:
    """Return the names of the shipped policy files, without their ending, sorted."""
    files = models_folder().glob("*.yaml")
    return tuple(sorted(path.stem for path in files if path.name != VARIANTS_FILE))


def _folder(kind: str) -> Path:
    package = Path(__file__).resolve().parent
    in_wheel = package / "shipped" / kind
    in_checkout = package.parent.parent / kind
    is_checkout = package.parent.name == "src"
    return in_checkout if is_checkout and not in_wheel.is_dir() else in_wheel
