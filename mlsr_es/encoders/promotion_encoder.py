"""A bi-encoder whose sides change places, for an index of sections that images search."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.encoders.config import BiEncoderConfig, DocumentInput
from mlsr_es.encoders.fields import caption_texts, captioned
from mlsr_es.errors import QueryError
from mlsr_es.promotion import document_section
from mlsr_es.vectors import SparseVectors, Vocabulary
from mlsr_es.word_pieces import words_of_pieces

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import device

    from mlsr_es.encoders.bi_encoder import BiEncoder
    from mlsr_es.encoders.onnx_query_encoder import OnnxQueryEncoder


@dataclass(frozen=True, eq=False)
class PromotionEncoder:
    """The query encoder makes the documents, which are sections; the document encoder makes the queries, from captions.

    Args:
        model: The bi-encoder.
    """

    model: BiEncoder

    hybrid = None
    """The model's own weight of BM25 is for captions that sections search."""

    @cached_property
    def config(self) -> BiEncoderConfig:
        """The model's, with heads and numbers of terms exchanged; a section is read as caption components."""
        own = self.model.config
        return replace(
            own,
            query_head=own.document_head,
            document_head=own.query_head,
            query_terms=own.document_terms,
            document_terms=own.query_terms,
            document_input=DocumentInput.CAPTION,
        )

    @cached_property
    def revision(self) -> str:
        """A hash, 16 hexadecimal digits: another one than the model's, whose vectors mean the opposite."""
        return hashlib.sha256(f"promotion {self.model.revision}".encode()).hexdigest()[:16]

    @property
    def vocabulary(self) -> Vocabulary:
        """The terms."""
        return self.model.vocabulary

    @property
    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages that the model reads; empty for all languages."""
        return self.model.config.languages

    @property
    def device(self) -> device:
        """The device of the weights."""
        return self.model.device

    def to(self, device: str) -> PromotionEncoder:
        """The same with its weights on another device."""
        self.model.to(device)
        return self

    def encode_documents(
        self,
        documents: Sequence[ImageDocument],
        images: Sequence[Image] | None = None,  # noqa: ARG002
    ) -> SparseVectors:
        """Encode sections, as ``mlsr_es.promotion`` makes documents of them.

        Args:
            documents: Any number whose vectors fit in memory.
            images: None: sections have none.

        Returns:
            One row a section.
        """
        return self.model.encode_sections([document_section(document) for document in documents])

    def encode_sections(self, sections: Sequence[Section]) -> SparseVectors:
        """Encode captions, which stand where a section has its text and titles.

        Args:
            sections: Any number whose vectors fit in memory.

        Returns:
            One row a caption.

        Raises:
            QueryError: The model reads images, and a caption alone is not enough.
        """
        if self.model.config.document_input.reads_image:
            raise QueryError("the model reads images, and no image is given.", advice="Give one: search --image FILE.")
        return self.model.encode_documents([self._captioned(section) for section in sections])

    def section_terms(self, section: Section) -> frozenset[int]:
        """The term ids of a caption's word pieces."""
        return self.model.caption_terms(self._captioned(section))

    def words_of(self, section: Section) -> dict[str, tuple[str, ...]]:
        """The words that are read of a caption, each with its word pieces; without unknown ones."""
        texts = caption_texts(self._captioned(section), self.model.config.document_fields)
        return words_of_pieces(self.model.document_reader.pieces(texts))

    def _captioned(self, section: Section) -> ImageDocument:
        """A document with all texts of a section as its caption, in the first field that the model reads."""
        text = " ".join(f"{section.page_title} {section.section_title} {section.text}".split())
        return captioned(section.id, text, self.model.config.document_fields)


Model: TypeAlias = "BiEncoder | PromotionEncoder"
"""What the documents of an index are encoded by."""

QuerySide: TypeAlias = "OnnxQueryEncoder | BiEncoder | PromotionEncoder"
"""What an index is searched by."""
