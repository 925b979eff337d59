"""Studies by name: those shipped with the package, and files."""

from __future__ import annotations

from pathlib import Path

from mlsr_es.errors import InputError
from mlsr_es.experiments.study import Study
from mlsr_es.shipped import shipped


def shipped_studies() -> list[Study]:
    """The studies shipped with the package, by name."""
    return [Study.read(file) for file in _files()]


def study_named(name: str) -> Study:
    """Find a study by name, in the package or in a TOML file.

    Args:
        name: The name of a shipped study, or a path that ends in ``.toml``.

    Raises:
        InputError: There is no such study, or the file has faults.
    """
    if name.endswith(".toml"):
        return Study.read(Path(name))
    by_name = {file.stem: file for file in _files()}
    if name not in by_name:
        raise InputError(f"there is no study {name!r}.", advice=f"Name one of {', '.join(by_name)}, or a TOML file.")
    return Study.read(by_name[name])


def _files() -> list[Path]:
    return sorted(shipped("configs", "experiments").glob("*.toml"))
