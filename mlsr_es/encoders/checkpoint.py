"""Reading checkpoints: a folder of this package's, or one with a masked language model trained as SPLADE."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_model as load_weights

from mlsr_es.encoders.assembling import assemble, fit, load_tokenizer, loading, text_from_config
from mlsr_es.encoders.config import BiEncoderConfig, DocumentInput, Head
from mlsr_es.encoders.layout import Layout
from mlsr_es.encoders.places import folder_of
from mlsr_es.errors import ModelError
from mlsr_es.hybrid import Hybrid

if TYPE_CHECKING:
    from mlsr_es.encoders.bi_encoder import BiEncoder


def load_model(name: str | Path, *, device: str = "auto", downloads: bool = True) -> BiEncoder:
    """Load a bi-encoder by name, ready to encode.

    Args:
        name: ``demo`` (shipped with the package), a folder that ``save_pretrained`` wrote, a folder with a masked
            language model trained as SPLADE (used for both sides, on captions), or the hub name of such a model.
        device: "auto" (CUDA, else MPS, else CPU), or a name that torch knows.
        downloads: Whether a hub's model is fetched where it is not on this machine yet: only where the user has named
            it.

    Raises:
        ModelError: There is no such model, it cannot be loaded, or would have to be downloaded.
    """
    place = choose_device(device)
    folder = folder_of(name, downloads=downloads)
    if not (folder / "config.json").is_file():
        raise ModelError(f"{str(name)!r} holds no model: it has no config.json.", advice="Name a model's folder.")
    with loading("model", name):
        values = json.loads((folder / "config.json").read_text())
    model = from_pretrained(folder) if "query_head" in values else from_masked_language_model(folder)
    return model.to(place)


def from_masked_language_model(folder: str | Path) -> BiEncoder:
    """Make a bi-encoder of a SPLADE checkpoint without training: its MLM head on both sides, on captions.

    Raises:
        ModelError: The folder holds another kind of model.
    """
    with loading("model", folder):
        architectures = json.loads((Path(folder) / "config.json").read_text()).get("architectures") or ()
    if not any(name.endswith("ForMaskedLM") for name in architectures):
        raise ModelError(
            f"{str(folder)!r} is neither a bi-encoder of this project nor a masked language model.",
            advice="Name a folder written by save_pretrained, or a SPLADE checkpoint.",
        )
    fields = {"page_title": 0, "section_title": 0, "text": 0}
    config = BiEncoderConfig(Head.MLM, Head.MLM, DocumentInput.CAPTION, query_fields=fields)
    return assemble(config, text=folder)


def from_pretrained(folder: str | Path) -> BiEncoder:
    """Read a checkpoint, on the CPU, in single precision.

    Raises:
        ModelError: The folder is not a checkpoint, or parts are missing or do not fit.
        MissingExtraError: Its image backbone is a model of timm, which is not installed.
    """
    from transformers import AutoConfig, AutoModel

    layout = Layout(Path(folder))
    with loading("model", folder):
        config = BiEncoderConfig.from_json(json.loads(layout.config.read_text()))
        query = text_from_config(AutoConfig.from_pretrained(layout.text))
        if config.shared:
            document = query
        else:
            own = layout.document_text if layout.document_text.exists() else layout.text
            document = text_from_config(AutoConfig.from_pretrained(own))
        vision = processor = None
        if config.document_input.reads_image:
            from transformers import AutoImageProcessor  # slow to import, and not needed to read captions

            vision = AutoModel.from_config(AutoConfig.from_pretrained(layout.image), dtype=torch.float32)
            processor = AutoImageProcessor.from_pretrained(layout.image)
        model = fit(
            config,
            tokenizer=load_tokenizer(layout.tokenizer),
            query=query,
            document=document,
            vision=vision,
            processor=processor,
        )
        load_weights(model, str(layout.weights))
        if layout.hybrid.is_file():
            model.hybrid = Hybrid.from_json(json.loads(layout.hybrid.read_text()))
    return model.float().eval()


def choose_device(name: str) -> torch.device:
    """The device of a name; "auto" is CUDA if available, else MPS, else the CPU.

    Raises:
        ModelError: torch does not know the name, or this machine does not have the device.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or not available.get(device.type, False):
        there = ", ".join(kind for kind, is_there in available.items() if is_there)
        raise ModelError(f"there is no device {name!r} here.", advice=f"Take auto, or one of: {there}.")
    return device
