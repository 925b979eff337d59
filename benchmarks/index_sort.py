"""What an index gains whose documents are stored beside those that are like them (``index.sort``), in turns.

python benchmarks/index_sort.py [--version 7.17.29] [--documents 100000 | --vectors FOLDER] [--rounds 5] [--json FILE]

Documents have two captions of the GIMP manual, put together by chance, and weights by the demo model. Or they are those
of a folder that ``mlsr-es encode`` wrote with this model, in the order in which they stand there. One sorted index has
the order of 512 clusters (k-means on 64 singular vectors), another that of recursive graph bisection. One shard, one
segment, on a node of its own. Queries are the 60 short ones, and 80 sections of the manual, or of the folder. A value
is the median time of a query; the gap is the mean logarithm of what lies between two documents of a posting list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
from bisection import bisected, gap_bits
from comparison import QUERIES, asked, in_turns, manuals_captions, median_ms, node_of_its_own, told
from elasticsearch.helpers import bulk
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD

from mlsr_es.collection import Caption, ImageDocument, Section
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.mapping import FieldKind, TermField
from mlsr_es.elastic.search import Strategy, build_query
from mlsr_es.embedded import VERSIONS
from mlsr_es.encoders import BiEncoder, load_model
from mlsr_es.evaluation.vector_files import read_vectors
from mlsr_es.sources import open_source
from mlsr_es.vectors import SparseVectors, feature_weights

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mlsr_es.elastic.client import Client

_CLUSTERS = 512
_SINGULAR = 64
_SECTIONS = 80
_LEAST_TEXT = 200
_LEAST_TERMS = 20
_AT_ONCE = 512
_SORTED = {"sort.field": "order", "sort.order": "asc"}
_STRATEGIES = ("exhaustive", "dynamic", "two-phase:0.7/300")


def vectors_of(model: BiEncoder, count: int) -> SparseVectors:
    """Document vectors."""
    captions, random = manuals_captions(), Random(1)  # noqa: S311 - no secret
    texts = [random.sample(captions, 2) for _ in range(count)]
    documents = [ImageDocument(str(n), "c", tuple(map(Caption, each))) for n, each in enumerate(texts)]
    parts = [model.encode_documents(documents[start : start + _AT_ONCE]) for start in range(0, count, _AT_ONCE)]
    return SparseVectors.concatenate(parts, vocabulary_size=len(model.vocabulary))


def by_cluster(vectors: SparseVectors) -> NDArray[np.int64]:
    """The place of each document in the order of clusters, shape (documents,)."""
    reduced = TruncatedSVD(_SINGULAR, random_state=0).fit_transform(vectors.to_scipy())
    reduced /= np.linalg.norm(reduced, axis=1, keepdims=True) + 1e-9
    found = MiniBatchKMeans(_CLUSTERS, random_state=0, n_init=1, batch_size=4096).fit(reduced)
    along = np.argsort(np.argsort(found.cluster_centers_[:, 1]))[found.labels_]
    return np.argsort(np.argsort(along, kind="stable"))


def by_bisection(vectors: SparseVectors) -> NDArray[np.int64]:
    """The place of each document in the order of recursive graph bisection, shape (documents,)."""
    return np.argsort(bisected(vectors.to_scipy()))


def spread(count: int) -> range:
    """The places of some sections of so many, from the first to the last."""
    return range(0, count, max(count // _SECTIONS, 1))[:_SECTIONS]


def sections_of(model: BiEncoder) -> SparseVectors:
    """Query vectors of some sections of the manual."""
    long = [section for section in open_source("gimp-manual").sections() if len(section.text) > _LEAST_TEXT]
    return model.encode_sections([long[place] for place in spread(len(long))])


def read(folder: Path, model: BiEncoder) -> tuple[SparseVectors, SparseVectors]:
    """The document vectors of a folder, and the query vectors of some of its sections."""
    found = read_vectors(folder, model.vocabulary)
    long = np.flatnonzero(found.sections.term_counts >= _LEAST_TERMS)
    return found.documents, found.sections.select(long[spread(len(long))])


def queries_of(model: BiEncoder, sections: SparseVectors) -> dict[str, list[dict[str, float]]]:
    """Name to queries."""
    texts = [json.loads(line)["query"] for line in QUERIES.read_text().splitlines()]
    short = model.encode_sections([Section("query", text) for text in texts])
    encoded = {"short questions": short, "sections": sections}
    return {
        name: [feature_weights(vectors.named(row, model.vocabulary)) for row in range(len(vectors))]
        for name, vectors in encoded.items()
    }


def made(client: Client, index: str, kind: FieldKind, rows: Iterator[Mapping[str, Any]], **settings: str) -> float:
    """An index of one segment; its megabytes."""
    mapping = {"properties": {"order": {"type": "integer"}, "mlsr.terms": {"type": kind.value}}}
    whole = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1", **settings}
    client.indices.create(index=index, settings={"index": whole}, mappings=mapping)
    bulk(client, ({"_index": index, **row} for row in rows), chunk_size=1000)
    client.indices.forcemerge(index=index, max_num_segments=1)
    client.indices.refresh(index=index)
    stats = client.indices.stats(index=index)["indices"][index]
    return float(stats["primaries"]["store"]["size_in_bytes"]) / 1e6


def search(client: Client, index: str, body: dict[str, Any]) -> object:
    """Send a query."""
    return client.search(index=index, body=body)


def main() -> None:
    """Measure, and print a table."""
    given = asked(__doc__, 100_000, VERSIONS, real=True)
    kind = FieldKind.RANK_FEATURES if given.version == VERSIONS[0] else FieldKind.SPARSE_VECTOR
    model = load_model("demo", device="cpu")
    if given.vectors:
        vectors, sections = read(given.vectors, model)
    else:
        vectors, sections = vectors_of(model, given.documents), sections_of(model)
    queries, terms = queries_of(model, sections), vectors.to_scipy()
    orders = {
        "unsorted": np.arange(len(vectors)),
        "clusters": by_cluster(vectors),
        "bisection": by_bisection(vectors),
    }
    gaps = {name: partial(gap_bits, terms, np.argsort(order)) for name, order in orders.items()}

    def rows(name: str) -> Iterator[Mapping[str, Any]]:
        for number, place in enumerate(orders[name].tolist()):
            terms = feature_weights(vectors.named(number, model.vocabulary))
            yield {"_id": str(number), "_source": {"order": place, "mlsr": {"terms": terms}}}

    with node_of_its_own(given.version) as (status, _):
        client = connect(ConnectionSettings(url=status.url, timeout_s=600))
        sizes = {
            name: made(client, name, kind, rows(name), **({} if name == "unsorted" else _SORTED)) for name in orders
        }
        lines = in_turns("gap", gaps, 1, unit="bits")
        lines += in_turns("size", {name: partial(float, size) for name, size in sizes.items()}, 1, unit="MB")
        for name, weights in queries.items():
            for strategy in _STRATEGIES:
                made_of = partial(build_query, size=10, field=TermField(kind=kind), strategy=Strategy.parse(strategy))
                bodies = [dict(made_of(each, source=False)) for each in weights]
                asks = {index: partial(search, client, index) for index in sizes}
                turns = {index: partial(median_ms, ask, bodies) for index, ask in asks.items()}
                for warm in turns.values():
                    warm()
                lines += in_turns(f"{name}, {strategy}", turns, given.rounds, unit="ms")
        client.close()
    told(lines, given.json)


if __name__ == "__main__":
    main()
