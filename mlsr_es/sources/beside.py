"""Which files of sections and judgements belong to files of images, and which files of a folder nothing reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mlsr_es.sources.atomic import is_of_sections
from mlsr_es.sources.reading import Reading
from mlsr_es.sources.rows import columns, is_rows, read_rows, stem

DOCUMENTS = "documents"
_SECTIONS = ("topics", "texts")
_QRELS = "qrels.txt"
_COMPARED = 1000


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a collection of rows.

    Args:
        documents: Files with one row for each image.
        sections: Files with one row for each section.
        qrels: The judgements; None where there are none.
        unnamed: Files of sections and judgements beside a file of images that is named alone, and that are read.
        passed_over: Such files that are not read, since nothing says that they belong to it.
    """

    documents: Sequence[Path]
    sections: Sequence[Path]
    qrels: Path | None
    unnamed: Sequence[Path] = ()
    passed_over: Sequence[Path] = ()


def files_of(given: Sequence[Path], *, whole: bool, reading: Reading) -> Files:
    """Tell files of images and of sections apart, and find those beside them.

    ``topics`` or ``texts`` (in any form of rows) and ``qrels.txt`` beside the images belong to them where the user
    names a folder or a glob, where the images are in ``documents`` (in any form of rows), and where ``qrels.txt``
    judges one of the first thousand images.

    Args:
        given: The files that the user names.
        whole: Whether the user names a folder or a glob, and not a single file.
        reading: How the files are read.
    """
    folder = given[0].parent
    sections = [file for file in given if is_of_sections(renamed_columns(file, reading).keys())]
    documents = [file for file in given if file not in sections]
    beside = [] if sections else _sections_beside(folder, documents)
    qrels = [folder / _QRELS] if (folder / _QRELS).is_file() else []
    named = whole or any(stem(file) == DOCUMENTS for file in documents)
    if named or (qrels and _judges(qrels[0], documents, reading)):
        unnamed = () if whole else [*beside, *qrels]
        return Files(documents, [*sections, *beside], next(iter(qrels), None), unnamed)
    return Files(documents, sections, None, passed_over=[*beside, *qrels])


def remarks_on(files: Files) -> Iterator[str]:
    """Yield a line on files beside the images that are not read, or that are although nobody named them."""
    if files.unnamed:
        yield f"{files.documents[0]}: read together with {_names(files.unnamed)} beside it."
    if files.passed_over:
        yield (
            f"{files.documents[0].parent}: not read: {_names(files.passed_over)}. Nothing says that this belongs to "
            f"{files.documents[0].name}. It is read where the images' file is called documents, where a glob names the "
            f"files, and where {_QRELS} judges one of the first {_COMPARED:,} images."
        )


def unread_rows(folder: Path, read: Sequence[Path]) -> Iterator[str]:
    """Yield a line on files of rows in a folder that are not read."""
    unread = [file.name for file in sorted(folder.iterdir()) if is_rows(file) and file.is_file() and file not in read]
    if unread:
        yield f"{folder}: files of rows that are not read: {', '.join(unread)}. Such a file is named by its own path."


def renamed_columns(file: Path, reading: Reading) -> dict[str, None]:
    """The columns of a file under the names that they are read by."""
    return reading.renamed(dict.fromkeys(columns(file, reading.encoding)))


def _names(files: Sequence[Path]) -> str:
    return " and ".join(file.name for file in files)


def _sections_beside(folder: Path, documents: Sequence[Path]) -> list[Path]:
    beside = (file for file in sorted(folder.iterdir()) if is_rows(file) and file not in documents)
    return [file for file in beside if stem(file) in _SECTIONS][:1] if documents else []


def _judges(qrels: Path, documents: Sequence[Path], reading: Reading) -> bool:
    from mlsr_es.sources.table import Table

    judged = {judgement.image_id for judgement in Table((), (), qrels, name="").judgements()}
    rows = (row for file in documents for _, row in read_rows(file, reading) if isinstance(row, dict))
    return any(str(row.get("image_id", row.get("id"))) in judged for row in islice(rows, _COMPARED))
