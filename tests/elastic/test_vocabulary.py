"""The whole vocabulary of BERT is stored in a real index, and each term is found again."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import ImageDocument
from mlsr_es.elastic.bulk import IndexAction, load
from mlsr_es.elastic.mapping import IndexMeta, document_body
from mlsr_es.elastic.search import build_query
from mlsr_es.elastic.versions import create_version, promote
from mlsr_es.vectors import TermWeights, Vocabulary, quantised

TERMS_A_DOCUMENT = 500
QUERIES_A_REQUEST = 2_000


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """The 30,522 word pieces of BERT, uncased, and some unusual terms."""
    package = find_spec("cognition")
    assert package is not None
    assert package.submodule_search_locations is not None
    file = Path(package.submodule_search_locations[0]) / "model" / "tokenizer.json"
    pieces = orjson.loads(file.read_bytes())["model"]["vocab"]
    strange = ("a.b", "..", "%2E", "", " ", 'a"b\\', "a*", "x" * 300, "日本語", "\U0001f426")
    return Vocabulary((*sorted(pieces, key=pieces.__getitem__), *strange))


def test_every_term_is_found_by_its_name_with_its_quantised_weight(
    client: Elasticsearch, index_name: str, vocabulary: Vocabulary
) -> None:
    """A query for a term finds the one document that has it, with the term's weight as the score."""
    assert len(vocabulary) > 30_000
    weights = np.random.default_rng(7).uniform(0.01, 9, len(vocabulary)).astype(np.float32)
    version = create_version(client, index_name, IndexMeta("m", "r", vocabulary.digest, "mlm", "mlm"))
    actions = (
        IndexAction(
            str(start // TERMS_A_DOCUMENT),
            document_body(
                ImageDocument(str(start), "c", ()),
                weights=TermWeights.of(
                    {
                        vocabulary.terms[term]: float(weights[term])
                        for term in range(start, min(start + TERMS_A_DOCUMENT, len(vocabulary)))
                    }
                ),
                fingerprint="f",
                model="m",
            ),
        )
        for start in range(0, len(vocabulary), TERMS_A_DOCUMENT)
    )
    assert not [one for one in load(client, version, actions) if one.rejected]
    promote(client, index_name, version)

    found: list[tuple[str, float]] = []
    for start in range(0, len(vocabulary), QUERIES_A_REQUEST):
        searches: list[dict[str, Any]] = []
        for name in vocabulary.names[start : start + QUERIES_A_REQUEST]:
            searches += [{}, build_query({name: 1.0}, size=2) | {"_source": False}]
        answers = client.msearch(index=index_name, searches=searches, filter_path="responses.hits.hits")["responses"]
        for answer in answers:
            hits = answer["hits"]["hits"]
            assert len(hits) == 1
            found.append((hits[0]["_id"], hits[0]["_score"]))

    kept = quantised(weights)
    expected = [(str(term // TERMS_A_DOCUMENT), float(kept[term])) for term in range(len(vocabulary))]
    assert [document for document, _ in found] == [document for document, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], rel=1e-6)
