"""Collections in files of rows: an exported folder, AToMiC's files, or a user's own table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from copy import copy
from pathlib import Path

from mlsr_es.collection import ImageDocument, Judgement, Section, from_trec
from mlsr_es.errors import RecordError, SourceError
from mlsr_es.progress import say_nothing
from mlsr_es.seen import Seen
from mlsr_es.sources.atomic import SECTION_COLUMNS, document_from, section_from
from mlsr_es.sources.columns import remarks
from mlsr_es.sources.reading import PLAIN, Reading
from mlsr_es.sources.rows import is_rows, read_rows, row_count
from mlsr_es.sources.source import LeftOut, narrowed
from mlsr_es.sources.text import row_id

_QRELS_FIELDS = 4


class Table:
    """A source of image documents, sections and judgements from rows, with one row in memory at a time.

    Args:
        documents: Files with one row for each image.
        sections: Files with one row for each section; may be empty.
        qrels: A TREC file: section id, ignored, image id, relevance; None where there is none.
        name: The collection's name.
        reading: How the files are read.
    """

    def __init__(
        self,
        documents: Sequence[Path],
        sections: Sequence[Path] = (),
        qrels: Path | None = None,
        *,
        name: str,
        reading: Reading = PLAIN,
    ) -> None:
        self.name = name
        self.reading = reading
        self.document_files = documents
        self.section_files = sections
        self._qrels = qrels
        self._languages: frozenset[str] | None = None

    def documents(self) -> Iterator[ImageDocument | RecordError | LeftOut]:
        """One document for each row, in the rows' order; the first of rows with the same id."""
        with closing(Seen()) as seen:
            for path in self.document_files:
                folder = path.parent.resolve()
                for place, row in read_rows(path, self.reading):
                    if isinstance(row, RecordError):
                        yield row
                        continue
                    try:
                        document = document_from(row, place=place, collection=self.name, folder=folder)
                    except RecordError as error:
                        yield RecordError(error.record_id, error.stage, error.reason, row)
                        continue
                    if seen.add(document.id):
                        yield narrowed(document, self._languages)
                    else:
                        yield RecordError(document.id, "read", f"its id stands twice: {place} is not the first")

    def sections(self) -> Iterator[Section]:
        """One section for each row."""
        return (section for section in self._read_sections() if isinstance(section, Section))

    def judgements(self) -> Iterator[Judgement]:
        """One judgement for each line of the qrels file."""
        return (judgement for judgement in self._read_qrels() if isinstance(judgement, Judgement))

    def faults(self) -> Iterator[RecordError]:
        """The errors in rows of sections and in lines of judgements."""
        yield from (section for section in self._read_sections() if isinstance(section, RecordError))
        yield from (judgement for judgement in self._read_qrels() if isinstance(judgement, RecordError))

    def count(self) -> int | None:
        """The number of rows; None where counting a file's rows is expensive."""
        counts = [row_count(path) for path in self.document_files]
        return None if None in counts else sum(count or 0 for count in counts)

    def in_languages(self, languages: frozenset[str] | None) -> Table:
        """The same rows with captions in these languages; they are read again."""
        table = copy(self)
        table._languages = languages  # noqa: SLF001 - an object of the same class
        return table

    def _read_sections(self) -> Iterator[Section | RecordError]:
        for path in self.section_files:
            for place, row in read_rows(path, self.reading):
                try:
                    yield row if isinstance(row, RecordError) else section_from(row, place=place)
                except RecordError as error:
                    yield error

    def _read_qrels(self) -> Iterator[Judgement | RecordError]:
        if self._qrels is None:
            return
        with self._qrels.open("rb") as file:
            for number, line in enumerate(file, start=1):
                fields = line.decode(errors="replace").split()
                place = f"{self._qrels.name}:{number}"
                if len(fields) == _QRELS_FIELDS and fields[3].lstrip("-").isdecimal():
                    yield Judgement(row_id(from_trec(fields[0])), row_id(from_trec(fields[2])), int(fields[3]))
                elif fields:
                    yield RecordError(place, "read", "the line is not 'section 0 image relevance'")


def read_topics(path: Path, say: Callable[[str], None] = say_nothing) -> list[Section]:
    """Read all sections of a file of rows: ``topics.jsonl``, or AToMiC's texts.

    Args:
        path: The file.
        say: Called with a line on columns that nothing reads.

    Raises:
        SourceError: The file is missing, holds no section, or holds a row that is not a section.
    """
    if not path.is_file() or not is_rows(path):
        raise SourceError(
            f"{path} is no file of sections.", advice="Write one: mlsr-es collection export SOURCE -o DIR"
        )
    for remark in remarks([path], SECTION_COLUMNS):
        say(remark)
    table = Table((), [path], name=path.stem)
    if faults := list(table.faults()):
        raise SourceError(f"{path}: {len(faults)} rows are no sections. The first fault: {faults[0]}.")
    if not (sections := list(table.sections())):
        raise SourceError(f"{path} holds no sections.")
    return sections
