"""An image as the query of an index of sections."""

from __future__ import annotations

import pytest
from PIL import Image

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.encoders import DocumentInput, PromotionEncoder
from mlsr_es.errors import ModelError
from mlsr_es.suggestion import QueryImage
from mlsr_es.suggestion.picture import picture_terms
from tests.models import word_model

OWL = QueryImage("owl.png", Image.new("RGB", (8, 8)), "an owl")


def test_an_image_and_its_caption_ask_for_sections() -> None:
    """By the document vector that an index of images would hold."""
    model = word_model(reads=DocumentInput.IMAGE_AND_CAPTION)
    stored = model.encode_documents([ImageDocument("owl.png", "", (Caption("an owl"),))], [OWL.image])
    assert picture_terms(OWL, PromotionEncoder(model)) == stored.named(0, model.vocabulary)


def test_a_model_of_captions_is_asked_by_words() -> None:
    """As where images are searched."""
    with pytest.raises(ModelError, match="reads captions and no images"):
        picture_terms(OWL, PromotionEncoder(word_model()))
