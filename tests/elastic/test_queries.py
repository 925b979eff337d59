"""Search requests, as JSON."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.elastic import ClusterVersion, Strategy, WordClauses, build_query
from mlsr_es.elastic.queries import lightened
from mlsr_es.errors import QueryError
from mlsr_es.vectors import SMALLEST_WEIGHT, feature_name

TERMS = st.text(max_size=8)
WEIGHTS = st.floats(SMALLEST_WEIGHT, 2.0**100, width=32)


def test_a_query_is_a_bool_of_linear_rank_features_heaviest_first() -> None:
    """This is what can be pasted into Dev Tools."""
    assert build_query({"cat": 0.5, "dog": 1.25}, size=3) == {
        "query": {
            "bool": {
                "should": [
                    {"rank_feature": {"field": "mlsr.terms.dog", "linear": {}, "boost": 1.25}},
                    {"rank_feature": {"field": "mlsr.terms.cat", "linear": {}, "boost": 0.5}},
                ],
                "minimum_should_match": 1,
            }
        },
        "size": 3,
        "track_total_hits": True,
        "_source": {"excludes": ["mlsr.terms"]},
    }


@given(
    weights=st.dictionaries(TERMS, WEIGHTS, min_size=1),
    filters=st.dictionaries(TERMS, TERMS, max_size=3),
    strategy=st.sampled_from(Strategy),
)
def test_every_term_is_asked_once_with_its_weight(
    weights: dict[str, float], filters: dict[str, str], strategy: Strategy
) -> None:
    """Whatever the terms and filters are: no term is lost, merged or reweighted, and no filter can be a hit alone."""
    names = {feature_name(term): weight for term, weight in weights.items()}
    query = build_query(names, size=10, field="f", filters=filters, strategy=strategy)["query"]["bool"]
    clauses = [clause["rank_feature"] for clause in query["should"]]
    assert {clause["field"]: np.float32(clause["boost"]) for clause in clauses} == {
        f"f.{name}": np.float32(weight) for name, weight in names.items()
    }
    assert len(clauses) == len(weights)
    assert all(clause["linear"] == {} for clause in clauses)
    assert [clause["boost"] for clause in clauses] == sorted((clause["boost"] for clause in clauses), reverse=True)
    assert query["minimum_should_match"] == 1
    assert query.get("filter", []) == [{"term": {name: value}} for name, value in filters.items()]


@given(weights=st.dictionaries(TERMS.map(feature_name), WEIGHTS, min_size=1, max_size=40), limit=st.integers(1, 50))
def test_a_lighter_query_keeps_the_heaviest_terms(weights: dict[str, float], limit: int) -> None:
    """What is dropped weighs no more than what is kept, and the rest of the request stays."""
    body = build_query(weights, size=10, filters={"collection": "c"})
    lighter, dropped = lightened(body, limit)
    kept = lighter["query"]["bool"]["should"]
    assert 1 <= len(kept) <= max(1, limit - 1)
    assert len(kept) + len(dropped.terms) == len(weights)
    left = [weights[feature_name(term)] for term in dropped.terms]
    assert max(left, default=0) <= min(clause["rank_feature"]["boost"] for clause in kept) * (1 + 1e-7)
    assert lighter | {"query": 0} == body | {"query": 0}
    assert lighter["query"]["bool"]["filter"] == body["query"]["bool"]["filter"]


def test_weights_are_written_as_short_as_they_can_be() -> None:
    """A float32 of 0.1 is not sent as 0.10000000149011612."""
    clauses = build_query({"cat": float(np.float32(0.1))}, size=1)["query"]["bool"]["should"]
    assert repr(clauses[0]["rank_feature"]["boost"]) == "0.1"
    assert math.isclose(clauses[0]["rank_feature"]["boost"], 0.1)


def test_a_query_without_terms_is_refused() -> None:
    """It would match nothing, or everything."""
    with pytest.raises(QueryError, match="no term"):
        build_query({}, size=3)


def test_how_a_query_is_executed_depends_on_the_version() -> None:
    """Counting all hits switches off the pruning that is slow before Lucene 10."""
    assert Strategy.for_version(ClusterVersion(7, 17)) is Strategy.EXHAUSTIVE
    assert Strategy.for_version(None) is Strategy.EXHAUSTIVE
    assert Strategy.for_version(ClusterVersion(9, 0)) is Strategy.PRUNED
    assert build_query({"cat": 1.0}, size=1, strategy=Strategy.PRUNED)["track_total_hits"] is False


def test_words_are_added_by_bm25_with_their_weights() -> None:
    """A clause a word, read by the field's own analyser; the part's weight multiplies them all."""
    body = build_query({"cat": 0.5}, size=1, text=WordClauses({"a": 1.0, "cat": 8.0}, weight=0.25))
    assert body["query"]["bool"] == {
        "should": [
            {"rank_feature": {"field": "mlsr.terms.cat", "linear": {}, "boost": 0.5}},
            {"match": {"caption_all": {"query": "cat", "boost": 2.0}}},
            {"match": {"caption_all": {"query": "a", "boost": 0.25}}},
        ],
        "minimum_should_match": 1,
    }


def test_words_alone_are_a_query_too() -> None:
    """They are the baseline."""
    words = WordClauses({"cat": 1.0}, field="caption.title")
    assert build_query({}, size=1, text=words)["query"]["bool"]["should"] == [
        {"match": {"caption.title": {"query": "cat", "boost": 1.0}}}
    ]
    with pytest.raises(QueryError, match="no term"):
        build_query({}, size=1, text=WordClauses({}))


def test_a_lighter_query_loses_words_before_terms() -> None:
    """The terms are what the model has to say."""
    body = build_query({"cat": 2.0, "dog": 1.0}, size=1, text=WordClauses({"x": 9.0, "y": 8.0}))
    assert lightened(body, 3)[1].words == ("y",)
    lighter, dropped = lightened(body, 1)
    assert (dropped.terms, dropped.words) == (("dog",), ("x", "y"))
    assert [list(clause) for clause in lighter["query"]["bool"]["should"]] == [["rank_feature"]]
