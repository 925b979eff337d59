"""What is needed in a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from mlsr_es.describe import NOTHING, Describing
from mlsr_es.encoders import BiEncoderConfig, DocumentInput, Head


@dataclass(frozen=True, slots=True)
class Needs:
    """What a model needs in a document, so that the document is worth encoding.

    Args:
        image: Whether the model reads images.
        caption: Whether the model gives no terms without a caption.
        describing: What adds captions that machines make; it may look at images too.
    """

    image: bool
    caption: bool
    describing: Describing = NOTHING

    @classmethod
    def of(cls, config: BiEncoderConfig, describing: Describing = NOTHING) -> Self:
        """The needs of a model with this configuration, and of what describes images for it."""
        caption = config.document_head is Head.MLP or config.document_input is DocumentInput.CAPTION
        return cls(config.document_input.reads_image, caption, describing)

    @property
    def opens(self) -> bool:
        """Whether images are opened."""
        return self.image or self.describing.looks

    @property
    def uses_image_field(self) -> bool:
        """Whether anything of the field with images is used: the images, or the names of their files."""
        return self.opens or self.describing.names
