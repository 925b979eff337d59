"""The query's terms that hit nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.elastic.search import images_with
from mlsr_es.vectors import feature_name

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, slots=True)
class Missed:
    """A term of the query that none of the hits has.

    Args:
        term: The word piece.
        weight: In the query.
        images: How many images of the index have it, whatever the filters.
    """

    term: str
    weight: float
    images: int


def missed_by(
    client: Client, index: str, asked: Mapping[str, float], hits: Iterable[Mapping[str, float]], meta: IndexMeta
) -> tuple[Missed, ...]:
    """The terms that none of the hits has, and in how many images of the index they are.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        index: The alias.
        asked: Term to query weight.
        hits: For each hit, the terms that it has.
        meta: Of the index.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    hit = {term for terms in hits for term in terms}
    lone = {term: weight for term, weight in asked.items() if term not in hit}
    counts = images_with(client, index, meta.terms, [feature_name(term) for term in lone])
    return tuple(Missed(term, weight, counts[feature_name(term)]) for term, weight in lone.items())
