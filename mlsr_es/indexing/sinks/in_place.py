"""A sink that adds the object ``mlsr`` to the documents of somebody's index, which otherwise stay as they are."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.bulk import BulkResult, UpdateAction, load
from mlsr_es.elastic.cluster import capabilities
from mlsr_es.elastic.enrichment import (
    OwnersIndex,
    WeightsObject,
    check_writable,
    prepare_weights_object,
    switch,
    weights_object_for,
)
from mlsr_es.elastic.mapping import FieldKind, IndexMeta, weights_body
from mlsr_es.elastic.reading import ReadDocument, Stored
from mlsr_es.indexing.encode import EncodedRecord
from mlsr_es.indexing.record import Key, Record
from mlsr_es.indexing.sinks.sink import Change, Meter
from mlsr_es.indexing.summary import Summary
from mlsr_es.vectors import TermWeights

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_NO_TERMS = TermWeights.of({})


@dataclass(frozen=True)
class InPlace:
    """Writes weights into the documents that they were made from.

    Args:
        client: From ``connect``.
        owners: The index, from ``describe``.
        meta: The ``_meta.mlsr`` that the index will have once every document is written.
    """

    client: Client
    owners: OwnersIndex
    meta: IndexMeta

    @cached_property
    def weights_object(self) -> WeightsObject:
        """The object in the documents that the weights are written to."""
        return weights_object_for(self.owners.meta, self.meta.revision)

    @property
    def name(self) -> str:
        """The index, as the user named it."""
        return self.owners.name

    @property
    def index(self) -> str:
        """The concrete index."""
        return self.owners.index

    @property
    def field(self) -> str:
        """The field with the weights."""
        return self.weights_object.field

    @property
    def described(self) -> str:
        """A description of what will be done, for people."""
        serving = self.owners.meta
        if self.weights_object.serves:
            return f"the weights in {self.field} of {self.index} will be brought up to date"
        if serving is None or serving.field == self.field:
            return f"weights will be added to the documents of {self.index}, in {self.field}"
        return f"{self.field} of {self.index} will be filled; searches read {serving.field} until it is complete"

    @property
    def body(self) -> Mapping[str, Any]:
        """The additions to the mapping."""
        return {"properties": self.weights_object.properties(self.meta.field_kind)}

    def check(self) -> None:
        """Check that weights can be added without harm to the documents.

        Raises:
            IndexMismatchError: The index cannot take the weights.
        """
        check_writable(self.owners, self.weights_object, self.meta.field_kind)

    def open(self) -> None:
        """Add the fields to the mapping, and record in ``_meta`` which model's weights they will hold."""
        prepare_weights_object(self.client, self.owners, self.weights_object, self.meta)

    def stored(self, records: Sequence[Record]) -> Mapping[Key, Stored]:
        """The fingerprints that the documents had when they were read."""
        collection = self.owners.name
        return {each.key: Stored(each.stored_fingerprint, collection) for each in records if each.stored_fingerprint}

    def keeps(self, records: Iterable[Record | str]) -> None:
        """Do nothing: this sink never removes the owner's documents."""

    def key(self, record: Record) -> Key:
        """The record's id and routing."""
        return record.key

    def refuses(self, record: Record) -> str:  # noqa: ARG002
        """Always "": each document is updated in its place."""
        return ""

    def clears(self, record: Record) -> bool:
        """True for a record that has weights, or queries would still find it."""
        return bool(record.stored_fingerprint)

    def clears_bad(self, record: Record) -> bool:
        """True for weights in the place that does not serve: they may be an older model's and must not serve again."""
        return bool(record.stored_fingerprint) and not self.weights_object.serves

    def write(self, changes: Iterable[Change], meter: Meter) -> Generator[BulkResult]:
        """Update documents, on condition that nobody has changed them since they were read."""
        actions = (self.action(change) for change in changes)
        with closing(load(self.client, self.index, actions, meter=meter)) as results:
            yield from results

    def action(self, change: Change) -> UpdateAction:
        """The partial update for a change."""
        if isinstance(change, EncodedRecord):
            record, weights, fingerprint = change.prepared.record, change.weights, change.prepared.fingerprint
            images = change.images
        else:
            record, weights, fingerprint, images = change.record, _NO_TERMS, change.fingerprint, []
        body = weights_body(weights, fingerprint=fingerprint, model=self.meta.model)
        if images or record.stored_fingerprint:  # an empty list removes earlier entries
            body["images"] = images
        found = _found(record)
        inside = self.weights_object.inside(body)
        return UpdateAction(found.id, inside, found.seq_no, found.primary_term, found.routing)

    def close(self) -> None:
        """Do nothing: this sink holds no resources."""

    def finish(self, summary: Summary) -> None:
        """Let searches read the new weights, once every document is written.

        Raises:
            SourceError: No document could be encoded.
        """
        if not summary.encoded + summary.unchanged:
            raise summary.nothing_encoded()
        summary.promoted = switch(self.client, self.owners, self.weights_object, self.meta)


def kind_in(client: Client, owners: OwnersIndex, revision: str, asked: FieldKind | None) -> FieldKind:
    """Choose the type of the field in somebody's index: the present one, else ``rank_features`` if the cluster has it.

    Some clusters remove the weights of a ``sparse_vector`` field from the stored document, unless the index was
    created with a setting against it, which somebody else's index does not have.

    Args:
        client: From ``connect``.
        owners: The index, from ``describe``.
        revision: The model's revision.
        asked: The type that the user asks for; None to let this function choose.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    there = owners.kind_of(weights_object_for(owners.meta, revision))
    if asked or there:
        return asked or there or FieldKind.RANK_FEATURES
    lacks = capabilities(client).kinds[FieldKind.RANK_FEATURES] is False
    return FieldKind.SPARSE_VECTOR if lacks else FieldKind.RANK_FEATURES


def _found(record: Record) -> ReadDocument:
    if record.found is None:
        raise TypeError("only a document that was read from an index is updated in place")
    return record.found
