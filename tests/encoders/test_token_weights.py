"""The weights of single tokens, of which a query vector is made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlsr_es.collection import Section
from mlsr_es.encoders import BiEncoder, contextual_weights, lone_weights
from mlsr_es.vectors import SparseVectors
from tests.models import WORDS, word_model

SECTIONS = [
    Section("s1", "How is a rope tied to a post? " * 60, page_title="Knots", section_title="To a post"),
    Section("s2", "Rotate the layer.", section_title="☃ zqxjk"),
    Section("s3", ""),
]


def test_the_largest_ones_are_the_query_vector(demo_model: BiEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest weight of each term is the query vector's, also for a section of several windows."""
    monkeypatch.setattr(demo_model, "config", replace(demo_model.config, query_terms=None))
    seen = contextual_weights(demo_model, SECTIONS)
    assert seen.rows.shape == seen.fields.shape == seen.term_ids.shape == seen.weights.shape
    shape = (len(SECTIONS), len(demo_model.vocabulary))
    put_together = SparseVectors.from_coordinates(seen.rows, seen.term_ids, seen.weights, shape=shape)
    vectors = demo_model.encode_sections(SECTIONS)
    assert put_together.term_ids.tolist() == vectors.term_ids.tolist()
    np.testing.assert_allclose(put_together.weights, vectors.weights, rtol=1e-4)


def test_tokens_know_their_field(demo_model: BiEncoder) -> None:
    """A token's field is its place among the fields that the model reads."""
    seen = contextual_weights(demo_model, SECTIONS)
    post = demo_model.vocabulary.id("post")
    fields = seen.fields[(seen.rows == 0) & (seen.term_ids == post)]
    read = list(demo_model.config.query_fields)
    assert set(fields.tolist()) == {read.index("section_title"), read.index("text")}
    assert contextual_weights(demo_model, []).weights.size == 0


def test_alone_a_word_has_the_weight_that_a_section_of_it_has() -> None:
    """This holds in each field; special tokens have weight 0."""
    model = word_model(2.0)
    model.query.set_field_scales({"page_title": 3.0})
    weights = lone_weights(model)
    assert weights.shape == (3, len(model.vocabulary))
    said = (Section("s", "", page_title="owl"), Section("s", "", section_title="owl"), Section("s", "owl"))
    for place, section in enumerate(said):
        owl = model.encode_sections([section]).named(0, model.vocabulary)
        assert owl == {"owl": pytest.approx(float(weights[place, model.vocabulary.id("owl")]))}
    assert {model.vocabulary.term(int(term_id)) for term_id in np.flatnonzero(weights[0])} == set(WORDS)
