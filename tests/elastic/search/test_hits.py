"""Searching a real node: scores, explanations, and what an index does with weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.elastic.bulk import IndexAction, load
from mlsr_es.elastic.mapping import IndexMeta, document_body
from mlsr_es.elastic.reading import refresh, scan, scanning
from mlsr_es.elastic.search import (
    Answer,
    RequestOptions,
    Search,
    WordClauses,
    build_query,
    contributions,
    search,
    search_many,
    search_together,
    weights_in,
)
from mlsr_es.elastic.versions import create_version, promote
from mlsr_es.errors import ClusterRefusedError, IndexMismatchError
from mlsr_es.vectors import TermWeights, feature_name, quantised
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
                weights=TermWeights.of(terms),
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
    (hit,) = search(client, index, build_query(query, size=1, source=True)).hits
    parts = contributions(hit, query)
    assert list(parts) == ["3.5", "##ing", "%"]
    assert sum(parts.values()) == pytest.approx(hit.score, rel=1e-6)
    assert weights_in(hit.source) == {"##ing": 0.31, "3%2E5": 1.7, "%25": 0.01, "cat": 9.0}


def test_a_filter_alone_makes_no_hit(client: Elasticsearch, index: str) -> None:
    """Images of the collection that share no term with the query stay out."""
    put(client, index, {"a": {"bird": 1.0}, "b": {"fish": 1.0}}, collection="ours")
    put(client, index, {"c": {"bird": 2.0}}, collection="theirs")
    ours = RequestOptions(filters=[{"term": {"collection": "ours"}}])
    answer = search(client, index, build_query({"bird": 1.0}, size=10), request_options=ours)
    assert [hit.id for hit in answer.hits] == ["a"]


def test_a_term_that_a_changed_document_has_lost_no_longer_matches(client: Elasticsearch, index: str) -> None:
    """Not after indexing it again, and not after a partial update by anybody's code."""
    put(client, index, {"a": {"bird": 1.0}, "b": {"bird": 1.0}})
    put(client, index, {"a": {"fish": 1.0}})
    body = document_body(
        ImageDocument("b", "c", ()), weights=TermWeights.of({"fish": 1.0}), fingerprint="g", model="m2"
    )
    client.update(index=index, id="b", doc={"mlsr": body["mlsr"]}, refresh=True)
    assert search(client, index, build_query({"bird": 1.0}, size=10)).hits == []
    assert len(search(client, index, build_query({"fish": 1.0}, size=10)).hits) == 2


def test_a_query_with_too_many_terms_loses_the_lightest(client: Elasticsearch, index: str) -> None:
    """The limit is learnt from the refusal, and what was dropped is said."""
    put(client, index, {"a": {"w0": 1.0}, "b": {"w1": 1.0}})
    query = {f"w{number}": 2.0 + number for number in range(20_000)}
    body = build_query({**query, "w0": 1e6}, size=10)
    answer = search(client, index, body, request_options=RequestOptions(filters=[{"term": {"collection": "c"}}]))
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


def test_many_searches_answer_in_their_order(client: Elasticsearch, index: str) -> None:
    """More than one request holds, each as if it were sent alone; one with too many terms among them."""
    put(client, index, {"a": {"w0": 1.0}, "b": {"w1": 1.0, "w0": 0.5}})
    bodies = [build_query({f"w{number % 3}": 1.0 + number}, size=5) for number in range(120)]
    bodies[60] = build_query({f"w{number}": 30_000.0 - number for number in range(20_000)}, size=5)
    answers = list(search_many(client, index, map(Search, bodies)))
    assert [answer.hits for answer in answers] == [search(client, index, body).hits for body in bodies]
    assert [place for place, answer in enumerate(answers) if answer.dropped_terms] == [60]


