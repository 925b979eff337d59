"""What every reader is."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Protocol

from mlsr_es.collection import ImageFile, Judgement, Section
from mlsr_es.indexing.record import Key, Picture, Record, Unusable


class Reader(Protocol):
    """Gives documents, lazily and in bounded memory, and says what each was made from."""

    @property
    def collection(self) -> str:
        """Whose documents they are, where they are written."""

    @property
    def unit(self) -> str:
        """What its documents are called, as a user reads it: images, documents."""

    @property
    def opens_images(self) -> bool:
        """Whether images are opened: where the model reads none, some are looked at all the same."""

    @property
    def fetches_again(self) -> bool:
        """Whether an image behind a URL may have changed although the URL is the same."""

    @property
    def advice(self) -> str:
        """What a user does who wants to know why nothing of it can be encoded."""

    def count(self) -> int | None:
        """How many records there are, rejected ones among them, where that is cheap to say."""

    def records(self) -> Generator[Record | Unusable]:
        """The documents, and in their places what is bad and what rules leave out."""

    def read_again(self, keys: Iterable[Key]) -> Iterator[Record | Unusable | Key]:
        """Documents as they are now, since somebody has changed them meanwhile; of one that is gone, its key."""

    def without_image(self, record: Record) -> str:
        """The rule that leaves a record out which has no image, where the model reads images.

        Raises:
            RecordError: Here such a record is bad.
        """

    def narrowed(self, record: Record, pictures: Sequence[Picture]) -> Record:
        """A record with some of its pictures only."""

    def open(self, record: Record, picture: Picture) -> ImageFile:
        """An image's bytes.

        Raises:
            RecordError: It is not there, or cannot be read.
        """

    def is_remote(self, picture: Picture) -> bool:
        """Whether an image would have to be fetched: it is known by its URL, and is not fetched to be compared."""

    def fingerprint(self, record: Record, files: Sequence[ImageFile | None]) -> str:
        """What tells a record that has changed from one that has not.

        Args:
            record: With the pictures that are worth encoding.
            files: Its images' bytes, one a picture, None for one that is known by its URL; empty where none was opened.
        """

    def sections(self) -> Iterator[Section]:
        """Sections such as images are searched for, where it has some."""

    def judgements(self) -> Iterator[Judgement]:
        """Which images belong in which sections, where it says."""
