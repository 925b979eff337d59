"""Versions behind an alias, on a real node."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import CaptionKind
from mlsr_es.elastic.bulk import IndexAction, load
from mlsr_es.elastic.mapping import IndexMeta, State, index_body
from mlsr_es.elastic.reading import count
from mlsr_es.elastic.versions import (
    Resolved,
    Version,
    add_new_fields,
    create_version,
    delete_version,
    mark_ready,
    promote,
    resolve,
    roll_back,
    store_origin,
)
from mlsr_es.errors import IndexMismatchError, InputError

META = IndexMeta("m2", "r1", "v1", "mlp", "mlm")


def settings_of(client: Elasticsearch, index: str) -> dict[str, Any]:
    (told,) = client.indices.get_settings(index=index).body.values()
    return dict(told["settings"]["index"])


def test_a_name_that_stands_for_nothing(client: Elasticsearch, index_name: str) -> None:
    """A name without an index resolves to None, and nothing is created."""
    assert resolve(client, index_name) is None
    assert not client.indices.exists(index=f"{index_name}*", allow_no_indices=False)


def test_a_version_is_built_unseen_and_takes_over_at_once(client: Elasticsearch, index_name: str) -> None:
    """Nobody searches a version while it is built; it replaces the one before in one step."""
    first = create_version(client, index_name, META)
    assert first == f"{index_name}-v0001"
    resolved = resolve(client, index_name)
    assert resolved is not None
    assert resolved.serving is None
    assert [version.index for version in resolved.building] == [first]
    assert settings_of(client, first)["refresh_interval"] == "-1"
    assert settings_of(client, first)["number_of_replicas"] == "0"

    assert len(list(load(client, first, [IndexAction("a", {"image_id": "a"})]))) == 1
    assert count(client, first) == 0  # not refreshed yet
    promote(client, index_name, first)
    assert resolve(client, index_name) == Resolved(index_name, Version(first, META.served()))
    assert count(client, index_name) == 1
    assert "refresh_interval" not in settings_of(client, first)
    assert settings_of(client, first)["auto_expand_replicas"] == "0-1"

    newer = replace(META, revision="r2")
    second = create_version(client, index_name, newer)
    resolved = resolve(client, index_name)
    assert resolved is not None
    assert resolved.serving == Version(first, META.served())
    assert [version.index for version in resolved.building] == [second]
    assert resolved.building[0].meta.state is State.BUILDING
    promote(client, index_name, second)
    assert resolve(client, index_name) == Resolved(
        index_name, Version(second, newer.served(first)), kept=(Version(first, META.served()),)
    )


def test_the_way_back(client: Elasticsearch, index_name: str) -> None:
    """A replaced version stays; a rollback moves all aliases back to it, and cannot go further."""
    versions = []
    for revision in ("r1", "r2", "r3"):
        versions.append(create_version(client, index_name, replace(META, revision=revision)))
        promote(client, index_name, versions[-1])
    client.indices.put_alias(index=versions[2], name=f"{index_name}-birds", filter={"term": {"collection": "birds"}})
    assert roll_back(client, index_name) == (versions[1], versions[2])
    assert set(client.indices.get_alias(index=versions[1])[versions[1]]["aliases"]) == {
        index_name,
        f"{index_name}-birds",
    }
    assert client.indices.get_alias(index=versions[2])[versions[2]]["aliases"] == {}
    assert roll_back(client, index_name) == (versions[0], versions[1])
    with pytest.raises(IndexMismatchError, match=f"nothing to go back to: {versions[0]} is its first version"):
        roll_back(client, index_name)
    promote(client, index_name, versions[2])
    delete_version(client, versions[0])
    with pytest.raises(IndexMismatchError, match=f"nothing to go back to: {versions[0]} has been removed"):
        roll_back(client, index_name)


def test_a_version_may_be_complete_and_wait(client: Elasticsearch, index_name: str) -> None:
    """A ready version differs from one that is being built, and nobody searches either of them."""
    version = create_version(client, index_name, META)
    mark_ready(client, version)
    mark_ready(client, version)
    resolved = resolve(client, index_name)
    assert resolved is not None
    assert (resolved.serving, resolved.building) == (None, ())
    assert [one.meta.state for one in resolved.kept] == [State.READY]
    promote(client, index_name, version)
    assert resolve(client, index_name) == Resolved(index_name, Version(version, META.served()))


def test_what_is_searched_is_never_removed(client: Elasticsearch, index_name: str) -> None:
    """A searched version cannot be removed by its own name or by its alias, nor can somebody else's index."""
    version = create_version(client, index_name, META)
    promote(client, index_name, version)
    with pytest.raises(IndexMismatchError, match=f"{version} is searched, as {index_name}"):
        delete_version(client, version)
    with pytest.raises(IndexMismatchError, match=f"{index_name} is no version of an index"):
        delete_version(client, index_name)
    client.indices.create(index=f"{index_name}-v0009")
    with pytest.raises(IndexMismatchError, match="not made by mlsr-es"):
        delete_version(client, f"{index_name}-v0009")


def test_a_promotion_can_be_repeated(client: Elasticsearch, index_name: str) -> None:
    """Promoting the version that is served already changes nothing."""
    version = create_version(client, index_name, META)
    promote(client, index_name, version)
    promote(client, index_name, version)
    assert resolve(client, index_name) == Resolved(index_name, Version(version, META.served()))


