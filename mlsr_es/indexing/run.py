"""Source to index: read ahead, encode, and load while the next batch is encoded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.elastic.bulk import BulkResult, IndexAction, load
from mlsr_es.elastic.mapping import document_body, index_body
from mlsr_es.elastic.reading import Stored, count, refresh, stored
from mlsr_es.elastic.versions import delete_version, mark_ready, promote, store_origin
from mlsr_es.errors import RecordError, SourceError
from mlsr_es.indexing.balancing import balance
from mlsr_es.indexing.job import Job
from mlsr_es.indexing.preparing import Block, Prepared, blocks
from mlsr_es.indexing.pruning import prune
from mlsr_es.indexing.rejects import RejectsFile
from mlsr_es.indexing.seen import SeenIds
from mlsr_es.indexing.summary import Summary, new_stages
from mlsr_es.indexing.target import find_target, missing_collections, of_new_version, opened, remove_older
from mlsr_es.progress import Progress, Silent
from mlsr_es.vectors import feature_weights

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_STAGES = _READING, _ENCODING, _LOADING = "Reading", "Encoding", "Loading"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do.

    Args:
        target: In words.
        body: Settings and mapping of a new version.
        action: The first document as it would be sent; None where the index holds all that was looked at.
        block: The first batch.
    """

    target: str
    body: Mapping[str, Any]
    action: IndexAction | None
    block: Block


