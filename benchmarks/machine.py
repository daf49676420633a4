"""On what machine, and with what, measurements were made."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("highspy", "pyomo", "numpy", "pandas", "PySCIPOpt", "ortools", "PuLP", "spopt")


def machine() -> str:
    """Return what the machine is, and the versions of what decides how fast it is."""
    versions = [f"Python {platform.python_version()}"]
    versions += [f"{name} {found}" for name in PACKAGES if (found := _version(name))]
    return f"{_processor()}, {os.cpu_count()} cores, {_memory()} ({', '.join(versions)})"


def commit() -> str:
    """Return the short hash of the commit, with ``+`` when files were changed since."""
    found = _git("rev-parse", "--short=10", "HEAD")
    # results and the page made of them are written by the benchmarks themselves
    changed = _git("status", "--porcelain", "--", "src", "models", "instances", "benchmarks/*.py")
    return (found or "unknown") + ("+" if changed else "")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _memory() -> str:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total / 2**30:.0f} GiB"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
