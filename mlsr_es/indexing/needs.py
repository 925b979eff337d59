"""What a model needs in a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from mlsr_es.encoders import BiEncoderConfig, DocumentInput, Head


@dataclass(frozen=True, slots=True)
class Needs:
    """What a model needs in a document, so that the document is worth encoding.

    Args:
        image: Whether the model reads images.
        caption: Whether the model gives no terms without a caption.
    """

    image: bool
    caption: bool

    @classmethod
    def of(cls, config: BiEncoderConfig) -> Self:
        """The needs of a model with this configuration."""
        caption = config.document_head is Head.MLP or config.document_input is DocumentInput.CAPTION
        return cls(image=config.document_input.reads_image, caption=caption)
