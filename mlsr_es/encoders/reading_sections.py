"""What a query encoder reads of a section; nothing here needs torch."""

from __future__ import annotations

from mlsr_es.collection import Section
from mlsr_es.encoders.config import BiEncoderConfig
from mlsr_es.encoders.fields import section_texts
from mlsr_es.encoders.text import FieldReader
from mlsr_es.word_pieces import words_of_pieces


class ReadsSections:
    """The part of a query encoder that only cuts texts into word pieces."""

    config: BiEncoderConfig
    query_reader: FieldReader

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages that the model reads; empty for all languages."""
        return self.config.languages

    def section_terms(self, section: Section) -> frozenset[int]:
        """The term ids of a section's word pieces, in the fields that the query encoder reads."""
        return self.query_reader.terms(section_texts(section))

    def words_of(self, section: Section) -> dict[str, tuple[str, ...]]:
        """The words that the query encoder reads of a section, each with its word pieces; without unknown ones."""
        return words_of_pieces(self.query_reader.pieces(section_texts(section)))
