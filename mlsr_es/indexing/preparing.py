"""From a source's items to documents that are worth encoding: what is unchanged, broken or left out goes aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Self

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.elastic.reading import Stored
from mlsr_es.encoders import BiEncoderConfig, DocumentInput, Head
from mlsr_es.errors import RecordError
from mlsr_es.indexing.ahead import ahead
from mlsr_es.indexing.fingerprint import EncodingPlan, fingerprint
from mlsr_es.sources import LeftOut, decode, shrunk, thumbnail

if TYPE_CHECKING:
    from PIL.Image import Image

BLOCK = 64
"""Items at a time: asked for in one request, decoded, encoded. Two blocks are in memory."""

Held = Callable[[list[str]], Mapping[str, Stored]]
"""Asks the index which of some ids it holds."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a model needs of a document, so that it is worth encoding.

    Args:
        image: Whether it reads images.
        caption: Whether it has nothing to weigh without a caption.
    """

    image: bool
    caption: bool

    @classmethod
    def of(cls, config: BiEncoderConfig) -> Self:
        """What a model of this configuration needs."""
        caption = config.document_head is Head.MLP or config.document_input is DocumentInput.CAPTION
        return cls(image=config.document_input.reads_image, caption=caption)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be encoded.

    Args:
        document: With its width and height as decoded.
        fingerprint: Of all its inputs.
        image: The pixels, RGB; None where the model does not read them.
        thumbnail: A data URI; None where none is stored.
    """

    document: ImageDocument
    fingerprint: str
    image: Image | None = None
    thumbnail: str | None = None


@dataclass(slots=True)
class Block:
    """What became of some items of a source.

    Args:
        ready: To be encoded.
        unchanged: Ids of documents that the index holds as they are.
        left_out: By rule.
        rejected: With the record, where there is one.
        seconds: How long reading and preparing took.
    """

    ready: list[Prepared] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    rejected: list[tuple[RecordError, ImageDocument | None]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def read(self) -> int:
        """How many items there were."""
        return len(self.ready) + len(self.unchanged) + len(self.left_out) + len(self.rejected)


def blocks(
    items: Iterable[ImageDocument | RecordError | LeftOut], held: Held, plan: EncodingPlan, needs: Needs
) -> Iterator[Block]:
    """Prepare a source's items, block by block; the next block is made while the caller works on the one before.

    Args:
        items: Of ``Source.documents``.
        held: Asks the index what it holds.
        plan: How documents are encoded.
        needs: What the model needs.
    """
    iterator = iter(items)

    def prepare() -> Block | None:
        started = perf_counter()
        taken = list(islice(iterator, BLOCK))
        if not taken:
            return None
        block = _sorted_out(taken, held, plan, needs, decoders)
        block.seconds = perf_counter() - started
        return block

    # One thread reads ahead, and has others to decode: images are decoded outside of Python's lock.
    with ThreadPoolExecutor(thread_name_prefix="decode") as decoders:
        yield from ahead(prepare)


def _sorted_out(
    items: list[ImageDocument | RecordError | LeftOut],
    held: Held,
    plan: EncodingPlan,
    needs: Needs,
    decoders: ThreadPoolExecutor,
) -> Block:
    block = Block()
    documents: list[ImageDocument] = []
    for item in items:
        if isinstance(item, RecordError):
            block.rejected.append((item, None))
        elif isinstance(item, LeftOut):
            block.left_out.append(item)
        elif needs.caption and not item.captions:
            block.left_out.append(LeftOut(item.id, "no caption"))
        else:
            documents.append(item)
    in_index = held([document.id for document in documents])

    def examine(document: ImageDocument) -> Prepared | RecordError | None:
        try:
            return _prepared(document, in_index.get(document.id), plan, needs)
        except RecordError as error:
            return error

    for document, outcome in zip(documents, decoders.map(examine, documents), strict=True):
        if outcome is None:
            block.unchanged.append(document.id)
        elif isinstance(outcome, RecordError):
            block.rejected.append((outcome, document))
        else:
            block.ready.append(outcome)
    return block


def _prepared(document: ImageDocument, held: Stored | None, plan: EncodingPlan, needs: Needs) -> Prepared | None:
    """The document, ready to be encoded; None where the index holds it as it is.

    Raises:
        RecordError: The image is missing or broken, or the id belongs to another collection.
    """
    if held is not None and held.collection != document.collection:
        raise RecordError(document.id, "index", f"the index holds this id for the collection {held.collection!r}")
    content = _read(document)
    digest = fingerprint(document, content, plan)
    if held is not None and held.fingerprint == digest:
        return None
    if document.image is None:
        if needs.image:
            raise RecordError(document.id, "decode", "the model reads images, and this record has none")
        return Prepared(document, digest)
    # Also where the model reads captions only: an image that nobody can open is not worth suggesting.
    image = decode(ImageFile(document.image.name, content), record_id=document.id)
    sized = replace(document, width=image.width, height=image.height)
    small = thumbnail(image) if plan.thumbnails else None
    if not needs.image:
        return Prepared(sized, digest, thumbnail=small)
    return Prepared(sized, digest, shrunk(image), small)


def _read(document: ImageDocument) -> bytes:
    if document.image is None:
        return b""
    try:
        return document.image.read()
    except OSError as error:
        raise RecordError(document.id, "read", f"the image cannot be read: {error.strerror or error}") from error
