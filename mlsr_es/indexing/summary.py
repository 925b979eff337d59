"""The counts of a run, which add up to the number of records read."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlsr_es.errors import SourceError
from mlsr_es.hybrid import Hybrid
from mlsr_es.indexing.caption_sample import CaptionSample

OTHER_LANGUAGES = "A model that reads them is named by --model; --languages keeps them whatever the model reads."
"""What to do about captions in languages that are not read."""


@dataclass(slots=True)
class Stage:
    """The speed of one stage while it was busy; stages overlap.

    Args:
        documents: How many documents it has processed.
        seconds: How long it was busy, in seconds.
    """

    documents: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Documents a second; 0 where nothing was processed."""
        return self.documents / self.seconds if self.documents and self.seconds else 0.0

    def took(self, seconds: float, documents: int = 0) -> None:
        """Add busy seconds, and the documents processed in them."""
        self.seconds += seconds
        self.documents += documents


def new_stages() -> dict[str, Stage]:
    """The stages of a run before it begins."""
    return {name: Stage() for name in ("reading", "encoding", "loading")}


@dataclass(slots=True)
class Summary:
    """The counts of a run: ``read = encoded + unchanged + left out + rejected``.

    Args:
        index: The index or folder that was written to, as the user named it.
        version: The concrete index; "" for files.
        collection: The collection that was read.
        field: The path of the field with the weights.
        unit: The noun for the documents in messages: "images" or "documents".
        advice: Advice for a user whose documents cannot be encoded at all.
        encoded: How many documents were encoded and stored.
        unchanged: How many documents were already stored in the same form.
        left_out: How many records each rule left out.
        rejected: How many records each stage rejected.
        read_again: How often a document was read again, because somebody had changed it meanwhile.
        cleared: How many documents lost their weights, because they can no longer be encoded.
        pruned: How many documents were removed, because they left the source.
        promoted: Whether searches read another version or field since this run.
        ready: Whether the version is complete and waits to be promoted.
        kept: The version that was searched before, kept for a rollback; "" where there was none.
        removed: Older versions that this run removed.
        missing_collections: Collections that the serving version has and this one lacks, which is why it was not
            promoted.
        not_pruned: Why nothing was pruned although pruning was asked for; else "".
        hybrid: The weight of BM25 that the index has after the run; None where it has none, or nothing changed.
        captions: Some captions that nobody says to be in the model's language.
        looked: Whether machines looked at the images for words.
        rejects_file: The file with the rejected records; None where there are none.
        stages: The speed of each stage by name: reading, encoding, loading.
        seconds: The duration of the whole run, in seconds.
    """

    index: str
    version: str
    collection: str
    field: str = ""
    unit: str = "images"
    advice: str = ""
    encoded: int = 0
    unchanged: int = 0
    left_out: Counter[str] = dataclasses.field(default_factory=Counter)
    rejected: Counter[str] = dataclasses.field(default_factory=Counter)
    read_again: int = 0
    cleared: int = 0
    pruned: int = 0
    promoted: bool = False
    ready: bool = False
    kept: str = ""
    removed: tuple[str, ...] = ()
    missing_collections: tuple[str, ...] = ()
    not_pruned: str = ""
    hybrid: Hybrid | None = None
    captions: CaptionSample = dataclasses.field(default_factory=CaptionSample)
    looked: bool = False
    rejects_file: Path | None = None
    stages: dict[str, Stage] = dataclasses.field(default_factory=new_stages)
    seconds: float = 0.0

    @property
    def read(self) -> int:
        """How many records the reader gave."""
        return self.encoded + self.unchanged + self.left_out.total() + self.rejected.total()

    def nothing_encoded(self) -> SourceError:
        """The error for a run in which no document could be encoded."""
        counted = ", ".join(f"{rule} {count:,}" for rule, count in sorted(self.left_out.items()))
        rules = f" ({counted})" if counted else ""
        foreign = self.left_out["language"] * 2 > self.left_out.total()
        return SourceError(
            f"nothing of {self.collection} can be encoded: of {self.read} {self.unit} {self.left_out.total()} are left "
            f"out by rule{rules} and {self.rejected.total()} are rejected.",
            advice=f"Their captions are said to be in other languages. {OTHER_LANGUAGES}" if foreign else self.advice,
        )

    def to_json(self) -> dict[str, Any]:
        """The summary as a JSON-ready object."""
        return {
            "index": self.index,
            "version": self.version,
            "collection": self.collection,
            "field": self.field,
            "read": self.read,
            "encoded": self.encoded,
            "unchanged": self.unchanged,
            "left_out": dict(self.left_out),
            "rejected": dict(self.rejected),
            "read_again": self.read_again,
            "cleared": self.cleared,
            "pruned": self.pruned,
            "promoted": self.promoted,
            "ready": self.ready,
            "kept": self.kept or None,
            "removed": list(self.removed),
            "missing_collections": list(self.missing_collections),
            "not_pruned": self.not_pruned,
            "hybrid": self.hybrid.to_json() if self.hybrid else None,
            "rejects_file": str(self.rejects_file) if self.rejects_file else None,
            "documents_per_second": {name: round(stage.per_second, 1) for name, stage in self.stages.items()},
            "seconds": round(self.seconds, 2),
        }
