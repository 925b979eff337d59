"""What strategies are worth on a large index: 100,000 made-up documents, queries of 20 and of 60 terms.

    python benchmarks/strategies.py                     # on a node of its own, which is removed afterwards
    python benchmarks/strategies.py --es-url URL        # on yours, in an index of its own, which is removed too

Documents have 120 terms of 30,000, drawn by Zipf's law; weights are gamma-distributed, whatever the term. A query has
half of its terms from one document. One shard, one segment. Each query length is tuned as ``mlsr-es tune strategy``
does; then what it recommends takes turns with the plain ``bool`` that a client sends by default (hits are counted up to
10,000). The exit code is 1 where the recommended strategy finds too little or is too slow beside that.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from comparison import node_of_its_own
from numpy.typing import NDArray

from mlsr_es.elastic.bulk import IndexAction, load
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.mapping import FieldKind, IndexMeta
from mlsr_es.elastic.search import Strategy, build_query
from mlsr_es.elastic.versions import create_version, promote
from mlsr_es.inspection.tuning import Ask, Measured, Stopwatch, Tuning, try_strategies
from mlsr_es.vectors import SparseVectors

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

DOCUMENT_TERMS = 120
VOCABULARY = 30_000
QUERIES = 50
LEAST_OVERLAP = 0.99
TARGETS = {20: 0.35, 60: 0.2}
"""Query terms to the share of the plain query's time that the recommended strategy may take."""

DEFAULTS = Strategy(dynamic=True)
"""In ``plain_beside`` it stands for what a client sends by default."""

Weights = dict[str, float]


class Collection:
    """Made-up documents and queries, the same each time."""

    def __init__(self, size: int) -> None:
        self._random = np.random.default_rng(2402_07736)
        likelihood = 1 / (np.arange(VOCABULARY) + 10.0)
        self._likelihood = np.cumsum(likelihood / likelihood.sum())
        terms = np.empty((size, DOCUMENT_TERMS), dtype=np.int32)
        weights = np.empty((size, DOCUMENT_TERMS), dtype=np.float32)
        for row in range(size):
            terms[row] = np.sort(self._terms(DOCUMENT_TERMS))
            weights[row] = self._weights(DOCUMENT_TERMS)
        starts = np.arange(0, terms.size + 1, DOCUMENT_TERMS, dtype=np.int64)
        self.documents = SparseVectors(starts, terms.ravel(), weights.ravel(), VOCABULARY)

    def queries(self, terms: int) -> list[Weights]:
        """Queries of so many terms."""
        chosen = self._random.choice(len(self.documents), QUERIES, replace=False)
        return [self._query(self.documents[place][0], terms) for place in chosen]

    def _query(self, known: NDArray[np.int32], terms: int) -> Weights:
        own = self._random.choice(known, terms // 2, replace=False).tolist()
        chosen = list(dict.fromkeys([*own, *self._terms(2 * terms).tolist()]))[:terms]
        return dict(zip([f"t{term}" for term in chosen], self._weights(terms).tolist(), strict=True))

    def _terms(self, count: int) -> NDArray[np.int64]:
        drawn = np.searchsorted(self._likelihood, self._random.random(4 * count))
        _, first = np.unique(drawn, return_index=True)
        return drawn[np.sort(first)][:count]

    def _weights(self, count: int) -> NDArray[np.float32]:
        return self._random.gamma(2.0, 0.5, count).astype(np.float32)


def named(vectors: SparseVectors) -> Iterator[Weights]:
    """Each vector as a mapping; a term's name is its number behind a "t"."""
    for terms, weights in vectors:
        yield dict(zip([f"t{term}" for term in terms.tolist()], weights.tolist(), strict=True))


@contextmanager
def indexed(client: Client, documents: SparseVectors, kind: FieldKind = FieldKind.RANK_FEATURES) -> Iterator[str]:
    """An index with these documents, in one segment."""
    name = f"mlsr-benchmark-{secrets.token_hex(4)}"
    version = create_version(client, name, IndexMeta("none", "none", "none", "mlp", "mlp", field_kind=kind))
    try:
        actions = (
            IndexAction(f"d{place}", {"image_id": f"d{place}", "mlsr": {"terms": [terms]}})
            for place, terms in enumerate(named(documents))
        )
        for done, loaded in enumerate(load(client, version, actions), 1):
            if loaded.rejected:
                sys.exit(loaded.reason)
            if done % 20_000 == 0:
                print(f"{done:,} documents", file=sys.stderr)
        promote(client, name, version)
        client.options(request_timeout=600).indices.forcemerge(index=version, max_num_segments=1)
        yield version
    finally:
        client.indices.delete(index=version)  # searched by its alias, so that delete_version would refuse


def ask(weights: Weights) -> Ask:
    """A query as search sends it."""
    return lambda strategy, size: build_query(weights, size=size, strategy=strategy)


def plain_beside(weights: Weights) -> Ask:
    """The same, but for ``DEFAULTS``: there the client's own."""

    def body(strategy: Strategy, size: int) -> Mapping[str, Any]:
        sent = build_query(weights, size=size, strategy=strategy)
        if strategy == DEFAULTS:
            del sent["track_total_hits"]
        return sent

    return body


def print_row(name: str, one: Measured, beside: float | None = None) -> None:
    """A line of a table."""
    ratio = f"{one.p50_ms / beside:8.2f}" if beside else ""
    print(f"{name:26}{one.p50_ms:8.1f}{one.p95_ms:8.1f}{one.took_ms:8.1f}{one.overlap:9.3f}{ratio}")


def compare(client: Client, index: str, queries: list[Weights], target: float) -> bool:
    """Tune, then time the recommended strategy beside the plain query; whether it is as good as it should be."""
    terms = len(queries[0])
    print(f"\nqueries of {terms} terms       p50 ms  p95 ms    took  overlap")
    found: Tuning = try_strategies(client, index, [ask(weights) for weights in queries], [terms] * len(queries))
    for one in found.measured:
        print_row(str(one.strategy), one)
    best = found.recommended.strategy
    stopwatch = Stopwatch(client, index, [plain_beside(weights) for weights in queries])
    plain, exhaustive, recommended = stopwatch.measure([DEFAULTS, Strategy(), best], stage="")
    ratio = recommended.p50_ms / plain.p50_ms
    print("\nbeside the plain bool      p50 ms  p95 ms    took  overlap   ratio")
    print_row("client's defaults", plain, plain.p50_ms)
    print_row("exhaustive", exhaustive, plain.p50_ms)
    print_row(f"recommended: {best}", recommended, plain.p50_ms)
    good = recommended.overlap >= LEAST_OVERLAP and ratio <= target
    print(f"{'as good' if good else 'NOT as good'} as it should be: overlap {LEAST_OVERLAP}, {target} x the time")
    return good


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--es-url", default="", help="where Elasticsearch answers; default: a node of its own")
    parser.add_argument("--documents", type=int, default=100_000, help="how many")
    options = parser.parse_args()
    collection = Collection(options.documents)
    own = nullcontext(None) if options.es_url else node_of_its_own()
    with own as node:
        client = connect(ConnectionSettings(url=options.es_url or str(node[0].url if node else "")))
        with closing(client), indexed(client, collection.documents) as index:
            good = [compare(client, index, collection.queries(terms), share) for terms, share in TARGETS.items()]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
