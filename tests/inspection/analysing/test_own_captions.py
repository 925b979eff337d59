"""Whether images are found by their own captions."""

from __future__ import annotations

from itertools import combinations

from mlsr_es.collection import Section
from mlsr_es.inspection.analysing.own_captions import found_by_own_caption
from mlsr_es.inspection.evaluating import Contents
from tests.models import WORDS, word_model

CAPTIONS = tuple(" ".join(words) for words in combinations(WORDS[1:], 3))


def contents(*captions: str, vectors_of: tuple[str, ...]) -> Contents:
    """Images with captions, and with the vectors of these or of other captions."""
    model = word_model()
    vectors = model.encode_sections([Section(text, text) for text in vectors_of])
    ids = tuple(f"{number}.png" for number in range(len(captions)))
    return Contents(ids, captions, vectors, ("docs",), model.revision)


def test_vectors_of_the_captions_are_found_by_them() -> None:
    """All words of the query are those of one image."""
    assert found_by_own_caption(word_model(), contents(*CAPTIONS, vectors_of=CAPTIONS)) == 1.0


def test_vectors_of_something_else_are_not() -> None:
    """As from a model that looks at pixels which say nothing of the text."""
    others = (*CAPTIONS[28:], *CAPTIONS[:28])
    found = found_by_own_caption(word_model(), contents(*CAPTIONS, vectors_of=others))
    assert found is not None
    assert found < 0.5


def test_of_few_images_and_of_captions_that_many_have_nothing_is_concluded() -> None:
    """A tenth of all images is no find, and an image cannot be told from others with the same words."""
    few = CAPTIONS[:30]
    assert found_by_own_caption(word_model(), contents(*few, vectors_of=few)) is None
    same = ("rope knot",) * 60
    assert found_by_own_caption(word_model(), contents(*same, vectors_of=same)) is None
