"""Bi-encoders: backbones and heads that turn sections and image documents into sparse vectors.

Torch and transformers live here. Others load a model by name and hand it records; ``assemble`` makes new ones.
"""

from typing import TYPE_CHECKING, Any

from mlsr_es.encoders.config import CAPTION_FIELDS, PRESETS, BiEncoderConfig, DocumentInput, Head

if TYPE_CHECKING:
    from mlsr_es.encoders.assembling import assemble, loading
    from mlsr_es.encoders.bi_encoder import BiEncoder, caption_texts, section_texts
    from mlsr_es.encoders.checkpoint import choose_device, from_pretrained, load_model, save_pretrained
    from mlsr_es.encoders.text import FieldReader, TextBatch, Window

__all__ = [
    "CAPTION_FIELDS",
    "PRESETS",
    "BiEncoder",
    "BiEncoderConfig",
    "DocumentInput",
    "FieldReader",
    "Head",
    "TextBatch",
    "Window",
    "assemble",
    "caption_texts",
    "choose_device",
    "from_pretrained",
    "load_model",
    "loading",
    "save_pretrained",
    "section_texts",
]

_LAZY = {
    "BiEncoder": "bi_encoder",
    "FieldReader": "text",
    "TextBatch": "text",
    "Window": "text",
    "assemble": "assembling",
    "caption_texts": "bi_encoder",
    "choose_device": "checkpoint",
    "from_pretrained": "checkpoint",
    "load_model": "checkpoint",
    "loading": "assembling",
    "save_pretrained": "checkpoint",
    "section_texts": "bi_encoder",
}


def __getattr__(name: str) -> Any:
    """Torch is imported when one of the names that need it is first asked for."""
    from importlib import import_module

    if name not in _LAZY:
        raise AttributeError(name)
    return getattr(import_module(f"mlsr_es.encoders.{_LAZY[name]}"), name)
