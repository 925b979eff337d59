"""Queries of concurrent requests are encoded in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from mlsr_es.batching import Batching
from mlsr_es.collection import Section
from mlsr_es.suggestion import QueryEncoder
from mlsr_es.vectors import SparseVectors, Vocabulary


class BatchingEncoder:
    """A query encoder that puts the sections of several threads together.

    Args:
        encoder: Encodes the batches.
    """

    def __init__(self, encoder: QueryEncoder) -> None:
        self._encoder = encoder
        self._together = Batching(self._encode)

    @property
    def revision(self) -> str:
        """The model's revision."""
        return self._encoder.revision

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms."""
        return self._encoder.vocabulary

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages that the model reads; empty for all languages."""
        return self._encoder.languages

    def section_terms(self, section: Section) -> frozenset[int]:
        """The term ids of the word pieces that are read of a section."""
        return self._encoder.section_terms(section)

    def words_of(self, section: Section) -> dict[str, tuple[str, ...]]:
        """The words that are read of a section, each with its word pieces; without unknown ones."""
        return dict(self._encoder.words_of(section))

    def encode_sections(self, sections: Sequence[Section]) -> SparseVectors:
        """Encode sections as query vectors, together with those of other threads; one row a section."""
        return self._together(sections)

    def _encode(self, batch: Sequence[Sequence[Section]]) -> list[SparseVectors]:
        vectors = self._encoder.encode_sections([section for sections in batch for section in sections])
        ends = list(accumulate(map(len, batch)))
        return [vectors.rows(end - len(sections), end) for sections, end in zip(batch, ends, strict=True)]
