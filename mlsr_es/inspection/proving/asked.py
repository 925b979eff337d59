"""How an index is asked while it is verified: its field, the strategy, and how terms become clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mlsr_es.elastic.mapping import TermField
from mlsr_es.elastic.search import Strategy, build_query
from mlsr_es.errors import InputError


class Asking(StrEnum):
    """How a query's terms become clauses."""

    DOT_PRODUCT = "dot-product"
    """As this package does it: linear, or without the cluster's own pruning."""

    SATURATION = "saturation"
    """A ``rank_features`` query that names no function; sentence-transformers' helper sends such queries."""

    PRUNED = "pruned"
    """A ``sparse_vector`` query with the cluster's default pruning."""


@dataclass(frozen=True)
class Asked:
    """An index, and how it is queried.

    Args:
        index: An index or alias.
        field: The field with the weights.
        strategy: How queries are executed.
        asking: How terms become clauses.
        depth: How many hits a query asks for.

    Raises:
        InputError: The field's kind does not have this way of asking.
    """

    index: str
    field: TermField
    strategy: Strategy = Strategy()
    asking: Asking = Asking.DOT_PRODUCT
    depth: int = 10

    def __post_init__(self) -> None:
        fits = {Asking.SATURATION: "rank_features", Asking.PRUNED: "sparse_vector"}.get(self.asking, self.field.kind)
        if fits != self.field.kind:
            raise InputError(
                f"a {self.field.kind} field is not asked by {self.asking}: {fits} fields are.",
                advice=f"Leave it out, or name another field than {self.field.path}.",
            )

    def body(self, weights: Mapping[str, float], strategy: Strategy) -> dict[str, Any]:
        """The request body of a query, which is given as feature name to weight."""
        body = build_query(weights, size=self.depth, field=self.field, strategy=strategy, source=False)
        body["fields"] = [self.field.path]  # what explains a hit
        for clause in body["query"]["bool"]["should"]:
            if self.asking is Asking.SATURATION:
                del clause["rank_feature"]["linear"]
                clause["rank_feature"]["saturation"] = {}
            elif self.asking is Asking.PRUNED:
                del clause["sparse_vector"]["prune"]
        return body
