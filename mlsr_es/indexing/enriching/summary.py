"""What enriching did, in numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlsr_es.indexing.summary import Summary


@dataclass(slots=True)
class EnrichSummary(Summary):
    """``read = encoded + unchanged + left out + rejected``; ``version`` is the index that was written to.

    Args:
        field: The field with the weights.
        read_again: How often a document had been changed since it was read, and was read once more.
        cleared: Documents whose weights were removed, because they no longer have what is encoded.
    """

    field: str = ""
    read_again: int = 0
    cleared: int = 0

    def to_json(self) -> dict[str, Any]:
        """One object for machines."""
        own = {"field": self.field, "read_again": self.read_again, "cleared": self.cleared}
        return {**Summary.to_json(self), **own}
