"""The pipeline: read, prepare, encode and write, overlapped; documents that were changed meanwhile are read again."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from mlsr_es.describe import NOTHING, Describing
from mlsr_es.elastic.bulk import Action, BulkResult
from mlsr_es.elastic.versions import Lease
from mlsr_es.errors import RecordError
from mlsr_es.indexing.caption_sample import CaptionSample
from mlsr_es.indexing.encode import EncodedRecord, encode
from mlsr_es.indexing.engines import HERE, Encoding, Engine
from mlsr_es.indexing.needs import Needs
from mlsr_es.indexing.prepare import Block, Item, Preparing
from mlsr_es.indexing.readers import Reader
from mlsr_es.indexing.record import Key, Record, Unusable
from mlsr_es.indexing.rejects import RejectsFile
from mlsr_es.indexing.sinks import Change, Cleared, IndexSink, Sink
from mlsr_es.indexing.summary import Summary
from mlsr_es.progress import Progress, Silent

if TYPE_CHECKING:
    from mlsr_es.encoders import Model

_STAGES = _READING, _ENCODING, _LOADING = "Reading", "Encoding", "Loading"

_ROUNDS = 5
"""How often a document is read at most, if somebody else changes it each time."""

NO_TERMS = "no terms"
"""The rule by which a document is left out that the model finds no term for."""

_GONE = "removed meanwhile"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A run from a reader to a sink.

    Args:
        reader: Reads the documents.
        sink: Writes their weights.
        model: The bi-encoder.
        rejects: The file for bad records.
        strict: Whether the first bad record stops the run.
        thumbnails: Whether each document gets a thumbnail.
        describing: What adds captions that machines make.
        lease: That of the index's name, which the run holds; None for files.
        engine: Where records are prepared and encoded.
    """

    reader: Reader
    sink: Sink
    model: Model
    rejects: Path = Path("rejects.ndjson")
    strict: bool = False
    thumbnails: bool = False
    describing: Describing = NOTHING
    lease: Lease | None = None
    engine: Engine = HERE

    @property
    def preparing(self) -> Preparing:
        """How records are prepared."""
        return Preparing(self.reader, self.sink.stored, Needs.of(self.model.config, self.describing), self.thumbnails)

    def run(self, progress: Progress = Silent()) -> Summary:
        """Bring the sink up to date with the reader.

        Documents that are already stored in the same form are not encoded again, so a killed run is completed by
        running it again.

        Args:
            progress: Reports reading, encoding and loading.

        Raises:
            InputError: The run is strict and a record is bad.
            SourceError: No document can be encoded.
            IndexMismatchError: The index cannot take the weights, or is gone.
            ClusterError: The cluster cannot be reached, or refuses; what is stored stays stored.
            StorageError: The rejects file or another file cannot be written.
        """
        started = perf_counter()
        file = RejectsFile(self.rejects, self.reader.collection, strict=self.strict)
        with closing(self.sink), file as rejects:
            self.sink.open()
            with self.engine.opened(self.preparing, self.model) as encoding:
                run = _Run(self, encoding, rejects, progress)
                run.load()
            if self.lease:
                self.lease.confirm()
            self.sink.finish(run.summary)
        run.summary.seconds = perf_counter() - started
        return run.summary


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do.

    Args:
        described: A description for people.
        body: The settings and mapping of a new index, or the additions to a mapping.
        action: The first document as it would be sent; None where no document would be sent.
        block: The block of records that was read last.
        captions: Some captions that nobody says to be in the model's language.
    """

    described: str
    body: Mapping[str, Any]
    action: Action | None
    block: Block
    captions: CaptionSample


def preview(pipeline: Pipeline, sink: IndexSink) -> Preview:
    """Read and encode up to the first document that would be written; nothing is written.

    Args:
        pipeline: The pipeline to preview.
        sink: The pipeline's sink.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    last, action, captions = Block(), None, CaptionSample(pipeline.model.languages)
    with closing(pipeline.reader.records()) as items, closing(pipeline.preparing.blocks(items)) as blocks:
        for block in blocks:
            last = block
            captions.take(block.usable)
            encoded = encode(pipeline.model, block.ready)
            first = next((each for each in encoded if len(each.weights)), None)
            if first:
                action = sink.action(first)
                break
    return Preview(sink.described, sink.body, action, last, captions)


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A document that waits for the cluster's answer; ``reason`` says why its weights are cleared, else None."""

    record: Record | None
    reason: Unusable | None = None


