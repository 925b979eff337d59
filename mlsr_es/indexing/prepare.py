"""From records to documents that are worth encoding: what is unchanged, bad or left out by a rule goes aside."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

from mlsr_es.collection import ImageFile
from mlsr_es.elastic.reading import Stored
from mlsr_es.errors import RecordError
from mlsr_es.indexing.ahead import ahead
from mlsr_es.indexing.needs import Needs
from mlsr_es.indexing.readers import Reader
from mlsr_es.indexing.record import Key, Picture, Record, Unusable
from mlsr_es.sources import Decoded, decoded, shrunk, thumbnail

if TYPE_CHECKING:
    from PIL.Image import Image

BLOCK = 64
"""Pictures at a time: asked for in one request, decoded, encoded. Two blocks are in memory."""

StoredOf = Callable[[Sequence[Record]], Mapping[Key, Stored]]
"""Asks what is stored of some records already."""

Item = Record | Unusable


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be encoded.

    Args:
        record: With the pictures that are worth encoding, and its width and height where its image was opened.
        fingerprint: Of all its inputs.
        images: The pixels, RGB, one a picture; empty where the model does not read them.
        thumbnail: A data URI; None where none is stored.
    """

    record: Record
    fingerprint: str
    images: tuple[Image, ...] = ()
    thumbnail: str | None = None


@dataclass(slots=True)
class Block:
    """What became of some records.

    Args:
        ready: To be encoded.
        unchanged: Stored as they are.
        left_out: By a rule.
        rejected: Bad ones.
        seconds: How long reading and preparing took.
    """

    ready: list[Prepared] = field(default_factory=list)
    unchanged: list[Record] = field(default_factory=list)
    left_out: list[Unusable] = field(default_factory=list)
    rejected: list[Unusable] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def read(self) -> int:
        """How many records there were."""
        return len(self.ready) + len(self.unchanged) + len(self.left_out) + len(self.rejected)

    def put_aside(self, unusable: Unusable) -> None:
        """Keep a record that is not encoded."""
        (self.rejected if unusable.error else self.left_out).append(unusable)


@dataclass(frozen=True, slots=True)
class Preparing:
    """What records are prepared by.

    Args:
        reader: From where they come.
        stored: Asks what is stored of them.
        needs: What the model needs of a document.
        thumbnails: Whether each gets a small picture.
    """

    reader: Reader
    stored: StoredOf
    needs: Needs
    thumbnails: bool = False

    def blocks(self, items: Iterator[Item]) -> Generator[Block]:
        """Prepare records, block by block; the next block is made while the caller works on the one before.

        Args:
            items: Of the reader.
        """

        def prepare() -> Block | None:
            started = perf_counter()
            taken = _taken(items)
            if not taken:
                return None
            block = self._sorted(taken, decoders)
            block.seconds = perf_counter() - started
            return block

        # One thread reads ahead, and has others to decode: images are decoded outside of Python's lock.
        with ThreadPoolExecutor(thread_name_prefix="decode") as decoders:
            yield from ahead(prepare)

    def _sorted(self, taken: list[Item], decoders: ThreadPoolExecutor) -> Block:
        block = Block()
        worth: list[Record] = []
        for item in taken:
            kept = self._kept(item) if isinstance(item, Record) else item
            if isinstance(kept, Record):
                worth.append(kept)
            else:
                block.put_aside(kept)
        stored = self.stored(worth)

        def examined(record: Record) -> Prepared | Unusable | None:
            try:
                return self._prepared(record, stored.get(record.key))
            except RecordError as error:
                return Unusable.bad(error, record)

        for record, outcome in zip(worth, decoders.map(examined, worth), strict=True):
            match outcome:
                case None:
                    block.unchanged.append(record)
                case Prepared():
                    block.ready.append(outcome)
                case Unusable():
                    block.put_aside(outcome)
        return block

    def _kept(self, record: Record) -> Item:
        """The record with those of its pictures that the model has something to read of."""
        pictures: Sequence[Picture] = record.pictures
        if self.needs.caption:
            pictures = [picture for picture in pictures if picture.captions]
            if not pictures:
                return self._left_out(record, "no caption")
        if self.needs.image:
            pictures = [picture for picture in pictures if picture.reference]
            if not pictures:
                try:
                    return self._left_out(record, self.reader.without_image(record))
                except RecordError as error:
                    return Unusable.bad(error, record)
        elif len({picture.captions for picture in pictures}) == 1:
            pictures = pictures[:1]  # nothing tells them apart
        return record if len(pictures) == len(record.pictures) else self.reader.narrowed(record, pictures)

    def _left_out(self, record: Record, rule: str) -> Unusable:
        return Unusable(record.id, rule, record=record, fingerprint=self.reader.fingerprint(record, ()))

    def _prepared(self, record: Record, stored: Stored | None) -> Prepared | None:
        """The record, ready to be encoded; None where it is stored as it is.

        Raises:
            RecordError: An image is missing or broken, or the id belongs to another collection.
        """
        if stored is not None and stored.collection != self.reader.collection:
            reason = f"the index holds this id for the collection {stored.collection!r}"
            raise RecordError(record.id, "index", reason)
        remote = [self.reader.is_remote(picture) for picture in record.pictures]
        files = self._compared(record, remote)
        fingerprint = self.reader.fingerprint(record, files)
        changed = stored is None or stored.fingerprint != fingerprint
        if not changed and not (self.reader.fetches_again and files and any(remote)):
            return None
        opened = [
            self._decoded(record, picture, file)
            for picture, file in zip(record.pictures, files, strict=False)
            if picture.reference
        ]
        if not opened:
            return Prepared(record, fingerprint)
        # One size is stored, that of the first image, and one thumbnail.
        sized = replace(record.document, width=opened[0].width, height=opened[0].height)
        small = thumbnail(opened[0].pixels) if self.thumbnails else None
        pixels = tuple(shrunk(each.pixels) for each in opened) if self.needs.image else ()
        return Prepared(replace(record, document=sized), fingerprint, pixels, small)

    def _compared(self, record: Record, remote: Sequence[bool]) -> list[ImageFile | None]:
        """The images that the fingerprint is made from, one a picture, those that are not compared as None."""
        if not self.reader.opens_images:
            return []
        return [
            self.reader.open(record, picture) if picture.reference and not far else None
            for picture, far in zip(record.pictures, remote, strict=True)
        ]

    def _decoded(self, record: Record, picture: Picture, file: ImageFile | None) -> Decoded:
        try:
            return decoded(file or self.reader.open(record, picture), record_id=record.id)
        except RecordError as error:
            if record.found is None or error.stage != "decode":
                raise
            # Which of the document's images it is has to be said.
            raise RecordError(record.id, error.stage, f"{picture.name}: {error.reason}") from error


def _taken(items: Iterator[Item]) -> list[Item]:
    """The next records, as many as have a block's number of pictures together."""
    taken: list[Item] = []
    count = 0
    for item in items:
        taken.append(item)
        count += len(item.pictures) if isinstance(item, Record) else 1
        if count >= BLOCK:
            break
    return taken
