"""Finding out what a cluster can do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.cluster import Capabilities, ClusterVersion, capabilities
from mlsr_es.elastic.mapping import FieldKind, IndexMeta
from mlsr_es.elastic.versions import create_version
from mlsr_es.errors import ClusterRefusedError
from tests.elastic.faults import FaultServer, Reply

FEATURES, SPARSE = FieldKind.RANK_FEATURES, FieldKind.SPARSE_VECTOR


def told(version: str, *modules: str) -> Reply:
    """An answer about one node."""
    node = {"version": version, "modules": [{"name": module} for module in modules]}
    return Reply(200, {"nodes": {"n": node}})


@pytest.mark.parametrize(
    ("node", "kinds", "best"),
    [
        (["7.17.29", "mapper-extras", "reindex"], (True, False), FEATURES),
        (["8.14.3", "mapper-extras"], (True, False), FEATURES),
        (["8.19.0", "mapper-extras"], (True, True), FEATURES),
        (["9.5.0", "mapper-extras"], (True, True), SPARSE),
        (["9.5.0", "x-pack-core"], (False, True), SPARSE),
        (["8.19.0", "x-pack-core"], (False, True), SPARSE),
    ],
)
def test_versions_and_modules_tell_the_kinds_of_field(
    fault_server: FaultServer,
    client_of: Callable[..., Elasticsearch],
    node: list[str],
    kinds: tuple[bool, bool],
    best: FieldKind,
) -> None:
    """A new index gets ``sparse_vector`` where it was measured to be faster or is the only kind."""
    fault_server.replies.append(Reply(200, {"version": {"number": node[0]}, "tagline": "You Know, for Search"}))
    fault_server.replies.append(told(*node))
    found = capabilities(client_of(fault_server.url))
    assert found == Capabilities(ClusterVersion.parse(node[0]), dict(zip((FEATURES, SPARSE), kinds, strict=True)))
    assert found.best_kind() is best


def test_what_rights_hide_is_unknown(fault_server: FaultServer, client_of: Callable[..., Elasticsearch]) -> None:
    """Where rights hide the capabilities they are unknown, and ``rank_features`` is chosen."""
    refused = Reply(403, {"error": {"type": "security_exception", "reason": "unauthorized"}, "status": 403})
    fault_server.replies.extend([refused, refused])
    found = capabilities(client_of(fault_server.url))
    assert found == Capabilities(None, {FEATURES: None, SPARSE: None})
    assert found.best_kind() is FEATURES


def test_the_real_node_tells_its_version_and_modules(client: Elasticsearch) -> None:
    """The real node reports its version, and which kinds of field it has."""
    found = capabilities(client)
    assert found.version is not None
    assert True in found.kinds.values()


def test_a_kind_of_field_that_a_cluster_lacks_is_refused(client: Elasticsearch, index_name: str) -> None:
    """A missing kind of field is refused with the other kind's name; an unknown setting is left out."""
    lacking = [kind for kind, there in capabilities(client).kinds.items() if not there]
    for kind in lacking:
        (other,) = set(FieldKind) - {kind}
        with pytest.raises(ClusterRefusedError, match=f"no fields of the type {kind}.*--field-kind {other}"):
            create_version(client, index_name, IndexMeta("m2", "r1", "v1", "mlp", "mlm", field_kind=kind))
    assert not client.indices.exists(index=f"{index_name}-v0001")
