"""Bi-encoders: backbones and heads that turn sections and image documents into sparse vectors.

Torch and transformers live here. Others load a model by name and hand it records; ``assemble`` makes new ones.
"""

from typing import TYPE_CHECKING, Any

from mlsr_es.encoders.config import PRESETS, BiEncoderConfig, DocumentInput, Head

if TYPE_CHECKING:
    from mlsr_es.encoders.assembling import assemble
    from mlsr_es.encoders.bi_encoder import BiEncoder
    from mlsr_es.encoders.checkpoint import from_pretrained, load_model, save_pretrained

__all__ = [
    "PRESETS",
    "BiEncoder",
    "BiEncoderConfig",
    "DocumentInput",
    "Head",
    "assemble",
    "from_pretrained",
    "load_model",
    "save_pretrained",
]

_LAZY = {
    "BiEncoder": "bi_encoder",
    "assemble": "assembling",
    "from_pretrained": "checkpoint",
    "load_model": "checkpoint",
    "save_pretrained": "checkpoint",
}


def __getattr__(name: str) -> Any:
    """Torch is imported when one of the names that need it is first asked for."""
    from importlib import import_module

    if name not in _LAZY:
        raise AttributeError(name)
    return getattr(import_module(f"mlsr_es.encoders.{_LAZY[name]}"), name)
