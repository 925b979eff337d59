"""A checkpoint's folder: configuration, weights, query graph, tokenizer, image processor, BM25's weight, model card."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Where a checkpoint keeps what.

    Args:
        folder: The checkpoint's.
    """

    folder: Path

    @property
    def config(self) -> Path:
        """The cell of the grid, and what of sections and captions is read."""
        return self.folder / "config.json"

    @property
    def weights(self) -> Path:
        """All tensors of both encoders."""
        return self.folder / "model.safetensors"

    @property
    def query(self) -> Path:
        """The query side as an ONNX graph that reads its tensors from ``weights``; missing where none could be made."""
        return self.folder / "query.onnx"

    @property
    def hybrid(self) -> Path:
        """The weight of BM25; not there where none was found."""
        return self.folder / "hybrid.json"

    @property
    def card(self) -> Path:
        """The model card."""
        return self.folder / "README.md"

    @property
    def tokenizer(self) -> Path:
        """The folder of the tokenizer."""
        return self.folder / "tokenizer"

    @property
    def tokenizer_file(self) -> Path:
        """The tokenizer itself."""
        return self.tokenizer / "tokenizer.json"

    @property
    def text(self) -> Path:
        """The folder of the query side's text backbone: its configuration."""
        return self.folder / "text"

    @property
    def document_text(self) -> Path:
        """The folder of the document side's, where it is another one."""
        return self.folder / "document_text"

    @property
    def image(self) -> Path:
        """The folder of the image backbone: its configuration, and the image processor's."""
        return self.folder / "image"

    @property
    def unfinished(self) -> Path:
        """Where a checkpoint is written before it is moved into place."""
        return self.folder / ".unfinished-model"

    @property
    def parts(self) -> tuple[Path, ...]:
        """All that a checkpoint may have, config.json last: without that one a folder holds no model."""
        files = (self.weights, self.query, self.hybrid, self.card)
        return (*files, self.tokenizer, self.text, self.document_text, self.image, self.config)

    @property
    def is_ours(self) -> bool:
        """Whether the folder holds a checkpoint of this package, or one whose writing was interrupted."""
        if self.unfinished.is_dir():
            return True
        try:
            return "query_head" in json.loads(self.config.read_bytes())
        except (OSError, ValueError, TypeError):
            return False
