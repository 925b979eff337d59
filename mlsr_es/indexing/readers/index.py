"""A reader of somebody's index: its documents as they were at one moment, each with any number of images."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, cast

from mlsr_es.collection import ImageDocument, ImageFile, Judgement, Section
from mlsr_es.elastic.mapping import carried_values
from mlsr_es.elastic.reading import ReadDocument, count, read_again, read_snapshot
from mlsr_es.errors import RecordError
from mlsr_es.indexing.fingerprint import digest_of_bytes, index_fingerprint
from mlsr_es.indexing.needs import Needs
from mlsr_es.indexing.readers.fields import OwnersFields
from mlsr_es.indexing.readers.pictures import pictures_of
from mlsr_es.indexing.record import Key, Picture, Record, Unusable, captions_of
from mlsr_es.sources import ImageStore

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, slots=True)
class IndexReader:
    """Reads an index.

    Args:
        client: From ``connect``.
        index: The index, or an alias of it.
        fields: The fields to read.
        needs: What the model needs in a document.
        revision: The model's revision.
        stored_fingerprint: The path of the stored field with the fingerprint in these documents.
        store: Where the images are.
        fetches_again: Whether images behind unchanged URLs are fetched again.
    """

    client: Client
    index: str
    fields: OwnersFields
    needs: Needs
    revision: str
    stored_fingerprint: str
    store: ImageStore
    fetches_again: bool = False

    unit: ClassVar[str] = "documents"
    advice: ClassVar[str] = "Check the fields with --dry-run."

    @property
    def collection(self) -> str:
        """The index, as the user named it."""
        return self.index

    @property
    def opens_images(self) -> bool:
        """Images are opened if the model or a describer reads them."""
        return self.needs.opens

    def count(self) -> int:
        """How many documents a search of the index sees."""
        return count(self.client, self.index)

    def records(self) -> Generator[Record | Unusable]:
        """Read each document that a search sees now, once, whatever is written meanwhile."""
        wanted, stored = self.fields.wanted, self.stored_fingerprint
        with closing(read_snapshot(self.client, self.index, wanted, fingerprint=stored)) as documents:
            for found in documents:
                yield self._record(found)

    def read_again(self, keys: Iterable[Key]) -> Iterator[Record | Unusable | Key]:
        """Read documents as they are now, without waiting for a refresh; yield the key of each that is gone."""
        wanted, stored = self.fields.wanted, self.stored_fingerprint
        for each in read_again(self.client, self.index, keys, wanted, fingerprint=stored):
            yield self._record(each) if isinstance(each, ReadDocument) else each

    def without_image(self, record: Record) -> str:  # noqa: ARG002
        """A rule leaves the record out, since an index may hold documents without images."""
        return "no image"

    def narrowed(self, record: Record, pictures: Sequence[Picture]) -> Record:
        """The record with these pictures only."""
        found = record.found
        return record if found is None else self._of(found, tuple(pictures))

    def open(self, record: Record, picture: Picture) -> ImageFile:
        """Read the image's bytes from the document, from the folder, or from its URL.

        Raises:
            RecordError: The image does not exist, may not be read, or cannot be read.
        """
        try:
            file = self.store.open(picture.reference, name=picture.name, record_id=record.id)
            return ImageFile(file.name, file.read())
        except OSError as error:
            reason = f"{picture.name} cannot be read: {error.strerror or error}"
            raise RecordError(record.id, "read", reason) from error

    def is_remote(self, picture: Picture) -> bool:
        """Whether the image is behind a URL; fetching it to compare its bytes would take as long as encoding it."""
        return self.store.is_remote(picture.reference)

    def fingerprint(self, record: Record, files: Sequence[ImageFile | None]) -> str:
        """The fingerprint over captions, names and images of all pictures, the model, and what is carried."""
        digests = [digest_of_bytes(file.read()) if file else None for file in files]
        source = record.found.source if record.found else {}
        carried = carried_values(source, self.fields.carried)
        plan = "\n".join((self.revision, *self.needs.describing.revisions))
        return index_fingerprint(plan, record.pictures, digests, carried)

    def apart(self) -> IndexReader:
        """Without the client: no other process speaks to the cluster."""
        return replace(self, client=cast("Client", None))

    def sections(self) -> Iterator[Section]:
        """No sections: an index holds documents only."""
        return iter(())

    def judgements(self) -> Iterator[Judgement]:
        """No judgements: an index holds documents only."""
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
