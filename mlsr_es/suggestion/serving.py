"""The index that is searched: what serves, and the model that it was made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.cluster import OLDEST, ClusterVersion, check, hidden_by_rights
from mlsr_es.elastic.mapping import Holds, IndexMeta, State
from mlsr_es.elastic.search import field_types
from mlsr_es.elastic.versions import Version, only_index, resolve
from mlsr_es.errors import IndexMismatchError, ModelError
from mlsr_es.progress import say_nothing
from mlsr_es.suggestion.query_encoder import QueryEncoder

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.encoders import QuerySide


@dataclass(frozen=True)
class SearchedIndex:
    """What a search needs to know of an index. It may be kept: searches then ask for their hits alone.

    It is of one version: once another one is promoted, it has to be looked up again.

    Args:
        name: The alias, or the index.
        version: What searches of that name reach.
        fields: Its fields, each with its type.
        created_by: The Elasticsearch that it was created with; None where that is not told.
    """

    name: str
    version: Version
    fields: Mapping[str, str]
    created_by: ClusterVersion | None


def look_up(client: Client, index: str = "") -> SearchedIndex:
    """Find an index, by one request.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        index: The alias, or the index; "" for the only one that the cluster has.

    Raises:
        IndexMismatchError: There is none of that name, none complete yet, or it is no index of this package.
        ClusterError: The cluster cannot be reached, refuses, is too old, or is not Elasticsearch.
    """
    name, described = (index, None) if index else only_index(client)
    version = serving_version(client, name, described)
    created_by = ClusterVersion.of_index(version.described)
    if created_by and created_by < OLDEST:
        check(client)  # the cluster may have been upgraded since
    return SearchedIndex(name, version, field_types(version.described.get("mappings", {})), created_by)


def serving_version(client: Client, index: str, described: Mapping[str, Any] | None = None) -> Version:
    """The version that searches of an index reach, and what it says of itself.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        index: The alias, or the index.
        described: Indices as the cluster describes them, where that has been asked; None to ask.

    Raises:
        IndexMismatchError: There is none of that name, none complete yet, or it is no index of this package.
        ClusterError: The cluster cannot be reached, refuses, is too old, or is not Elasticsearch.
    """
    resolved = resolve(client, index, described)
    if resolved is None:
        check(client)  # an old cluster has no index of ours, and that is what is wrong
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


def model_for(
    meta: IndexMeta, given: str = "", *, device: str = "auto", say: Callable[[str], None] = say_nothing
) -> QuerySide:
    """The query side of the model by which an index is searched; torch is loaded only where onnxruntime cannot run it.

    An index of sections is searched by captions and images, which the document encoder encodes, by torch.

    The index's owner is not the searcher: a hub's model that only the index names is loaded where it is on this machine
    already, and is never downloaded.

    Args:
        meta: What the index says of itself.
        given: The model that the user names; "" for the one that the index names.
        device: Where encoding runs: auto, or a name that torch knows.
        say: Told, in a sentence, why torch is loaded.

    Raises:
        ModelError: There is no such model, it cannot be loaded, or would have to be downloaded.
    """
    from mlsr_es.encoders import PromotionEncoder, load_query_encoder

    if meta.holds is Holds.SECTIONS:
        from mlsr_es.encoders import load_model  # it imports torch

        return PromotionEncoder(load_model(given or meta.model, device=device, downloads=bool(given)))
    revision = "" if given else meta.revision
    return load_query_encoder(given or meta.model, device=device, downloads=bool(given), revision=revision, say=say)


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
