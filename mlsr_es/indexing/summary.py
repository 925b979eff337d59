"""What a run did, in numbers that add up."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlsr_es.errors import SourceError
from mlsr_es.hybrid import Hybrid


@dataclass(slots=True)
class Stage:
    """How fast one stage worked while it worked; stages overlap.

    Args:
        documents: How many went through it.
        seconds: How long it was busy.
    """

    documents: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Documents a second; 0 where nothing went through."""
        return self.documents / self.seconds if self.documents and self.seconds else 0.0

    def took(self, seconds: float, documents: int = 0) -> None:
        """It was busy for so long, with so many."""
        self.seconds += seconds
        self.documents += documents


def new_stages() -> dict[str, Stage]:
    """Those of a run, before it begins."""
    return {name: Stage() for name in ("reading", "encoding", "loading")}


@dataclass(slots=True)
class Summary:
    """``read = encoded + unchanged + left out + rejected``.

    Args:
        index: What was written to, as the user named it.
        version: The concrete index; "" for files.
        collection: Whose documents were read.
        field: The field with the weights.
        unit: What was read, as a user says it: images, documents.
        advice: What a user does who wants to know why nothing could be encoded.
        encoded: Encoded and stored.
        unchanged: Stored already as they are.
        left_out: How many each rule left out.
        rejected: How many each stage rejected.
        read_again: How often a document had been changed since it was read, and was read once more.
        cleared: Documents whose weights were removed, because they no longer have what is encoded.
        pruned: Removed because they left the source.
        promoted: Whether searches read something else since this run: a version, or a field.
        ready: Whether the version is complete and waits to be promoted.
        kept: The version that was searched before, kept for the way back; "" where there was none.
        removed: Versions that were kept until now, and are removed.
        missing_collections: Collections that the version lacks and the one that serves has: why it was not promoted.
        not_pruned: Why nothing was pruned although it was asked for; "" where it was.
        hybrid: How much BM25 counts in hybrid searches, where this run has found it; else None.
        rejects_file: Where the rejected records are; None where there are none.
        stages: By name: reading, encoding, loading.
        seconds: The whole run.
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
    rejects_file: Path | None = None
    stages: dict[str, Stage] = dataclasses.field(default_factory=new_stages)
    seconds: float = 0.0

    @property
    def read(self) -> int:
        """How many items the source gave."""
        return self.encoded + self.unchanged + self.left_out.total() + self.rejected.total()

    def nothing_encoded(self) -> SourceError:
        """The error for a run that found nothing to encode."""
        rules = f" ({', '.join(self.left_out)})" if self.left_out else ""
        return SourceError(
            f"nothing of {self.collection} can be encoded: of {self.read} {self.unit} {self.left_out.total()} are left "
            f"out by rule{rules} and {self.rejected.total()} are rejected.",
            advice=self.advice,
        )

    def to_json(self) -> dict[str, Any]:
        """One object for machines."""
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
