"""How much BM25 counts beside the dot product: what is typed, stored with a model, and written into an index."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from mlsr_es.collection import Section
from mlsr_es.errors import InputError
from mlsr_es.words import stems, word_weights, words

STEMS = "caption_stems"
"""The field of an index that holds its captions' stems, and in which BM25 is the one that evaluation knows."""

AUTO = "auto"
"""In place of a weight: the one that is stored in the index."""


def check_hybrid(given: str) -> None:
    """See that it says what BM25 is to add: "" for nothing, ``auto``, or ``FIELD:WEIGHT``.

    Raises:
        InputError: It is something else.
    """
    if given not in ("", AUTO):
        Hybrid.parse(given)


@dataclass(frozen=True, slots=True)
class Hybrid:
    """How much BM25 counts.

    A section's words, weighted by its fields, are looked for in a text field; each image's BM25 score, times the
    weight, is added to its dot product.

    Args:
        field: The text field with the captions.
        weight: What BM25's score is multiplied by before it is added; at least 0.
        found: Where the weight comes from, in words; "" where it was typed.
        kept: Whether the index's owner has stored it, so that indexing does not replace it.
    """

    field: str
    weight: float
    found: str = ""
    kept: bool = False

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
                f"{given!r} is not FIELD:WEIGHT with a weight of 0 or more.",
                advice=f"As in: caption_all:0.3, or: {AUTO}",
            )
        return cls(field, weight)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From what ``to_json`` gave.

        Raises:
            ValueError: It was changed to something else.
        """
        field, weight = stored.get("field"), stored.get("weight")
        if not (isinstance(field, str) and field and isinstance(weight, int | float) and 0 <= weight < math.inf):
            raise ValueError(f"{dict(stored)} holds no field with a weight of 0 or more")
        return cls(field, float(weight), str(stored.get("found", "")), bool(stored.get("kept", False)))

    def to_json(self) -> dict[str, Any]:
        """Field, weight and where it comes from."""
        return asdict(self)

    def word_weights(self, section: Section) -> dict[str, float]:
        """The section's words, those of titles counting more, cut as the field's are."""
        return word_weights(section, analyse=stems if self.field == STEMS else words)
