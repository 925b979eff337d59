"""Queries of 20 and of 60 terms over made-up or real documents, beside other ways to ask the same, in turns.

python benchmarks/queries.py [--version 7.17.29] [--documents 100000 | --vectors FOLDER] [--rounds 3] [--json FILE]
                             [--brief]

Documents and queries are those of strategies.py: 120 terms a document, one shard, one segment, on a node of its own. Or
they are the vectors of a folder of ``mlsr-es encode``, such as that of the collection that many.py makes: queries are
the 20 and the 60 heaviest terms of sections that have so many.
The first system is what a client sends by default: a ``bool`` of ``rank_feature`` clauses on 7.17, from 8.15 on a
``sparse_vector`` query without pruning. Beside it stand what this package sends out of the box and as ``tune strategy``
recommends, what sentence-transformers' helper sends on 7.17 (``saturation``), what newer clusters prune by default, and
libraries that have all in memory. A value is the median time of a query with the client's own part, or the part of it
that the cluster does not count in ``took``, or queries a second of several threads, or of ``_msearch`` with 50 of them;
recall@10 is against the exact dot products of what is stored. With --brief the time of a query is measured alone, and
no library in memory stands beside it: for a million documents those would need 12 GB, and the rates an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from statistics import mean, median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from comparison import Compared, asked, in_turns, median_ms, node_of_its_own, told
from encoded import Encoded
from in_memory import SIZE, Ask, impact_index_in_memory, numba_in_memory, parts_of, scipy_in_memory, seismic_in_memory
from numpy.typing import NDArray
from scipy.sparse import csr_array
from strategies import Collection, Weights, indexed

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.cluster import ClusterVersion
from mlsr_es.elastic.mapping import FieldKind, TermField
from mlsr_es.elastic.search import Strategy, build_query
from mlsr_es.embedded import VERSIONS
from mlsr_es.inspection.tuning import try_strategies

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_TERMS = (20, 60)
_CLIENTS = (1, 4, 16)
_TIE = 1e-5
Body = Callable[[Weights], Mapping[str, Any]]


def scores_of(rows: csr_array, weights: Weights) -> NDArray[np.float32]:
    """The dot product of each row with a query, whose own weights are not rounded."""
    terms, values = parts_of(weights)
    query = np.zeros(rows.shape[1], dtype=np.float32)
    query[terms] = values
    scores: NDArray[np.float32] = rows @ query
    return scores


def features(weights: Weights, function: Mapping[str, Any]) -> dict[str, Any]:
    """A ``bool`` of ``rank_feature`` clauses with a client's defaults."""
    clauses = [
        {"rank_feature": {"field": f"mlsr.terms.{term}", "boost": weight, **function}}
        for term, weight in weights.items()
    ]
    return {"query": {"bool": {"should": clauses}}, "size": SIZE, "_source": False}


def vector(weights: Weights, **options: Any) -> dict[str, Any]:
    """A ``sparse_vector`` query with a client's defaults."""
    query = {"sparse_vector": {"field": "mlsr.terms", "query_vector": weights, **options}}
    return {"query": query, "size": SIZE, "_source": False}


def bodies(
    client: Client, index: str, queries: Sequence[Weights], kind: FieldKind, usual: Strategy
) -> tuple[dict[str, Body], dict[str, Body]]:
    """Name to what is sent of a query: a client's own first, then ours; and what finds other documents."""
    ours = partial(build_query, size=SIZE, field=TermField(kind=kind), source=False)
    built = [lambda strategy, size, one=weights: ours(one, size=size, strategy=strategy) for weights in queries]
    tuned = try_strategies(client, index, built, [len(weights) for weights in queries]).recommended.strategy
    own: dict[str, Body] = {
        "mlsr-es, out of the box": partial(ours, strategy=usual),
        f"mlsr-es, {tuned}": partial(ours, strategy=tuned),
    }
    if kind is FieldKind.SPARSE_VECTOR:
        pruned: dict[str, Body] = {"sparse_vector, pruned by default": vector}
        return {"sparse_vector, unpruned": partial(vector, prune=False), **own}, pruned
    helper: dict[str, Body] = {"sentence-transformers' helper": partial(features, function={})}
    return {"bool, client's defaults": partial(features, function={"linear": {}}), **own}, helper


def hits_of(client: Client, index: str, body: Body, weights: Weights) -> list[int]:
    """The numbers of the documents that a search gives."""
    hits = client.search(index=index, body=dict(body(weights)))["hits"]["hits"]
    return [int(hit["_id"][1:]) for hit in hits]


