"""Somebody's index as a reader: its documents as they were at one moment, each with any number of images."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mlsr_es.collection import ImageDocument, ImageFile, Judgement, Section
from mlsr_es.elastic.reading import ReadDocument, count, read_again, read_snapshot
from mlsr_es.errors import RecordError
from mlsr_es.indexing.fingerprint import digest_of_bytes, index_fingerprint
from mlsr_es.indexing.needs import Needs
from mlsr_es.indexing.readers.fields import Fields
from mlsr_es.indexing.readers.pictures import pictures_of
from mlsr_es.indexing.record import Key, Picture, Record, Unusable, captions_of
from mlsr_es.sources import ImageStore

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, slots=True)
class IndexReader:
    """Reads an index.

    Args:
        client: Of ``connect``.
        index: The index, or an alias of it.
        fields: Which of its fields are read.
        needs: What the model needs of a document.
        revision: The model's.
        stored_fingerprint: The stored field, in these documents, that tells what their weights were made from.
        store: Where images are.
        fetches_again: Whether images are fetched again although their URLs are the same.
    """

    client: Client
    index: str
    fields: Fields
    needs: Needs
    revision: str
    stored_fingerprint: str
    store: ImageStore
    fetches_again: bool = False

    unit: ClassVar[str] = "documents"
    advice: ClassVar[str] = "Check the fields with --dry-run."

    @property
    def collection(self) -> str:
        """The index, as it was named."""
        return self.index

    @property
    def opens_images(self) -> bool:
        """Where the model reads images."""
        return self.needs.image

    def count(self) -> int:
        """How many documents a search of the index sees."""
        return count(self.client, self.index)

    def records(self) -> Generator[Record | Unusable]:
        """Each document that a search sees now, once, whatever is written meanwhile."""
        wanted, stored = self.fields.wanted, self.stored_fingerprint
        with closing(read_snapshot(self.client, self.index, wanted, fingerprint=stored)) as documents:
            for found in documents:
                yield self._record(found)

    def read_again(self, keys: Iterable[Key]) -> Iterator[Record | Unusable | Key]:
        """Documents as they are now, without waiting for a refresh; of one that is gone, its key."""
        wanted, stored = self.fields.wanted, self.stored_fingerprint
        for each in read_again(self.client, self.index, keys, wanted, fingerprint=stored):
            yield self._record(each) if isinstance(each, ReadDocument) else each

    def without_image(self, record: Record) -> str:  # noqa: ARG002
        """An index holds other things than images, too."""
        return "no image"

    def narrowed(self, record: Record, pictures: Sequence[Picture]) -> Record:
        """The record as if it had these pictures only."""
        found = record.found
        return record if found is None else self._of(found, tuple(pictures))

    def open(self, record: Record, picture: Picture) -> ImageFile:
        """The image's bytes: out of the document, from the folder, or fetched.

        Raises:
            RecordError: It is not there, may not be read, or cannot be.
        """
        try:
            file = self.store.open(picture.reference, name=picture.name, record_id=record.id)
            return ImageFile(file.name, file.read())
        except OSError as error:
            reason = f"{picture.name} cannot be read: {error.strerror or error}"
            raise RecordError(record.id, "read", reason) from error

    def is_remote(self, picture: Picture) -> bool:
        """Whether it is behind a URL: to fetch it only to see that it is the same takes as long as to encode it."""
        return self.store.is_remote(picture.reference)

    def fingerprint(self, record: Record, files: Sequence[ImageFile | None]) -> str:
        """Over captions, names and images of all pictures, and the model."""
        digests = [digest_of_bytes(file.read()) if file else None for file in files]
        return index_fingerprint(self.revision, record.pictures, digests)

    def sections(self) -> Iterator[Section]:
        """None: an index holds documents."""
        return iter(())

    def judgements(self) -> Iterator[Judgement]:
        """None."""
        return iter(())

    def _record(self, found: ReadDocument) -> Record | Unusable:
        try:
            return self._of(found, tuple(pictures_of(found, self.fields, self.store.name)))
        except RecordError as error:
            return Unusable.bad(error, self._of(found, (Picture(()),)))

    def _of(self, found: ReadDocument, pictures: tuple[Picture, ...]) -> Record:
        first = pictures[0]
        has_file = bool(first.reference) and not self.store.inline
        image = ImageFile(first.name, b"") if has_file else None
        return Record(ImageDocument(found.id, self.index, captions_of(pictures), image), pictures, found)
