"""Whether an index holds what a source says: every record is looked up, and some are encoded again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlsr_es.elastic.reading import ids_of_collection, stored_documents
from mlsr_es.elastic.search import weights_in
from mlsr_es.errors import InputError
from mlsr_es.indexing.encode import encode
from mlsr_es.indexing.index_job import IndexJob, pipeline_of
from mlsr_es.indexing.pipeline import NO_TERMS, Pipeline
from mlsr_es.indexing.prepare import Block, Preparing
from mlsr_es.indexing.record import Record
from mlsr_es.indexing.reservoir import Reservoir
from mlsr_es.progress import Progress, Silent
from mlsr_es.seen import Seen

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_STAGE = "Looking up records"
_CLOSE = 0.01
"""How far a stored weight may be from one that is encoded again, as a share: batches of other sizes round otherwise."""


@dataclass
class LoadProof:
    """What became of each record of a source.

    Args:
        index: The version that was looked at.
        collection: The collection.
        held: Records that the index holds with the same inputs, model and settings.
        outdated: Ids that it holds with others.
        missing: Ids that it does not hold.
        rejected: Bad records.
        left_out: Rule to the number of records that it leaves out.
        not_in_source: Ids of the collection's documents in the index that no record has.
        compared: Records that were encoded again.
        wrong: Ids of those whose weights are other than the stored ones.
    """

    index: str
    collection: str
    held: int = 0
    outdated: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rejected: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    not_in_source: list[str] = field(default_factory=list)
    compared: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many records the source has: each counts once."""
        lacking = len(self.outdated) + len(self.missing)
        return self.held + lacking + self.rejected + self.left_out.total()

    @property
    def is_whole(self) -> bool:
        """Whether every record that can be searched is searched, with the right weights."""
        return not (self.outdated or self.missing or self.wrong)


def prove_load(job: IndexJob, client: Client, *, sample: int, progress: Progress = Silent()) -> LoadProof:
    """Look up every record of a source in the index, and compare the weights of some with those of the model.

    Nothing is written.

    Args:
        job: The settings that the index was made with.
        client: From ``mlsr_es.elastic.client.connect``.
        sample: How many records are encoded again, chosen at random.
        progress: Reports each record.

    Raises:
        InputError: The index has no version of the job's model.
        IndexMismatchError: The index's name belongs to something else.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    pipeline, sink = pipeline_of(job, client)
    if not sink.index:
        raise InputError(
            f"{job.index} has no documents of the model {job.model_name!r}.",
            advice="Name the model that it was made with: --model. mlsr-es indices list shows it.",
        )
    proof = LoadProof(sink.index, pipeline.reader.collection)
    chosen = Reservoir[Record](sample)
    progress.start(_STAGE, pipeline.reader.count(), pipeline.reader.unit)
    with closing(Seen()) as seen:
        with closing(pipeline.reader.records()) as items, closing(pipeline.preparing.blocks(items)) as blocks:
            for block in blocks:
                _account(proof, block, pipeline)
                for record in block.unchanged:
                    chosen.take(record)
                for id_ in _ids(block):
                    seen.add(id_)
                progress.advance(_STAGE, block.read)
        found = ids_of_collection(client, sink.index, proof.collection)
        proof.not_in_source = [id_ for id_ in found if id_ not in seen]
    progress.finish(_STAGE)
    proof.compared, proof.wrong = len(chosen.items), list(_wrong(chosen.items, pipeline, client, sink.index))
    return proof


def _account(proof: LoadProof, block: Block, pipeline: Pipeline) -> None:
    proof.held += len(block.unchanged)
    proof.rejected += len(block.rejected)
    proof.left_out.update(unusable.rule for unusable in block.left_out)
    held = pipeline.sink.stored([prepared.record for prepared in block.ready])
    for encoded in encode(pipeline.model, block.ready):
        record = encoded.prepared.record
        if record.key in held:
            proof.outdated.append(record.id)
        elif len(encoded.weights):
            proof.missing.append(record.id)
        else:
            proof.left_out[NO_TERMS] += 1


def _ids(block: Block) -> Iterator[str]:
    yield from (prepared.record.id for prepared in block.ready)
    yield from (record.id for record in block.unchanged)
    yield from (unusable.id for unusable in (*block.left_out, *block.rejected))


def _wrong(records: Sequence[Record], pipeline: Pipeline, client: Client, index: str) -> Iterator[str]:
    """The ids of records whose weights are other than those that the model gives now."""
    known = pipeline.preparing
    anew = Preparing(known.reader, lambda _: {}, known.needs, known.thumbnails)
    path = pipeline.sink.field
    for block in anew.blocks(iter(records)):
        stored = stored_documents(client, index, [each.record.id for each in block.ready], [path])
        for encoded in encode(pipeline.model, block.ready):
            id_ = encoded.prepared.record.id
            now = dict(zip(encoded.weights.names, encoded.weights.weights.tolist(), strict=True))
            if not _same(now, weights_in(stored.get(id_, {}), path)):
                yield id_


def _same(encoded: Mapping[str, float], stored: Mapping[str, float]) -> bool:
    """Whether weights are equal, but for such terms as a limit of terms may exchange: the lightest."""
    if not encoded or not stored:
        return not encoded and not stored
    lightest = min(*encoded.values(), *stored.values()) * (1 + _CLOSE)
    return all(
        math.isclose(encoded.get(term, 0.0), stored.get(term, 0.0), rel_tol=_CLOSE)
        or max(encoded.get(term, 0.0), stored.get(term, 0.0)) <= lightest
        for term in encoded.keys() | stored.keys()
    )
