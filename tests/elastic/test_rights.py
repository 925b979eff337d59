"""The rights that are needed, on a real node with security on and a write queue of one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import AuthorizationException, Elasticsearch

from mlsr_es.collection import ImageDocument
from mlsr_es.elastic.bulk import IndexAction, UpdateAction, load
from mlsr_es.elastic.cluster import AccessRole, check, role_body
from mlsr_es.elastic.enrichment import describe, prepare_weights_object, switch, weights_object_for
from mlsr_es.elastic.mapping import IndexMeta, document_body, weights_body
from mlsr_es.elastic.reading import count, ids_of_collection, read_again, read_snapshot, refresh, stored
from mlsr_es.elastic.search import build_query, search
from mlsr_es.elastic.versions import create_version, promote, resolve
from mlsr_es.embedded import Node
from mlsr_es.errors import ClusterRefusedError
from mlsr_es.vectors import TermWeights
from tests.users import PASSWORD, write_users

pytestmark = pytest.mark.system

NAME = "photos"
OWNERS = "photos-of-somebody"
ODD = "photos.2+b"
"""A name with characters that mean something in a regular expression."""


def on_the_name(*privileges: str) -> dict[str, Any]:
    """Make a role with these privileges on the alias only, not on its versions."""
    return {"indices": [{"names": [NAME], "privileges": list(privileges)}]}


(SEARCHERS,) = role_body(AccessRole.SEARCHER, NAME)["indices"]
ROLES = {
    "indexer": role_body(AccessRole.INDEXER, NAME, OWNERS, ODD),
    "searcher": role_body(AccessRole.SEARCHER, NAME),
    "searcher-of-the-alias": on_the_name(*SEARCHERS["privileges"]),
    "manager": on_the_name("manage"),
    "reader": on_the_name("read"),
    "watcher": {"cluster": ["monitor"]},
}
"""The documented ones, and some that lack a part of them."""

META = IndexMeta("m2", "r1", "v1", "mlp", "mlm")


@pytest.fixture(scope="module")
def guarded_url() -> Iterator[str]:
    """The URL of a node with one user for each role, who has the role's name."""
    folder = Path(tempfile.mkdtemp(prefix="mlsr-es-node-"))
    folder.chmod(0o755)
    node = Node(folder)
    write_users(node.config, ROLES)
    settings = {
        "xpack.security.enabled": "true",
        "thread_pool.write.size": "1",
        "thread_pool.write.queue_size": "1",
    }
    try:
        yield str(node.start(heap_mb=256, settings=settings).url)
    finally:
        node.stop()
        shutil.rmtree(folder)


@pytest.fixture
def as_user(guarded_url: str, client_of: Callable[..., Elasticsearch]) -> Callable[[str], Elasticsearch]:
    """Makes a client of a user."""
    return lambda user: client_of(guarded_url, username=user, password=PASSWORD)


def documents(*ids: str) -> list[IndexAction]:
    return [
        IndexAction(
            id_,
            document_body(
                ImageDocument(id_, "c", ()), weights=TermWeights.of({"bird": 1.0}), fingerprint="f", model="m2"
            ),
        )
        for id_ in ids
    ]


def test_an_indexer_needs_manage_read_and_write_on_its_indices_alone(as_user: Callable[[str], Elasticsearch]) -> None:
    """An indexer needs no cluster privilege; the version, which the cluster then hides, is unknown."""
    client = as_user("indexer")
    assert check(client) is None
    assert resolve(client, NAME) is None
    version = create_version(client, NAME, META)
    assert not stored(client, version, ["a"])
    assert not [one for one in load(client, version, documents("a", "b")) if one.rejected]
    assert list(ids_of_collection(client, version, "c")) == ["a", "b"]
    promote(client, NAME, version)
    newer = create_version(client, NAME, META)
    assert not [one for one in load(client, newer, documents("a")) if one.rejected]
    promote(client, NAME, newer)
    assert count(client, NAME) == 1