def preview(job: Job, client: Client) -> Preview:
    """Read and encode the first batch; write nothing.

    Raises:
        IndexMismatchError: The index's name belongs to something else.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    target = find_target(client, job.index, job.meta, job.field_kind)

    def held(ids: list[str]) -> Mapping[str, Stored]:
        return stored(client, target.version, ids) if target.version else {}

    block = Block()
    for found in blocks(job.source.documents(), held, job.plan, job.needs):
        block = found
        if block.ready:
            break
    actions = [action for action in _encoded(job, block.ready) if action is not None]
    meta = of_new_version(client, job.meta, job.field_kind)
    return Preview(target.description, index_body(meta), actions[0] if actions else None, block)


def index_collection(job: Job, client: Client, progress: Progress | None = None) -> Summary:
    """Bring an index up to date with a source.

    Documents that the index holds as they are, by their fingerprints, are not encoded again: a run that was killed
    is completed by running it again. Another model's documents go into a new version, which takes the old one's
    place when it is complete and holds every collection that the old one has. The old one is kept for the way back,
    until the next one takes over.

    Args:
        job: What is indexed, with what, and how.
        client: Of ``mlsr_es.elastic.connect``.
        progress: Told of reading, encoding and loading.

    Raises:
        InputError: The job is strict and a record is bad.
        SourceError: Nothing of the source can be stored.
        IndexMismatchError: The index's name belongs to something else.
        ClusterError: The cluster cannot be reached, or refuses; what is stored stays.
        StorageError: The rejects file cannot be written.
    """
    started = perf_counter()
    target = find_target(client, job.index, job.meta, job.field_kind)
    version = opened(client, job.index, job.meta, target, job.field_kind)
    before = store_origin(client, version, job.source.name, job.origin) if job.origin else None
    run = _Run(job, client, version, progress or Silent())
    try:
        run.load()
        if job.prune_missing:
            run.prune(before=before)
        summary = run.summary
    finally:
        run.close()
    refresh(client, version)
    if summary.encoded or summary.pruned:
        summary.hybrid = balance(job, client, version)
    if not target.serves:
        if not count(client, version):
            if target.version is None:
                delete_version(client, version)
            raise SourceError(
                f"nothing of {job.source.name} can be indexed: of {summary.read} images {summary.left_out.total()} are "
                f"left out by rule and {summary.rejected.total()} are rejected.",
                advice="See why with: mlsr-es collection inspect.",
            )
        summary.missing_collections = missing_collections(client, version, target.serving)
        if not summary.missing_collections:
            _complete(job, client, summary, serving=target.serving)
    summary.seconds = perf_counter() - started
    return summary


def _complete(job: Job, client: Client, summary: Summary, *, serving: str | None) -> None:
    """Let the version take over, or wait."""
    if not job.promotes:
        mark_ready(client, summary.version)
        summary.ready = True
        return
    promote(client, job.index, summary.version)
    summary.promoted = True
    summary.kept = serving or ""
    summary.removed = remove_older(client, job.index, but=(summary.version, summary.kept))


class _Run:
    """One run's state: counts, ids met, documents under way."""

    def __init__(self, job: Job, client: Client, version: str, progress: Progress) -> None:
        self.job = job
        self.client = client
        self.version = version
        self.progress = progress
        self.summary = Summary(job.index, version, job.source.name, stages=new_stages())
        self._open = ExitStack()
        self._rejects = self._open.enter_context(RejectsFile(job.rejects, strict=job.strict))
        self._seen = self._open.enter_context(SeenIds()) if job.prune_missing else None
        self._under_way: dict[str, ImageDocument] = {}

    def close(self) -> None:
        """Release the files."""
        self.summary.rejects_file = self._rejects.written
        self._open.close()

    def load(self) -> None:
        """Read, encode and load the whole source."""
        total = self.job.source.count()
        for stage in _STAGES:
            self.progress.start(stage, total, "images")
        meter = self.summary.stages["loading"].took
        for result in load(self.client, self.version, self._actions(), meter=meter):
            self._take(result)
            self.progress.advance(_LOADING)
        for stage in _STAGES:
            self.progress.finish(stage)

    def prune(self, *, before: str | None) -> None:
        """Remove what the index holds of the collection and the source no longer gives.

        Args:
            before: From where the collection was read by the run before this one; None where it is not known.
        """
        if self._seen is None:
            return
        if unread := self.summary.rejected["read"]:
            self.summary.not_pruned = (
                f"{unread} records could not be read, so nobody knows which images left the source"
            )
            return
        if before not in (None, self.job.origin):
            self.summary.not_pruned = (
                f"the collection {self.job.source.name} was read from {before} before. If it has moved here, run this "
                "again; if this is another one, give it a name of its own: --collection"
            )
            return
        self.summary.pruned = prune(self.client, self.version, self.job.source.name, self._seen)

    def _held(self, ids: list[str]) -> Mapping[str, Stored]:
        return stored(self.client, self.version, ids)

    def _actions(self) -> Iterator[IndexAction]:
        for block in blocks(self.job.source.documents(), self._held, self.job.plan, self.job.needs):
            self._account(block)
            actions = self._timed(block.ready)
            if self._seen is not None:
                self._seen.add(action.id for action in actions if action is not None)
            for prepared, action in zip(block.ready, actions, strict=True):
                self.progress.advance(_ENCODING)
                if action is None:
                    self.summary.left_out["no terms"] += 1
                    self.progress.advance(_LOADING)
                else:
                    self._under_way[action.id] = _without_content(prepared.document)
                    yield action

    def _timed(self, ready: list[Prepared]) -> list[IndexAction | None]:
        started = perf_counter()
        actions = _encoded(self.job, ready)
        self.summary.stages["encoding"].took(perf_counter() - started, len(ready))
        return actions

    def _account(self, block: Block) -> None:
        self.summary.stages["reading"].took(block.seconds, block.read)
        self.summary.unchanged += len(block.unchanged)
        self.summary.left_out.update(item.rule for item in block.left_out)
        for error, record in block.rejected:
            self.summary.rejected[error.stage] += 1
            self._rejects.add(error, record)
        if self._seen is not None:
            # What is broken today stays as it was; what a rule leaves out has left.
            self._seen.add(block.unchanged)
            self._seen.add(error.record_id for error, _ in block.rejected)
        self.progress.advance(_READING, block.read)
        for stage in (_ENCODING, _LOADING):
            self.progress.advance(stage, block.read - len(block.ready))

    def _take(self, result: BulkResult) -> None:
        document = self._under_way.pop(result.id, None)
        if result.rejected:
            self.summary.rejected["load"] += 1
            self._rejects.add(RecordError(result.id, "load", result.reason), document)
        else:
            self.summary.encoded += 1
            self.summary.stages["loading"].documents += 1


def _without_content(document: ImageDocument) -> ImageDocument:
    """The document as it may be rejected: many wait for the cluster's answer, too many for their images in memory."""
    image = document.image
    return replace(document, image=ImageFile(image.name, b"")) if image else document


def _encoded(job: Job, ready: list[Prepared]) -> list[IndexAction | None]:
    """The documents as they are sent; None for one without any term, which no query could find."""
    if not ready:
        return []
    images = [prepared.image for prepared in ready if prepared.image is not None]
    vectors = job.model.encode_documents([prepared.document for prepared in ready], images or None)
    actions: list[IndexAction | None] = []
    for row, prepared in enumerate(ready):
        named = vectors.named(row, job.model.vocabulary)
        body = document_body(
            prepared.document,
            terms=feature_weights(named),
            fingerprint=prepared.fingerprint,
            model=job.model_name,
            thumbnail=prepared.thumbnail,
        )
        actions.append(IndexAction(prepared.document.id, body) if named else None)
    return actions
