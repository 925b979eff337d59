"""Which word pieces are function words or punctuation."""

from __future__ import annotations

from mlsr_es.encoders.function_words import function_words
from tests.models import word_model


def test_they_are_words_and_marks_but_no_special_tokens() -> None:
    """A noun and [CLS] are neither; ids without a word piece are none."""
    tokenizer = word_model().tokenizer
    tokenizer.add_tokens(["how", "?", "rotate"])
    found = function_words(tokenizer, len(tokenizer) + 2)
    names = {tokenizer.convert_ids_to_tokens(place) for place in found.nonzero().flatten().tolist()}
    assert {"how", "?"} <= names
    assert not {"rotate", "owl", "[CLS]", "[SEP]"} & names
    assert len(found) == len(tokenizer) + 2
    assert not found[-2:].any()