def test_one_refused_search_of_many_is_an_error(client: Elasticsearch, index: str, index_name: str) -> None:
    """Figures over a part of the sections would be wrong; so would an index that is not there."""
    with pytest.raises(ClusterRefusedError, match="could not search"):
        list(search_many(client, index, [Search(build_query({"bird": 1.0}, size=10_001))]))
    with pytest.raises(IndexMismatchError, match="no such index"):
        list(search_many(client, f"{index_name}-missing", [Search(build_query({"bird": 1.0}, size=1))]))
    assert list(search_many(client, index, [])) == []


def test_one_refused_search_of_several_is_an_error_in_its_place(client: Elasticsearch, index: str) -> None:
    """Whether its shards refuse it, or the cluster cannot read it and so refuses all: the others have their hits."""
    put(client, index, {"a": {"bird": 1.0}})
    well = Search(build_query({"bird": 1.0}, size=2))
    deep = Search(build_query({"bird": 1.0}, size=10_001))
    unread = Search(well.body, request_options=RequestOptions(filters=[{"no such clause": {}}]))
    for bad, why in ((deep, "Result window is too large"), (unread, "no such clause")):
        first, refused, last = search_together(client, index, [well, bad, well])
        assert isinstance(refused, ClusterRefusedError)
        assert why in str(refused)
        assert isinstance(first, Answer)
        assert isinstance(last, Answer)
        assert [hit.id for answer in (first, last) for hit in answer.hits] == ["a", "a"]


def test_a_search_that_found_the_queue_full_is_sent_again(
    client_of: Callable[[str], Elasticsearch], fault_server: FaultServer
) -> None:
    """Alone, as any search would be."""
    full = {"error": {"type": "es_rejected_execution_exception", "reason": "queue is full"}, "status": 429}
    found = {"took": 1, "hits": {"hits": []}, "status": 200}
    fault_server.replies += [Reply(200, {"responses": [found, full]}), Reply(200, found)]
    one = Search(build_query({"bird": 1.0}, size=1))
    assert [type(each) for each in search_together(client_of(fault_server.url), "photos", [one, one])] == [Answer] * 2


def test_dot_product_and_bm25_add_up_in_one_request(client: Elasticsearch, index: str) -> None:
    """The score is the sum of the two searches' scores, the second times its weight; contributions tell them apart."""
    document = ImageDocument("a", "c", (Caption("A red bird"),))
    body = document_body(document, weights=TermWeights.of({"bird": 1.5}), fingerprint="f", model="m2")
    list(load(client, index, [IndexAction("a", body)]))
    refresh(client, index)
    terms, words = {"bird": 2.0}, {"bird": 3.0, "fish": 1.0}

    def score(weights: Mapping[str, float], text: WordClauses | None) -> float:
        return search(client, index, build_query(weights, size=1, text=text)).hits[0].score

    (hit,) = search(client, index, build_query(terms, size=1, text=WordClauses(words, weight=0.5), source=True)).hits
    assert score({}, WordClauses({"bird": 3.0})) == pytest.approx(3 * score({}, WordClauses({"bird": 1.0})))
    assert hit.score == pytest.approx(score(terms, None) + 0.5 * score({}, WordClauses(words)))
    assert hit.score - sum(contributions(hit, terms).values()) == pytest.approx(
        score({}, WordClauses(words, weight=0.5)), rel=1e-5
    )


def test_a_scan_has_the_order_of_ties(client: Elasticsearch, index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, as they were written: the order in which a search gives equal scores."""
    monkeypatch.setattr(scanning, "_PAGE", 2)
    put(client, index, {id_: {"bird": 1.0} for id_ in "zbymc"})
    found = list(scan(client, index, ["mlsr.terms", "collection"]))
    assert [id_ for id_, _ in found] == list("zbymc")
    assert found[0][1] == {"mlsr": {"terms": [{"bird": 1.0}]}, "collection": "c"}
    assert [hit.id for hit in search(client, index, build_query({"bird": 1.0}, size=9)).hits] == list("zbymc")
