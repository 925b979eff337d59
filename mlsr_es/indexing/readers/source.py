"""A reader of a source: each document has one image, or captions only."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from mlsr_es.collection import ImageDocument, ImageFile, Judgement, Section
from mlsr_es.elastic.mapping import Holds
from mlsr_es.errors import RecordError
from mlsr_es.indexing.fingerprint import EncodingPlan, source_fingerprint
from mlsr_es.indexing.record import Key, Picture, Record, Unusable
from mlsr_es.sources import CAPTIONS_ARE_READ, ImagesAlone, LeftOut, Promoted, Source


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads a source.

    Args:
        source: The source, opened for the languages to read.
        plan: How the documents are encoded.
    """

    source: Source
    plan: EncodingPlan

    # Even for a model that reads captions only: an image that nobody can open is not worth suggesting.
    opens_images: ClassVar[bool] = True
    fetches_again: ClassVar[bool] = False

    @property
    def unit(self) -> str:
        """Images, or sections where these change places."""
        return Holds.SECTIONS if isinstance(self.source, Promoted) else Holds.IMAGES

    @property
    def advice(self) -> str:
        """Where the words of its documents come from."""
        if self.unit == Holds.SECTIONS:
            return "Sections need a text of their own: name a source of pages, or rows with texts beside them."
        return f"{CAPTIONS_ARE_READ} See what is there with: mlsr-es collection inspect."

    @property
    def collection(self) -> str:
        """The source's name."""
        return self.source.name

    def count(self) -> int | None:
        """How many items the source has; None where counting is expensive."""
        return self.source.count()

    def records(self) -> Generator[Record | Unusable]:
        """Read the source's items in their order."""
        for item in self.source.documents():
            match item:
                case ImageDocument():
                    name = item.image.name if item.image else ""
                    yield Record(item, (Picture(item.captions, name, name),))
                case LeftOut():
                    yield Unusable(item.id, rule=item.rule)
                case RecordError():
                    yield Unusable.bad(item)

    def read_again(self, keys: Iterable[Key]) -> Iterator[Record | Unusable | Key]:  # noqa: ARG002
        """Yield nothing: only this package changes these documents in the index."""
        yield from ()

    def without_image(self, record: Record) -> str:
        """Reject the record: a source for a model that reads images should have images.

        Raises:
            RecordError: Always.
        """
        raise RecordError(record.id, "decode", "the model reads images, and this record has none")

    def narrowed(self, record: Record, pictures: Sequence[Picture]) -> Record:  # noqa: ARG002
        """The unchanged record, since it has only one picture."""
        return record

    def open(self, record: Record, picture: Picture) -> ImageFile:
        """Read the image's bytes.

        Raises:
            RecordError: The file cannot be read.
        """
        file = record.document.image or ImageFile(picture.name, b"")
        try:
            return ImageFile(file.name, file.read())
        except OSError as error:
            reason = f"the image cannot be read: {error.strerror or error}"
            raise RecordError(record.id, "read", reason) from error

    def is_remote(self, picture: Picture) -> bool:  # noqa: ARG002
        """Always False: a source's images are files."""
        return False

    def fingerprint(self, record: Record, files: Sequence[ImageFile | None]) -> str:
        """The fingerprint over the document, its image's bytes and the plan."""
        content = next((file.read() for file in files if file), b"")
        return source_fingerprint(record.document, content, self.plan)

    def apart(self) -> SourceReader:
        """With a source that has a name and nothing else."""
        return replace(self, source=_Elsewhere(self.source.name))

    def sections(self) -> Iterator[Section]:
        """The source's."""
        return self.source.sections()

    def judgements(self) -> Iterator[Judgement]:
        """The source's."""
        return self.source.judgements()


@dataclass(frozen=True, slots=True)
class _Elsewhere(ImagesAlone):
    """A source that another process reads."""

    name: str

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        yield from ()

    def count(self) -> int | None:
        return None

    def in_languages(self, languages: frozenset[str] | None) -> Source:  # noqa: ARG002
        return self
