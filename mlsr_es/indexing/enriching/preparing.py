"""From documents as they were read to those that are worth encoding: what is unchanged or broken goes aside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from mlsr_es.collection import ImageFile
from mlsr_es.elastic.reading import Found, Stored
from mlsr_es.errors import RecordError
from mlsr_es.indexing.ahead import ahead
from mlsr_es.indexing.enriching.job import EnrichJob
from mlsr_es.indexing.enriching.pictures import Picture, pictures_of
from mlsr_es.indexing.fingerprint import SCHEMA, digest_of
from mlsr_es.indexing.preparing import BLOCK
from mlsr_es.sources import decode, shrunk

if TYPE_CHECKING:
    from PIL.Image import Image

Key = tuple[str, str | None]

Held = Callable[[Sequence[Found]], Mapping[Key, Stored]]
"""Asks what is stored of some documents already."""

NO_CAPTION, NO_IMAGE = "no caption", "no image"


@dataclass(frozen=True, slots=True)
class Ready:
    """A document that is ready to be encoded.

    Args:
        found: As it was read.
        pictures: At least one.
        fingerprint: Of all that is encoded.
        images: The pixels, RGB, one a picture; empty where the model does not read them.
    """

    found: Found
    pictures: tuple[Picture, ...]
    fingerprint: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A document that a rule leaves out.

    Args:
        found: As it was read.
        rule: Why.
        held: Whether weights of it are stored, from when it was otherwise.
        fingerprint: Of what it is now.
    """

    found: Found
    rule: str
    held: bool
    fingerprint: str


