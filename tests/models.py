"""Models that can be followed by eye: every word that they know weighs the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import nn
from transformers import BertConfig, PreTrainedTokenizerFast

from mlsr_es.encoders import BiEncoderConfig, DocumentInput, Head
from mlsr_es.encoders.assembling import fit, text_from_config

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder

WORDS = ("a", "bird", "boat", "owl", "heron", "robin", "knot", "rope", "sail")


def word_model(logit: float = 1.0) -> BiEncoder:
    """A real bi-encoder of one tiny layer whose heads give each word of a text the weight ``log(1 + logit)``.

    Args:
        logit: Another one is another model, with a revision of its own.
    """
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    inner = Tokenizer(
        models.WordPiece({term: place for place, term in enumerate((*special, *WORDS))}, unk_token="[UNK]")
    )
    inner.normalizer = normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special, strict=True))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, **names)
    size = len(special) + len(WORDS)
    backbone = BertConfig(
        vocab_size=size, hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4
    )
    torch.manual_seed(7)
    parts = text_from_config(backbone)
    config = BiEncoderConfig(Head.MLP, Head.MLP, DocumentInput.CAPTION)
    model = fit(config, tokenizer=tokenizer, query=parts, document=parts)
    for head in (model.query.head, model.document.head):
        for part in head.modules():
            if isinstance(part, nn.Linear):
                nn.init.zeros_(part.weight)
                nn.init.constant_(part.bias, logit)
    return model.eval()
