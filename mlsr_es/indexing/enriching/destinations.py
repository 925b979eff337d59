"""Where weights go: into the documents that they were made from, or into an index of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.elastic.bulk import Action, IndexAction, UpdateAction
from mlsr_es.elastic.cluster import capabilities
from mlsr_es.elastic.enrichment import (
    OwnersIndex,
    WeightsObject,
    check_writable,
    prepare_weights_object,
    switch,
    weights_object_for,
)
from mlsr_es.elastic.mapping import FieldKind, document_body, index_body, weights_body
from mlsr_es.elastic.reading import Found, Stored, refresh, stored
from mlsr_es.elastic.versions import promote
from mlsr_es.indexing.enriching.encoding import Weighed
from mlsr_es.indexing.enriching.job import EnrichJob
from mlsr_es.indexing.enriching.pictures import captions_of
from mlsr_es.indexing.enriching.preparing import Key, Ready
from mlsr_es.indexing.target import find_target, missing_collections, opened

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


class Destination(Protocol):
    """What a run writes to."""

    @property
    def index(self) -> str:
        """The concrete index; "" before it is opened, where it has to be made."""

    @property
    def field(self) -> str:
        """The field with the weights."""

    @property
    def fingerprint(self) -> str:
        """The stored field, in the documents that are read, that tells what their weights were made from."""

    @property
    def mirrors(self) -> bool:
        """Whether it has documents of its own, which go when those that they were made from have gone."""

    @property
    def described(self) -> str:
        """What will be done to it, in words."""

    @property
    def mapping(self) -> Mapping[str, Any]:
        """What will be sent to make room for the weights."""

    def open(self) -> None:
        """Make room for the weights."""

    def held(self, found: Sequence[Found]) -> Mapping[Key, Stored]:
        """What is stored of documents already."""

    def write(self, ready: Ready, weighed: Weighed) -> Action:
        """Store a document's weights."""

    def clear(self, found: Found, fingerprint: str) -> Action | None:
        """Remove a document's weights; None where it has to go another way."""

    def broken(self, found: Found) -> Action | None:
        """What becomes of weights whose document can no longer be encoded; None where they stay."""

    def finish(self) -> tuple[bool, tuple[str, ...]]:
        """Let searches read what was written.

        Returns:
            Whether they read something else from now on, and the collections that they would miss if they did.
        """


@dataclass(frozen=True)
class InPlace:
    """The index itself: its documents get the object ``mlsr``, and stay as they are.

    Args:
        client: Of ``connect``.
        job: What is to be done.
        owners: Of ``describe``.
        kind: Of the field with the weights.
    """

    client: Client
    job: EnrichJob
    owners: OwnersIndex
    kind: FieldKind

    @property
    def weights_object(self) -> WeightsObject:
        """The place in the documents."""
        return weights_object_for(self.owners.meta, self.job.model.revision)

    @property
    def index(self) -> str:
        """As ``Destination`` says, like all that follow."""
        return self.owners.index

    @property
    def field(self) -> str:  # noqa: D102
        return self.weights_object.field

    @property
    def fingerprint(self) -> str:  # noqa: D102
        return self.weights_object.fingerprint

    @property
    def mirrors(self) -> bool:  # noqa: D102
        return False

    @property
    def described(self) -> str:  # noqa: D102
        serving = self.owners.meta
        if self.weights_object.serves:
            return f"the weights in {self.field} of {self.index} will be brought up to date"
        if serving is None or serving.field == self.field:
            return f"weights will be added to the documents of {self.index}, in {self.field}"
        return f"{self.field} of {self.index} will be filled; searches read {serving.field} until it is complete"

    @property
    def mapping(self) -> Mapping[str, Any]:  # noqa: D102
        return {"properties": self.weights_object.properties(self.kind)}

    def check(self) -> None:
        """See that nothing is harmed.

        Raises:
            IndexMismatchError: Something is in the way.
        """
        check_writable(self.owners, self.weights_object, self.kind)

    def open(self) -> None:  # noqa: D102
        prepare_weights_object(self.client, self.owners, self.weights_object, self.job.meta(self.kind))

    def held(self, found: Sequence[Found]) -> Mapping[Key, Stored]:  # noqa: D102
        return {each.key: Stored(each.fingerprint, self.job.index) for each in found}

    def write(self, ready: Ready, weighed: Weighed) -> Action:  # noqa: D102
        images = [{"image": name, "terms": list(terms)} for name, terms in weighed.owed]
        return self._update(ready.found, weighed.terms, ready.fingerprint, images)

    def clear(self, found: Found, fingerprint: str) -> Action | None:  # noqa: D102
        return self._update(found, {}, fingerprint, [])

    def broken(self, found: Found) -> Action | None:  # noqa: D102
        # What lies in a field that does not serve yet may be from a model before the last: it must not serve again.
        return None if self.weights_object.serves else self.clear(found, "")

    def finish(self) -> tuple[bool, tuple[str, ...]]:  # noqa: D102
        return switch(self.client, self.owners, self.weights_object, self.job.meta(self.kind)), ()

    def _update(
        self, found: Found, terms: Mapping[str, float], fingerprint: str, images: Sequence[Mapping[str, Any]]
    ) -> UpdateAction:
        body = weights_body(terms, fingerprint=fingerprint, model=self.job.model_name)
        if images or found.fingerprint:  # an empty list, to take away those of before
            body["images"] = images
        return UpdateAction(found.id, self.weights_object.inside(body), found.seq_no, found.primary_term, found.routing)


