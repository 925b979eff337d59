"""What a search needs of a model: a bi-encoder is one such, and a query table another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from mlsr_es.collection import Section
from mlsr_es.vectors import SparseVectors, Vocabulary


@runtime_checkable
class QueryEncoder(Protocol):
    """Turns sections into query vectors."""

    @property
    def revision(self) -> str:
        """Of the model: its documents and its queries belong together."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms."""

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages that the model reads; empty for all languages."""

    def encode_sections(self, sections: Sequence[Section]) -> SparseVectors:
        """A row a section."""

    def section_terms(self, section: Section) -> frozenset[int]:
        """The term ids of the word pieces that are read of a section."""

    def words_of(self, section: Section) -> Mapping[str, tuple[str, ...]]:
        """The words that are read of a section, each with its word pieces; without those that are unknown."""


def everywhere(text: str) -> Section:
    """A section that has a text in each field: whatever fields a model reads, the text stands in one of them."""
    return Section("everywhere", text, page_title=text, section_title=text)


def pieces_of(word: str, model: QueryEncoder) -> tuple[str, ...]:
    """The word pieces that a word is cut into, in order; none where the model does not know them."""
    words = model.words_of(everywhere(word))
    return tuple(dict.fromkeys(piece for pieces in words.values() for piece in pieces))
