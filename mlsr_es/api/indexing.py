"""Indexing a source by one call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlsr_es.describe import check_describe, choose_describers
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.cluster import check
from mlsr_es.elastic.mapping import FieldKind
from mlsr_es.elastic.versions import resolve
from mlsr_es.encoders import DEMO, model_name
from mlsr_es.errors import InputError
from mlsr_es.progress import LOADING_MODEL, Progress, Silent, say_nothing
from mlsr_es.sources import Promoted, Reading, Rejected, check_holds_images, open_source, origin_of

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.indexing import Engine, IndexJob, Summary


def index(
    source: str | Path,
    *,
    index: str,
    es_url: str = "",
    client: Client | None = None,
    model: str = DEMO,
    collection: str | None = None,
    sections: bool = False,
    languages: Collection[str] | None = None,
    describe: str | None = None,
    thumbnails: bool = False,
    prune_missing: bool = False,
    promotes: bool = True,
    rejects: str | Path | None = None,
    strict: bool = False,
    device: str = "auto",
    progress: Progress = Silent(),
    say: Callable[[str], None] = say_nothing,
    **connection: Any,
) -> Summary:
    """Encode the images of a source and load them into an index, as ``mlsr-es index`` does.

    Called again, it encodes only new and changed images, or completes a call that was interrupted.

    Args:
        source: A known collection, a folder, a file or a glob.
        index: The index: an alias in front of its versions.
        es_url: The cluster's address, a URL with a port; "" with ``client`` or ``cloud_id``.
        client: A client of yours (``elasticsearch.Elasticsearch``), in place of an address; it is not closed here.
        model: "demo", a model's folder, or a hub's ``owner/name``.
        collection: The collection's name; None for the known one, or the folder's.
        sections: Whether the sections are indexed in place of the images, for captions and images to search.
        languages: ISO 639-1 codes of the captions that are read; None for those that the model reads.
        describe: What machines add to the captions, as ``--describe`` takes it: "text,name", or "none"; None
            for what the last run of the collection added, at first "name".
        thumbnails: Whether a small picture is stored with each document.
        prune_missing: Whether images of this collection that the source no longer has are removed.
        promotes: Whether a new version takes over as soon as it is complete.
        rejects: The file for bad records; None for ``INDEX-rejects.ndjson`` in the working folder.
        strict: Whether the first bad record stops the run.
        device: Where encoding runs: "auto", or a name that torch knows.
        progress: Reports reading, encoding and loading.
        say: Told, in a sentence, what a person should know: files and columns that nothing reads, and such.
        **connection: The other arguments of ``ConnectionSettings``: ``api_key``, ``username``, ``password``,
            ``ca_certs``, ``cloud_id``...

    Returns:
        The counts of the run; bad records are counted, and are in the file.

    Raises:
        InputError: The source, the model or the index is not what it should be.
        ClusterError: The cluster cannot be reached, or refuses; what is stored stays stored.
    """
    from mlsr_es.encoders import ensure_query_graph
    from mlsr_es.indexing import index_collection

    with own_or_new(client, es_url, connection) as used:
        job = job_of(
            used,
            str(source),
            index,
            model=model,
            device=device,
            collection=collection,
            sections=sections,
            languages=frozenset(languages) if languages is not None else None,
            describe=describe,
            thumbnails=thumbnails,
            prune_missing=prune_missing,
            promotes=promotes,
            rejects=Path(rejects) if rejects else None,
            strict=strict,
            progress=progress,
            say=say,
        )
        summary = index_collection(job, used, progress, say)
    ensure_query_graph(model, job.model, say=say)
    return summary


def job_of(
    client: Client,
    source: str,
    index: str,
    *,
    model: str,
    device: str = "auto",
    collection: str | None = None,
    root: Path | None = None,
    introduced: bool = False,
    reading: Reading = Reading(),
    sections: bool = False,
    languages: frozenset[str] | None = None,
    describe: str | None = None,
    thumbnails: bool = False,
    field_kind: FieldKind | None = None,
    prune_missing: bool = False,
    promotes: bool = True,
    rejects: Path | None = None,
    strict: bool = False,
    engine: Engine | None = None,
    progress: Progress = Silent(),
    say: Callable[[str], None] = say_nothing,
) -> IndexJob:
    """Open a source and load a model for a run; what can be found wrong without the model is found first.

    Args:
        client: Of ``connect``.
        source: As ``index`` takes it.
        index: The alias.
        model: The model's name.
        device: Where encoding runs.
        collection: As ``index`` takes it.
        root: As ``open_source`` takes it.
        introduced: As ``open_source`` takes it.
        reading: As ``open_source`` takes it.
        sections: As ``index`` takes it.
        languages: The languages of captions that are read; None for those that the model reads.
        describe: As ``index`` takes it.
        thumbnails: As ``IndexJob`` takes it.
        field_kind: As ``IndexJob`` takes it.
        prune_missing: As ``IndexJob`` takes it.
        promotes: As ``IndexJob`` takes it.
        rejects: The file for bad records; None for ``INDEX-rejects.ndjson``.
        strict: As ``IndexJob`` takes it.
        engine: Where images are prepared and encoded; None for here.
        progress: Reports reading and the loading of the model.
        say: As ``index`` takes it.

    Raises:
        InputError: The source, the model or the index is not what it should be.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    check_describe(describe or "")
    if sections and (describe or thumbnails):
        raise InputError("sections have no pictures.", advice="Leave --describe and --thumbnails out.")
    check(client)
    there = resolve(client, index)
    opened = open_source(
        source,
        name=collection,
        root=root,
        introduced=introduced,
        languages=languages,
        reading=reading,
        progress=progress,
        say=say,
    )
    if sections and isinstance(opened, Rejected):
        raise InputError(f"{source} has no sections, only records.", advice="Index the source itself again.")
    before = there.serving.meta.describes.get(opened.name) if there and there.serving else None
    asked = "none" if sections else describe or before or "name"
    describing = choose_describers(asked, device=device, downloads=bool(describe))
    if not describe and describing.looks:
        say(f"As in the run before: --describe {describing.given}.")
    # Errors up to here are found quickly. From here on torch is needed, which takes seconds to load.
    progress.start(LOADING_MODEL)
    from mlsr_es.encoders import PromotionEncoder, load_model
    from mlsr_es.indexing import HERE, IndexJob

    encoder = load_model(model, device=device)
    progress.finish(LOADING_MODEL)
    kept = languages or frozenset(encoder.languages) or None
    narrowed = opened.in_languages(kept)
    check_holds_images(narrowed, source)
    return IndexJob(
        source=Promoted(narrowed) if sections else narrowed,
        index=index,
        model=PromotionEncoder(encoder) if sections else encoder,
        model_name=model_name(model),
        # A rejects file does not change where its collection is read from.
        origin="" if isinstance(narrowed, Rejected) else origin_of(source),
        languages=kept,
        describing=describing,
        thumbnails=thumbnails,
        field_kind=field_kind,
        prune_missing=prune_missing,
        rejects=rejects or Path(f"{index}-rejects.ndjson"),
        strict=strict,
        promotes=promotes,
        engine=engine or HERE,
    )


@contextmanager
def own_or_new(client: Client | None, es_url: str, connection: Mapping[str, Any]) -> Iterator[Client]:
    """A client of the caller's own; or a new one, which is closed at the end."""
    if client is not None:
        yield client
        return
    new = connect(ConnectionSettings(url=es_url, **connection), patient=True)
    try:
        yield new
    finally:
        new.close()
