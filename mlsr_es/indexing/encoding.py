"""A source to files of vectors: what a run would put into an index, and the queries beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.collection import SECTION_FIELDS, Section
from mlsr_es.errors import RecordError, SourceError, StorageError
from mlsr_es.evaluation import DOCUMENTS, SECTIONS, VectorWriter, caption_text
from mlsr_es.indexing.fingerprint import EncodingPlan
from mlsr_es.indexing.preparing import Needs, blocks
from mlsr_es.progress import Progress, Silent

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder
    from mlsr_es.sources import Source

_SECTIONS_AT_ONCE = 256


@dataclass(slots=True)
class Encoded:
    """What was written.

    Args:
        documents: Images with at least one term.
        sections: Sections with at least one term.
        without_terms: Images and sections that the model gives no term, and no query could find.
        left_out: Images that a rule leaves out.
        rejected: Bad records.
    """

    documents: int = 0
    sections: int = 0
    without_terms: int = 0
    left_out: int = 0
    rejected: list[RecordError] = field(default_factory=list)


def encode_collection(
    source: Source,
    folder: Path,
    *,
    model: BiEncoder,
    model_name: str,
    query_fields: Sequence[str] = SECTION_FIELDS,
    progress: Progress = Silent(),
) -> Encoded:
    """Write the vectors of a source's images and sections as Parquet.

    Args:
        source: The collection, opened for the languages that the model reads.
        folder: Made where it is not there.
        model: The bi-encoder.
        model_name: As the user named it.
        query_fields: What of a section is encoded, out of ``SECTION_FIELDS``.
        progress: Told of each image and section.

    Raises:
        SourceError: The folder is a file.
        StorageError: The disk is full, or not writable.
    """
    if folder.exists() and not folder.is_dir():
        raise SourceError(f"{folder} is a file.", advice="Name a folder for the vectors.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror or error}.") from error
    meta = {
        "model": model_name,
        "revision": model.revision,
        "vocabulary": model.vocabulary.digest,
        "collection": source.name,
        "query_fields": ",".join(query_fields),
    }
    done = Encoded()
    with VectorWriter(folder / DOCUMENTS, meta, with_text=True) as writer:
        _documents(source, writer, model, done, progress)
    with VectorWriter(folder / SECTIONS, meta, with_text=False) as writer:
        asked = (section.only(query_fields) for section in source.sections())
        _sections(asked, writer, model, done, progress)
    done.rejected.extend(source.faults())
    return done


def _documents(source: Source, writer: VectorWriter, model: BiEncoder, done: Encoded, progress: Progress) -> None:
    stage = "Encoding images"
    progress.start(stage, source.count(), "images")
    plan, needs = EncodingPlan(model.revision), Needs.of(model.config)
    for block in blocks(source.documents(), lambda _: {}, plan, needs):
        done.left_out += len(block.left_out)
        done.rejected += [error for error, _ in block.rejected]
        progress.advance(stage, block.read)
        if not block.ready:
            continue
        documents = [prepared.document for prepared in block.ready]
        images = [prepared.image for prepared in block.ready if prepared.image is not None]
        vectors = model.encode_documents(documents, images or None)
        found = vectors.term_counts.nonzero()[0]
        kept = [documents[row] for row in found]
        done.documents += len(kept)
        done.without_terms += len(documents) - len(kept)
        writer.add(
            [document.id for document in kept],
            vectors.select(found),
            model.vocabulary,
            [caption_text(document) for document in kept],
        )
    progress.finish(stage)


def _sections(
    sections: Iterator[Section], writer: VectorWriter, model: BiEncoder, done: Encoded, progress: Progress
) -> None:
    stage = "Encoding sections"
    progress.start(stage, unit="sections")
    while some := list(islice(sections, _SECTIONS_AT_ONCE)):
        vectors = model.encode_sections(some)
        found = vectors.term_counts.nonzero()[0]
        done.sections += len(found)
        done.without_terms += len(some) - len(found)
        writer.add([some[row].id for row in found], vectors.select(found), model.vocabulary)
        progress.advance(stage, len(some))
    progress.finish(stage)
