"""``load``: stores what ``encode`` wrote in a version behind an alias, without a model."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import orjson

from mlsr_es.elastic.mapping import FieldKind, IndexMeta
from mlsr_es.elastic.versions import Lease, leased
from mlsr_es.errors import InputError, RecordError
from mlsr_es.evaluation import encoded_documents, vector_count, vectors_meta
from mlsr_es.indexing.encode import EncodedRecord
from mlsr_es.indexing.encode_job import REJECTS
from mlsr_es.indexing.kept import read_back
from mlsr_es.indexing.made_with import MADE_WITH
from mlsr_es.indexing.prepare import BLOCK, check_collection
from mlsr_es.indexing.record import Record
from mlsr_es.indexing.rejects import RejectsFile
from mlsr_es.indexing.sinks import VersionPlan, VersionSink
from mlsr_es.indexing.sinks.balancing import stored_weight
from mlsr_es.indexing.sinks.target import find_target
from mlsr_es.indexing.summary import Summary
from mlsr_es.progress import Progress, Silent, say_nothing
from mlsr_es.vectors import TermWeights

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_LOADING = "Loading"


@dataclass(frozen=True, slots=True)
class LoadJob:
    """The settings of a ``load`` run.

    Args:
        folder: What ``encode`` wrote.
        index: The alias.
        prune_missing: Whether images of the collection that the folder lacks are removed.
        field_kind: As in ``IndexJob``.
        rejects: The file for bad records.
        promotes: Whether a new version is promoted as soon as it is complete.
    """

    folder: Path
    index: str
    prune_missing: bool = False
    field_kind: FieldKind | None = None
    rejects: Path = Path("rejects.ndjson")
    promotes: bool = True


def load_vectors(
    job: LoadJob, client: Client, progress: Progress = Silent(), say: Callable[[str], None] = say_nothing
) -> Summary:
    """Bring an index up to date with a folder of vectors, as ``index_collection`` does with a source.

    The documents are those that it would have stored, with the same fingerprints. The weight of BM25 is the model's
    own: it is not balanced, since the folder does not have the sections' texts.

    Args:
        job: The settings of the run.
        client: From ``mlsr_es.elastic.client.connect``.
        progress: Reports each document.
        say: Told, in a sentence, for whom it waits.

    Raises:
        InputError: The folder has no vectors, or was written by a version that did not write what an index stores.
        IndexMismatchError: The index's name belongs to something else.
        ClusterError: The cluster cannot be reached, or refuses; what is stored stays stored.
    """
    started = perf_counter()
    plan = _plan(job)
    find_target(client, job.index, plan.meta, job.field_kind)  # before any lease
    with leased(client, job.index, "load", say=say) as lease:
        sink = VersionSink(client, plan, partial(stored_weight, client))
        with closing(sink), RejectsFile(job.rejects, plan.collection) as rejects:
            sink.open()
            summary = Summary(sink.name, sink.index, plan.collection, field=sink.field)
            _Loading(job.folder, sink, summary, rejects, progress, lease).load()
            lease.confirm()
            sink.finish(summary)
    summary.seconds = perf_counter() - started
    return summary


def preview_loading(job: LoadJob, client: Client) -> str:
    """What a run would do, for people; nothing is written.

    Raises:
        InputError: As ``load_vectors``.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    plan = _plan(job)
    target = find_target(client, job.index, plan.meta, job.field_kind)
    return (
        f"{vector_count(job.folder):,} images of {plan.collection}, encoded by {plan.meta.model}: {target.description}"
    )


def _plan(job: LoadJob) -> VersionPlan:
    told = vectors_meta(job.folder)
    if job.prune_missing and (job.folder / REJECTS).is_file():
        raise InputError(
            f"--prune-missing would remove images that could not be encoded: {job.folder / REJECTS} has records.",
            advice="Mend them and encode the source again, or load without it.",
        )
    return VersionPlan(
        job.index,
        _made_with(job.folder, told),
        told["collection"],
        kind=job.field_kind,
        origin=told.get("origin", ""),
        describe=told.get("describe", "none"),
        prunes=job.prune_missing,
        promotes=job.promotes,
    )


def _made_with(folder: Path, told: Mapping[str, str]) -> IndexMeta:
    if MADE_WITH not in told:
        raise InputError(f"{folder} does not have what an index stores.", advice="Encode the source again.")
    return IndexMeta.read(str(folder), {"mlsr": orjson.loads(told[MADE_WITH])})


@dataclass(frozen=True, slots=True)
class _Loading:
    """A run, between the opening of its sink and its end."""

    folder: Path
    sink: VersionSink
    summary: Summary
    rejects: RejectsFile
    progress: Progress
    lease: Lease

    def load(self) -> None:
        """Store what is new or changed."""
        self.progress.start(_LOADING, vector_count(self.folder), "images")
        stage = self.summary.stages["loading"]
        with closing(self.sink.write(self._changes(), stage.took)) as results:
            for result in results:
                self.progress.advance(_LOADING)
                if result.rejected:
                    self._reject(RecordError(result.id, "load", result.reason))
                else:
                    self.summary.encoded += 1
                    stage.documents += 1
        self.progress.finish(_LOADING)
        self.summary.rejects_file = self.rejects.written

    def _changes(self) -> Generator[EncodedRecord]:
        for rows in encoded_documents(self.folder, BLOCK):
            self.lease.check()
            yield from self._changed(list(self._read_back(rows)))

    def _read_back(self, rows: Iterable[tuple[str, TermWeights, dict[str, Any]]]) -> Iterator[EncodedRecord]:
        for row in rows:
            try:
                yield read_back(*row, self.summary.collection)
            except (KeyError, TypeError, ValueError) as error:
                self._reject(RecordError(str(row[0]), "read", f"what an index stores of it was changed: {error!r}"))

    def _changed(self, encoded: list[EncodedRecord]) -> Iterator[EncodedRecord]:
        stored = self.sink.stored([each.prepared.record for each in encoded])
        for each in encoded:
            record = each.prepared.record
            there = stored.get(record.key)
            try:
                check_collection(record.id, there, self.summary.collection)
            except RecordError as error:
                self.sink.keeps([record])
                self._reject(error, record)
                continue
            if there is not None and there.fingerprint == each.prepared.fingerprint:
                self.sink.keeps([record])
                self.summary.unchanged += 1
                self.progress.advance(_LOADING)
            else:
                yield each

    def _reject(self, error: RecordError, record: Record | None = None) -> None:
        self.summary.rejected[error.stage] += 1
        self.rejects.add(error, record)
