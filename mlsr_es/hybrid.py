"""The weight of BM25 in hybrid searches, as the user types it, as a model stores it, and as an index stores it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from mlsr_es.collection import Section
from mlsr_es.errors import InputError
from mlsr_es.words import content_stems, content_words, word_weights

STEMS = "caption_stems"
"""The field with the captions' stems; BM25 on it equals the BM25 of the evaluation baselines."""

AUTO = "auto"
"""The user's word for the weight that is stored in the index."""


def check_hybrid(given: str) -> None:
    """See that it says what BM25 is to add: "" for nothing, ``auto``, or ``FIELD:WEIGHT``.

    Raises:
        InputError: It is something else.
    """
    if given not in ("", AUTO):
        Hybrid.parse(given)


@dataclass(frozen=True, slots=True)
class Hybrid:
    """The weight of BM25, and the field that it searches.

    The text field is searched for a section's words, weighted by the section's fields. Each image's BM25 score times
    the weight is added to its dot product.

    Args:
        field: The text field with the captions.
        weight: The factor of BM25's score; at least 0.
        found: A description of what the weight was found on; "" where the user typed it.
        kept: Whether the index's owner stored the weight, so that indexing does not replace it.
    """

    field: str
    weight: float
    found: str = ""
    kept: bool = False

    @classmethod
    def parse(cls, given: str) -> Self:
        """Parse ``FIELD:WEIGHT``, as the user types it.

        Raises:
            InputError: The text has another form.
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
        """Read the result of ``to_json``.

        Raises:
            ValueError: It has been changed to something else.
        """
        field, weight = stored.get("field"), stored.get("weight")
        if not (isinstance(field, str) and field and isinstance(weight, int | float) and 0 <= weight < math.inf):
            raise ValueError(f"{dict(stored)} holds no field with a weight of 0 or more")
        return cls(field, float(weight), str(stored.get("found", "")), bool(stored.get("kept", False)))

    def to_json(self) -> dict[str, Any]:
        """All values as a JSON-ready object."""
        return asdict(self)

    def word_weights(self, section: Section) -> dict[str, float]:
        """The section's content words with their weights, in which titles count more; cut as the field's words are."""
        return word_weights(section, analyse=content_stems if self.field == STEMS else content_words)