@dataclass(slots=True)
class EnrichBlock:
    """What became of some documents.

    Args:
        ready: To be encoded.
        unchanged: Stored as they are.
        left_out: By rule.
        rejected: With the pictures, as far as they are known, and whether weights are stored.
        seconds: How long reading and preparing took.
    """

    ready: list[Ready] = field(default_factory=list)
    unchanged: list[Found] = field(default_factory=list)
    left_out: list[Left] = field(default_factory=list)
    rejected: list[tuple[RecordError, Found, tuple[Picture, ...], bool]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def read(self) -> int:
        """How many documents there were."""
        return len(self.ready) + len(self.unchanged) + len(self.left_out) + len(self.rejected)


def enrich_blocks(documents: Iterator[Found], held: Held, job: EnrichJob, collection: str) -> Generator[EnrichBlock]:
    """Prepare documents, some at a time; the next are prepared while the caller works on those before.

    Args:
        documents: Of ``read_snapshot`` or ``read_again``.
        held: Asks what is stored of them.
        job: What is to be done.
        collection: Whose documents they are, where they are written.
    """

    def prepare() -> EnrichBlock | None:
        started = perf_counter()
        block = EnrichBlock()
        taken = _taken(documents, job, block)
        if not block.read and not taken:
            return None
        stored = held([found for found, _ in taken])
        work = [_Work(job, found, pictures, stored.get(found.key), collection) for found, pictures in taken]
        for each, outcome in zip(work, decoders.map(_examined, work), strict=True):
            match outcome:
                case None:
                    block.unchanged.append(each.found)
                case Ready():
                    block.ready.append(outcome)
                case Left():
                    block.left_out.append(outcome)
                case RecordError():
                    block.rejected.append((outcome, each.found, each.pictures, each.is_held))
        block.seconds = perf_counter() - started
        return block

    with ThreadPoolExecutor(thread_name_prefix="decode") as decoders:
        yield from ahead(prepare)


@dataclass(frozen=True, slots=True)
class _Work:
    job: EnrichJob
    found: Found
    pictures: tuple[Picture, ...]
    held: Stored | None
    collection: str

    @property
    def is_held(self) -> bool:
        return self.held is not None and bool(self.held.fingerprint)


def _taken(documents: Iterator[Found], job: EnrichJob, block: EnrichBlock) -> list[tuple[Found, tuple[Picture, ...]]]:
    """The next documents, as many as have a block's number of pictures together; bad ones go to the block."""
    taken: list[tuple[Found, tuple[Picture, ...]]] = []
    count = 0
    for found in documents:
        try:
            pictures = tuple(pictures_of(found, job.read, job.store.name))
        except RecordError as error:
            block.rejected.append((error, found, (), bool(found.fingerprint)))
            count += 1
        else:
            taken.append((found, pictures))
            count += len(pictures)
        if count >= BLOCK:
            break
    return taken


def _examined(work: _Work) -> Ready | Left | RecordError | None:
    try:
        return _sorted(work)
    except RecordError as error:
        return error


def _sorted(work: _Work) -> Ready | Left | None:
    """The document, ready to be encoded or left out; None where it is stored as it is.

    Raises:
        RecordError: An image is missing or broken, or the id belongs to another collection.
    """
    job, held, found = work.job, work.held, work.found
    if held is not None and held.collection != work.collection:
        raise RecordError(found.id, "index", f"{job.into} holds this id for the collection {held.collection!r}")
    pictures, rule = _worth_encoding(work)
    if rule:
        fingerprint = _fingerprint(job, pictures, [])
        return Left(found, rule, work.is_held and held != Stored(fingerprint, work.collection), fingerprint)
    if not job.needs.image:
        fingerprint = _fingerprint(job, pictures, [])
        same = held is not None and held.fingerprint == fingerprint
        return None if same else Ready(found, pictures, fingerprint)
    # What is behind a URL is looked at once: to fetch all of it again, only to see that it is the same, takes as long.
    remote = [job.store.is_remote(picture.value) for picture in pictures]
    files = [None if far else _opened(work, picture) for far, picture in zip(remote, pictures, strict=True)]
    fingerprint = _fingerprint(job, pictures, [_digest(file) for file in files])
    same = held is not None and held.fingerprint == fingerprint
    if same and not (job.refetch and any(remote)):
        return None
    images = [
        _pixels(work, picture, file or _opened(work, picture)) for file, picture in zip(files, pictures, strict=True)
    ]
    return Ready(found, pictures, fingerprint, tuple(images))


def _worth_encoding(work: _Work) -> tuple[tuple[Picture, ...], str]:
    """The pictures that the model has something to read of, and the rule that leaves the document out or ""."""
    needs, pictures = work.job.needs, work.pictures
    if needs.image:
        pictures = tuple(picture for picture in pictures if picture.value)
        if not pictures:
            return work.pictures, NO_IMAGE
    if needs.caption:
        captioned = tuple(picture for picture in pictures if picture.captions)
        if not captioned:
            return pictures, NO_CAPTION
        pictures = captioned
    if not needs.image and len({picture.captions for picture in pictures}) == 1:
        pictures = pictures[:1]  # nothing tells them apart
    return pictures, ""


def _opened(work: _Work, picture: Picture) -> ImageFile:
    try:
        opened = work.job.store.open(picture.value, name=picture.name, record_id=work.found.id)
        return ImageFile(opened.name, opened.read())
    except OSError as error:
        reason = f"{picture.name} cannot be read: {error.strerror or error}"
        raise RecordError(work.found.id, "read", reason) from error


def _pixels(work: _Work, picture: Picture, file: ImageFile) -> Image:
    try:
        return shrunk(decode(file, record_id=work.found.id))
    except RecordError as error:
        raise RecordError(error.record_id, error.stage, f"{picture.name}: {error.reason}") from error


def _digest(file: ImageFile | None) -> str | None:
    return hashlib.sha256(file.read()).hexdigest() if file else None


def _fingerprint(job: EnrichJob, pictures: Sequence[Picture], digests: Sequence[str | None]) -> str:
    """32 hexadecimal digits over all that becomes a document's weights: captions, images and the model.

    Args:
        job: With the model.
        pictures: Of the document.
        digests: Of the images' bytes; None for one that is known by its URL.
    """
    told = {
        "schema": SCHEMA,
        "revision": job.model.revision,
        "captions": [[asdict(caption) for caption in picture.captions] for picture in pictures],
        "names": [picture.name for picture in pictures],
        "images": list(digests),
    }
    return digest_of(told)
