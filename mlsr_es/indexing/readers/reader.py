"""The contract of every reader."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Protocol

from mlsr_es.collection import ImageFile, Judgement, Section
from mlsr_es.indexing.record import Key, Picture, Record, Unusable


class Reader(Protocol):
    """Reads documents, lazily and in bounded memory, and computes their fingerprints."""

    @property
    def collection(self) -> str:
        """The collection that the documents belong to where they are written."""

    @property
    def unit(self) -> str:
        """The noun for its documents in messages: "images" or "documents"."""

    @property
    def opens_images(self) -> bool:
        """Whether images are opened; some readers open them even for a model that reads captions only."""

    @property
    def fetches_again(self) -> bool:
        """Whether images behind unchanged URLs are fetched again."""

    @property
    def advice(self) -> str:
        """Advice for a user whose documents cannot be encoded at all."""

    def count(self) -> int | None:
        """How many records there are, including bad ones; None where counting is expensive."""

    def records(self) -> Generator[Record | Unusable]:
        """Read the records in their order; bad and left-out ones come as ``Unusable``."""

    def read_again(self, keys: Iterable[Key]) -> Iterator[Record | Unusable | Key]:
        """Read documents again that somebody has changed meanwhile; yield the key of each document that is gone."""

    def without_image(self, record: Record) -> str:
        """The rule that leaves out a record without an image, for a model that reads images.

        Raises:
            RecordError: This reader rejects such a record instead.
        """

    def narrowed(self, record: Record, pictures: Sequence[Picture]) -> Record:
        """The record with these pictures only."""

    def open(self, record: Record, picture: Picture) -> ImageFile:
        """Read an image's bytes.

        Raises:
            RecordError: The image does not exist, or cannot be read.
        """

    def is_remote(self, picture: Picture) -> bool:
        """Whether an image is behind a URL; it is then compared by the URL and not by its bytes."""

    def fingerprint(self, record: Record, files: Sequence[ImageFile | None]) -> str:
        """The fingerprint that shows whether a record has changed.

        Args:
            record: The record with the pictures that are worth encoding.
            files: One image for each picture, None for an image that is compared by its URL; empty where no image was
                opened.
        """

    def apart(self) -> Reader:
        """The reader for another process, which opens images and compares records there, and reads none."""

    def sections(self) -> Iterator[Section]:
        """The sections to suggest images for; none where the reader has no sections."""

    def judgements(self) -> Iterator[Judgement]:
        """Which images belong in which sections; none where the reader does not know."""