def test_what_the_owner_has_set_stays(client: Elasticsearch, index_name: str) -> None:
    """A new version takes over settings made by hand, other aliases and the owner's entries in ``_meta``."""
    first = create_version(client, index_name, META)
    promote(client, index_name, first)
    client.indices.put_settings(index=first, settings={"refresh_interval": "7s"})
    client.indices.put_alias(index=first, name=f"{index_name}-birds", filter={"term": {"collection": "birds"}})
    second = create_version(client, index_name, META)
    mapping = client.indices.get_mapping(index=second)[second]["mappings"]
    client.indices.put_mapping(index=second, meta=mapping["_meta"] | {"team": "pictures"})
    promote(client, index_name, second)
    assert settings_of(client, second)["refresh_interval"] == "7s"
    aliases = client.indices.get_alias(index=second)[second]["aliases"]
    assert aliases == {index_name: {}, f"{index_name}-birds": {"filter": {"term": {"collection": "birds"}}}}
    assert client.indices.get_mapping(index=second)[second]["mappings"]["_meta"]["team"] == "pictures"


def test_where_a_collection_comes_from_is_written_down(client: Elasticsearch, index_name: str) -> None:
    """A collection's origin is stored beside other metadata, and stays when the version is promoted."""
    version = create_version(client, index_name, META)
    assert store_origin(client, version, "birds", "/a") is None
    assert store_origin(client, version, "owls", "/c") is None
    assert store_origin(client, version, "birds", "/b") == "/a"
    promote(client, index_name, version)
    resolved = resolve(client, index_name)
    assert resolved is not None
    assert resolved.serving is not None
    assert resolved.serving.meta.origins == {"birds": "/b", "owls": "/c"}


def test_fields_that_are_new_are_added(client: Elasticsearch, index_name: str) -> None:
    """A version that an older program created gets the fields that it lacks, and keeps its metadata."""
    body = index_body(META)
    kinds = body["mappings"]["properties"]["caption"]["properties"]
    del kinds["introduction"], kinds["heading"], body["mappings"]["properties"]["format"]
    client.indices.create(index=index_name, **body)
    add_new_fields(client, index_name)
    mapping = client.indices.get_mapping(index=index_name).body[index_name]["mappings"]
    assert mapping["properties"]["format"] == {"type": "keyword"}
    assert set(mapping["properties"]["caption"]["properties"]) == set(CaptionKind)
    assert mapping["_meta"] == body["mappings"]["_meta"]


def test_a_version_can_be_given_up(client: Elasticsearch, index_name: str) -> None:
    """A removed version no longer resolves, and can be neither removed again nor promoted."""
    version = create_version(client, index_name, META)
    delete_version(client, version)
    assert resolve(client, index_name) is None
    with pytest.raises(IndexMismatchError, match="no such index"):
        delete_version(client, version)
    with pytest.raises(IndexMismatchError, match="is gone"):
        promote(client, index_name, version)


def test_an_index_of_somebody_else_is_not_touched(client: Elasticsearch, index_name: str) -> None:
    """Somebody else's index is not resolved, and not replaced by an alias."""
    client.indices.create(index=index_name)
    with pytest.raises(IndexMismatchError, match="not made by mlsr-es"):
        resolve(client, index_name)
    with pytest.raises(IndexMismatchError, match="is an index, and the name is needed"):
        create_version(client, index_name, META)


def test_numbers_of_somebody_elses_indices_are_passed_over(client: Elasticsearch, index_name: str) -> None:
    """Somebody else's index with a version's name does not count as a version, but its number is skipped."""
    client.indices.create(index=f"{index_name}-v0001")
    client.indices.create(index=f"{index_name}-videos")
    assert resolve(client, index_name) is None
    assert create_version(client, index_name, META) == f"{index_name}-v0002"


def test_an_alias_of_several_indices_is_refused(client: Elasticsearch, index_name: str) -> None:
    """An alias of several indices is refused, because scores of two models cannot be compared."""
    for part in ("a", "b"):
        client.indices.create(index=f"{index_name}-{part}", aliases={index_name: {}})
    with pytest.raises(IndexMismatchError, match=f"points to 2 indices: {index_name}-a, {index_name}-b"):
        resolve(client, index_name)


@pytest.mark.parametrize(
    ("properties", "complaint"),
    [
        (
            {"mlsr": {"properties": {"terms": {"type": "keyword"}}}},
            "mlsr.terms is of the type keyword, not rank_features",
        ),
        ({"mlsr": {"properties": {"terms": {"properties": {}}}}}, "mlsr.terms is of the type object"),
        ({}, "mlsr.terms is not in the mapping"),
    ],
)
def test_a_field_that_cannot_be_searched_by_weights_is_refused(
    client: Elasticsearch, index_name: str, properties: dict[str, Any], complaint: str
) -> None:
    """An index whose field cannot be queried is refused before any encoding or search."""
    body = index_body(META)["mappings"]
    client.indices.create(index=index_name, mappings={"_meta": body["_meta"], "properties": properties})
    with pytest.raises(IndexMismatchError, match=complaint):
        resolve(client, index_name)


@pytest.mark.parametrize("name", ["", "Photos", "a*", "a,b", "-a", "_all", "a b", "../a", "a" * 300, ".."])
def test_what_cannot_be_a_name_is_refused_before_anything_is_sent(client: Elasticsearch, name: str) -> None:
    """An invalid name is refused without a request, because a pattern could reach other indices."""
    with pytest.raises(InputError, match="cannot be the name of an index"):
        resolve(client, name)


@pytest.mark.parametrize(
    ("index", "enriched", "name"),
    [("site-v0002", {}, "site"), ("shop", {"captions": []}, "shop"), ("shop-v0001", {"captions": []}, "shop-v0001")],
)
def test_changes_to_a_version_are_leased(index: str, enriched: dict[str, Any], name: str) -> None:
    """By its alias; an index that is its owner's by its own name, as ``enrich`` does, whatever that looks like."""
    assert Version(index, replace(META, enriched=enriched)).leased_as == name
