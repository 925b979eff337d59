"""What of an index cannot be found: documents without weights, weights that no query reaches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mlsr_es.elastic.client import translated
from mlsr_es.elastic.mapping import TermField
from mlsr_es.elastic.search.hits import search, weights_in
from mlsr_es.elastic.search.queries import build_query

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


def count_without_weights(client: Elasticsearch, index: str, field: TermField) -> int:
    """How many documents no query can find by terms, because they have none.

    Raises:
        IndexMismatchError: The index does not exist.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    counted = f"{field.path.rpartition('.')[0]}.term_count"
    query = {"bool": {"must_not": [{"range": {counted: {"gt": 0}}}]}}
    with translated(client, f"count the documents of {index}"):
        return int(client.count(index=index, query=query)["count"])


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
