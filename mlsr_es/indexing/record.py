"""A document on its way from a reader to a sink: its pictures, what is known of it, what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mlsr_es.collection import Caption, ImageDocument, ImageFile
from mlsr_es.elastic.reading import ReadDocument
from mlsr_es.errors import RecordError

Key = tuple[str, str | None]
"""What names a document within an index: its id, and its routing where it has one of its own."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a record; or its captions alone, where it has none.

    Args:
        captions: Its own, and those that all images of the record share.
        name: Its path, its URL, or its number; "" where there is no image.
        reference: What the record says of it: base64, a path or a URL; "" where there is no image.
    """

    captions: tuple[Caption, ...]
    name: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A document as a reader gives it; one with a single image is the simple case of several.

    Args:
        document: As an index of this package's own stores it.
        pictures: At least one.
        found: The document as it was read from an index; None where it comes from a source.
    """

    document: ImageDocument
    pictures: tuple[Picture, ...]
    found: ReadDocument | None = None

    @property
    def id(self) -> str:
        """The document's id."""
        return self.document.id

    @property
    def key(self) -> Key:
        """What names it within the index that it was read from."""
        return self.found.key if self.found else (self.id, None)

    @property
    def stored_fingerprint(self) -> str:
        """What was stored beside its weights when it was read; "" where there is nothing."""
        return self.found.fingerprint if self.found else ""

    @property
    def without_content(self) -> Record:
        """The same without images and source: many wait for the cluster's answer, too many for these in memory."""
        image = self.document.image
        return Record(
            replace(self.document, image=ImageFile(image.name, b"")) if image else self.document,
            tuple(Picture(picture.captions, picture.name) for picture in self.pictures),
            replace(self.found, source={}) if self.found else None,
        )


@dataclass(frozen=True, slots=True)
class Unusable:
    """A record that is not encoded, because a rule leaves it out or because it is bad.

    Args:
        id: The record's.
        rule: The rule that leaves it out; "" where it is bad.
        error: What is bad; None where a rule leaves it out.
        record: As far as it is known; None for what is no record.
        fingerprint: Of what it is now, for one that a rule leaves out.
    """

    id: str
    rule: str = ""
    error: RecordError | None = None
    record: Record | None = None
    fingerprint: str = ""

    @classmethod
    def bad(cls, error: RecordError, record: Record | None = None) -> Unusable:
        """One that is bad."""
        return cls(error.record_id, error=error, record=record)


def captions_of(pictures: Iterable[Picture]) -> tuple[Caption, ...]:
    """The captions of pictures, each once."""
    return tuple(dict.fromkeys(caption for picture in pictures for caption in picture.captions))
