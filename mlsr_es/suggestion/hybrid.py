"""Learned sparse retrieval and BM25 in one request: what the section's words add to the dot product."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from mlsr_es.collection import Section
from mlsr_es.elastic import WordClauses
from mlsr_es.errors import InputError
from mlsr_es.words import word_weights


@dataclass(frozen=True, slots=True)
class Hybrid:
    """How much BM25 counts.

    Args:
        field: The text field with the captions.
        weight: What BM25's score is multiplied by before it is added; at least 0.
    """

    field: str
    weight: float

    @classmethod
    def parse(cls, given: str) -> Self:
        """From ``FIELD:WEIGHT``, as the user types it.

        Raises:
            InputError: It is something else.
        """
        field, _, number = given.rpartition(":")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if not field or not 0 <= weight < math.inf:
            raise InputError(
                f"{given!r} is not FIELD:WEIGHT with a weight of 0 or more.", advice="As in: caption_all:0.3"
            )
        return cls(field, weight)

    def clauses(self, section: Section) -> WordClauses:
        """The section's words, those of titles counting more."""
        return WordClauses(word_weights(section), self.weight, self.field)
