"""A run: a system's ranking of images for each section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mlsr_es.vectors import SparseVectors

DEPTH = 1_000
"""The most images of a ranking: AToMiC's limit."""


class Ranked(NamedTuple):
    """An image in a ranking."""

    image_id: str
    score: float


@dataclass(frozen=True)
class Run:
    """A system's ranking of images for each section.

    Args:
        name: The system's name in tables.
        rankings: Section id to images, best first; images with equal scores are in the system's own order.
        terms: Mean number of terms of the system's queries and of its documents; None if it has no vectors.
    """

    name: str
    rankings: Mapping[str, Sequence[Ranked]]
    terms: tuple[float, float] | None = None


def mean_terms(queries: SparseVectors, documents: SparseVectors) -> tuple[float, float]:
    """The mean number of terms of a query and of a document; 0 if there are none."""
    query, document = (float(part.term_counts.mean()) if len(part) else 0.0 for part in (queries, documents))
    return query, document