def asks(client: Client, index: str, sent: Mapping[str, Body]) -> dict[str, Ask]:
    """Name to what sends a query and takes the hits."""
    return {name: partial(hits_of, client, index, body) for name, body in sent.items()}


def outside_took(client: Client, index: str, body: Body, queries: Sequence[Weights]) -> float:
    """The median milliseconds of a query that the cluster does not count as its own: client, network, HTTP."""
    left = []
    for weights in queries:
        started = perf_counter()
        took = client.search(index=index, body=dict(body(weights)))["took"]
        left.append((perf_counter() - started) * 1000 - took)
    return median(left)


def recall(found: Sequence[int], scores: Any) -> float:
    """The share of the ten best that was found; documents that tie with the last of them count as well."""
    least = np.sort(scores)[-SIZE] * (1 - _TIE)
    return sum(scores[place] >= least for place in found) / SIZE


def rate(ask: Ask, queries: Sequence[Weights], clients: int) -> float:
    """Queries a second by so many threads."""
    with ThreadPoolExecutor(clients) as threads:
        started = perf_counter()
        done = list(threads.map(ask, [*queries, *queries]))
        return len(done) / (perf_counter() - started)


def rate_at_once(client: Client, index: str, body: Body, queries: Sequence[Weights]) -> float:
    """Queries a second in one ``_msearch``."""
    started = perf_counter()
    client.msearch(index=index, searches=[each for weights in queries for each in ({}, body(weights))])
    return len(queries) / (perf_counter() - started)


@contextmanager
def in_memory(rows: csr_array) -> Iterator[dict[str, Ask]]:
    """Name to a library that holds all in memory."""
    columns = rows.tocsc()
    with impact_index_in_memory(rows) as impact_index:
        yield {
            "scipy, in memory": scipy_in_memory(columns),
            "numba, in memory": numba_in_memory(columns),
            "impact-index, in memory": impact_index,
            "Seismic, in memory": seismic_in_memory(rows),
        }


def latencies(systems: Mapping[str, Ask], queries: Sequence[Weights], rows: csr_array, rounds: int) -> list[Compared]:
    """The time of a query, by each system, whose recall is in its name."""
    exact = [scores_of(rows, weights) for weights in queries]
    found = {
        name: mean(recall(ask(weights), scores) for weights, scores in zip(queries, exact, strict=True))
        for name, ask in systems.items()
    }
    labelled = {f"{name} (R@10 {found[name]:.3f})": partial(median_ms, ask, queries) for name, ask in systems.items()}
    return in_turns(f"{len(queries[0])} terms", labelled, rounds, unit="ms")


def rates(
    client: Client, index: str, sent: Mapping[str, Body], queries: Sequence[Weights], rounds: int
) -> list[Compared]:
    """What a query takes outside the cluster; queries a second by several clients, and in one request."""
    one_by_one = asks(client, index, sent)
    measure = partial(in_turns, rounds=rounds, unit="queries/s", more_is_better=True)
    case = f"{len(queries[0])} terms"
    outside = {name: partial(outside_took, client, index, body, queries) for name, body in sent.items()}
    lines = in_turns(f"{case}, outside took", outside, rounds, unit="ms")
    for clients in _CLIENTS:
        systems = {name: partial(rate, ask, queries, clients) for name, ask in one_by_one.items()}
        lines += measure(f"{case}, {clients} client{'s' if clients > 1 else ''}", systems)
    at_once = {name: partial(rate_at_once, client, index, body, queries) for name, body in sent.items()}
    return lines + measure(f"{case}, _msearch", at_once)


def main() -> None:
    """Measure, and print a table."""
    given = asked(__doc__, documents=100_000, versions=VERSIONS, real=True, brief=True)
    collection = Encoded(given.vectors) if given.vectors else Collection(given.documents)
    rows = collection.documents.quantised().to_scipy()
    lines: list[Compared] = []
    usual = Strategy.for_version(ClusterVersion.parse(given.version))
    kind = FieldKind.RANK_FEATURES if given.version == VERSIONS[0] else FieldKind.SPARSE_VECTOR
    with (
        nullcontext({}) if given.brief else in_memory(rows) as libraries,
        node_of_its_own(given.version) as (status, _),
        closing(connect(ConnectionSettings(url=str(status.url), timeout_s=600))) as client,
        indexed(client, collection.documents, kind) as index,
    ):
        for terms in _TERMS:
            queries = collection.queries(terms)
            sent, others = bodies(client, index, queries, kind, usual)
            lines += latencies(asks(client, index, sent | others) | libraries, queries, rows, given.rounds)
            if not given.brief:
                lines += rates(client, index, sent, queries, given.rounds)
    told(lines, given.json)


if __name__ == "__main__":
    main()
