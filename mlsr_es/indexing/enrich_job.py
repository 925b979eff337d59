"""``enrich``: adds weights to the documents of somebody's index, in these documents or in an index beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.describe import NOTHING, Describing
from mlsr_es.elastic.enrichment import describe
from mlsr_es.elastic.mapping import FieldKind, field_type
from mlsr_es.elastic.versions import leased
from mlsr_es.errors import InputError
from mlsr_es.indexing.engines import HERE, Engine
from mlsr_es.indexing.made_with import made_with
from mlsr_es.indexing.needs import Needs
from mlsr_es.indexing.pipeline import Pipeline, Preview, preview
from mlsr_es.indexing.readers import IndexReader, OwnersFields
from mlsr_es.indexing.sinks import IndexSink, InPlace, VersionPlan, VersionSink, kind_in
from mlsr_es.indexing.sinks.balancing import balance
from mlsr_es.indexing.summary import Summary
from mlsr_es.progress import Progress, Silent, say_nothing
from mlsr_es.sources import ImageStore

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.elastic.enrichment import OwnersIndex
    from mlsr_es.encoders import BiEncoder

_FINGERPRINT = "mlsr.fingerprint"


@dataclass(frozen=True, slots=True)
class EnrichJob:
    """The settings of an ``enrich`` run.

    Args:
        index: The index to read, or an alias of it.
        fields: The fields to read.
        model: The bi-encoder.
        model_name: The model's name, as the user gave it; searches load the model by this name.
        store: Where the images are.
        describing: What adds captions that machines make.
        into: The index to write to; "" for the documents of ``index`` itself.
        field_kind: The type of the field with the weights; None for the type that it has, or for a new field the type
            that suits the cluster.
        refetch: Whether images behind unchanged URLs are fetched again.
        rejects: The file for bad records.
        strict: Whether the first bad record stops the run.
        engine: Where documents are prepared and encoded.
    """

    index: str
    fields: OwnersFields
    model: BiEncoder
    model_name: str
    store: ImageStore = field(default_factory=ImageStore)
    describing: Describing = NOTHING
    into: str = ""
    field_kind: FieldKind | None = None
    refetch: bool = False
    rejects: Path = Path("rejects.ndjson")
    strict: bool = False
    engine: Engine = HERE

    @property
    def needs(self) -> Needs:
        """What the model needs in a document, and what describes its images."""
        return Needs.of(self.model.config, self.describing)


def enrich(
    job: EnrichJob, client: Client, progress: Progress = Silent(), say: Callable[[str], None] = say_nothing
) -> Summary:
    """Add weights to the documents of an index, so that they can be suggested.

    Another model's weights go into another field. Searches read it once every document has its weights. While another
    run works on the index that is written, this one waits.

    Args:
        job: The settings of the run.
        client: From ``mlsr_es.elastic.client.connect``.
        progress: Reports reading, encoding and loading.
        say: Told, in a sentence, for whom it waits.

    Raises:
        MlsrError: Any error of ``Pipeline.run``; also where the model needs a field that is not named.
    """
    _, sink = _pipeline(job, client)
    sink.close()
    # By an index's own name: two aliases of it are one index.
    with leased(client, job.into or sink.index, "enrich", say=say) as lease:
        pipeline, _ = _pipeline(job, client)
        return replace(pipeline, lease=lease).run(progress)


def preview_enriching(job: EnrichJob, client: Client) -> Preview:
    """Read and encode up to the first document that would be written; nothing is written.

    Raises:
        InputError: The model needs a field that is not named, or ``into`` names the index that is read.
        IndexMismatchError: The index cannot take the weights.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return preview(*_pipeline(job, client))


def _pipeline(job: EnrichJob, client: Client) -> tuple[Pipeline, IndexSink]:
    owners = describe(client, job.index)
    job.fields.check(owners)
    job.fields.check_needs(job.needs)
    if job.into in {job.index, owners.index}:
        raise InputError(f"--into names {job.into} itself.", advice="Leave it out, or name another index.")
    reader = IndexReader(
        client,
        job.index,
        job.fields.read_by(job.needs),
        job.needs,
        job.model.revision,
        stored_fingerprint=_FINGERPRINT,
        store=job.store,
        fetches_again=job.refetch,
    )
    if job.into:
        companion = _companion(job, client, reader, owners)
        return _run_of(job, reader, companion), companion
    in_place = _in_place(job, client, owners)
    reader = replace(reader, stored_fingerprint=in_place.weights_object.fingerprint)
    return _run_of(job, reader, in_place), in_place


def _run_of(job: EnrichJob, reader: IndexReader, sink: IndexSink) -> Pipeline:
    return Pipeline(reader, sink, job.model, job.rejects, job.strict, describing=job.describing, engine=job.engine)


def _companion(job: EnrichJob, client: Client, reader: IndexReader, owners: OwnersIndex) -> VersionSink:
    reads = {**job.fields.to_json(), "carried": list(job.fields.carried), "describe": job.describing.given}
    plan = VersionPlan(
        job.into,
        replace(made_with(job.model, job.model_name, stems=True), reads=reads),
        job.index,
        kind=job.field_kind,
        prunes=True,
        mirrors=True,
        carried=owners.carried(job.fields.carried),
    )
    return VersionSink(client, plan, partial(balance, reader, job.model, client))


def _in_place(job: EnrichJob, client: Client, owners: OwnersIndex) -> InPlace:
    # A model that reads captions only looks at no image, so only the mapping can say that images are in the documents.
    inline = job.store.inline and (job.needs.opens or field_type(owners.mapping, job.fields.image) == "binary")
    enriched = {**job.fields.to_json(), "inline": bool(job.fields.image) and inline, "describe": job.describing.given}
    meta = replace(
        made_with(job.model, job.model_name, stems=False),
        field_kind=kind_in(client, owners, job.model.revision, job.field_kind),
        enriched=enriched,
    )
    sink = InPlace(client, owners, meta)
    sink.check()
    return sink