def test_who_enriches_needs_the_same_rights_on_the_owners_index(as_user: Callable[[str], Elasticsearch]) -> None:
    """With an indexer's rights on somebody's index, it can be read, updated and mapped."""
    client, index = as_user("indexer"), OWNERS
    client.indices.create(index=index, mappings={"properties": {"name": {"type": "text"}}})
    client.index(index=index, id="a", document={"name": "bird"}, refresh=True)
    owners = describe(client, index)
    weights_object, meta = weights_object_for(owners.meta, "r1"), replace(META, enriched={"captions": [], "image": ""})
    prepare_weights_object(client, owners, weights_object, meta)
    (found,) = read_snapshot(client, index, ["name"], fingerprint=weights_object.fingerprint)
    assert client.indices.stats(index=index, metric="search")["_all"]["total"]["search"]["open_contexts"] == 0
    body = weights_object.inside(weights_body(TermWeights.of({"bird": 1.0}), fingerprint="f", model="m2"))
    update = UpdateAction(found.id, body, found.seq_no, found.primary_term, found.routing)
    assert not [one for one in load(client, index, [update]) if one.rejected]
    assert list(read_again(client, index, [found.key], ["name"], fingerprint=weights_object.fingerprint))
    assert switch(client, owners, weights_object, meta)
    assert [hit.id for hit in search(client, index, build_query({"bird": 1.0}, size=1)).hits] == ["a"]


@pytest.mark.parametrize("neighbour", ["photos-vouchers", "photos-v", "photos-v0001-copy", "photosx2xb-v0001"])
def test_an_index_that_is_named_alike_is_out_of_reach(as_user: Callable[[str], Elasticsearch], neighbour: str) -> None:
    """A role gives no right on an index whose name only looks similar to a version's."""
    with pytest.raises(AuthorizationException):
        as_user("indexer").indices.create(index=neighbour)


def test_any_name_can_be_granted(as_user: Callable[[str], Elasticsearch]) -> None:
    """A name with characters that are special in regular expressions can be granted."""
    client = as_user("indexer")
    promote(client, ODD, create_version(client, ODD, META))
    assert not [one for one in load(client, f"{ODD}-v0001", documents("a")) if one.rejected]


@pytest.mark.parametrize("user", ["searcher", "searcher-of-the-alias"])
def test_a_searcher_needs_to_read_the_alias_and_its_mapping(as_user: Callable[[str], Elasticsearch], user: str) -> None:
    """A searcher can search, even with rights on the alias only, and cannot write."""
    client = as_user(user)
    resolved = resolve(client, NAME)
    assert resolved is not None
    assert resolved.serving is not None
    assert [hit.id for hit in search(client, NAME, build_query({"bird": 1.0}, size=1)).hits] == ["a"]
    with pytest.raises(ClusterRefusedError, match="does not allow this user to create the index photos-v"):
        create_version(client, NAME, META)


def test_a_right_that_is_lacking_is_named(as_user: Callable[[str], Elasticsearch]) -> None:
    """The message for a missing right names the privilege that the owner has to grant."""
    with pytest.raises(ClusterRefusedError, match="needs the index privilege view_index_metadata or manage"):
        resolve(as_user("reader"), NAME)
    with pytest.raises(ClusterRefusedError, match=r"to look up documents of photos: .*needs the index privilege read"):
        stored(as_user("manager"), NAME, ["a"])
    with pytest.raises(ClusterRefusedError, match=r"needs the index privilege .* or write"):
        list(load(as_user("reader"), NAME, documents("a")))


def test_wrong_credentials_are_refused(as_user: Callable[[str], Elasticsearch]) -> None:
    """Wrong credentials are reported in the cluster's words, with the ways to give others."""
    with pytest.raises(ClusterRefusedError, match=r"unable to authenticate user \[nobody\].*ES_API_KEY"):
        check(as_user("nobody"))


def test_a_write_queue_that_overflows_loses_nothing(as_user: Callable[[str], Elasticsearch]) -> None:
    """When twelve loaders overflow a queue of one, refused documents are sent again and all are stored."""
    client = as_user("indexer")
    ids = [[f"{loader}-{number}" for number in range(40)] for loader in range(12)]
    with ThreadPoolExecutor(len(ids)) as pool:
        results = pool.map(lambda part: list(load(client, NAME, documents(*part), chunk_bytes=400)), ids)
        answered = [one for part in results for one in part]
    assert len(answered) == 480
    assert not [one for one in answered if one.rejected]
    refresh(client, NAME)
    assert count(client, NAME, "c") == 481
    (node,) = as_user("watcher").nodes.stats(metric="thread_pool")["nodes"].values()
    assert node["thread_pool"]["write"]["rejected"] > 0
