"""Search requests, as JSON."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.elastic.mapping import TermField
from mlsr_es.elastic.search import RequestOptions, Strategy, WordClauses, build_query, with_request_options
from mlsr_es.elastic.search.queries import lightened
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
        "_source": {"excludes": ["mlsr.terms", "caption_stems"]},
    }


@given(
    weights=st.dictionaries(TERMS, WEIGHTS, min_size=1),
    strategy=st.sampled_from([Strategy(), Strategy(dynamic=True)]),
)
def test_every_term_is_asked_once_with_its_weight(weights: dict[str, float], strategy: Strategy) -> None:
    """Whatever the terms are: none is lost, merged or reweighted, and no filter that is added can be a hit alone."""
    names = {feature_name(term): weight for term, weight in weights.items()}
    query = build_query(names, size=10, field=TermField("f"), strategy=strategy)["query"]["bool"]
    clauses = [clause["rank_feature"] for clause in query["should"]]
    assert {clause["field"]: np.float32(clause["boost"]) for clause in clauses} == {
        f"f.{name}": np.float32(weight) for name, weight in names.items()
    }
    assert len(clauses) == len(weights)
    assert all(clause["linear"] == {} for clause in clauses)
    assert [clause["boost"] for clause in clauses] == sorted((clause["boost"] for clause in clauses), reverse=True)
    assert query["minimum_should_match"] == 1


@given(weights=st.dictionaries(TERMS.map(feature_name), WEIGHTS, min_size=1, max_size=40), limit=st.integers(1, 50))
def test_a_lighter_query_keeps_the_heaviest_terms(weights: dict[str, float], limit: int) -> None:
    """What is dropped weighs no more than what is kept, and the rest of the request stays."""
    body = build_query(weights, size=10)
    lighter, dropped = lightened(body, limit)
    kept = lighter["query"]["bool"]["should"]
    assert 1 <= len(kept) <= limit
    assert len(kept) + len(dropped.terms) == len(weights)
    left = [weights[feature_name(term)] for term in dropped.terms]
    assert max(left, default=0) <= min(clause["rank_feature"]["boost"] for clause in kept) * (1 + 1e-7)
    assert lighter | {"query": 0} == body | {"query": 0}


def test_weights_are_written_as_short_as_they_can_be() -> None:
    """A float32 of 0.1 is not sent as 0.10000000149011612."""
    clauses = build_query({"cat": float(np.float32(0.1))}, size=1)["query"]["bool"]["should"]
    assert repr(clauses[0]["rank_feature"]["boost"]) == "0.1"
    assert math.isclose(clauses[0]["rank_feature"]["boost"], 0.1)


def test_a_query_without_terms_is_refused() -> None:
    """It would match nothing, or everything."""
    with pytest.raises(QueryError, match="no term"):
        build_query({}, size=3)


def test_dynamic_pruning_is_on_where_hits_are_not_counted() -> None:
    """That is how Elasticsearch is told."""
    assert build_query({"cat": 1.0}, size=1, strategy=Strategy(dynamic=True))["track_total_hits"] is False


TWO_PHASES = Strategy(mass=0.6, window=100)


def test_the_second_phase_adds_the_other_terms() -> None:
    """The heavy ones find images, within the window all of them rank; no term is asked twice."""
    body = build_query({"cat": 6.0, "dog": 3.0, "owl": 1.0}, size=10, strategy=TWO_PHASES)
    assert asked(body["query"]["bool"]["should"]) == {"mlsr.terms.cat": 6.0}
    second = body["rescore"]
    assert asked(second["query"].pop("rescore_query")["bool"]["should"]) == {"mlsr.terms.dog": 3.0, "mlsr.terms.owl": 1}
    assert second == {"window_size": 100, "query": {}}


def test_the_window_holds_every_hit_that_is_wanted() -> None:
    """One behind it would lack a part of its score."""
    assert build_query({"a": 9.0, "b": 1.0}, size=500, strategy=TWO_PHASES)["rescore"]["window_size"] == 500


def test_terms_that_find_everything_need_no_second_phase() -> None:
    """A short query has no lighter terms, and a query-term pruning drops them."""
    assert "rescore" not in build_query({"cat": 1.0}, size=10, strategy=TWO_PHASES)
    body = build_query({"cat": 6.0, "dog": 3.0}, size=10, strategy=Strategy(top=1))
    assert "rescore" not in body
    assert asked(body["query"]["bool"]["should"]) == {"mlsr.terms.cat": 6.0}


def test_words_and_filters_belong_to_the_first_phase() -> None:
    """An image that only words find is found, and one that the filter leaves out is not."""
    words = WordClauses({"x": 1.0})
    page = {"term": {"page": "p"}}
    bare = build_query({"cat": 9.0, "dog": 1.0}, size=1, text=words, strategy=TWO_PHASES)
    body = with_request_options(bare, RequestOptions(filters=[page]))
    query = body["query"]["bool"]
    assert [list(clause) for clause in query["must"][0]["bool"]["should"]] == [["rank_feature"], ["match"]]
    assert query["filter"] == [page]
    assert len(body["rescore"]["query"]["rescore_query"]["bool"]["should"]) == 1


def test_each_phase_has_the_limits_room() -> None:
    """A term for which the first has none ranks in the second; words are dropped before that."""
    weights = {f"w{number}": 100.0 - number for number in range(10)}
    body = build_query(weights, size=1, text=WordClauses({"x": 1.0}), strategy=TWO_PHASES)
    first, second = len(body["query"]["bool"]["should"]), body["rescore"]["query"]["rescore_query"]["bool"]["should"]
    assert (first, len(second)) == (7, 4)
    lighter, dropped = lightened(body, 4)
    assert list(asked(lighter["query"]["bool"]["should"])) == [f"mlsr.terms.w{number}" for number in range(4)]
    kept = lighter["rescore"]["query"]["rescore_query"]["bool"]["should"]
    assert list(asked(kept)) == [f"mlsr.terms.w{number}" for number in range(4, 8)]
    assert (dropped.terms, dropped.words) == (("w8", "w9"), ("x",))
    assert len(body["query"]["bool"]["should"]) == 7


def asked(clauses: list[dict[str, Any]]) -> dict[str, float]:
    return {clause["rank_feature"]["field"]: clause["rank_feature"]["boost"] for clause in clauses}


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
