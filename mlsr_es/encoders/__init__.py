"""Bi-encoders: backbones and heads that turn sections and image documents into sparse vectors.

torch and transformers are used here. Other rooms load a model by name and hand it records; ``assemble`` makes new ones.
"""

from typing import TYPE_CHECKING

from mlsr_es import lazy
from mlsr_es.encoders.config import CAPTION_FIELDS, FOR_MLP_HEADS, PRESETS, BiEncoderConfig, DocumentInput, Head

if TYPE_CHECKING:
    from mlsr_es.encoders.assembling import assemble, loading
    from mlsr_es.encoders.bi_encoder import BiEncoder
    from mlsr_es.encoders.checkpoint import choose_device, from_pretrained, load_model
    from mlsr_es.encoders.efficientnet import efficientnet_lite0
    from mlsr_es.encoders.fields import caption_texts, captioned, section_texts
    from mlsr_es.encoders.onnx_query_encoder import OnnxQueryEncoder
    from mlsr_es.encoders.parallel import one_thread_each
    from mlsr_es.encoders.places import DEMO, folder_of, model_name
    from mlsr_es.encoders.promotion_encoder import Model, PromotionEncoder, QuerySide
    from mlsr_es.encoders.query_encoders import ensure_query_graph, load_query_encoder
    from mlsr_es.encoders.saving import check_replaceable, holds_model, save_pretrained, writing
    from mlsr_es.encoders.text import FieldReader, Window
    from mlsr_es.encoders.text_batch import TextBatch
    from mlsr_es.encoders.token_weights import TokenWeights, contextual_weights, lone_weights

__all__ = [
    "CAPTION_FIELDS",
    "DEMO",
    "FOR_MLP_HEADS",
    "PRESETS",
    "BiEncoder",
    "BiEncoderConfig",
    "DocumentInput",
    "FieldReader",
    "Head",
    "Model",
    "OnnxQueryEncoder",
    "PromotionEncoder",
    "QuerySide",
    "TextBatch",
    "TokenWeights",
    "Window",
    "assemble",
    "caption_texts",
    "captioned",
    "check_replaceable",
    "choose_device",
    "contextual_weights",
    "efficientnet_lite0",
    "ensure_query_graph",
    "folder_of",
    "from_pretrained",
    "holds_model",
    "load_model",
    "load_query_encoder",
    "loading",
    "lone_weights",
    "model_name",
    "one_thread_each",
    "save_pretrained",
    "section_texts",
    "writing",
]

__getattr__ = lazy.exports(
    __name__,
    assembling=("assemble", "loading"),
    bi_encoder=("BiEncoder",),
    checkpoint=("choose_device", "from_pretrained", "load_model"),
    efficientnet=("efficientnet_lite0",),
    fields=("caption_texts", "captioned", "section_texts"),
    onnx_query_encoder=("OnnxQueryEncoder",),
    parallel=("one_thread_each",),
    places=("DEMO", "folder_of", "model_name"),
    promotion_encoder=("Model", "PromotionEncoder", "QuerySide"),
    query_encoders=("ensure_query_graph", "load_query_encoder"),
    saving=("check_replaceable", "holds_model", "save_pretrained", "writing"),
    text=("FieldReader", "Window"),
    text_batch=("TextBatch",),
    token_weights=("TokenWeights", "contextual_weights", "lone_weights"),
)
