"""A document on its way from a reader to a sink, with its pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mlsr_es.collection import Caption, ImageDocument, ImageFile
from mlsr_es.elastic.reading import ReadDocument
from mlsr_es.errors import RecordError

Key = tuple[str, str | None]
"""Id and routing, which together identify a document in an index; the routing is None where it has none."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a record with its captions; or captions only, for a record without images.

    Args:
        captions: The image's own captions, and those that all images of the record share.
        name: The image's path, URL or number; "" where there is no image.
        reference: The image's value in the record: base64, a path or a URL; "" where there is no image.
    """

    captions: tuple[Caption, ...]
    name: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A document as a reader gives it, with one or more pictures.

    Args:
        document: The image document that an index of this package stores.
        pictures: The pictures, at least one.
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
        """Id and routing, which identify it in the index that it was read from."""
        return self.found.key if self.found else (self.id, None)

    @property
    def stored_fingerprint(self) -> str:
        """The fingerprint that was stored with its weights when it was read; "" where there was none."""
        return self.found.fingerprint if self.found else ""

    def with_captions(self, added: Sequence[tuple[Caption, ...]]) -> Record:
        """A copy with further captions.

        Args:
            added: For each picture what it gets.
        """
        if not any(added):
            return self
        pictures = tuple(
            replace(picture, captions=tuple(dict.fromkeys((*picture.captions, *captions))))
            for picture, captions in zip(self.pictures, added, strict=True)
        )
        return replace(self, document=replace(self.document, captions=captions_of(pictures)), pictures=pictures)

    @property
    def without_bytes(self) -> Record:
        """A copy without the image's bytes; an image in a file stays as it is."""
        image = self.document.image
        if image is None or not isinstance(image.content, bytes):
            return self
        return replace(self, document=replace(self.document, image=ImageFile(image.name, b"")))

    @property
    def without_content(self) -> Record:
        """A copy without image bytes and source, to save memory while many records wait for the cluster's answer."""
        return Record(
            self.without_bytes.document,
            tuple(Picture(picture.captions, picture.name) for picture in self.pictures),
            replace(self.found, source={}) if self.found else None,
        )


@dataclass(frozen=True, slots=True)
class Unusable:
    """A record that is not encoded, because a rule leaves it out or because it is bad.

    Args:
        id: The record's id.
        rule: The rule that leaves it out; "" where it is bad.
        error: The error that makes it bad; None where a rule leaves it out.
        record: The record, as far as it could be read; None where nothing could be read.
        fingerprint: The record's present fingerprint, where a rule leaves it out; else "".
    """

    id: str
    rule: str = ""
    error: RecordError | None = None
    record: Record | None = None
    fingerprint: str = ""

    @classmethod
    def bad(cls, error: RecordError, record: Record | None = None) -> Unusable:
        """Make an ``Unusable`` for a bad record."""
        return cls(error.record_id, error=error, record=record)


def captions_of(pictures: Iterable[Picture]) -> tuple[Caption, ...]:
    """The captions of pictures, without duplicates."""
    return tuple(dict.fromkeys(caption for picture in pictures for caption in picture.captions))
