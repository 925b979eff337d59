"""Assemble a bi-encoder, a cell of the grid, from backbones that ``transformers`` loads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from mlsr_es.encoders.bi_encoder import BiEncoder
from mlsr_es.encoders.config import BiEncoderConfig, Head
from mlsr_es.encoders.encoder import Encoder, ImageBackbone
from mlsr_es.encoders.heads import MlmHead, MlpHead, activation_named, has_mlm_head, mlm_head_of
from mlsr_es.errors import ModelError, first_line
from mlsr_es.extras import missing

if TYPE_CHECKING:
    from PIL.Image import Image
    from transformers import BaseImageProcessor, PretrainedConfig, PreTrainedModel, PreTrainedTokenizerFast

_OFFSET_POSITIONS = {"roberta", "xlm-roberta", "camembert", "mpnet"}
"""Backbones whose position numbers start after the padding id."""


@dataclass(frozen=True, slots=True)
class TextParts:
    """A text backbone with an MLM head, from the checkpoint or newly initialised."""

    backbone: PreTrainedModel
    mlm_head: MlmHead


@contextmanager
def loading(what: str, name: str | Path) -> Iterator[None]:
    """A context in which errors of ``transformers`` become ``ModelError`` and its log messages are silenced.

    Raises:
        ModelError: The model cannot be loaded.
        MissingExtraError: It is a model of timm, which is not installed.
    """
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError, AttributeError, ImportError, SafetensorError) as error:
        if isinstance(error, ImportError) and find_spec("timm") is None and "timm" in str(error).lower():
            raise missing("timm", "timm") from error
        raise ModelError(
            f"the {what} {str(name)!r} cannot be loaded: {first_line(error)}.",
            advice="Name a folder that holds it, or a model of a hub that this machine reaches.",
        ) from error


def assemble(
    config: BiEncoderConfig,
    *,
    text: str | Path,
    document_text: str | Path | None = None,
    image: str | Path | None = None,
    text_layers: int | None = None,
) -> BiEncoder:
    """Assemble a bi-encoder from backbones, with newly initialised MLP heads and projection, ready for training.

    Args:
        config: The cell of the grid.
        text: A BERT-like model, a folder or a hub name; a masked language model's own MLM head is used.
        document_text: The text backbone of the document side, with the same vocabulary; default ``text``. Used only if
            ``config.shared`` is false.
        image: A vision model, a folder or a hub name; required if the document encoder reads images.
        text_layers: Of the text backbones, only so many of the first layers, at least 1; None for all.

    Raises:
        ModelError: A backbone cannot be loaded, or the parts do not fit.
    """
    if config.document_input.reads_image and image is None:
        raise ModelError("this model reads images, and no image backbone is named.", advice="Name one.")
    query_parts = load_text(text, layers=text_layers)
    document_parts = query_parts if config.shared else load_text(document_text or text, layers=text_layers)
    vision, processor = load_vision(image) if config.document_input.reads_image and image is not None else (None, None)
    model = fit(
        config,
        tokenizer=load_tokenizer(text),
        query=query_parts,
        document=document_parts,
        vision=vision,
        processor=processor,
    )
    if config.function_words:
        model.mark_function_words()
    return model


def fit(
    config: BiEncoderConfig,
    *,
    tokenizer: PreTrainedTokenizerFast,
    query: TextParts,
    document: TextParts,
    vision: PreTrainedModel | None = None,
    processor: BaseImageProcessor | None = None,
) -> BiEncoder:
    """Join loaded parts to a bi-encoder, for ``assemble`` and for loading a checkpoint.

    Raises:
        ModelError: The two sides have different vocabularies.
    """
    sizes = query.mlm_head.decoder.out_features, document.mlm_head.decoder.out_features
    if sizes[0] != sizes[1]:
        raise ModelError(
            f"the query side has a vocabulary of {sizes[0]} terms and the document side one of {sizes[1]}.",
            advice="Take backbones with the same tokenizer.",
        )

    def head_of(kind: Head, parts: TextParts) -> MlpHead | MlmHead:
        if kind is Head.MLM:
            return parts.mlm_head
        return MlpHead(
            parts.mlm_head.decoder.in_features,
            sizes[0],
            frequencies=config.frequencies,
            function_words=config.function_words,
        )

    query_encoder = Encoder(
        head_of(config.query_head, query), text=query.backbone, image=None, fields=tuple(config.query_fields)
    )
    image, patches = None, 0
    if vision is not None and processor is not None:
        count, size = _shape_of_patches(vision, processor)
        patches = 1 if config.pooled else count
        image = ImageBackbone(vision, size, document.mlm_head.decoder.in_features, pooled=config.pooled)
    document_encoder = Encoder(
        head_of(config.document_head, document),
        text=document.backbone if config.document_input.reads_caption else None,
        image=image,
        fields=tuple(config.document_fields) if config.document_input.reads_caption else (),
    )
    model = BiEncoder(
        config,
        query=query_encoder,
        document=document_encoder,
        tokenizer=tokenizer,
        image_processor=processor,
        max_query_length=_longest(query.backbone.config),
        max_document_length=_longest(document.backbone.config) - patches,
    )
    return model.float().eval()


def load_tokenizer(name: str | Path) -> PreTrainedTokenizerFast:
    """A fast tokenizer with CLS and SEP tokens.

    Raises:
        ModelError: The tokenizer cannot be loaded, or is of another kind.
    """
    from transformers import AutoTokenizer

    with loading("tokenizer", name):
        tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
    if not tokenizer.is_fast or tokenizer.cls_token_id is None or tokenizer.sep_token_id is None:
        raise ModelError(
            f"the tokenizer of {str(name)!r} is not a fast one with CLS and SEP tokens.",
            advice="Take a BERT-like model.",
        )
    return cast("PreTrainedTokenizerFast", tokenizer)


def load_text(name: str | Path, *, layers: int | None = None) -> TextParts:
    """Load a text backbone and its MLM head; without a head in the checkpoint, make one tied to the input embeddings.

    Args:
        name: A folder or a hub name.
        layers: Only so many of the first layers, at least 1; None for all.

    Raises:
        ModelError: The model cannot be loaded, or has fewer layers.
    """
    from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM

    with loading("text backbone", name):
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
        if layers is not None:
            if layers > config.num_hidden_layers:
                raise ModelError(
                    f"the text backbone {str(name)!r} has {config.num_hidden_layers} layers, not {layers}.",
                    advice="Name fewer in backbones.text_layers, or leave it out.",
                )
            config.num_hidden_layers = layers
        masked = any(entry.endswith("ForMaskedLM") for entry in config.architectures or ())
        if masked and has_mlm_head(config.model_type):
            model = AutoModelForMaskedLM.from_pretrained(name, config=config, use_safetensors=True, dtype=torch.float32)
            head = mlm_head_of(model, config.model_type, activation=_activation(config))
            return TextParts(model.base_model, head)
        backbone = AutoModel.from_pretrained(name, config=config, use_safetensors=True, dtype=torch.float32)
    return _with_fresh_head(backbone)


def text_from_config(config: PretrainedConfig) -> TextParts:
    """A text backbone with random weights, into which a checkpoint's weights are loaded next."""
    from transformers import AutoModel

    return _with_fresh_head(AutoModel.from_config(config, dtype=torch.float32))


