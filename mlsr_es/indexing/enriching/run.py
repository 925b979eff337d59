"""Read, encode and write, overlapped; what was changed meanwhile is read again."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.elastic.bulk import Action, BulkResult, UpdateAction, load
from mlsr_es.elastic.enrichment import describe
from mlsr_es.elastic.reading import Found, count, read_again, read_snapshot
from mlsr_es.errors import InputError, RecordError, SourceError
from mlsr_es.indexing.enriching.destinations import Destination, destination_of
from mlsr_es.indexing.enriching.encoding import weighed
from mlsr_es.indexing.enriching.job import EnrichJob
from mlsr_es.indexing.enriching.pictures import Picture, captions_of
from mlsr_es.indexing.enriching.preparing import EnrichBlock, Key, Left, Ready, enrich_blocks
from mlsr_es.indexing.enriching.summary import EnrichSummary
from mlsr_es.indexing.pruning import prune
from mlsr_es.indexing.rejects import RejectsFile
from mlsr_es.indexing.seen import SeenIds
from mlsr_es.indexing.summary import new_stages
from mlsr_es.progress import Progress, Silent

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_STAGES = _READING, _ENCODING, _LOADING = "Reading", "Encoding", "Loading"

_ROUNDS = 5
"""How often a document is read that is changed by somebody else each time."""

_NO_TERMS, _GONE = "no terms", "removed meanwhile"


def opened_for(job: EnrichJob, client: Client) -> Destination:
    """Look at the index and at what will be written to; nothing is written.

    Raises:
        InputError: The model needs a field that is not named, or an index would be written into itself.
        IndexMismatchError: Something is in the way.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    owners = describe(client, job.index)
    job.fields.check(owners)
    job.fields.check_needs(job.needs)
    if job.into in {job.index, owners.index}:
        raise InputError(f"--into names {job.into} itself.", advice="Leave it out, or name another index.")
    return destination_of(client, job, owners)


def enrich(job: EnrichJob, client: Client, progress: Progress | None = None) -> EnrichSummary:
    """Add weights to the documents of an index, so that they can be suggested.

    Documents whose weights are stored as they would be now are not encoded again: a run that was killed is completed
    by running it again. Another model's weights go into another field, which searches read when all are there.

    Args:
        job: What is enriched, with what, and how.
        client: Of ``mlsr_es.elastic.connect``.
        progress: Told of reading, encoding and loading.

    Raises:
        InputError: The job is strict and a record is bad, or the model needs a field that is not named.
        SourceError: Nothing of the index can be encoded.
        IndexMismatchError: Something is in the way, in the index or in the name that is written to.
        ClusterError: The cluster cannot be reached, or refuses; what is stored stays.
        StorageError: The rejects file cannot be written.
    """
    started = perf_counter()
    destination = opened_for(job, client)
    destination.open()
    run = _Run(job, client, destination, progress or Silent())
    summary = run.summary
    try:
        run.load()
        if not summary.encoded + summary.unchanged:
            raise SourceError(
                f"nothing of {job.index} can be encoded: of {summary.read} documents {summary.left_out.total()} are "
                f"left out ({', '.join(summary.left_out) or 'none'}) and {summary.rejected.total()} are rejected.",
                advice="Check the fields with --dry-run.",
            )
        run.prune()
    finally:
        run.close()
    summary.promoted, summary.missing_collections = destination.finish()
    summary.seconds = perf_counter() - started
    return summary


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A document that waits for the cluster's answer; ``rule`` is why it has no weights, "" where it has."""

    found: Found
    pictures: tuple[Picture, ...]
    rule: str = ""
    error: RecordError | None = None


