"""The fields that hold term weights: their two kinds, and the query clauses that give a dot product with each.

Both kinds store the same posting lists and keep the same nine bits of a weight; their queries differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Clause = dict[str, Any]


class FieldKind(StrEnum):
    """The type that a field of term weights has in a mapping."""

    RANK_FEATURES = "rank_features"
    """In every full distribution of Elasticsearch from 7.17 on; a query has one clause a term."""

    SPARSE_VECTOR = "sparse_vector"
    """Queried by ``query_vector``, as documented from 8.15 on; a query has one clause for all terms."""


@dataclass(frozen=True, slots=True)
class TermField:
    """A field of term weights.

    Args:
        path: The field's path in the mapping.
        kind: The field's type.
    """

    path: str = "mlsr.terms"
    kind: FieldKind = FieldKind.RANK_FEATURES

    def clauses(self, weights: Mapping[str, float]) -> list[Clause]:
        """The clauses for the ``should`` of a ``bool`` whose score is the dot product with these weights.

        Args:
            weights: Feature name to query weight, each finite and above 0. ``cut`` keeps the first of them. Empty
                weights give no clause.
        """
        if self.kind is FieldKind.RANK_FEATURES:
            return [self._rank_feature(name, weight) for name, weight in weights.items()]
        # By default the cluster prunes frequent terms of little weight, which harms the ranking.
        asked = {"field": self.path, "query_vector": dict(weights), "prune": False}
        return [{"sparse_vector": asked}] if weights else []

    def _rank_feature(self, name: str, weight: float) -> Clause:
        # linear: the only function with which the score is the dot product that the model was trained for.
        return {"rank_feature": {"field": f"{self.path}.{name}", "linear": {}, "boost": weight}}


def cut(clauses: Iterable[Clause], room: int) -> tuple[list[Clause], list[Clause]]:
    """Split clauses into the first ``room`` terms and words, and the rest.

    A cluster counts each term of a ``sparse_vector`` clause as one, and each other clause as one.

    Args:
        clauses: Clauses of ``TermField.clauses``, and any others; they are not changed.
        room: How many terms and words to keep, at least 0.
    """
    kept: list[Clause] = []
    left: list[Clause] = []
    for clause in clauses:
        asked = clause.get("sparse_vector")
        if asked is None:
            (kept if room > 0 else left).append(clause)
            room -= 1
            continue
        terms = list(asked["query_vector"].items())
        for part, place in ((terms[: max(room, 0)], kept), (terms[max(room, 0) :], left)):
            if part:
                place.append({"sparse_vector": {**asked, "query_vector": dict(part)}})
        room -= len(terms)
    return kept, left


def names_in(clauses: Iterable[Clause]) -> list[str]:
    """The feature names in clauses of ``TermField.clauses``, in their order; other clauses have none."""
    names: list[str] = []
    for clause in clauses:
        if "rank_feature" in clause:
            names.append(clause["rank_feature"]["field"].rpartition(".")[2])
        elif "sparse_vector" in clause:
            names += clause["sparse_vector"]["query_vector"]
    return names