def _with_fresh_head(backbone: PreTrainedModel) -> TextParts:
    if getattr(backbone, "pooler", None) is not None:
        backbone.pooler = None  # type: ignore[assignment]  # not used, so training it would be wasted
    embeddings = cast("nn.Embedding", backbone.get_input_embeddings())
    config = backbone.config
    head = MlmHead(
        embeddings.embedding_dim,
        embeddings.num_embeddings,
        activation=activation_named(_activation(config)),
        epsilon=getattr(config, "layer_norm_eps", 1e-12),
    )
    head.decoder.weight = embeddings.weight
    nn.init.zeros_(head.decoder.bias)
    return TextParts(backbone, head)


def load_vision(name: str | Path) -> tuple[PreTrainedModel, BaseImageProcessor]:
    """Load a vision model and its image processor; of a dual model (CLIP, SigLIP), the vision tower.

    Raises:
        ModelError: The model cannot be loaded.
        MissingExtraError: It is a model of timm, which is not installed.
    """
    from transformers import AutoConfig, AutoImageProcessor, AutoModel

    with loading("image backbone", name):
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
        config = getattr(config, "vision_config", config)
        vision = AutoModel.from_pretrained(name, config=config, use_safetensors=True, dtype=torch.float32)
        return vision, AutoImageProcessor.from_pretrained(name, trust_remote_code=False)


def _shape_of_patches(vision: PreTrainedModel, processor: BaseImageProcessor) -> tuple[int, int]:
    """The number of patches of an image and the size of their embeddings, from a blank image."""
    pixels = processor([_blank()], return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        states = vision.eval()(pixel_values=pixels).last_hidden_state
    if states.ndim == 4:  # noqa: PLR2004 - a convolutional model's map of features
        return states.shape[2] * states.shape[3], states.shape[1]
    return states.shape[1], states.shape[2]


def _blank() -> Image:
    from PIL import Image

    return Image.new("RGB", (224, 224), "white")


def _activation(config: Any) -> str:
    return str(getattr(config, "hidden_act", None) or getattr(config, "activation", None) or "gelu")


def _longest(config: Any) -> int:
    """The most word pieces that a backbone accepts."""
    positions = int(getattr(config, "max_position_embeddings", 512))
    return positions - 2 if config.model_type in _OFFSET_POSITIONS else positions
