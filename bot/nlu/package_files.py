"""Data files of installed packages, found without importing the packages."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def file_in_package(package: str, pattern: str) -> Path:
    """Find the one file that the glob pattern names within the package's folder."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"package {package} is not installed")
    found = next(Path(spec.submodule_search_locations[0]).glob(pattern), None)
    if found is None:
        raise FileNotFoundError(f"package {package} has no {pattern}")
    return found
