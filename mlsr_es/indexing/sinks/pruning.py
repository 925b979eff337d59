"""Removing documents from an index that its source no longer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsr_es.elastic.bulk import DeleteAction, load
from mlsr_es.elastic.reading import ids_of_collection
from mlsr_es.seen import Seen

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


def prune(client: Client, index: str, collection: str, seen: Seen) -> int:
    """Remove the documents of a collection that a run has not seen.

    Args:
        client: From ``mlsr_es.elastic.client.connect``.
        index: The concrete index.
        collection: The collection to prune.
        seen: The ids of the documents that stay.

    Returns:
        How many documents were removed.

    Raises:
        IndexMismatchError: The index is gone.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    gone = (DeleteAction(each) for each in ids_of_collection(client, index, collection) if each not in seen)
    return sum(not result.rejected for result in load(client, index, gone))
