"""What of an index cannot be found: documents without weights, weights that no query reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated
from mlsr_es.elastic.mapping import TermField
from mlsr_es.elastic.search.hits import contributions, search, weights_beside, weights_in
from mlsr_es.elastic.search.queries import build_query
from mlsr_es.elastic.search.rank import hit_of
from mlsr_es.elastic.search.request_options import RequestOptions

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_ASKED_TERMS = 60
"""So many of a document's own terms find it: a query of more could pass a cluster's limit."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A document's score for a query of its own terms, and its explanation.

    Args:
        id: The document's.
        score: Of the document, as the cluster gives it; 0 where the query does not find it.
        explained: The sum of what its terms contribute by the weights that the cluster shows; 0 where it shows none.
    """

    id: str
    score: float
    explained: float


def explained_document(client: Elasticsearch, index: str, field: TermField) -> Explained | None:
    """Let the cluster score a document by its own terms, and explain the score.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        field: With the weights.

    Returns:
        None where no document counts any term.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    body = {"query": {"range": {_count_of(field): {"gt": 0}}}, "size": 1, "_source": False, "fields": [field.path]}
    with translated(client, f"read a document of {index}"):
        found = client.search(index=index, body=body)["hits"]["hits"]
    if not found:
        return None
    own = dict(islice(weights_beside(found[0], field.path).items(), _ASKED_TERMS))
    document_id = found[0]["_id"]
    if not own:
        return Explained(document_id, 0.0, 0.0)
    query = build_query(own, size=1, field=field, source=False)
    hit = hit_of(client, index, document_id, query, RequestOptions(needed=[field.path]))
    if hit is None:
        return Explained(document_id, 0.0, 0.0)
    return Explained(document_id, hit.score, sum(contributions(hit, own, field=field.path).values()))


def count_without_weights(client: Elasticsearch, index: str, field: TermField) -> int:
    """How many documents no query can find by terms, because they have none.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return _count_but(client, index, [{"range": {_count_of(field): {"gt": 0}}}])


def count_without(client: Elasticsearch, index: str, fields: Collection[str]) -> int:
    """How many documents have none of some fields.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return _count_but(client, index, [{"exists": {"field": field}} for field in fields])


def _count_but(client: Elasticsearch, index: str, clauses: Sequence[Mapping[str, Any]]) -> int:
    """How many documents match none of some clauses."""
    with translated(client, f"count the documents of {index}"):
        return int(client.count(index=index, query={"bool": {"must_not": list(clauses)}})["count"])


def sampled_features(
    client: Elasticsearch, index: str, field: TermField, *, documents: int
) -> tuple[int, Counter[str]]:
    """The feature names of documents drawn at random.

    Args:
        client: Of ``connect``.
        index: An index or alias.
        field: With the weights.
        documents: The most that are drawn.

    Returns:
        How many were drawn, and for each name in how many of them it is.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    with translated(client, f"read documents of {index}"):
        hits = client.search(
            index=index,
            query={"function_score": {"random_score": {}}},
            size=documents,
            source={"includes": [field.path]},
            track_total_hits=False,
        )["hits"]["hits"]
    return len(hits), Counter(name for hit in hits for name in weights_in(hit.get("_source", {}), field.path))


def clauses_allowed(client: Elasticsearch, index: str, field: TermField, *, wanted: int) -> int:
    """How many terms a query may have, at most as many as are wanted: a query of so many is sent.

    The setting itself is hidden from who only searches, and later clusters choose it by their memory.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    unheard = {f"no term {number}": 1.0 for number in range(wanted)}
    return wanted - len(search(client, index, build_query(unheard, size=1, field=field)).dropped_terms)


def _count_of(field: TermField) -> str:
    """The field that counts a document's terms, beside its weights."""
    return f"{field.path.rpartition('.')[0]}.term_count"