class Companion:
    """An index of this package beside the one that is read: a document for each of its documents, under the same id.

    Args:
        client: Of ``connect``.
        job: What is to be done.
        kind: Of the field with the weights, in an index that is new.

    Raises:
        IndexMismatchError: The name belongs to something else.
        ClusterError: The cluster cannot be reached, or refuses.
    """

    fingerprint = "mlsr.fingerprint"
    mirrors = True

    def __init__(self, client: Client, job: EnrichJob, kind: FieldKind) -> None:
        self._client = client
        self._job = job
        self._meta = job.meta(kind)
        self._target = find_target(client, job.into, self._meta)
        self.index = self._target.version or ""

    @property
    def field(self) -> str:
        """As ``Destination`` says, like all that follow."""
        return self._meta.field

    @property
    def described(self) -> str:  # noqa: D102
        return self._target.description

    @property
    def mapping(self) -> Mapping[str, Any]:  # noqa: D102
        return index_body(self._meta)

    def open(self) -> None:  # noqa: D102
        self.index = opened(self._client, self._job.into, self._meta, self._target)

    def held(self, found: Sequence[Found]) -> Mapping[Key, Stored]:  # noqa: D102
        in_index = stored(self._client, self.index, [each.id for each in found]) if self.index else {}
        return {each.key: in_index[each.id] for each in found if each.id in in_index}

    def write(self, ready: Ready, weighed: Weighed) -> Action:  # noqa: D102
        first = ready.pictures[0]
        has_file = bool(first.value) and not self._job.store.inline
        document = ImageDocument(
            ready.found.id,
            self._job.index,
            captions_of(ready.pictures),
            image=ImageFile(first.name, b"") if has_file else None,
            width=ready.images[0].width if ready.images else 0,
            height=ready.images[0].height if ready.images else 0,
        )
        body = document_body(document, terms=weighed.terms, fingerprint=ready.fingerprint, model=self._job.model_name)
        if weighed.owed:
            body["mlsr"]["images"] = [{"image": name, "terms": list(terms)} for name, terms in weighed.owed]
        return IndexAction(document.id, body)

    def clear(self, found: Found, fingerprint: str) -> Action | None:  # noqa: ARG002, D102
        return None

    def broken(self, found: Found) -> Action | None:  # noqa: ARG002, D102
        return None

    def finish(self) -> tuple[bool, tuple[str, ...]]:  # noqa: D102
        refresh(self._client, self.index)
        if self._target.serves:
            return False, ()
        missing = missing_collections(self._client, self.index, self._target.serving)
        if not missing:
            promote(self._client, self._job.into, self.index)
        return not missing, missing


def destination_of(client: Client, job: EnrichJob, owners: OwnersIndex) -> Destination:
    """What a job writes to, looked at and not touched.

    Raises:
        IndexMismatchError: Something is in the way.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if job.into:
        return Companion(client, job, job.field_kind or capabilities(client).best_kind())
    in_place = InPlace(client, job, owners, _kind(client, job, owners))
    in_place.check()
    return in_place


def _kind(client: Client, job: EnrichJob, owners: OwnersIndex) -> FieldKind:
    """The type of the field in somebody's documents: the one that it has; or ``rank_features``, where the cluster can.

    Some clusters take the weights of a ``sparse_vector`` field out of the stored document, unless an index was created
    otherwise: an owner's was not.
    """
    there = owners.kind_of(weights_object_for(owners.meta, job.model.revision))
    if job.field_kind or there:
        return job.field_kind or there or FieldKind.RANK_FEATURES
    lacks = capabilities(client).kinds[FieldKind.RANK_FEATURES] is False
    return FieldKind.SPARSE_VECTOR if lacks else FieldKind.RANK_FEATURES
