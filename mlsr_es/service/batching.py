"""Queries of concurrent requests are encoded in one batch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock

from mlsr_es.collection import Section
from mlsr_es.suggestion import QueryEncoder
from mlsr_es.vectors import SparseVectors, Vocabulary


class BatchingEncoder:
    """A query encoder that puts the sections of several threads together.

    Nobody waits for others to come: the first thread encodes at once, and those that come meanwhile are the next batch.

    Args:
        encoder: Encodes the batches.
    """

    def __init__(self, encoder: QueryEncoder) -> None:
        self._encoder = encoder
        self._lock = Lock()
        self._waiting: list[tuple[Sequence[Section], Future[SparseVectors]]] = []
        self._encoding = Lock()

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

    def recognises(self, section: Section) -> bool:
        """Whether any word piece of the section is known."""
        return self._encoder.recognises(section)

    def section_terms(self, section: Section) -> frozenset[int]:
        """The term ids of the word pieces that are read of a section."""
        return self._encoder.section_terms(section)

    def words_of(self, section: Section) -> dict[str, tuple[str, ...]]:
        """The words that are read of a section, each with its word pieces; without unknown ones."""
        return dict(self._encoder.words_of(section))

    def encode_sections(self, sections: Sequence[Section]) -> SparseVectors:
        """Encode sections as query vectors, together with those of other threads; one row a section."""
        own: Future[SparseVectors] = Future()
        with self._lock:
            self._waiting.append((sections, own))
        with self._encoding:  # whoever waits here may find its own encoded by another thread
            if not own.done():
                self._encode_waiting()
        return own.result()

    def _encode_waiting(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
        try:
            vectors = self._encoder.encode_sections([section for sections, _ in batch for section in sections])
        except Exception as error:  # noqa: BLE001 - each of the threads has to hear of it
            for _, future in batch:
                future.set_exception(error)
            return
        start = 0
        for sections, future in batch:
            future.set_result(vectors.rows(start, start + len(sections)))
            start += len(sections)
