"""From records to documents that are worth encoding; unchanged, bad and left-out records are set aside."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

from mlsr_es.budget import Budget
from mlsr_es.collection import MOST_IMAGE_BYTES, Caption, ImageFile
from mlsr_es.elastic.reading import Stored
from mlsr_es.errors import RecordError
from mlsr_es.indexing.ahead import ahead
from mlsr_es.indexing.needs import Needs
from mlsr_es.indexing.readers import Reader
from mlsr_es.indexing.record import Key, Picture, Record, Unusable
from mlsr_es.picture_hashes import picture_hash
from mlsr_es.sources import LONGEST_SIDE, MOST_SIDE, Decoded, decoded, shrunk, thumbnail

if TYPE_CHECKING:
    from PIL.Image import Image

BLOCK = 64
"""Pictures in a block, which is looked up in one request, decoded and encoded. Two blocks are in memory."""

_SMALL = 16 * 1024
"""Bytes of an image that is decoded as fast as another thread takes over from this one, and back."""

LONGEST_CAPTIONS = 100_000
"""The most characters of a record's captions. A book has more; a caption that long is a mistake."""

_reading = Budget(MOST_IMAGE_BYTES)
"""Bytes of image files that all threads together hold."""

StoredOf = Callable[[Sequence[Record]], Mapping[Key, Stored]]
"""Looks up what is already stored for some records."""

Item = Record | Unusable


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be encoded.

    Args:
        record: The record with the pictures that are worth encoding, and with width and height if an image was opened.
        fingerprint: The fingerprint of all its inputs.
        images: One RGB image for each picture; empty where the model does not read images.
        thumbnail: The thumbnail as a data URI; None where none is stored.
        picture_hash: How its picture looks, as ``mlsr_es.picture_hashes`` says; "" where it has several, or none was
            opened.
        format: The format of its first image's file, such as "png" or "svg"; "" where none was opened.
    """

    record: Record
    fingerprint: str
    images: tuple[Image, ...] = ()
    thumbnail: str | None = None
    picture_hash: str = ""
    format: str = ""


@dataclass(slots=True)
class Block:
    """The outcome of preparing some records.

    Args:
        ready: Records to encode.
        unchanged: Records that are already stored in the same form.
        left_out: Records that a rule leaves out.
        rejected: Bad records.
        seconds: How long reading and preparing took, in seconds.
    """

    ready: list[Prepared] = field(default_factory=list)
    unchanged: list[Record] = field(default_factory=list)
    left_out: list[Unusable] = field(default_factory=list)
    rejected: list[Unusable] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def read(self) -> int:
        """How many records the block has."""
        return len(self.ready) + len(self.unchanged) + len(self.left_out) + len(self.rejected)

    @property
    def usable(self) -> Iterator[Record]:
        """The records that have what the model reads."""
        yield from (prepared.record for prepared in self.ready)
        yield from self.unchanged

    def put_aside(self, unusable: Unusable) -> None:
        """Add a record that is not encoded."""
        (self.rejected if unusable.error else self.left_out).append(unusable)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A picture, and the captions that machines made of it."""

    decoded: Decoded
    captions: tuple[Caption, ...]


