"""The cluster ranks by the model's dot product, on a real collection.

``pytest tests/system/test_exactness.py -s`` prints what the rounding of weights costs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.search import build_query, search, weights_in
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import RecordError, SourceError
from mlsr_es.indexing import IndexJob, index_collection
from mlsr_es.sources import LeftOut, Source, open_source
from mlsr_es.vectors import SparseVectors, feature_name, term_of

QUERIES = 200
DEPTH = 10
ROUNDING = 2e-6
"""Relative: the cluster adds in single precision."""


@dataclass
class Captions:
    """A source's captions without its images, which the model does not read."""

    source: Source

    @property
    def name(self) -> str:
        """The source's name."""
        return self.source.name

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """The documents that have captions."""
        for item in self.source.documents():
            yield replace(item, image=None) if isinstance(item, ImageDocument) else item

    def __getattr__(self, name: str) -> object:
        return getattr(self.source, name)


@dataclass(frozen=True)
class Measured:
    """The cluster's scores and scipy's, for some queries of a collection.

    Args:
        hits: For each query, the places of the documents in the cluster's order, and their scores.
        rounded: Dot products with the stored weights as the field keeps them, shape (queries, documents).
        exact: Dot products with the weights as the model gave them, the same shape.
    """

    hits: list[tuple[NDArray[np.int64], NDArray[np.float64]]]
    rounded: NDArray[np.float64]
    exact: NDArray[np.float64]


def collection() -> Source:
    """The GIMP manual if it is available, else the sample."""
    languages = frozenset({"en"})
    try:
        return open_source("gimp-manual", languages=languages)
    except SourceError:
        return open_source("sample", languages=languages)


def asked(source: Source) -> list[Section]:
    """Sections spread over the whole collection."""
    sections = [section for section in source.sections() if len(section.text) > 60]
    return sections[:: max(1, len(sections) // QUERIES)][:QUERIES]


@pytest.fixture(scope="module")
def measured(cluster_url: str, demo_model: BiEncoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    source = collection()
    client = connect(ConnectionSettings(url=cluster_url))
    name = f"mlsr-test-{secrets.token_hex(4)}"
    rejects = tmp_path_factory.mktemp("exactness") / "rejects"
    job = IndexJob(Captions(source), name, demo_model, "demo", rejects=rejects)  # type: ignore[arg-type]
    try:
        index_collection(job, client)
        body = {"query": {"match_all": {}}, "size": 5_000}
        documents = search(client, name, body).hits
        place = {hit.id: number for number, hit in enumerate(documents)}
        vocabulary = demo_model.vocabulary
        stored = SparseVectors.from_mappings(
            [
                {vocabulary.id(term_of(feature)): weight for feature, weight in weights_in(hit.source).items()}
                for hit in documents
            ],
            vocabulary_size=len(vocabulary),
        )
        queries = demo_model.encode_sections(asked(source))
        hits = []
        for row in range(len(queries)):
            weights = {feature_name(term): weight for term, weight in queries.named(row, vocabulary).items()}
            found = search(client, name, build_query(weights, size=DEPTH)).hits
            hits.append((np.array([place[hit.id] for hit in found]), np.array([hit.score for hit in found])))
        yield Measured(hits, queries.dot(stored.quantised()).toarray(), queries.dot(stored).toarray())
    finally:
        client.indices.delete(index=f"{name}-v0001")
        client.close()


def test_scores_are_the_dot_products(measured: Measured) -> None:
    """Each score is the dot product of the query's weights and the stored weights as the field keeps them."""
    for (found, scores), expected in zip(measured.hits, measured.rounded, strict=True):
        np.testing.assert_allclose(scores, expected[found], rtol=ROUNDING)


def test_the_order_is_theirs_up_to_ties(measured: Measured) -> None:
    """Rank by rank, the score equals that of scipy's ranking, so no better document was missed."""
    for (_, scores), expected in zip(measured.hits, measured.rounded, strict=True):
        best = np.sort(expected)[::-1][:DEPTH]
        np.testing.assert_allclose(scores, best[best > 0], rtol=ROUNDING)


def test_rounding_costs_next_to_nothing(measured: Measured) -> None:
    """Compared with unrounded weights, all but the closest neighbours keep their places."""
    kept, same_first = [], 0
    for (found, _), exact in zip(measured.hits, measured.exact, strict=True):
        least = np.sort(exact)[::-1][: len(found)].min(initial=np.inf)
        kept.append(np.mean(exact[found] >= least * (1 - ROUNDING)) if len(found) else 1.0)
        same_first += bool(len(found)) and exact[found[0]] >= exact.max() * (1 - ROUNDING)
    print(  # noqa: T201
        f"\n{len(measured.hits)} queries, {measured.exact.shape[1]} images: of the {DEPTH} best by unrounded weights "
        f"the cluster gives {np.mean(kept):.2%}; the first is the same for {same_first / len(measured.hits):.2%}"
    )
    assert np.mean(kept) > 0.98
