"""The index that is searched: its version, and whether a model is the one that it was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsr_es.elastic.cluster import hidden_by_rights
from mlsr_es.elastic.mapping import State
from mlsr_es.elastic.versions import Version, resolve
from mlsr_es.errors import IndexMismatchError, ModelError
from mlsr_es.suggestion.query_encoder import QueryEncoder

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


def serving_version(client: Client, index: str) -> Version:
    """The version that searches of an index reach, and what it says of itself.

    Raises:
        IndexMismatchError: There is none of that name, none complete yet, or it is no index of this package.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    resolved = resolve(client, index)
    if resolved is None:
        advice = hidden_by_rights(client, index) or f"Make it: mlsr-es index SOURCE --index {index}"
        raise IndexMismatchError(f"there is no index {index}.", advice=advice)
    if resolved.serving is None and not resolved.building:
        raise IndexMismatchError(
            f"no version of the index {index} is searched yet: {resolved.kept[-1].index} is complete, and waits.",
            advice=f"Promote it: mlsr-es indices promote {index}",
        )
    if resolved.serving is None:
        raise IndexMismatchError(
            f"the index {index} is not complete yet: {resolved.building[-1].index} is being built.",
            advice="Wait for the run that builds it, or run it again if it was stopped.",
        )
    if resolved.serving.meta.enriched and resolved.serving.meta.state is State.BUILDING:
        raise IndexMismatchError(
            f"the index {index} is not complete yet: weights are being added to it.",
            advice="Wait for mlsr-es enrich, or run it again if it was stopped.",
        )
    return resolved.serving


def check_model(model: QueryEncoder, version: Version) -> None:
    """See that an index was made with a model.

    Raises:
        ModelError: It was made with another one.
    """
    if model.revision != version.meta.revision:
        raise ModelError(
            f"the index {version.index} was made with the model {version.meta.model!r} (revision "
            f"{version.meta.revision}), and this one has the revision {model.revision}.",
            advice=f"Search with --model {version.meta.model}, or index again with this one.",
        )
    if model.vocabulary.digest != version.meta.vocabulary:
        raise ModelError(
            f"the index {version.index} was made with another vocabulary than this model's or query table's.",
            advice="Export the query table again, or index again.",
        )
