"""``index``: indexes a source into a version behind an alias."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.describe import NOTHING, Describing
from mlsr_es.elastic.mapping import FieldKind
from mlsr_es.elastic.reading import collections
from mlsr_es.elastic.versions import leased
from mlsr_es.errors import InputError
from mlsr_es.indexing.engines import HERE, Engine
from mlsr_es.indexing.fingerprint import EncodingPlan
from mlsr_es.indexing.made_with import made_with
from mlsr_es.indexing.pipeline import Pipeline, Preview, preview
from mlsr_es.indexing.readers import SourceReader
from mlsr_es.indexing.sinks import VersionPlan, VersionSink
from mlsr_es.indexing.sinks.balancing import balance
from mlsr_es.indexing.sinks.target import find_target
from mlsr_es.indexing.summary import Summary
from mlsr_es.progress import Progress, Silent, say_nothing
from mlsr_es.sources import Rejected

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.encoders import Model
    from mlsr_es.indexing.sinks.target import Target
    from mlsr_es.sources import Source


@dataclass(frozen=True, slots=True)
class IndexJob:
    """The settings of an ``index`` run.

    Args:
        source: The source to read.
        index: The alias.
        model: The bi-encoder.
        model_name: The model's name, as the user gave it; searches load the model by this name.
        origin: Where the source is read from, for people to read; "" where it is unknown.
        languages: The languages of captions that the source was opened for; None for all.
        thumbnails: Whether each document gets a thumbnail.
        prune_missing: Whether images that left the source are removed.
        field_kind: The type of the field with the weights; None for the type in the index, or for a new index the type
            that suits the cluster.
        describing: What adds captions that machines make.
        rejects: The file for bad records.
        strict: Whether the first bad record stops the run.
        promotes: Whether a new version is promoted as soon as it is complete.
        engine: Where images are prepared and encoded.
    """

    source: Source
    index: str
    model: Model
    model_name: str
    origin: str = ""
    languages: frozenset[str] | None = None
    thumbnails: bool = False
    prune_missing: bool = False
    field_kind: FieldKind | None = None
    describing: Describing = NOTHING
    rejects: Path = Path("rejects.ndjson")
    strict: bool = False
    promotes: bool = True
    engine: Engine = HERE


def index_collection(
    job: IndexJob, client: Client, progress: Progress = Silent(), say: Callable[[str], None] = say_nothing
) -> Summary:
    """Bring an index up to date with a source.

    Another model's documents go into a new version. It replaces the old version once it is complete and holds every
    collection of the old version. The old version is kept for a rollback until the next replacement. While another run
    works on the same name, this one waits.

    Args:
        job: The settings of the run.
        client: From ``mlsr_es.elastic.client.connect``.
        progress: Reports reading, encoding and loading.
        say: Told, in a sentence, for whom it waits.

    Raises:
        MlsrError: Any error of ``Pipeline.run``; also where the index's name belongs to something else.
    """
    _check_target(job, client)  # before any lease
    with leased(client, job.index, "index", say=say) as lease:
        pipeline, _ = pipeline_of(job, client)
        return replace(pipeline, lease=lease).run(progress)


def preview_indexing(job: IndexJob, client: Client) -> Preview:
    """Read and encode up to the first document that would be stored; nothing is written.

    Raises:
        InputError: As ``index_collection``.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    _check_target(job, client)
    return preview(*pipeline_of(job, client))


def pipeline_of(job: IndexJob, client: Client) -> tuple[Pipeline, VersionSink]:
    """The pipeline of a run, and its sink.

    Raises:
        IndexMismatchError: The index's name belongs to something else.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    plan = EncodingPlan(job.model.revision, job.thumbnails, job.languages, job.describing.revisions)
    reader = SourceReader(job.source, plan)
    version = VersionPlan(
        job.index,
        made_with(job.model, job.model_name, stems=True),
        reader.collection,
        kind=job.field_kind,
        origin=job.origin,
        describe=job.describing.given,
        prunes=job.prune_missing,
        promotes=job.promotes,
    )
    sink = VersionSink(client, version, partial(balance, reader, job.model, client))
    pipeline = Pipeline(
        reader, sink, job.model, job.rejects, job.strict, job.thumbnails, job.describing, engine=job.engine
    )
    return pipeline, sink


def _check_target(job: IndexJob, client: Client) -> None:
    """See that the index can take the source's documents.

    Raises:
        IndexMismatchError: The index's name belongs to something else.
        InputError: The source is a rejects file, and would take the place of its collection or part of it.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    target = find_target(client, job.index, made_with(job.model, job.model_name, stems=True), job.field_kind)
    if isinstance(job.source, Rejected):
        _check_adds(job, target, client)


def _check_adds(job: IndexJob, target: Target, client: Client) -> None:
    collection = job.source.name
    if job.prune_missing:
        raise InputError(
            f"--prune-missing would remove all of {collection} but what was rejected.", advice="Leave it out."
        )
    if not target.serves or not target.version or collection not in collections(client, target.version):
        raise InputError(
            f"{job.index} does not serve the collection {collection} with this model, so rejected records cannot be "
            "added to it.",
            advice="Index the source itself first, or name the index and the model that the records were rejected for.",
        )
