"""A run: what a system answers to each section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mlsr_es.vectors import SparseVectors

DEPTH = 1_000
"""Images a section: AToMiC's limit."""


class Ranked(NamedTuple):
    """An image in a ranking."""

    image_id: str
    score: float


@dataclass(frozen=True)
class Run:
    """What a system answers to each section.

    Args:
        name: The system's, as tables show it.
        rankings: Section id to images, best first; at equal scores the order is the system's own.
        terms: Mean number of terms of its queries and documents; None where it has none.
    """

    name: str
    rankings: Mapping[str, Sequence[Ranked]]
    terms: tuple[float, float] | None = None


def mean_terms(queries: SparseVectors, documents: SparseVectors) -> tuple[float, float]:
    """Terms of a query and of a document, on average; 0 where there is none."""
    query, document = (float(part.term_counts.mean()) if len(part) else 0.0 for part in (queries, documents))
    return query, document
