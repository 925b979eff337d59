"""A model that sees colours, so that the terms of a test's pictures are easy to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.encoders import DocumentInput, Head
from tests.models import word_model

WORDS = {"red": "robin", "blue": "boat", "green": "rope"}
"""What each colour is a picture of."""


class Seeing:
    """The model of words, which gives a document also the word of its picture's colour.

    Args:
        logit: Another one is another model.
    """

    def __init__(self, logit: float = 1.0) -> None:
        self._model = word_model(logit)
        self.config = replace(
            self._model.config, document_head=Head.MLM, document_input=DocumentInput.IMAGE_AND_CAPTION
        )
        self.revision = f"seeing-{self._model.revision}"
        self.seen = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode_documents(self, documents: Sequence[ImageDocument], images: Sequence[Image.Image] | None = None) -> Any:
        """Encode as the model does, with the colour as one more caption for each image."""
        assert images is not None
        assert len(images) == len(documents)
        self.seen += len(images)
        named = {rgb(colour): word for colour, word in WORDS.items()}
        return self._model.encode_documents(
            [
                replace(document, captions=(*document.captions, Caption(named[image.getpixel((0, 0))])))  # type: ignore[index]
                for document, image in zip(documents, images, strict=True)
            ]
        )


def rgb(colour: str) -> tuple[int, int, int]:
    """The colour of a decoded image."""
    return Image.new("RGB", (1, 1), colour).getpixel((0, 0))  # type: ignore[return-value]


def png(colour: str, width: int = 8, height: int = 8) -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()
