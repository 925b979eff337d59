"""The call that creates an index, and the errors when the cluster refuses it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import address_of, error_types, reason, translated
from mlsr_es.elastic.mapping import KEEP_WEIGHTS, FieldKind
from mlsr_es.errors import ClusterRefusedError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_NO_SUCH_TYPE = re.compile(r"(?:handler for|mapper) type \[(\w+)\]")


def create(client: Elasticsearch, index: str, body: Mapping[str, Any]) -> None:
    """Create an index.

    Args:
        client: From ``connect``.
        index: The concrete name of the index.
        body: Settings and mapping, from ``index_body``.

    Raises:
        ClusterRefusedError: The cluster does not have this kind of field.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    from elasticsearch import BadRequestError

    settings = body["settings"]["index"]
    with translated(client, f"create the index {index}"):
        try:
            client.indices.create(index=index, settings={"index": settings}, mappings=body["mappings"])
        except BadRequestError as error:
            why = reason(error.body, error.meta.status)
            if "resource_already_exists_exception" in error_types(error.body) and _is_made(client, index, body):
                return  # by this very request, whose answer was lost
            if KEEP_WEIGHTS in settings and KEEP_WEIGHTS in why:
                # A cluster that does not know the setting keeps the weights without it.
                known = {name: value for name, value in settings.items() if name != KEEP_WEIGHTS}
                create(client, index, {**body, "settings": {"index": known}})
                return
            lacking = _NO_SUCH_TYPE.search(why)
            if not lacking or lacking[1] not in set(FieldKind):
                raise
            (other,) = set(FieldKind) - {lacking[1]}
            raise ClusterRefusedError(
                f"{address_of(client)} has no fields of the type {lacking[1]}.", advice=f"Try --field-kind {other}."
            ) from error


def _is_made(client: Elasticsearch, index: str, body: Mapping[str, Any]) -> bool:
    """Whether an index has just been made of a body, and nothing is in it."""
    told = client.indices.get_mapping(index=index).body[index]["mappings"]
    return bool(told.get("_meta") == body["mappings"].get("_meta")) and client.count(index=index)["count"] == 0


def add_fields(client: Elasticsearch, index: str, properties: Mapping[str, Any]) -> None:
    """Add fields to the mapping of an index; those that it has already stay.

    Args:
        client: From ``connect``.
        index: The concrete name of the index.
        properties: The fields' mapping.

    Raises:
        IndexMismatchError: The index is gone.
        ClusterError: The cluster cannot be reached, or refuses, as where a field has another type already.
    """
    with translated(client, f"add fields to the mapping of {index}"):
        client.indices.put_mapping(index=index, properties=dict(properties))
