"""A query encoder without a transformer: a weight for each word piece in each field of a section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlsr_es.collection import Section
from mlsr_es.encoders import section_texts
from mlsr_es.vectors import SparseVectors, Vocabulary
from mlsr_es.word_pieces import words_of_pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, eq=False)
class QueryTable:
    """What an MLP query head says of word pieces, whatever stands around them; it encodes as its model does.

    Args:
        model: The name of the model that it was distilled from.
        revision: Of that model.
        fields: The fields of a section that are read.
        weights: float32 at least 0, shape (fields, vocabulary size).
        tokenizer: The model's.
        unknown: The word piece that stands for words which the tokenizer does not know; "" for none.
        query_terms: The most terms of a query vector; None for all.
        languages: ISO 639-1 codes of the languages that the model reads; empty for all languages.
    """

    model: str
    revision: str
    fields: tuple[str, ...]
    weights: NDArray[np.float32]
    tokenizer: Tokenizer
    unknown: str = ""
    query_terms: int | None = None
    languages: tuple[str, ...] = ()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The terms, named as ``BiEncoder.vocabulary`` names them."""
        size = self.weights.shape[1]
        known = min(size, self.tokenizer.get_vocab_size())
        terms = (str(self.tokenizer.id_to_token(term_id)) for term_id in range(known))
        return Vocabulary((*terms, *(f"[no-{term_id}]" for term_id in range(known, size))))

    def section_terms(self, section: Section) -> frozenset[int]:
        """The term ids of the word pieces that the tokenizer knows of a section."""
        unknown = self.tokenizer.token_to_id(self.unknown) if self.unknown else None
        return frozenset(term_id for term_ids in self._read(section) for term_id in term_ids) - {unknown}

    def words_of(self, section: Section) -> dict[str, tuple[str, ...]]:
        """The words that are read of a section, each with its word pieces; without those that are unknown."""
        unknown = self.tokenizer.token_to_id(self.unknown) if self.unknown else None
        term_ids = (term_id for read in self._read(section) for term_id in read if term_id != unknown)
        return words_of_pieces(map(self.vocabulary.term, term_ids))

    def encode_sections(self, sections: Sequence[Section]) -> SparseVectors:
        """Query vectors: each word piece has its largest weight over the fields that it stands in.

        Args:
            sections: As many as memory holds vectors for.

        Returns:
            A row a section, at most ``query_terms`` terms each.
        """
        rows, fields, term_ids = [], [], []
        for row, section in enumerate(sections):
            for field, pieces in enumerate(self._read(section)):
                rows += [row] * len(pieces)
                fields += [field] * len(pieces)
                term_ids += pieces
        weights = self.weights[fields, term_ids] if rows else np.empty(0, np.float32)
        shape = (len(sections), self.weights.shape[1])
        vectors = SparseVectors.from_coordinates(
            np.array(rows, dtype=np.int64), np.array(term_ids, dtype=np.int64), weights, shape=shape
        )
        return vectors.pruned(top=self.query_terms)

    def _read(self, section: Section) -> list[list[int]]:
        """The word pieces of each field."""
        texts = section_texts(section)
        return [self.tokenizer.encode(texts[name], add_special_tokens=False).ids for name in self.fields]
