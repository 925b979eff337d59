"""A bi-encoder whose sides have changed places."""

from __future__ import annotations

import pytest

from mlsr_es.collection import Caption, ImageDocument, Section
from mlsr_es.encoders import BiEncoder, DocumentInput, PromotionEncoder, load_model
from mlsr_es.errors import QueryError
from mlsr_es.promotion import section_document
from mlsr_es.vectors import SparseVectors
from tests.models import word_model

SECTIONS = [
    Section("s1", "Rotate the layer by 90 degrees.", page_title="Layer menu", section_title="Rotate"),
    Section("s2", "The unsharp mask sharpens edges.", page_title="Filters"),
]


def named(vectors: SparseVectors, model: BiEncoder) -> list[dict[str, float]]:
    return [vectors.named(row, model.vocabulary) for row in range(len(vectors))]


def test_sections_are_stored_as_they_would_ask_and_captions_ask_as_they_would_be_stored() -> None:
    """So the score of an image and a section is the same in both tasks."""
    model = load_model("demo", device="cpu")
    turned = PromotionEncoder(model)
    stored = turned.encode_documents([section_document(section, "manual") for section in SECTIONS])
    assert named(stored, model) == named(model.encode_sections(SECTIONS), model)
    caption = "The rotate dialog"
    asked = turned.encode_sections([Section("query", caption)])
    document = ImageDocument("i", "c", (Caption(caption),))
    assert named(asked, model) == named(model.encode_documents([document]), model)
    assert set(turned.words_of(Section("query", caption))) == {"the", "rotate", "dialog"}
    assert turned.section_terms(Section("query", caption)) == model.caption_terms(document)


def test_its_vectors_are_not_taken_for_the_models() -> None:
    """Another revision, of the same form; heads and numbers of terms have changed places too."""
    model = word_model()
    turned = PromotionEncoder(model)
    assert turned.revision != model.revision
    assert len(turned.revision) == len(model.revision)
    assert turned.vocabulary.digest == model.vocabulary.digest
    assert turned.config.document_terms == model.config.query_terms
    assert turned.hybrid is None


def test_a_model_that_reads_images_needs_one() -> None:
    """A caption is half of what it reads."""
    turned = PromotionEncoder(word_model(reads=DocumentInput.IMAGE_AND_CAPTION))
    with pytest.raises(QueryError, match="no image is given"):
        turned.encode_sections([Section("query", "an owl")])
    assert len(turned.encode_documents([section_document(Section("s", "an owl"), "c")])) == 1
