"""``mlsr-es enrich``: adds weights to the documents of an existing index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.commands.options.connection import with_connection
from mlsr_es.commands.options.describing import DESCRIBE_OWNERS
from mlsr_es.commands.options.engine import with_engine
from mlsr_es.commands.options.field_kind import FIELD_KIND, parsed_kind
from mlsr_es.commands.rendering.console import REJECTED, loading_model, note, progress
from mlsr_es.commands.rendering.run_summary import print_preview, print_summary
from mlsr_es.elastic.client import ConnectionSettings
from mlsr_es.encoders import DEMO, model_name
from mlsr_es.errors import InputError

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.elastic.mapping import IndexMeta
    from mlsr_es.indexing import OwnersFields
    from mlsr_es.sources import ImageStore


@with_connection
@with_engine
def enrich(
    index: str = typer.Argument(..., metavar="INDEX", help="The index, or an alias of it. It stays its owner's."),
    *,
    captions: list[str] = typer.Option(
        [],
        "--caption-field",
        metavar="FIELD[:KIND]",
        help="A field with captions, and which component they are: description (the default), title, alt, attribution. "
        "Default: the fields of the run before.",
    ),
    image: str = typer.Option(
        "",
        "--image-field",
        metavar="FIELD",
        help="The field with the images, for a model that reads them: base64, or paths or URLs with the options below. "
        "Default: the field of the run before.",
    ),
    image_folder: Path | None = typer.Option(
        None, "--image-folder", metavar="DIR", help="The images' paths are relative to this folder; none leaves it."
    ),
    fetch_urls: bool = typer.Option(
        False, "--fetch-urls", help="Fetch images whose URLs are http or https, from the open internet only."
    ),
    url_headers: Path | None = typer.Option(
        None,
        "--url-headers",
        metavar="FILE",
        help='What opens a private store: a JSON file, {"https://store.example": {"Authorization": "..."}}. What '
        "belongs to an origin is sent to it alone.",
    ),
    refetch: bool = typer.Option(
        False, "--refetch", help="Fetch images again whose URLs are the same: what is behind them may have changed."
    ),
    into: str = typer.Option(
        "", "--into", metavar="NAME", help="Write to an index of its own, under the same ids, and leave INDEX alone."
    ),
    carry: list[str] = typer.Option(
        [],
        "--carry",
        metavar="FIELD",
        help="With --into: a field that the new index takes along, so that searches of it filter by that field too. "
        "Default: the fields of the run before.",
    ),
    describe: str | None = DESCRIBE_OWNERS,
    field_kind: str = FIELD_KIND,
    model: str = typer.Option(DEMO, "--model", metavar="M", help="'demo', a model's folder, or a hub's owner/name."),
    rejects: Path | None = typer.Option(
        None, "--rejects", metavar="FILE", help="Where bad records go. Default: INDEX-rejects.ndjson, if there are any."
    ),
    strict: bool = typer.Option(False, "--strict", help="Stop at the first bad record."),
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Read and encode the first documents, show what would be sent, write nothing."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    encoding_on: Any,
    connection: ConnectionSettings,
) -> None:
    """Add term weights to the documents of an existing index, so that its images can be suggested.

    Only the object mlsr is written, and only where a document has not changed since it was read; a changed document is
    read again. Run it again, without naming the fields again, to encode only new and changed documents, or to complete
    a run that was stopped. Another model's weights go into another field, which searches read once all weights are
    there. The exit code is 3 where records were rejected.
    """
    from mlsr_es.describe import check_describe, choose_describers
    from mlsr_es.elastic.client import connect
    from mlsr_es.elastic.cluster import check
    from mlsr_es.elastic.enrichment import describe as look_at
    from mlsr_es.indexing import OwnersFields, describe_as_before

    if carry and not into:
        raise InputError("--carry is for an index beside INDEX.", advice="Add --into NAME, or leave --carry out.")
    engine, device = encoding_on
    named = OwnersFields.parse(captions, image, carry)
    kind = parsed_kind(field_kind)
    if describe is not None:
        check_describe(describe)
    store = _store(image_folder, url_headers, fetch_urls=fetch_urls)
    client = connect(connection, patient=True)
    check(client)
    owners = look_at(client, index)
    metas = (*(_beside(client, into) if into else []), owners.meta)
    before = OwnersFields.remembered(*metas)
    as_before = describe is None
    given = describe_as_before(metas) if describe is None else describe
    describers = choose_describers(given, device=device, downloads=not as_before)
    fields = named.or_those_of(before)
    _check_used(fields, image_folder, fetch_urls=fetch_urls)
    fields.check(owners)
    _tell_fields(named, fields, before)
    if as_before and describers:
        note(f"As in the run before: --describe {describers.given}.")
    if into:
        note(f"{into} takes along: {', '.join(fields.carried) or 'no other field of ' + index + ' (--carry FIELD)'}.")
    # Errors up to here are found quickly. From here on torch is needed, which takes seconds to load.
    with loading_model():
        from mlsr_es.encoders import ensure_query_graph, load_model
        from mlsr_es.indexing import EnrichJob, preview_enriching
        from mlsr_es.indexing import enrich as run

        encoder = load_model(model, device=device)
    job = EnrichJob(
        index=index,
        fields=fields,
        model=encoder,
        model_name=model_name(model),
        store=store,
        describing=describers,
        into=into,
        field_kind=kind,
        refetch=refetch,
        rejects=rejects or Path(f"{index}-rejects.ndjson"),
        strict=strict,
        engine=engine,
    )
    if fields.image and not job.needs.opens:
        note("The model reads captions only: no image is looked at.")
    if job.needs.opens and not image and before and owners.meta and store.inline and not owners.meta.enriched["inline"]:
        raise InputError(
            f"the images of {index} are not in its documents: {before.image} has their paths or URLs.",
            advice="Say where they are, as in the run before: --image-folder DIR or --fetch-urls.",
        )
    if dry_run:
        found = preview_enriching(job, client)
        print_preview(
            found,
            as_json=as_json,
            body_name="mapping",
            heading="settings and mapping of a new index" if into else "added to the mapping",
            looked_at=f"{found.block.read} documents that were looked at",
            becomes="encoded",
        )
        return
    with progress() as bars:
        summary = run(job, client, bars, note)
        ensure_query_graph(model, encoder, say=note)
    print_summary(summary, as_json=as_json)
    if summary.rejected:
        raise typer.Exit(REJECTED)


def _beside(client: Client, into: str) -> list[IndexMeta]:
    """What the index beside the owner's says of itself, the newest version first; nothing where there is none."""
    from mlsr_es.elastic.versions import resolve

    found = resolve(client, into)
    if found is None:
        return []
    versions = [*found.kept, *([found.serving] if found.serving else []), *found.building]
    return [version.meta for version in reversed(versions)]


