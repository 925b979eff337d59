"""Bi-encoders: backbones and heads that turn sections and image documents into sparse vectors.

Torch and transformers live here. Others load a model by name and hand it records; ``assemble`` makes new ones.
"""

from typing import TYPE_CHECKING, Any

from mlsr_es.encoders.config import CAPTION_FIELDS, PRESETS, BiEncoderConfig, DocumentInput, Head

if TYPE_CHECKING:
    from mlsr_es.encoders.assembling import assemble, loading
    from mlsr_es.encoders.bi_encoder import BiEncoder
    from mlsr_es.encoders.checkpoint import choose_device, from_pretrained, load_model, save_pretrained
    from mlsr_es.encoders.fields import caption_texts, section_texts
    from mlsr_es.encoders.text import FieldReader, TextBatch, Window
    from mlsr_es.encoders.token_weights import TokenWeights, contextual_weights, lone_weights

__all__ = [
    "CAPTION_FIELDS",
    "PRESETS",
    "BiEncoder",
    "BiEncoderConfig",
    "DocumentInput",
    "FieldReader",
    "Head",
    "TextBatch",
    "TokenWeights",
    "Window",
    "assemble",
    "caption_texts",
    "choose_device",
    "contextual_weights",
    "from_pretrained",
    "load_model",
    "loading",
    "lone_weights",
    "save_pretrained",
    "section_texts",
]

_LAZY = {
    "BiEncoder": "bi_encoder",
    "FieldReader": "text",
    "TextBatch": "text",
    "TokenWeights": "token_weights",
    "Window": "text",
    "assemble": "assembling",
    "caption_texts": "fields",
    "choose_device": "checkpoint",
    "contextual_weights": "token_weights",
    "from_pretrained": "checkpoint",
    "load_model": "checkpoint",
    "loading": "assembling",
    "lone_weights": "token_weights",
    "save_pretrained": "checkpoint",
    "section_texts": "fields",
}


def __getattr__(name: str) -> Any:
    """Torch is imported when one of the names that need it is first asked for."""
    from importlib import import_module

    if name not in _LAZY:
        raise AttributeError(name)
    return getattr(import_module(f"mlsr_es.encoders.{_LAZY[name]}"), name)
