"""What a cluster can do, as far as it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsr_es.elastic.cluster.version import ClusterVersion, check, told_by_nodes
from mlsr_es.elastic.mapping import FieldKind

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_QUERY_VECTOR = ClusterVersion(8, 15)
_FASTER = ClusterVersion(9, 0)
_MODULE = "mapper-extras"


@dataclass(frozen=True)
class Capabilities:
    """What a cluster can do; None stands for "unknown", where the user's rights hide it.

    Args:
        version: The version of its oldest node.
        kinds: Whether it has each kind of field, judged by its nodes' modules and version.
    """

    version: ClusterVersion | None
    kinds: Mapping[FieldKind, bool | None]

    def best_kind(self) -> FieldKind:
        """The kind of field for a new index, unless the user names one.

        ``sparse_vector`` from 9.0 on, where it was measured to be faster. Before that, and where the version is
        unknown, ``rank_features``, which every full distribution has.
        """
        sparse, features = self.kinds[FieldKind.SPARSE_VECTOR], self.kinds[FieldKind.RANK_FEATURES]
        if sparse and (features is False or (self.version is not None and self.version >= _FASTER)):
            return FieldKind.SPARSE_VECTOR
        return FieldKind.RANK_FEATURES


def capabilities(client: Elasticsearch) -> Capabilities:
    """Ask a cluster what it can do.

    Raises:
        ClusterUnreachableError: Nothing answers, or what answers is not Elasticsearch.
        ClusterRefusedError: The credentials are refused, or the cluster is too old.
    """
    version, nodes = check(client), told_by_nodes(client)
    features = all(_MODULE in node.modules for node in nodes) if nodes else None
    sparse = version >= _QUERY_VECTOR if version else None
    return Capabilities(version, {FieldKind.RANK_FEATURES: features, FieldKind.SPARSE_VECTOR: sparse})