def _tell_fields(named: OwnersFields, fields: OwnersFields, before: OwnersFields | None) -> None:
    """Say which fields are read, where the user did not name them all, or names others than the run before read."""
    if before is None:
        return
    if str(fields) != str(before):
        note(f"The run before read {before}. This one reads {fields}: what differs is encoded again.")
    elif named != fields:
        note(f"As in the run before: {fields}.")


def _check_used(fields: OwnersFields, folder: Path | None, *, fetch_urls: bool) -> None:
    """Check that a field says which images are meant, where a place of images is given.

    Raises:
        InputError: No field does.
    """
    if not fields.image and (folder or fetch_urls):
        raise InputError("nothing says where a document names its images.", advice="Name the field: --image-field.")


def _store(folder: Path | None, headers: Path | None, *, fetch_urls: bool) -> ImageStore:
    from mlsr_es.sources import Fetcher, ImageStore, read_headers

    if headers and not fetch_urls:
        raise InputError("--url-headers are for images that are fetched.", advice="Add --fetch-urls.")
    if folder and not folder.is_dir():
        raise InputError(f"{folder} is no folder.", advice="Name the folder that the images' paths begin in.")
    fetcher = Fetcher(headers=read_headers(headers) if headers else {}) if fetch_urls else None
    return ImageStore(folder.resolve() if folder else None, fetcher)
