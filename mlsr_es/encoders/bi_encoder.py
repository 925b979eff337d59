"""The bi-encoder: it turns sections and image documents into sparse vectors over one vocabulary."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, nn

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.encoders.config import BiEncoderConfig
from mlsr_es.encoders.fields import caption_texts, section_texts
from mlsr_es.encoders.function_words import function_words
from mlsr_es.encoders.heads import MlmHead, MlpHead, rarity
from mlsr_es.encoders.reading_sections import ReadsSections
from mlsr_es.encoders.text import FieldReader, WindowBatch, WordPieceTokenizer, encode_texts
from mlsr_es.encoders.text_batch import TextBatch
from mlsr_es.hybrid import Hybrid
from mlsr_es.vectors import SparseVectors, Vocabulary

if TYPE_CHECKING:
    from PIL.Image import Image
    from transformers import BaseImageProcessor, PreTrainedTokenizerFast

    from mlsr_es.encoders.encoder import Encoder

_TOKENS_AT_ONCE = {"cpu": 4096, "mps": 8192, "cuda": 65536}
_ROWS_AT_ONCE = {"cpu": 32, "mps": 64, "cuda": 512}
"""The most word pieces (with padding) and the most rows of one forward pass, by device. Rows are limited because an MLM
head holds rows x vocabulary in memory."""


class BiEncoder(ReadsSections, nn.Module):
    """A query encoder and a document encoder over one vocabulary.

    ``assemble`` makes one from backbones, ``load_model`` from a checkpoint.

    Args:
        config: The cell of the grid.
        query: The encoder of sections.
        document: The encoder of captions, images or both.
        tokenizer: A fast word-piece tokenizer; its word pieces are the terms.
        image_processor: Turns images into pixels; None if only captions are read.
    """

    def __init__(
        self,
        config: BiEncoderConfig,
        *,
        query: Encoder,
        document: Encoder,
        tokenizer: PreTrainedTokenizerFast,
        image_processor: BaseImageProcessor | None = None,
        max_query_length: int | None = None,
        max_document_length: int | None = None,
    ) -> None:
        super().__init__()
        self.config = config
        self.query = query
        self.document = document
        self.tokenizer = tokenizer
        self.image_processor = image_processor
        self.hybrid: Hybrid | None = None
        """The field and weight of BM25 that suit this model, not part of its revision; None if unknown."""
        limit = config.max_length
        pieces = WordPieceTokenizer.of(tokenizer)
        self.query_reader = FieldReader(pieces, config.query_fields, min(limit, max_query_length or limit))
        self.document_reader = FieldReader(pieces, config.document_fields, min(limit, max_document_length or limit))

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return next(self.parameters()).device

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The terms: the tokenizer's word pieces."""
        head = self.query.head
        size = head.decoder.out_features if isinstance(head, MlmHead) else head.vocabulary_size
        return self.query_reader.tokenizer.vocabulary(size)

    @cached_property
    def revision(self) -> str:
        """A hash, 16 hexadecimal digits, of the configuration, the weights, the tokenizer and the image processor."""
        sha = hashlib.sha256()

        def add(value: Any) -> None:
            sha.update(json.dumps(value, sort_keys=True, default=str).encode())

        add(self.config.to_json())
        tokenizer = json.loads(self.tokenizer.backend_tokenizer.to_str())
        add({key: value for key, value in tokenizer.items() if key not in {"truncation", "padding"}})
        if self.image_processor is not None:
            add(self.image_processor.to_dict())
        for name, tensor in sorted(self.state_dict().items()):
            add([name, list(tensor.shape)])
            sha.update(tensor.detach().float().cpu().contiguous().numpy().tobytes())
        return sha.hexdigest()[:16]

    def count_terms(self, documents: Sequence[ImageDocument]) -> None:
        """Set the terms' rarity in the MLP heads from a collection's captions; for models with ``frequencies``."""
        counts: Counter[int] = Counter()
        for document in documents:
            counts.update(self.caption_terms(document))
        for head in (self.query.head, self.document.head):
            if isinstance(head, MlpHead):
                head.rarity.copy_(rarity(counts, len(documents), len(self.vocabulary)))

    def mark_function_words(self) -> None:
        """Set which terms the factor of function words applies to; for models with ``function_words``."""
        found = function_words(self.tokenizer, len(self.vocabulary))
        for head in (self.query.head, self.document.head):
            if isinstance(head, MlpHead) and head.function_words is not None:
                head.function_words.copy_(found)

    def caption_terms(self, document: ImageDocument) -> frozenset[int]:
        """The term ids of the word pieces of an image's captions, even if the document encoder does not read them."""
        return self.document_reader.terms(caption_texts(document, self.config.document_fields))

    def encode_sections(self, sections: Sequence[Section]) -> SparseVectors:
        """Encode sections as query vectors.

        Args:
            sections: Any number whose vectors fit in memory; forward passes are split into batches here.

        Returns:
            One row a section, with at most ``config.query_terms`` terms each.
        """
        texts = [section_texts(section) for section in sections]
        return self._encode(self.query, self.query_reader, texts).pruned(top=self.config.query_terms)

    def encode_documents(
        self, documents: Sequence[ImageDocument], images: Sequence[Image] | None = None
    ) -> SparseVectors:
        """Encode image documents as document vectors.

        Args:
            documents: Any number whose vectors and decoded images fit in memory; forward passes are split into batches
                here.
            images: The decoded images, RGB, one a document; may be None if the model reads captions only.

        Returns:
            One row a document, with at most ``config.document_terms`` terms each; with an MLP head, a document without
            caption has no terms.

        Raises:
            ValueError: The model reads images, and their number is not that of the documents.
        """
        if self.config.document_input.reads_image and (images is None or len(images) != len(documents)):
            raise ValueError("this model reads images: give one for each document")
        pictures = images if self.config.document_input.reads_image else None
        if self.config.document_input.reads_caption:
            texts = [caption_texts(document, self.config.document_fields) for document in documents]
            vectors = self._encode(self.document, self.document_reader, texts, pictures)
        else:
            vectors = self._encode_images(self.document, pictures or [])
        return vectors.pruned(top=self.config.document_terms)

    @torch.inference_mode()
    def _encode(
        self,
        encoder: Encoder,
        reader: FieldReader,
        texts: Sequence[Mapping[str, str]],
        images: Sequence[Image] | None = None,
    ) -> SparseVectors:
        def weigh(batch: WindowBatch, rows: Sequence[int]) -> SparseVectors:
            pixels = self._pixels([images[row] for row in rows]) if images is not None else None
            text = TextBatch.of(batch, self.device)
            if isinstance(encoder.head, MlpHead):  # a weight a token: rows of the whole vocabulary are not made
                weights = encoder.token_weights(text, pixels).float().cpu().numpy()
                return SparseVectors.from_tokens(batch.token_ids, weights, vocabulary_size=len(self.vocabulary))
            return SparseVectors.from_torch(encoder(text, pixels))

        return encode_texts(reader, texts, weigh, vocabulary_size=len(self.vocabulary), **at_once(self.device))

    @torch.inference_mode()
    def _encode_images(self, encoder: Encoder, images: Sequence[Image]) -> SparseVectors:
        size = _ROWS_AT_ONCE[self.device.type]
        parts = [
            SparseVectors.from_torch(encoder(None, self._pixels(images[start : start + size])))
            for start in range(0, len(images), size)
        ]
        return SparseVectors.concatenate(parts, vocabulary_size=len(self.vocabulary))

    def _pixels(self, images: Sequence[Image]) -> Tensor:
        processor = cast("BaseImageProcessor", self.image_processor)
        pixels = processor(list(images), return_tensors="pt")["pixel_values"]
        return cast("Tensor", pixels).to(self.device)


def at_once(device: torch.device) -> dict[str, int]:
    """The most word pieces and rows of one forward pass on a device, as ``in_batches`` takes them."""
    return {"tokens": _TOKENS_AT_ONCE[device.type], "rows": _ROWS_AT_ONCE[device.type]}
