"""From a query encoder to a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from mlsr_es.collection import Section
from mlsr_es.encoders import Head, TokenWeights, lone_weights
from mlsr_es.errors import ModelError
from mlsr_es.suggestion import context_free, distil
from tests.models import word_model


def seen(*tokens: tuple[int, int, int, float]) -> TokenWeights:
    """Tokens as section, field, word piece, weight."""
    rows, fields, term_ids, weights = zip(*tokens, strict=True) if tokens else ((), (), (), ())
    return TokenWeights(
        np.array(rows, dtype=np.int64),
        np.array(fields, dtype=np.int64),
        np.array(term_ids, dtype=np.int64),
        np.array(weights, dtype=np.float32),
    )


def lone(*rows: list[float]) -> NDArray[np.float32]:
    return np.array(rows, dtype=np.float32)


def test_a_piece_that_never_varies_keeps_its_weight() -> None:
    """However few sections have it."""
    table = context_free(seen((0, 0, 0, 1.0), (1, 0, 0, 1.0), (0, 0, 1, 3.0), (1, 0, 1, 3.0)), lone([2, 2, 2]))
    assert table[0, :2] == pytest.approx([1.0, 3.0])


def test_a_piece_that_was_not_seen_lies_on_the_line() -> None:
    """That leads from the weights of pieces alone to those within sections: here half of them."""
    table = context_free(seen((0, 0, 0, 0.5), (1, 0, 1, 1.0), (2, 0, 2, 2.0)), lone([1, 2, 4, 3, 0]))
    assert table[0].tolist() == pytest.approx([0.5, 1.0, 2.0, 1.5, 0.0])


def test_an_average_of_few_is_trusted_less() -> None:
    """It is drawn to the line; where many sections agree, it stands."""
    rare = [(0, 0, 0, 4.0)]
    common = [(row, 0, piece, piece + (0.5 if row % 2 else -0.5)) for row in range(1, 61) for piece in (1, 2, 3)]
    table = context_free(seen(*rare, *common), lone([1, 1, 2, 3]))
    assert 1.0 < table[0, 0] < 4.0
    assert table[0, 1:] == pytest.approx([1, 2, 3], abs=0.05)


def test_a_section_counts_once() -> None:
    """By its largest weight of the piece, as its vector has it; fields are apart."""
    found = seen((0, 0, 0, 1.0), (0, 0, 0, 2.0), (0, 0, 1, 3.0), (0, 1, 0, 7.0), (0, 1, 1, 7.0))
    assert context_free(found, lone([1, 1], [1, 1])) == pytest.approx(lone([2, 3], [7, 7]))


def test_without_sections_pieces_weigh_what_they_weigh_alone() -> None:
    """There is nothing else."""
    alone = lone([0, 1, 2], [3, 0, 1])
    assert context_free(seen(), alone).tolist() == alone.tolist()


def test_a_model_without_context_loses_nothing() -> None:
    """Its table gives the same vectors."""
    model = word_model(1.5)
    sections = [Section("s", "an owl and a heron", page_title="a bird"), Section("t", "rope")]
    table = distil(model, "words", sections, lone=lone_weights(model))
    assert (table.revision, table.vocabulary, table.fields) == (
        model.revision,
        model.vocabulary,
        ("page_title", "section_title", "text"),
    )
    for row, section in enumerate([*sections, Section("u", "sail the boat")]):
        exact = model.encode_sections([section]).named(0, model.vocabulary)
        assert table.encode_sections([section]).named(0, table.vocabulary) == pytest.approx(exact), row


def test_an_expanding_head_is_refused() -> None:
    """What it gives a term depends on all of the text."""
    model = word_model()
    model.config = replace(model.config, query_head=Head.MLM)
    with pytest.raises(ModelError, match=r"'big' has an MLM query head: .* Take a model with an MLP"):
        distil(model, "big", [], lone=lone_weights(model))
