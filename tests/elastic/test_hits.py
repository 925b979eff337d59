"""Searching a real node: scores, explanations, and what an index does with weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import ImageDocument
from mlsr_es.elastic import (
    IndexAction,
    IndexMeta,
    build_query,
    contributions,
    create_version,
    document_body,
    load,
    promote,
    refresh,
    search,
    weights_in,
)
from mlsr_es.errors import ClusterRefusedError, IndexMismatchError
from mlsr_es.vectors import feature_name, quantised
from tests.elastic.faults import FaultServer, Reply


@pytest.fixture
def index(client: Elasticsearch, index_name: str) -> str:
    """An empty index that is being served."""
    promote(client, index_name, create_version(client, index_name, IndexMeta("m2", "r1", "v1", "mlp", "mlm")))
    return index_name


def put(client: Elasticsearch, index: str, documents: Mapping[str, Mapping[str, float]], collection: str = "c") -> None:
    actions = (
        IndexAction(
            id_,
            document_body(
                ImageDocument(id_, collection, ()),
                terms={feature_name(term): weight for term, weight in terms.items()},
                fingerprint="f",
                model="m2",
            ),
        )
        for id_, terms in documents.items()
    )
    assert not [one for one in load(client, index, actions) if one.rejected]
    refresh(client, index)


def test_hits_are_ranked_by_the_dot_product(client: Elasticsearch, index: str) -> None:
    """Of quantised document weights and query weights; what matches nothing does not come."""
    put(client, index, {"both": {"red": 0.3, "bird": 1.7}, "one": {"bird": 1.9}, "none": {"fish": 3.0}})
    answer = search(client, index, build_query({"red": 2.5, "bird": 0.7}, size=10))
    red, bird, other = quantised(np.array([0.3, 1.7, 1.9], np.float32)).tolist()
    assert [hit.id for hit in answer.hits] == ["both", "one"]
    assert [hit.score for hit in answer.hits] == pytest.approx([2.5 * red + 0.7 * bird, 0.7 * other], rel=1e-6)
    assert answer.total == 2
    assert answer.dropped_terms == ()
    assert answer.hits[0].source["mlsr"] == {
        "term_count": 2,
        "top_terms": ["bird", "red"],
        "fingerprint": "f",
        "model": "m2",
    }


def test_contributions_add_up_to_the_score(client: Elasticsearch, index: str) -> None:
    """Each matching term by its word piece, heaviest first; terms that the image lacks are not there."""
    put(client, index, {"a": {"##ing": 0.31, "3.5": 1.7, "%": 0.01, "cat": 9.0}})
    query = {feature_name(term): weight for term, weight in {"##ing": 1.5, "3.5": 0.4, "%": 7.0, "dog": 3.0}.items()}
    (hit,) = search(client, index, build_query(query, size=1, with_weights=True)).hits
    parts = contributions(hit, query)
    assert list(parts) == ["3.5", "##ing", "%"]
    assert sum(parts.values()) == pytest.approx(hit.score, rel=1e-6)
    assert weights_in(hit.source) == {"##ing": 0.31, "3%2E5": 1.7, "%25": 0.01, "cat": 9.0}


def test_a_filter_alone_makes_no_hit(client: Elasticsearch, index: str) -> None:
    """Images of the collection that share no term with the query stay out."""
    put(client, index, {"a": {"bird": 1.0}, "b": {"fish": 1.0}}, collection="ours")
    put(client, index, {"c": {"bird": 2.0}}, collection="theirs")
    answer = search(client, index, build_query({"bird": 1.0}, size=10, filters={"collection": "ours"}))
    assert [hit.id for hit in answer.hits] == ["a"]


def test_a_term_that_a_changed_document_has_lost_no_longer_matches(client: Elasticsearch, index: str) -> None:
    """Not after indexing it again, and not after a partial update by anybody's code."""
    put(client, index, {"a": {"bird": 1.0}, "b": {"bird": 1.0}})
    put(client, index, {"a": {"fish": 1.0}})
    body = document_body(ImageDocument("b", "c", ()), terms={"fish": 1.0}, fingerprint="g", model="m2")
    client.update(index=index, id="b", doc={"mlsr": body["mlsr"]}, refresh=True)
    assert search(client, index, build_query({"bird": 1.0}, size=10)).hits == []
    assert len(search(client, index, build_query({"fish": 1.0}, size=10)).hits) == 2


def test_a_query_with_too_many_terms_loses_the_lightest(client: Elasticsearch, index: str) -> None:
    """The limit is learnt from the refusal, and what was dropped is said."""
    put(client, index, {"a": {"w0": 1.0}, "b": {"w1": 1.0}})
    query = {f"w{number}": 2.0 + number for number in range(20_000)}
    answer = search(client, index, build_query({**query, "w0": 1e6}, size=10, filters={"collection": "c"}))
    assert [hit.id for hit in answer.hits] == ["a"]
    assert "w1" in answer.dropped_terms
    assert "w0" not in answer.dropped_terms
    assert "w19999" not in answer.dropped_terms


def test_as_many_terms_as_are_allowed_are_sent(client: Elasticsearch, index: str) -> None:
    """1,025 clauses are one too many where 1,024 are allowed, and 1,024 are not."""
    put(client, index, {"a": {"w0": 1.0}})
    weights = {f"w{number}": 1.0 for number in range(1025)}
    limit_is_1024 = bool(search(client, index, build_query(weights, size=1)).dropped_terms)
    if not limit_is_1024:
        pytest.skip("this cluster allows more clauses")
    del weights["w1024"]
    assert search(client, index, build_query(weights, size=1)).dropped_terms == ()


def test_the_limit_of_a_whole_query_is_learnt_too(
    fault_server: FaultServer, client_of: Callable[..., Elasticsearch]
) -> None:
    """From version 8 on clauses are counted over the whole query, and the refusal reads otherwise."""
    why = "Query contains too many nested clauses; maxClauseCount is set to 64"
    cause = {"type": "too_many_nested_clauses", "reason": why}
    refusal = {
        "error": {"root_cause": [cause], "type": "search_phase_execution_exception", "reason": "all shards failed"}
    }
    found = {"took": 1, "hits": {"hits": []}}
    fault_server.replies += [Reply(400, refusal), Reply(200, found), Reply(400, refusal), Reply(400, refusal)]
    client, body = (
        client_of(fault_server.url),
        build_query({f"w{number}": 1.0 + number for number in range(70)}, size=1),
    )
    assert search(client, "photos", body).dropped_terms == tuple(f"w{number}" for number in range(6, -1, -1))
    with pytest.raises(ClusterRefusedError, match=r"could not search photos: .*too many nested clauses"):
        search(client, "photos", body)


def test_a_missing_index_is_named(client: Elasticsearch, index_name: str) -> None:
    """And how it is made."""
    with pytest.raises(IndexMismatchError, match=rf"no such index \[{index_name}\].*mlsr-es index"):
        search(client, index_name, build_query({"bird": 1.0}, size=1))
