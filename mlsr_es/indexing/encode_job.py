"""``encode``: encodes a source into files of vectors, to evaluate a model without a cluster, or to load them later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from mlsr_es.collection import SECTION_FIELDS
from mlsr_es.describe import NOTHING, Describing
from mlsr_es.errors import InputError, RecordError
from mlsr_es.indexing.engines import HERE, Engine
from mlsr_es.indexing.fingerprint import EncodingPlan
from mlsr_es.indexing.made_with import MADE_WITH, made_with
from mlsr_es.indexing.pipeline import Pipeline
from mlsr_es.indexing.readers import SourceReader
from mlsr_es.indexing.sinks import FilesSink
from mlsr_es.indexing.summary import Summary
from mlsr_es.progress import Progress, Silent
from mlsr_es.sources import Rejected

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder
    from mlsr_es.sources import Source

REJECTS = "rejects.ndjson"
"""The name of the rejects file in the folder of the vectors."""


@dataclass(frozen=True, slots=True)
class EncodeSummary:
    """The result of encoding a source.

    Args:
        documents: The counts for the images.
        sections: How many sections have at least one term and were written.
        without_terms: How many sections have no terms, so that they cannot find an image.
        faults: Errors in sections and judgements.
    """

    documents: Summary
    sections: int
    without_terms: int
    faults: Sequence[RecordError] = field(default_factory=tuple)


def encode_collection(
    source: Source,
    folder: Path,
    *,
    model: BiEncoder,
    model_name: str,
    origin: str = "",
    languages: frozenset[str] | None = None,
    thumbnails: bool = False,
    query_fields: Sequence[str] = SECTION_FIELDS,
    describing: Describing = NOTHING,
    strict: bool = False,
    engine: Engine = HERE,
    progress: Progress = Silent(),
) -> EncodeSummary:
    """Write the vectors of a source's images and sections as Parquet.

    Args:
        source: The source, opened for the languages that the model reads.
        folder: The folder to write to, made if it does not exist; bad records go to its ``rejects.ndjson``.
        model: The bi-encoder.
        model_name: The model's name, as the user gave it.
        origin: Where the source is read from, for people to read; "" where it is unknown.
        languages: The languages of captions that the source was opened for; None for all.
        thumbnails: Whether each document gets a thumbnail.
        query_fields: The fields of a section to encode, out of ``SECTION_FIELDS``.
        describing: What adds captions that machines make.
        strict: Whether the first bad record stops the run.
        engine: Where images are prepared and encoded; sections are encoded here.
        progress: Reports each image and section.

    Raises:
        InputError: The source is a rejects file: a folder of vectors is loaded as a whole collection.
        SourceError: The folder is a file.
        StorageError: The disk is full, or not writable.
    """
    if isinstance(source, Rejected):
        raise InputError(
            f"rejected records of {source.name} are a part of it, and a folder of vectors is a whole collection.",
            advice="Encode the source itself, once it is mended, or add them to the index: mlsr-es index.",
        )
    meta = {
        "model": model_name,
        "revision": model.revision,
        "vocabulary": model.vocabulary.digest,
        "collection": source.name,
        "query_fields": ",".join(query_fields),
        "describe": describing.given,
        "origin": origin,
        MADE_WITH: orjson.dumps(asdict(made_with(model, model_name, stems=True))).decode(),
    }
    asked = (section.only(query_fields) for section in source.sections())
    sink = FilesSink(folder, meta, model, asked, progress)
    reader = SourceReader(source, EncodingPlan(model.revision, thumbnails, languages, describing.revisions))
    pipeline = Pipeline(reader, sink, model, folder / REJECTS, strict, thumbnails, describing, engine=engine)
    documents = pipeline.run(progress)
    return EncodeSummary(documents, sink.sections, sink.sections_without_terms, tuple(source.faults()))
