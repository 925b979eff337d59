"""Models that can be followed by eye: every word that they know weighs the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import nn
from transformers import AutoModel, BertConfig, PreTrainedTokenizerFast, ViTConfig, ViTImageProcessor

from mlsr_es.encoders import BiEncoderConfig, DocumentInput, Head
from mlsr_es.encoders.assembling import fit, text_from_config

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder

WORDS = ("a", "bird", "boat", "owl", "heron", "robin", "knot", "rope", "sail")


def image_model(cell: BiEncoderConfig) -> BiEncoder:
    """A bi-encoder of one tiny layer with random weights, which looks at images.

    Args:
        cell: Such as ``PRESETS["m1"]``.
    """
    tokenizer, backbone = _parts(hidden_size=16)
    torch.manual_seed(7)
    sizes: dict[str, Any] = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
    }
    vision = AutoModel.from_config(ViTConfig(image_size=32, patch_size=16, initializer_range=1.0, **sizes))
    side = {"height": 32, "width": 32}
    parts = text_from_config(backbone)
    model = fit(
        cell, tokenizer=tokenizer, query=parts, document=parts, vision=vision, processor=ViTImageProcessor(size=side)
    )
    for part in model.modules():
        if isinstance(part, nn.Linear):
            nn.init.normal_(part.weight)
    return model.eval()


def word_model(logit: float = 1.0, reads: DocumentInput = DocumentInput.CAPTION) -> BiEncoder:
    """A real bi-encoder of one tiny layer whose heads give each word of a text the weight ``log(1 + logit)``.

    Args:
        logit: Another one is another model, with a revision of its own.
        reads: What of a document; an image, where it reads one, is looked at and changes nothing.
    """
    tokenizer, backbone = _parts(hidden_size=4)
    torch.manual_seed(7)
    parts = text_from_config(backbone)
    config = BiEncoderConfig(Head.MLP, Head.MLP, reads)
    seen: dict[str, Any] = {}
    if reads.reads_image:
        side = {"height": 8, "width": 8}
        vision = ViTConfig(
            hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4, image_size=8, patch_size=4
        )
        seen = {"vision": AutoModel.from_config(vision), "processor": ViTImageProcessor(size=side)}
    model = fit(config, tokenizer=tokenizer, query=parts, document=parts, **seen)
    for head in (model.query.head, model.document.head):
        for part in head.modules():
            if isinstance(part, nn.Linear):
                nn.init.zeros_(part.weight)
                nn.init.constant_(part.bias, logit)
    return model.eval()


def _parts(hidden_size: int) -> tuple[PreTrainedTokenizerFast, BertConfig]:
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    inner = Tokenizer(
        models.WordPiece({term: place for place, term in enumerate((*special, *WORDS))}, unk_token="[UNK]")
    )
    inner.normalizer = normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special, strict=True))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, **names)
    size = len(special) + len(WORDS)
    return tokenizer, BertConfig(
        vocab_size=size,
        hidden_size=hidden_size,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=hidden_size,
    )
