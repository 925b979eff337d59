"""Somebody else's index that weights are added to: what may be done with it, its mapping, the switch at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated
from mlsr_es.elastic.enrichment.weights_object import WeightsObject, check_free
from mlsr_es.elastic.mapping import FieldKind, IndexMeta, State, field_type
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
    """An index as its owner has it.

    Args:
        name: As it was named: it, or an alias of it.
        index: Its own name.
        mapping: All of it.
        settings: Those of the index.
        meta: What ``enrich`` has written down before; None where it has not.
    """

    name: str
    index: str
    mapping: Mapping[str, Any]
    settings: Mapping[str, Any]
    meta: IndexMeta | None

    def kind_of(self, weights_object: WeightsObject) -> FieldKind | None:
        """The type that the field with the weights has; None where there is none yet, or it is something else."""
        found = field_type(self.mapping, weights_object.field)
        return FieldKind(found) if found in set(FieldKind) else None


def describe(client: Elasticsearch, name: str) -> OwnersIndex:
    """Look at an index; nothing is written.

    Raises:
        InputError: The name stands for several.
        IndexMismatchError: There is none, it is a data stream, or it is one that ``mlsr-es index`` made.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if not name or _SEVERAL.search(name):
        raise InputError(f"{name!r} does not name one index.", advice="Name an index, or an alias of one.")
    with translated(client, f"read the mapping of {name}"):
        told = client.indices.get(index=name, expand_wildcards="all").body
    return described(name, told)


def described(name: str, told: Mapping[str, Any]) -> OwnersIndex:
    """An index from what the cluster says of a name (``GET /name``).

    Raises:
        IndexMismatchError: As ``describe``.
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
    """See that weights can be added to an index without harm to what is in it.

    Args:
        owners: Of ``describe``.
        weights_object: Where they would be.
        kind: Of the field that holds them.

    Raises:
        IndexMismatchError: A field of its own is in the way, parts of its documents would be lost by an update, or it
            takes no writes.
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
    """Add the fields to the mapping, and write down what they are being filled with.

    Args:
        client: Of ``connect``.
        owners: Of ``describe``.
        weights_object: Of ``weights_object_for``.
        meta: What the index will say of itself when all is written.

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
    """Let searches read what was written, now that all of it is.

    Args:
        client: Of ``connect``.
        owners: Of ``describe``.
        weights_object: The place that was filled.
        meta: With what.

    Returns:
        Whether searches read another field, or anything at all, from now on.

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
