"""Queries of 20 and of 60 terms over made-up documents, beside other ways to ask the same, in turns.

python benchmarks/queries.py [--documents 100000] [--rounds 3] [--json FILE]

Documents and queries are those of strategies.py: 120 terms a document, one shard, one segment, on a node of its own.
Beside the ``bool`` of ``rank_feature`` clauses as clients send it by default stand what this package sends out of the
box and after ``tune strategy``, what sentence-transformers' helper sends (``saturation``), and exact scores in memory
by scipy. A value is the median time of a query with the client's own part; recall@10 is against the exact dot products
of the stored weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from statistics import mean, median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from comparison import Compared, asked, in_turns, node_of_its_own, told
from scipy.sparse import csr_array
from strategies import VOCABULARY, Collection, Weights, indexed

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.search import Strategy, build_query
from mlsr_es.vectors import quantised

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_TUNED = {20: "two-phase:0.7/300", 60: "two-phase:0.8/100"}
"""Terms of a query to what ``mlsr-es tune strategy`` recommends for such an index."""

_SIZE = 10
_TIE = 1e-5
Ask = Callable[[Weights], list[int]]


def matrix_of(vectors: Sequence[Weights]) -> csr_array:
    """Vectors as rows; weights as an index keeps them."""
    starts = np.cumsum([0, *map(len, vectors)])
    columns = np.array([int(term[1:]) for vector in vectors for term in vector])
    weights = np.array([weight for vector in vectors for weight in vector.values()], dtype=np.float32)
    return csr_array((quantised(weights), columns, starts), shape=(len(vectors), VOCABULARY))


def plain(weights: Weights, function: Mapping[str, Any]) -> dict[str, Any]:
    """A ``bool`` of ``rank_feature`` clauses with a client's defaults."""
    clauses = [
        {"rank_feature": {"field": f"mlsr.terms.{term}", "boost": weight, **function}}
        for term, weight in weights.items()
    ]
    return {"query": {"bool": {"should": clauses}}, "size": _SIZE, "_source": False}


def hits_of(client: Client, index: str, body: Callable[[Weights], Mapping[str, Any]], weights: Weights) -> list[int]:
    """The numbers of the documents that a search gives."""
    hits = client.search(index=index, body=dict(body(weights)))["hits"]["hits"]
    return [int(hit["_id"][1:]) for hit in hits]


def best_of(scores: Any) -> list[int]:
    """The numbers of the documents with the highest scores."""
    best = np.argpartition(scores, -_SIZE)[-_SIZE:]
    return [int(place) for place in best[np.argsort(-scores[best])]]


def in_memory(matrix: Any, weights: Weights) -> list[int]:
    """Exact scores by scipy: the columns of the query's terms alone."""
    columns = np.array([int(term[1:]) for term in weights])
    return best_of(matrix[:, columns] @ np.array(list(weights.values()), dtype=np.float32))


def recall(found: Sequence[int], scores: Any) -> float:
    """The share of the ten best that was found; documents that tie with the last of them count as well."""
    least = np.sort(scores)[-_SIZE] * (1 - _TIE)
    return sum(scores[place] >= least for place in found) / _SIZE


def median_ms(ask: Ask, queries: Sequence[Weights]) -> float:
    """The median time of a query, in milliseconds."""
    took = []
    for weights in queries:
        started = perf_counter()
        ask(weights)
        took.append((perf_counter() - started) * 1000)
    return median(took)


def compare(client: Client, index: str, collection: Collection, terms: int, rounds: int) -> list[Compared]:
    """All systems for queries of a length."""
    queries = collection.queries(terms)
    rows = matrix_of(collection.documents)
    columns = rows.tocsc()
    ours, tuned = partial(build_query, size=_SIZE, source=False), Strategy.parse(_TUNED[terms])
    systems: dict[str, Ask] = {
        "bool, client's defaults": partial(hits_of, client, index, partial(plain, function={"linear": {}})),
        "mlsr-es, out of the box": partial(hits_of, client, index, partial(ours, strategy=Strategy())),
        f"mlsr-es, {tuned}": partial(hits_of, client, index, partial(ours, strategy=tuned)),
        "sentence-transformers' helper": partial(hits_of, client, index, partial(plain, function={})),
        "scipy, in memory": partial(in_memory, columns),
    }
    exact = [rows @ np.array(matrix_of([weights]).toarray()[0], dtype=np.float32) for weights in queries]
    found = {
        name: mean(recall(ask(weights), scores) for weights, scores in zip(queries, exact, strict=True))
        for name, ask in systems.items()
    }
    labelled = {f"{name} (R@10 {found[name]:.3f})": partial(median_ms, ask, queries) for name, ask in systems.items()}
    return in_turns(f"{terms} terms", labelled, rounds, unit="ms")


def main() -> None:
    """Measure, and print a table."""
    given = asked(__doc__, documents=100_000)
    collection = Collection(given.documents)
    lines: list[Compared] = []
    with (
        node_of_its_own() as (status, _),
        closing(connect(ConnectionSettings(url=str(status.url)))) as client,
        indexed(client, collection.documents) as index,
    ):
        for terms in _TUNED:
            lines += compare(client, index, collection, terms, given.rounds)
    told(lines, given.json)


if __name__ == "__main__":
    main()
