"""What a model needs of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from mlsr_es.encoders import BiEncoderConfig, DocumentInput, Head


@dataclass(frozen=True, slots=True)
class Needs:
    """What a model needs of a document, so that it is worth encoding.

    Args:
        image: Whether it reads images.
        caption: Whether it has nothing to weigh without a caption.
    """

    image: bool
    caption: bool

    @classmethod
    def of(cls, config: BiEncoderConfig) -> Self:
        """What a model of this configuration needs."""
        caption = config.document_head is Head.MLP or config.document_input is DocumentInput.CAPTION
        return cls(image=config.document_input.reads_image, caption=caption)