class _Run:
    """The state of one run: counts, documents under way, documents to read again."""

    def __init__(self, pipeline: Pipeline, encoding: Encoding, rejects: RejectsFile, progress: Progress) -> None:
        self.reader = pipeline.reader
        self.sink = pipeline.sink
        self._encoding = encoding
        sink, reader = pipeline.sink, pipeline.reader
        self.summary = Summary(
            sink.name, sink.index, reader.collection, field=sink.field, unit=reader.unit, advice=reader.advice
        )
        self.summary.captions = CaptionSample(pipeline.model.languages)
        self.summary.looked = pipeline.describing.looks
        self._rejects = rejects
        self._progress = progress
        self._lease = pipeline.lease
        self._under_way: dict[Key, _UnderWay] = {}
        self._again: list[Key] = []

    def load(self) -> None:
        """Read, encode and write everything; then repeat it for documents that were changed meanwhile."""
        total = self.reader.count()
        for stage in _STAGES:
            self._progress.start(stage, total, self.reader.unit)
        with closing(self.reader.records()) as items:
            self._work_off(items)
        for _ in range(_ROUNDS - 1):
            changed, self._again = self._again, []
            if not changed:
                break
            self.summary.read_again += len(changed)
            self._work_off(self._still_there(changed))
        for id_, _ in self._again:
            reason = f"it was changed each of {_ROUNDS} times that it was read"
            self._reject(Unusable.bad(RecordError(id_, "load", reason)))
        for stage in _STAGES:
            self._progress.finish(stage)
        self.summary.rejects_file = self._rejects.written

    def _work_off(self, items: Iterator[Item]) -> None:
        meter = self.summary.stages["loading"].took
        # Each generator reads from the next one in its own threads, so all are closed in order, also after an error.
        with closing(self._changes(items)) as changes, closing(self.sink.write(changes, meter)) as results:
            for result in results:
                self._take(result)

    def _still_there(self, keys: list[Key]) -> Iterator[Item]:
        """Read documents again as they are now; count those that are gone."""
        for each in self.reader.read_again(keys):
            if isinstance(each, Record | Unusable):
                yield each
            else:
                self.summary.left_out[_GONE] += 1

    def _changes(self, items: Iterator[Item]) -> Generator[Change]:
        with closing(self._encoding(items)) as blocks:
            for each in blocks:
                if self._lease:
                    self._lease.check()
                self._account(each.block)
                for unusable in (*each.block.left_out, *each.block.rejected):
                    yield from self._cleared(unusable)
                self.summary.stages["encoding"].took(each.seconds, len(each.records))
                yield from self._ready(each.records)

    def _account(self, block: Block) -> None:
        self.summary.stages["reading"].took(block.seconds, block.read)
        self.summary.unchanged += len(block.unchanged)
        self.summary.captions.take(block.usable)
        # A rejected record keeps what is stored; a record that a rule leaves out does not.
        self.sink.keeps(block.unchanged)
        self.sink.keeps(unusable.id for unusable in block.rejected)
        self._progress.advance(_READING, block.read)
        self._progress.advance(_ENCODING, block.read - len(block.ready))
        self._progress.advance(_LOADING, len(block.unchanged))

    def _ready(self, encoded: Sequence[EncodedRecord]) -> Iterator[Change]:
        for each in encoded:
            record, fingerprint = each.prepared.record, each.prepared.fingerprint
            self._progress.advance(_ENCODING)
            if reason := self.sink.refuses(record):
                self._put_aside(Unusable.bad(RecordError(record.id, "index", reason)))
            elif len(each.weights):
                self._under_way[self.sink.key(record)] = _UnderWay(record.without_content)
                yield each
            else:
                yield from self._cleared(Unusable(record.id, NO_TERMS, record=record, fingerprint=fingerprint))

    def _cleared(self, unusable: Unusable) -> Iterator[Change]:
        """Clear the stored weights of a record that can no longer be encoded, or queries would still find it."""
        record = unusable.record
        if record is None:
            clears = False
        elif unusable.error:
            clears = self.sink.clears_bad(record)
        else:
            clears = self.sink.clears(record) and record.stored_fingerprint != unusable.fingerprint
        if record is not None and clears:
            self._under_way[self.sink.key(record)] = _UnderWay(record.without_content, unusable)
            yield Cleared(record, unusable.fingerprint)
        else:
            self._put_aside(unusable)

    def _take(self, result: BulkResult) -> None:
        key = (result.id, result.routing)
        # Where a source gives an id twice, the second answer finds nothing under way.
        sent = self._under_way.pop(key, _UnderWay(None))
        if result.conflict:
            self._again.append(key)
            return
        if result.gone:
            self.summary.left_out[_GONE] += 1
        elif result.rejected:
            self._reject(Unusable.bad(RecordError(result.id, "load", result.reason), sent.record))
        elif sent.reason:
            self.summary.cleared += 1
            self._count(sent.reason)
        else:
            self.summary.encoded += 1
            self.summary.stages["loading"].documents += 1
        self._progress.advance(_LOADING)

    def _put_aside(self, unusable: Unusable) -> None:
        self._count(unusable)
        self._progress.advance(_LOADING)

    def _count(self, unusable: Unusable) -> None:
        if unusable.error:
            self._reject(unusable)
        else:
            self.summary.left_out[unusable.rule] += 1

    def _reject(self, bad: Unusable) -> None:
        if bad.error:
            self.summary.rejected[bad.error.stage] += 1
            self._rejects.add(bad.error, bad.record)