@dataclass(frozen=True, slots=True)
class Preparing:
    """Prepares records for encoding.

    Args:
        reader: The reader that the records come from.
        stored: Looks up what is already stored for them.
        needs: What the model needs in a document, and what describes its images.
        thumbnails: Whether each document gets a thumbnail.
    """

    reader: Reader
    stored: StoredOf
    needs: Needs
    thumbnails: bool = False

    def blocks(self, items: Iterator[Item]) -> Generator[Block]:
        """Prepare records, block by block; the next block is made while the caller works on the present one.

        Args:
            items: The reader's records.
        """

        def prepare() -> Block | None:
            started = perf_counter()
            some = taken(items)
            if not some:
                return None
            block = self.block(some, decoders)
            block.seconds = perf_counter() - started
            return block

        # One thread reads ahead, and others decode images for it, which they do outside of Python's lock.
        with ThreadPoolExecutor(thread_name_prefix="decode") as decoders:
            yield from ahead(prepare)

    def block(self, items: Iterable[Item], decoders: ThreadPoolExecutor) -> Block:
        """Prepare some records.

        Args:
            items: The records.
            decoders: Threads that open images.
        """
        block = Block()
        worth: list[Record] = []
        for item in items:
            kept = self._kept(item) if isinstance(item, Record) else item
            if isinstance(kept, Record):
                worth.append(kept)
            else:
                block.put_aside(kept)
        stored = self.stored(worth)

        def examined(record: Record) -> Prepared | Unusable | None:
            try:
                with _reading.holding(_bytes_of(record) if self.reader.opens_images else 0):
                    return self._prepared(record, stored.get(record.key))
            except RecordError as error:
                return Unusable.bad(error, record)

        # Threads hand Python's lock over at each step of decoding: with small images, that takes longer than decoding.
        handed = [None if self._is_quick(record) else decoders.submit(examined, record) for record in worth]
        for record, future in zip(worth, handed, strict=True):
            match future.result() if future else examined(record):
                case None:
                    block.unchanged.append(record)
                case Prepared() as prepared:
                    block.ready.append(prepared)
                case Unusable() as unusable:
                    block.put_aside(unusable)
        return block

    def _is_quick(self, record: Record) -> bool:
        """Whether its image is small and in memory, and only decoded; a file may be on a slow disk."""
        image = record.document.image
        small = image is not None and isinstance(image.content, bytes) and len(image.content) <= _SMALL
        return small and not self.needs.describing.looks

    def _kept(self, record: Record) -> Item:
        """The record with only the pictures in which the model has something to read, and the words of their names."""
        describing = self.needs.describing
        if (length := sum(len(one.text) for picture in record.pictures for one in picture.captions)) > LONGEST_CAPTIONS:
            reason = f"its captions have {length:,} characters, and more than {LONGEST_CAPTIONS:,} are not read"
            return Unusable.bad(RecordError(record.id, "read", reason), record)
        record = record.with_captions([describing.of_name(picture.name) for picture in record.pictures])
        pictures: Sequence[Picture] = record.pictures
        if self.needs.caption:
            pictures = [each for each in pictures if each.captions or (describing.looks and each.reference)]
            if not pictures:
                return self._left_out(record, "no caption")
        if self.needs.image:
            pictures = [picture for picture in pictures if picture.reference]
            if not pictures:
                try:
                    return self._left_out(record, self.reader.without_image(record))
                except RecordError as error:
                    return Unusable.bad(error, record)
        elif not describing.looks and len({picture.captions for picture in pictures}) == 1:
            pictures = pictures[:1]  # the model sees the same in all of them
        return self._narrowed(record, pictures)

    def _narrowed(self, record: Record, pictures: Sequence[Picture]) -> Record:
        return record if len(pictures) == len(record.pictures) else self.reader.narrowed(record, pictures)

    def _left_out(self, record: Record, rule: str, fingerprint: str = "") -> Unusable:
        return Unusable(record.id, rule, record=record, fingerprint=fingerprint or self.reader.fingerprint(record, ()))

    def _prepared(self, record: Record, stored: Stored | None) -> Prepared | Unusable | None:
        """Make a record ready to be encoded; None where it is already stored in the same form.

        A record in which neither people nor machines have words for an image is left out.

        Raises:
            RecordError: An image is missing or broken, or the id belongs to another collection.
        """
        check_collection(record.id, stored, self.reader.collection)
        remote = [self.reader.is_remote(picture) for picture in record.pictures]
        files = self._compared(record, remote)
        fingerprint = self.reader.fingerprint(record, files)
        changed = stored is None or stored.fingerprint != fingerprint
        if not changed and not (self.reader.fetches_again and files and any(remote)):
            return None
        pairs = zip(record.pictures, files, strict=False)
        opened = [self._opened(record, picture, file) for picture, file in pairs if picture.reference]
        if not opened:
            return Prepared(record, fingerprint)
        # Only the size, the format and the thumbnail of the first image are stored.
        first = opened[0].decoded
        small = thumbnail(first.pixels) if self.thumbnails else None
        looks = picture_hash(first.pixels) if len(record.pictures) == 1 else ""
        record = replace(record, document=replace(record.document, width=first.width, height=first.height))
        record = record.with_captions([each.captions for each in opened])
        kept = [place for place, picture in enumerate(record.pictures) if picture.captions or not self.needs.caption]
        if not kept:
            return self._left_out(record, "no caption", fingerprint)
        pixels = tuple(shrunk(opened[place].decoded.pixels) for place in kept) if self.needs.image else ()
        narrowed = self._narrowed(record, [record.pictures[place] for place in kept])
        return Prepared(narrowed, fingerprint, pixels, small, looks, first.format.lower())

    def _compared(self, record: Record, remote: Sequence[bool]) -> list[ImageFile | None]:
        """The images for the fingerprint, one for each picture; None for an image that is not compared by its bytes."""
        if not self.reader.opens_images:
            return []
        return [
            self.reader.open(record, picture) if picture.reference and not far else None
            for picture, far in zip(record.pictures, remote, strict=True)
        ]

    def _opened(self, record: Record, picture: Picture, file: ImageFile | None) -> _Opened:
        file = file or self.reader.open(record, picture)
        try:
            # Text is read in all pixels; models, hashes and thumbnails need no more than a model is given.
            enough = MOST_SIDE if self.needs.describing.looks else LONGEST_SIDE
            found = decoded(file, record_id=record.id, enough=enough)
        except RecordError as error:
            if record.found is None or error.stage != "decode":
                raise
            # A document may have several images, so the reason names the image.
            raise RecordError(record.id, error.stage, f"{picture.name}: {error.reason}") from error
        said = self.needs.describing.of_picture(file.read(), lambda: found.pixels, record_id=record.id)
        return _Opened(found, said)


def check_collection(id_: str, stored: Stored | None, collection: str) -> None:
    """See that an id is new to the index, or of the same collection.

    Raises:
        RecordError: The index holds it for another collection.
    """
    if stored is not None and stored.collection != collection:
        raise RecordError(id_, "index", f"the index holds this id for the collection {stored.collection!r}")


def _bytes_of(record: Record) -> int:
    """The size of the record's file; 0 where it has none, or it is not there yet."""
    image = record.document.image
    try:
        return min(image.size, MOST_IMAGE_BYTES) if image else 0
    except OSError:
        return 0


def taken(items: Iterator[Item]) -> list[Item]:
    """The next records, as many as together have a block's number of pictures."""
    some: list[Item] = []
    count = 0
    for item in items:
        some.append(item)
        count += len(item.pictures) if isinstance(item, Record) else 1
        if count >= BLOCK:
            break
    return some
