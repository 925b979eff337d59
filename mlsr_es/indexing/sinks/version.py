"""A sink that writes to a version behind an alias: created, filled, pruned, balanced and promoted."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.bulk import BulkResult, IndexAction, load
from mlsr_es.elastic.mapping import FieldKind, IndexMeta, carried_values, document_body, index_body
from mlsr_es.elastic.reading import Stored, count, refresh, stored
from mlsr_es.elastic.versions import add_fields, delete_version, mark_ready, promote, resolve, store_origin, store_reads
from mlsr_es.hybrid import Hybrid
from mlsr_es.indexing.encode import EncodedRecord
from mlsr_es.indexing.record import Key, Record
from mlsr_es.indexing.sinks.pruning import prune
from mlsr_es.indexing.sinks.sink import Change, Meter
from mlsr_es.indexing.sinks.target import (
    find_target,
    missing_collections,
    of_new_version,
    opened,
    remove_older,
)
from mlsr_es.indexing.summary import Summary
from mlsr_es.seen import Seen

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

Balance = Callable[[str], Hybrid | None]
"""Finds the weight of BM25 for an index and stores it there; the weight that is stored now, or None."""


@dataclass(frozen=True, slots=True)
class VersionPlan:
    """The settings of a version, and what to do once it is filled.

    Args:
        name: The alias.
        meta: The model and settings that the documents are made with.
        collection: The collection that the documents belong to.
        kind: The type of the field with the weights; None for the type in the index, or for a new index the type that
            suits the cluster.
        origin: Where the collection is read from, for people to read; "" where it is unknown.
        describe: What machines add to the captions, as ``--describe`` takes it.
        prunes: Whether documents that have left the collection are removed.
        mirrors: Whether the version holds the documents of another index under their ids. Then every id is known, even
            that of a bad document, and the same id under a second routing is rejected.
        promotes: Whether the version is promoted as soon as it is complete.
        carried: The mapping of the fields that it takes along from the index that it mirrors.
    """

    name: str
    meta: IndexMeta
    collection: str
    kind: FieldKind | None = None
    origin: str = ""
    describe: str = "none"
    prunes: bool = False
    mirrors: bool = False
    promotes: bool = True
    carried: Mapping[str, Any] = field(default_factory=dict)


class VersionSink:
    """Writes whole documents into a version of an index of this package.

    Args:
        client: From ``connect``.
        plan: The settings of the version.
        balance: Finds and stores the weight of BM25.

    Raises:
        IndexMismatchError: The name belongs to something else.
        ClusterError: The cluster cannot be reached, or refuses.
    """

    def __init__(self, client: Client, plan: VersionPlan, balance: Balance) -> None:
        self._client = client
        self._plan = plan
        self._balance = balance
        self._target = find_target(client, plan.name, plan.meta, plan.kind)
        self._origin_before: str | None = None
        self._seen = Seen() if plan.prunes else None
        self.index = self._target.version or ""

    @property
    def name(self) -> str:
        """The alias."""
        return self._plan.name

    @property
    def field(self) -> str:
        """The field with the weights."""
        return self._plan.meta.field

    @property
    def described(self) -> str:
        """A description of what will be done, for people."""
        return self._target.description

    @property
    def body(self) -> Mapping[str, Any]:
        """The settings and mapping of a new version."""
        body = index_body(of_new_version(self._client, self._plan.meta, self._plan.kind))
        body["mappings"]["properties"] |= self._plan.carried
        return body

    def open(self) -> None:
        """Create the version if it does not exist, and record where the collection is read from."""
        plan = self._plan
        self.index = opened(self._client, plan.name, plan.meta, self._target, plan.kind)
        if plan.carried:
            add_fields(self._client, self.index, plan.carried)
        if plan.meta.reads:
            store_reads(self._client, self.index, plan.meta.reads)
        if plan.origin:
            self._origin_before = store_origin(
                self._client, self.index, plan.collection, plan.origin, describe=plan.describe
            )

    def stored(self, records: Sequence[Record]) -> Mapping[Key, Stored]:
        """Look up what the version holds under the records' ids."""
        held = stored(self._client, self.index, [each.id for each in records]) if self.index else {}
        return {each.key: held[each.id] for each in records if each.id in held}

    def keeps(self, records: Iterable[Record | str]) -> None:
        """Exempt these records from pruning."""
        if self._seen is not None:
            for each in records:
                self._seen.add(each if isinstance(each, str) else each.id)

    def key(self, record: Record) -> Key:
        """The record's id, without a routing."""
        return record.id, None

    def refuses(self, record: Record) -> str:
        """Refuse a second document with the same id, where the version mirrors an index."""
        twice = self._plan.mirrors and self._seen is not None and record.id in self._seen
        return f"{self._plan.collection} has another document of this id, under another routing" if twice else ""

    def clears(self, record: Record) -> bool:  # noqa: ARG002
        """Always False: a document that a rule leaves out is pruned as a whole."""
        return False

    def clears_bad(self, record: Record) -> bool:  # noqa: ARG002
        """Always False: the stored document of a bad record stays as it is."""
        return False

    def write(self, changes: Iterable[Change], meter: Meter) -> Generator[BulkResult]:
        """Store documents under their ids."""
        with closing(load(self._client, self.index, self._actions(changes), meter=meter)) as results:
            yield from results

    def action(self, change: Change) -> IndexAction:
        """The action that stores the whole document."""
        if not isinstance(change, EncodedRecord):
            raise TypeError("documents of a version are replaced or pruned, never cleared")
        prepared = change.prepared
        body = document_body(
            prepared.record.document,
            weights=change.weights,
            fingerprint=prepared.fingerprint,
            model=self._plan.meta.model,
            thumbnail=prepared.thumbnail,
            picture_hash=prepared.picture_hash,
            format=prepared.format,
        )
        if change.images:
            body["mlsr"]["images"] = change.images
        if found := prepared.record.found:
            body |= carried_values(found.source, self._plan.meta.reads.get("carried", ()))
        return IndexAction(prepared.record.id, body)

    def close(self) -> None:
        """Delete the list of ids that the run has seen."""
        if self._seen is not None:
            self._seen.close()

    def finish(self, summary: Summary) -> None:
        """Prune, balance, and promote the version if it is complete.

        Raises:
            SourceError: The version holds no documents.
        """
        if self._plan.mirrors and not summary.encoded + summary.unchanged:
            self._remove_if_new()
            raise summary.nothing_encoded()
        self._prune(summary)
        refresh(self._client, self.index)
        if summary.encoded or summary.pruned:
            summary.hybrid = self._balance(self.index)
        if self._target.serves:
            return
        if not count(self._client, self.index):
            self._remove_if_new()
            raise summary.nothing_encoded()
        self._take_over(summary)

    def _actions(self, changes: Iterable[Change]) -> Generator[IndexAction]:
        for change in changes:
            action = self.action(change)
            self.keeps([action.id])
            yield action

    def _prune(self, summary: Summary) -> None:
        """Remove the collection's documents that this run has not seen."""
        if self._seen is None:
            return
        plan, unread = self._plan, summary.rejected["read"]
        if unread and not plan.mirrors:
            summary.not_pruned = f"{unread} records could not be read, so nobody knows which images left the source"
        elif self._origin_before not in (None, plan.origin):
            summary.not_pruned = (
                f"the collection {plan.collection} was read from {self._origin_before} before. If it has moved here, "
                "run this again; if this is another one, give it a name of its own: --collection"
            )
        else:
            summary.pruned = prune(self._client, self.index, plan.collection, self._seen)

    def _remove_if_new(self) -> None:
        if self._target.version is None and self.index:
            delete_version(self._client, self.index)

    def _take_over(self, summary: Summary) -> None:
        """Promote the version, or mark it as ready."""
        # Another run may have promoted a version meanwhile, and its collections must not be lost.
        resolved = resolve(self._client, self.name)
        serving = resolved.serving.index if resolved and resolved.serving else None
        summary.missing_collections = missing_collections(self._client, self.index, serving)
        if summary.missing_collections:
            return
        if not self._plan.promotes:
            mark_ready(self._client, self.index)
            summary.ready = True
            return
        promote(self._client, self.name, self.index, serving=serving)
        summary.promoted = True
        summary.kept = serving or ""
        summary.removed = remove_older(self._client, self.name, but=(self.index, summary.kept))
