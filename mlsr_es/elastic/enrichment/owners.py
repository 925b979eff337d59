"""Adding weights to somebody else's index: what may be done with it, its mapping, the switch at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated
from mlsr_es.elastic.enrichment.weights_object import WeightsObject, check_free
from mlsr_es.elastic.mapping import FieldKind, IndexMeta, State, carried_properties, field_type
from mlsr_es.elastic.reading import refresh
from mlsr_es.elastic.versions import update_meta, whole_meta
from mlsr_es.errors import IndexMismatchError, InputError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_SEVERAL = re.compile(r'[*?,\s<>"\\/|#:]|^[-_+]')
_BLOCKS = {
    "write": "index.blocks.write",
    "read_only": "index.blocks.read_only",
    "read_only_allow_delete": "index.blocks.read_only_allow_delete (a disk was nearly full)",
    "metadata": "index.blocks.metadata",
}


@dataclass(frozen=True)
class OwnersIndex:
    """Somebody else's index, as the cluster describes it.

    Args:
        name: The name that the user gave: the index, or an alias of it.
        index: The index's own name.
        mapping: The whole mapping.
        settings: The index's settings.
        meta: The ``_meta.mlsr`` that an earlier ``enrich`` wrote; None where there is none.
    """

    name: str
    index: str
    mapping: Mapping[str, Any]
    settings: Mapping[str, Any]
    meta: IndexMeta | None

    def kind_of(self, weights_object: WeightsObject) -> FieldKind | None:
        """The type of the field with the weights; None where it does not exist yet, or cannot hold weights."""
        found = field_type(self.mapping, weights_object.field)
        return FieldKind(found) if found in set(FieldKind) else None

    def carried(self, paths: Iterable[str]) -> dict[str, Any]:
        """The mapping of fields that an index beside this one takes along.

        Raises:
            IndexMismatchError: A field cannot be carried.
        """
        return carried_properties(self.index, self.mapping, self.settings, paths)


def describe(client: Elasticsearch, name: str) -> OwnersIndex:
    """Read an index's mapping and settings; nothing is written.

    Raises:
        InputError: The name stands for several indices.
        IndexMismatchError: There is no such index, it is a data stream, its documents have no source, or ``mlsr-es
            index`` made it.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if not name or _SEVERAL.search(name):
        raise InputError(f"{name!r} does not name one index.", advice="Name an index, or an alias of one.")
    with translated(client, f"read the mapping of {name}"):
        told = client.indices.get(index=name, expand_wildcards="all").body
    return described(name, told)


def described(name: str, told: Mapping[str, Any]) -> OwnersIndex:
    """Make an ``OwnersIndex`` of the cluster's answer to ``GET /name``.

    Raises:
        IndexMismatchError: The answer has several indices or a data stream, or an index without ``_source``, or one
            that ``mlsr-es index`` made.
    """
    if any("data_stream" in each for each in told.values()):
        raise IndexMismatchError(
            f"{name} is a data stream: documents are only ever added to it, and the cluster replaces its indices.",
            advice="Write into an index of your own beside it: mlsr-es index, from an export of its images.",
        )
    if len(told) != 1:
        raise IndexMismatchError(
            f"the alias {name} points to {len(told)} indices: {', '.join(sorted(told))}.",
            advice="Name one of them, and search that one.",
        )
    ((index, entry),) = told.items()
    owners = entry["mappings"].get("_meta", {})
    meta = IndexMeta.read(index, owners) if "mlsr" in owners else None
    if meta and not meta.enriched:
        raise IndexMismatchError(
            f"{name} was made by mlsr-es index, and has its weights from there.",
            advice="Bring it up to date with the same: mlsr-es index SOURCE --index NAME.",
        )
    if entry["mappings"].get("_source", {}).get("enabled", True) in (False, "false"):
        raise IndexMismatchError(
            f"{name} does not keep the source of its documents (_source is not enabled): there is nothing to read.",
            advice="Index the images from where they came: mlsr-es index.",
        )
    return OwnersIndex(name, index, entry["mappings"], entry["settings"]["index"], meta)


def check_writable(owners: OwnersIndex, weights_object: WeightsObject, kind: FieldKind) -> None:
    """Check that weights can be added to an index without harm to its documents.

    Args:
        owners: The index, from ``describe``.
        weights_object: The object in its documents that would hold the weights.
        kind: The type of the field with the weights.

    Raises:
        IndexMismatchError: A field of the owner's has the name, an update would lose parts of the documents, or the
            index takes no writes.
    """
    check_free(owners.index, owners.mapping, weights_object, kind)
    kept = owners.mapping.get("_source", {})
    if kept.get("excludes") or kept.get("includes") or kept.get("mode") == "synthetic":
        raise IndexMismatchError(
            f"{owners.index} keeps only parts of its documents' source (_source in its mapping): an update makes a "
            "document anew from what is kept, and would lose the rest.",
            advice="Leave it as it is, and write into an index beside it: --into NAME.",
        )
    blocks = owners.settings.get("blocks", {})
    blocked = [meaning for block, meaning in _BLOCKS.items() if str(blocks.get(block)).lower() == "true"]
    if blocked:
        raise IndexMismatchError(
            f"{owners.index} takes no changes: it has {', '.join(blocked)}.",
            advice="Lift the block, or write into an index beside it: --into NAME.",
        )


def prepare_weights_object(
    client: Elasticsearch, owners: OwnersIndex, weights_object: WeightsObject, meta: IndexMeta
) -> None:
    """Add the fields to the mapping, and record in ``_meta`` which model's weights they will hold.

    Args:
        client: From ``connect``.
        owners: The index, from ``describe``.
        weights_object: The object to fill, from ``weights_object_for``.
        meta: The ``_meta.mlsr`` that the index will have once every document is written.

    Raises:
        IndexMismatchError: The index is gone.
        ClusterError: The cluster cannot be reached, or refuses the fields.
    """
    before = whole_meta(client, owners.index)
    now = IndexMeta.read(owners.index, before) if "mlsr" in before else None
    if now is None or now.state is State.BUILDING:
        now = replace(meta, field=weights_object.field, state=State.BUILDING)
    if not weights_object.serves:
        now = replace(now, filling={"field": weights_object.field, "revision": meta.revision})
    with translated(client, f"add fields to the mapping of {owners.index}"):
        client.indices.put_mapping(
            index=owners.index, properties=weights_object.properties(meta.field_kind), meta=now.merged_into(before)
        )


def switch(client: Elasticsearch, owners: OwnersIndex, weights_object: WeightsObject, meta: IndexMeta) -> bool:
    """Let searches read the new weights, once every document is written.

    Args:
        client: From ``connect``.
        owners: The index, from ``describe``.
        weights_object: The object that was filled.
        meta: The model and settings that it was filled with.

    Returns:
        Whether searches read another field from now on, or weights for the first time.

    Raises:
        IndexMismatchError: Another run has written another model's weights to the same place, or the index is gone.
        ClusterError: The cluster cannot be reached, or refuses.
    """

    def switched(now: IndexMeta) -> IndexMeta:
        ours = now.revision if weights_object.serves else now.filling.get("revision")
        if ours != meta.revision:
            raise IndexMismatchError(
                f"another run has written another model's weights to {owners.index} meanwhile.",
                advice="Let one run end, then run the other again.",
            )
        if weights_object.serves:
            return replace(now, enriched=meta.enriched)
        return replace(meta, field=weights_object.field, state=State.SERVING, filling={})

    refresh(client, owners.index)
    update_meta(client, owners.index, f"let searches of {owners.index} read {weights_object.field}", switched)
    return not weights_object.serves
