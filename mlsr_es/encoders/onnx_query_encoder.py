"""A query encoder that onnxruntime runs. Nothing here needs torch."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from mlsr_es.collection import Section
from mlsr_es.encoders.config import BiEncoderConfig, Head
from mlsr_es.encoders.fields import section_texts
from mlsr_es.encoders.layout import Layout
from mlsr_es.encoders.reading_sections import ReadsSections
from mlsr_es.encoders.text import FieldReader, WindowBatch, WordPieceTokenizer, encode_texts
from mlsr_es.errors import ModelError, first_line
from mlsr_es.hybrid import Hybrid
from mlsr_es.vectors import SparseVectors, Vocabulary

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from mlsr_es.encoders.bi_encoder import BiEncoder

INPUTS = ("token_ids", "attended", "token_types", "fields")
"""The graph's inputs: the arrays of a ``WindowBatch``."""
OUTPUT = "weights"
"""The graph's output, float32: with an MLP head the weight of each token, shape (windows, length); with an MLM head the
weight of each term, shape (windows, vocabulary size)."""
ABOUT = "mlsr-es"
"""The key of the graph's metadata under which it says what ``About`` holds."""

_TOKENS_AT_ONCE = 4096
_ROWS_AT_ONCE = 32
_MOST_THREADS = 4
"""A query is short: more threads wait for each other."""
_LARGE = 64 * 2**20
"""Bytes of a model's weights: the second thread of a smaller one with an MLP head gains nothing, at any length."""


@dataclass(frozen=True, slots=True)
class About:
    """What a graph says of itself.

    Args:
        revision: The model's.
        vocabulary_size: The number of terms.
        max_length: The most word pieces of a window, special tokens included.
        special: The ids of CLS, SEP, padding and the unknown word, in this order.
    """

    revision: str
    vocabulary_size: int
    max_length: int
    special: tuple[int, int, int, int | None]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote; raises ``TypeError``, ``KeyError`` or ``ValueError`` for anything else."""
        values = json.loads(text)
        return cls(**{**values, "special": tuple(values["special"])})

    def to_json(self) -> str:
        """The values as one JSON object."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, eq=False)
class OnnxQueryEncoder(ReadsSections):
    """The query side of a bi-encoder; its weights equal those of ``BiEncoder.encode_sections`` to 1e-4.

    ``load_query_encoder`` gives one by the model's name. It may be called from several threads.

    Args:
        folder: The checkpoint's folder.
        config: The cell of the grid.
        about: What its graph says of itself.
        query_reader: Cuts sections into windows.
        session: The graph.
        hybrid: The field and weight of BM25 that suit the model; None if unknown.
    """

    folder: Path
    config: BiEncoderConfig
    about: About
    query_reader: FieldReader
    session: InferenceSession
    hybrid: Hybrid | None = None

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the query side of a checkpoint.

        Raises:
            ModelError: The folder has none, or one that onnxruntime cannot load.
        """
        layout = Layout(folder)
        try:
            config = BiEncoderConfig.from_json(json.loads(layout.config.read_bytes()))
            session = _session(layout, config)
            about = About.from_json(session.get_modelmeta().custom_metadata_map[ABOUT])
            pieces = WordPieceTokenizer.from_json(layout.tokenizer_file.read_text("utf-8"), *about.special)
            hybrid = Hybrid.from_json(json.loads(layout.hybrid.read_bytes())) if layout.hybrid.is_file() else None
        except ModelError:
            raise
        except Exception as error:  # onnxruntime and tokenizers raise classes of their own without a common base
            raise ModelError(
                f"{layout.query} cannot be loaded: {first_line(error)}.",
                advice="Save the model again, or fetch it again.",
            ) from error
        return cls(folder, config, about, FieldReader(pieces, config.query_fields, about.max_length), session, hybrid)

    @property
    def revision(self) -> str:
        """The model's revision, as ``BiEncoder.revision``."""
        return self.about.revision

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The terms: the tokenizer's word pieces."""
        return self.query_reader.tokenizer.vocabulary(self.about.vocabulary_size)

    def encode_sections(self, sections: Sequence[Section]) -> SparseVectors:
        """Encode sections as query vectors.

        Args:
            sections: Any number whose vectors fit in memory; they are split into batches here.

        Returns:
            One row a section, with at most ``config.query_terms`` terms each.
        """
        vectors = encode_texts(
            self.query_reader,
            [section_texts(section) for section in sections],
            lambda batch, _: self._weighed(batch),
            vocabulary_size=self.about.vocabulary_size,
            tokens=_TOKENS_AT_ONCE,
            rows=_ROWS_AT_ONCE,
        )
        return vectors.pruned(top=self.config.query_terms)

    def whole(self) -> BiEncoder:
        """Load the model that this is the query side of, by torch: it encodes documents, too.

        Raises:
            ModelError: The model cannot be loaded.
        """
        from mlsr_es.encoders.checkpoint import load_model

        return load_model(self.folder, device="cpu")

    def weights(self, batch: WindowBatch) -> NDArray[np.float32]:
        """Run the graph; see ``OUTPUT`` for what it gives."""
        weights: NDArray[np.float32]
        (weights,) = self.session.run([OUTPUT], {name: getattr(batch, name) for name in INPUTS})
        return weights

    def _weighed(self, batch: WindowBatch) -> SparseVectors:
        weights = self.weights(batch)
        if self.config.query_head is Head.MLM:
            return SparseVectors.from_dense(weights)
        return SparseVectors.from_tokens(batch.token_ids, weights, vocabulary_size=self.about.vocabulary_size)


def _session(layout: Layout, config: BiEncoderConfig) -> InferenceSession:
    path = layout.query
    if not path.is_file():
        raise ModelError(f"{path.parent} holds no query encoder for onnxruntime.", advice="Save the model again.")
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 3  # what the graph cannot fold is no news
    # Without a number, onnxruntime takes all cores of the machine, whatever a container may use.
    is_small = config.query_head is Head.MLP and layout.weights.stat().st_size < _LARGE
    options.intra_op_num_threads = 1 if is_small else min(_MOST_THREADS, _cores())
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
