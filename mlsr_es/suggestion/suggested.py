"""An image that was suggested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlsr_es.suggestion.showing import Share


@dataclass(frozen=True, slots=True)
class SuggestedImage:
    """A hit.

    Args:
        id: The image's id.
        score: The dot product of the query's weights and the stored ones, plus what BM25 adds.
        source: The stored document, without weights.
        terms: Word piece to what it contributed to the score, heaviest first; None unless asked for.
        words: The same by the words that people read: the sum over all words is that over all pieces.
        bm25: What BM25 and the user's own query contributed: what the terms leave of the score; None where nothing was
            added, or they are None.
        captions: Its texts, each once, wherever the index has them, without what machines made.
        described: What machines made: the kind (``MACHINE_MADE``) to its text.
        found_in: The words among ``words`` that only machine-made captions have, each with the kind of one that has it.
        picture: In somebody's index, the path or URL of its first picture; "" where it is not known.
        shares: Of a document with several images, what each gave; empty for one image, and where terms are None.
        beside: What else was asked for of it: ``highlight``, and what the user's own search body asks.
        missing: Terms that were asked and that it lacks, term to query weight, heaviest first; None unless asked for.
        alike: The ids of the hits that it stands for, where copies are shown once.
    """

    id: str
    score: float
    source: Mapping[str, Any]
    terms: Mapping[str, float] | None = None
    words: Mapping[str, float] | None = None
    bm25: float | None = None
    captions: tuple[str, ...] = ()
    described: Mapping[str, str] = field(default_factory=dict)
    found_in: Mapping[str, str] = field(default_factory=dict)
    picture: str = ""
    shares: tuple[Share, ...] = ()
    beside: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, float] | None = None
    alike: tuple[str, ...] = ()

    @property
    def thumbnail(self) -> str:
        """The small picture as a data URI, where the search asked for thumbnails and the index has them; else ""."""
        found = self.source.get("thumbnail")
        return found if isinstance(found, str) else ""