class _Run:
    """One run's state: counts, documents under way, documents to be read again."""

    def __init__(self, job: EnrichJob, client: Client, destination: Destination, progress: Progress) -> None:
        self.job = job
        self.client = client
        self.destination = destination
        self.progress = progress
        into = job.into or job.index
        self.summary = EnrichSummary(into, destination.index, job.index, stages=new_stages(), field=destination.field)
        self._open = ExitStack()
        self._rejects = self._open.enter_context(RejectsFile(job.rejects, strict=job.strict))
        self._seen = self._open.enter_context(SeenIds()) if destination.mirrors else None
        self._under_way: dict[Key, _UnderWay] = {}
        self._again: list[Key] = []

    def close(self) -> None:
        """Release the files."""
        self.summary.rejects_file = self._rejects.written
        self._open.close()

    def load(self) -> None:
        """Read, encode and write all documents; those that were changed meanwhile once more."""
        total = count(self.client, self.job.index)
        for stage in _STAGES:
            self.progress.start(stage, total, "documents")
        fields, fingerprint = self.job.read.wanted, self.destination.fingerprint
        with closing(read_snapshot(self.client, self.job.index, fields, fingerprint=fingerprint)) as documents:
            self._work_off(documents)
        for _ in range(_ROUNDS - 1):
            changed, self._again = self._again, []
            if not changed:
                break
            self.summary.read_again += len(changed)
            self._work_off(self._still_there(changed))
        for id_, _ in self._again:
            self._reject(RecordError(id_, "load", f"it was changed each of {_ROUNDS} times that it was read"), None)
        for stage in _STAGES:
            self.progress.finish(stage)

    def prune(self) -> None:
        """Remove from an index of its own what the other no longer has."""
        if self._seen is not None:
            self.summary.pruned = prune(self.client, self.destination.index, self.job.index, self._seen)

    def _still_there(self, keys: list[Key]) -> Iterator[Found]:
        """Documents as they are now; those that are gone are counted."""
        index, fields = self.destination.index, self.job.read.wanted
        for each in read_again(self.client, index, keys, fields, fingerprint=self.destination.fingerprint):
            if isinstance(each, Found):
                yield each
            else:
                self.summary.left_out[_GONE] += 1

    def _work_off(self, documents: Iterator[Found]) -> None:
        meter = self.summary.stages["loading"].took
        # Closed one after the other, also where one of them breaks: each reads from the next in threads of its own.
        with (
            closing(self._actions(documents)) as actions,
            closing(load(self.client, self.destination.index, actions, meter=meter)) as results,
        ):
            for result in results:
                self._take(result)

    def _actions(self, documents: Iterator[Found]) -> Generator[Action]:
        with closing(enrich_blocks(documents, self.destination.held, self.job, self.job.index)) as blocks:
            for block in blocks:
                self._account(block)
                yield from self._clearing(block)
                yield from self._writing(block.ready)

    def _writing(self, ready: list[Ready]) -> Iterator[Action]:
        started = perf_counter()
        found = weighed(self.job, ready)
        self.summary.stages["encoding"].took(perf_counter() - started, len(ready))
        for document, weights in zip(ready, found, strict=True):
            self.progress.advance(_ENCODING)
            if self._seen is not None and document.found.id in self._seen:
                reason = f"{self.job.index} has another document of this id, under another routing"
                self._reject(RecordError(document.found.id, "index", reason), None)
                self.progress.advance(_LOADING)
            elif weights.terms:
                yield self._sent(document.found, self.destination.write(document, weights), document.pictures)
            else:
                left = Left(document.found, _NO_TERMS, bool(document.found.fingerprint), document.fingerprint)
                yield from self._leaving(left)

    def _clearing(self, block: EnrichBlock) -> Iterator[Action]:
        """What was encoded once and cannot be any more: its old words would find it for ever."""
        for left in block.left_out:
            yield from self._leaving(left)
        for error, found, pictures, held in block.rejected:
            action = self.destination.broken(found) if held else None
            if action:
                yield self._sent(found, action, pictures, error=error)
            else:
                self._reject(error, _record(self.job.index, found, pictures))
                self.progress.advance(_LOADING)

    def _leaving(self, left: Left) -> Iterator[Action]:
        action = self.destination.clear(left.found, left.fingerprint) if left.held else None
        if action:
            yield self._sent(left.found, action, (), rule=left.rule)
        else:
            self.summary.left_out[left.rule] += 1
            self.progress.advance(_LOADING)

    def _sent(
        self,
        found: Found,
        action: Action,
        pictures: tuple[Picture, ...],
        *,
        rule: str = "",
        error: RecordError | None = None,
    ) -> Action:
        key = found.key if isinstance(action, UpdateAction) else (found.id, None)
        self._under_way[key] = _UnderWay(_without_source(found), _without_values(pictures), rule, error)
        if self._seen is not None:
            self._seen.add([found.id])
        return action

    def _account(self, block: EnrichBlock) -> None:
        self.summary.stages["reading"].took(block.seconds, block.read)
        self.summary.unchanged += len(block.unchanged)
        if self._seen is not None:
            # What is broken today stays as it was; what a rule leaves out goes.
            self._seen.add(found.id for found in block.unchanged)
            self._seen.add(found.id for _, found, _, _ in block.rejected)
        self.progress.advance(_READING, block.read)
        self.progress.advance(_ENCODING, block.read - len(block.ready))
        self.progress.advance(_LOADING, len(block.unchanged))

    def _take(self, result: BulkResult) -> None:
        key = (result.id, result.routing)
        sent = self._under_way.pop(key)
        if result.conflict:
            self._again.append(key)
            return
        self.progress.advance(_LOADING)
        if result.gone:
            self.summary.left_out[_GONE] += 1
        elif result.rejected:
            record = _record(self.job.index, sent.found, sent.pictures)
            self._reject(RecordError(result.id, "load", result.reason), record)
        elif sent.error:
            self.summary.cleared += 1
            self._reject(sent.error, _record(self.job.index, sent.found, sent.pictures))
        elif sent.rule:
            self.summary.cleared += 1
            self.summary.left_out[sent.rule] += 1
        else:
            self.summary.encoded += 1
            self.summary.stages["loading"].documents += 1

    def _reject(self, error: RecordError, record: ImageDocument | None) -> None:
        self.summary.rejected[error.stage] += 1
        self._rejects.add(error, record)


def _record(index: str, found: Found, pictures: tuple[Picture, ...]) -> ImageDocument:
    """A document as it stands in the rejects file."""
    names = ", ".join(picture.name for picture in pictures if picture.name)
    return ImageDocument(found.id, index, captions_of(pictures), image=ImageFile(names, b"") if names else None)


def _without_source(found: Found) -> Found:
    """Many wait for the cluster's answer: too many for their images in memory."""
    return Found(found.id, found.routing, found.seq_no, found.primary_term, {}, found.fingerprint)


def _without_values(pictures: tuple[Picture, ...]) -> tuple[Picture, ...]:
    return tuple(Picture(picture.captions, picture.name) for picture in pictures)
