"""Somebody else's index: which indices can be enriched, and where the weights go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.enrichment import WeightsObject, describe, weights_object_for
from mlsr_es.elastic.enrichment.owners import described
from mlsr_es.elastic.enrichment.weights_object import PLACES, check_free
from mlsr_es.elastic.mapping import FieldKind, IndexMeta, State
from mlsr_es.elastic.versions import create_version, delete_version, promote, resolve, roll_back
from mlsr_es.errors import IndexMismatchError, InputError

META = IndexMeta(
    "words", "r1", "v1", "mlp", "mlp", state=State.SERVING, enriched={"captions": [], "image": "", "inline": False}
)
RANK_FEATURES = FieldKind.RANK_FEATURES


def told(meta: dict[str, Any] | None = None, **entry: Any) -> dict[str, Any]:
    """The cluster's description of an index."""
    mapping = {"_meta": meta} if meta is not None else {}
    return {"aliases": {}, "mappings": mapping, "settings": {"index": {}}} | entry


def test_an_index_is_described() -> None:
    """An index is described with its own name, even if the user named an alias."""
    owners = described("alias", {"shop": told({"team": "shop"})})
    assert (owners.name, owners.index, owners.meta) == ("alias", "shop", None)
    assert described("shop", {"shop": told(META.merged_into({}))}).meta == META


def test_a_data_stream_is_refused() -> None:
    """A data stream is refused, because the cluster replaces its indices."""
    with pytest.raises(IndexMismatchError, match="logs is a data stream"):
        described("logs", {".ds-logs-000001": told(data_stream="logs")})


def test_an_alias_of_several_is_refused() -> None:
    """An alias of several indices is refused, and the message names them."""
    with pytest.raises(IndexMismatchError, match="points to 2 indices: a, b"):
        described("both", {"b": told(), "a": told()})


@pytest.mark.parametrize("name", ["", "*", "a,b", "shop*", "-a", "<shop-{now/d}>"])
def test_a_name_for_several_is_refused(client: Elasticsearch, name: str) -> None:
    """A name that can stand for several indices is refused without a request."""
    with pytest.raises(InputError, match="does not name one index"):
        describe(client, name)


def test_an_index_that_is_not_there_is_said(client: Elasticsearch, index_name: str) -> None:
    """A missing index is reported in the cluster's words."""
    with pytest.raises(IndexMismatchError, match="no such index"):
        describe(client, index_name)


def test_an_index_of_this_package_is_not_enriched(client: Elasticsearch, index_name: str) -> None:
    """An index that ``mlsr-es index`` made is refused, because its weights come from its source."""
    version = create_version(client, index_name, replace(META, enriched={}, state=State.BUILDING))
    with pytest.raises(IndexMismatchError, match="was made by mlsr-es index"):
        describe(client, version)


def test_a_model_has_one_of_two_places() -> None:
    """A model's weights go to the place that serves them, else to the place that does not serve."""
    assert weights_object_for(None, "r1") == WeightsObject("mlsr")
    assert weights_object_for(replace(META, state=State.BUILDING), "r2") == WeightsObject("mlsr")
    assert weights_object_for(META, "r1") == WeightsObject("mlsr", serves=True)
    assert weights_object_for(META, "r2") == WeightsObject("mlsr.second")
    assert weights_object_for(replace(META, field="mlsr.second.terms"), "r2") == WeightsObject("mlsr")


def test_both_places_fit_into_one_mapping() -> None:
    """The fields of both places can be in one mapping."""
    first, second = (WeightsObject(place) for place in PLACES)
    mapping = {"properties": first.properties(RANK_FEATURES)}
    check_free("shop", mapping, second, RANK_FEATURES)
    mapping["properties"]["mlsr"]["properties"] |= second.properties(RANK_FEATURES)["mlsr"]["properties"]
    for weights_object in (first, second):
        check_free("shop", mapping, weights_object, RANK_FEATURES)
    assert second.inside({"terms": []}) == {"mlsr": {"second": {"terms": []}}}
    assert (second.field, second.fingerprint) == ("mlsr.second.terms", "mlsr.second.fingerprint")


def test_a_field_of_another_kind_is_in_the_way() -> None:
    """A field of another type in the place of the weights is refused."""
    mapping = {"properties": WeightsObject("mlsr").properties(FieldKind.SPARSE_VECTOR)}
    with pytest.raises(IndexMismatchError, match=r"mlsr\.terms of its own, of the type sparse_vector"):
        check_free("shop", mapping, WeightsObject("mlsr"), RANK_FEATURES)


def test_an_owners_index_that_is_named_as_a_version_is_none(client: Elasticsearch, index_name: str) -> None:
    """An enriched index named as a version is never promoted, restored, removed or continued; its number is skipped."""
    owners = f"{index_name}-v0001"
    mapping = {"_meta": META.merged_into({}), "properties": WeightsObject("mlsr").properties(RANK_FEATURES)}
    client.indices.create(index=owners, mappings=mapping)
    before = client.indices.get(index=owners).body
    assert resolve(client, index_name) is None
    with pytest.raises(IndexMismatchError, match=f"{owners} is its owner's"):
        promote(client, index_name, owners)
    with pytest.raises(IndexMismatchError, match=f"{owners} is its owner's"):
        delete_version(client, owners)

    version = create_version(client, index_name, replace(META, enriched={}, state=State.BUILDING))
    assert version == f"{index_name}-v0002"
    promote(client, index_name, version)
    resolved = resolve(client, index_name)
    assert resolved is not None
    assert (resolved.building, resolved.kept) == ((), ())
    with pytest.raises(IndexMismatchError, match=f"{version} is its first version"):
        roll_back(client, index_name)
    replaced = replace(META, enriched={}).served(owners)  # a version of this name was there, and its owner's came after
    client.indices.put_mapping(index=version, meta=replaced.merged_into({}))
    with pytest.raises(IndexMismatchError, match=f"{owners} is its owner's"):
        roll_back(client, index_name)
    assert client.indices.get(index=owners).body == before


def test_an_owners_index_behind_an_alias_is_not_replaced(client: Elasticsearch, index_name: str) -> None:
    """An alias of an enriched index is not moved to a version, whatever the index's name is."""
    owners = f"{index_name}-v0001"
    mapping = {"_meta": META.merged_into({}), "properties": WeightsObject("mlsr").properties(RANK_FEATURES)}
    client.indices.create(index=owners, mappings=mapping, aliases={index_name: {}})
    before = client.indices.get(index=owners).body
    with pytest.raises(IndexMismatchError, match="has nothing to go back to"):
        roll_back(client, index_name)
    version = create_version(client, index_name, replace(META, enriched={}, state=State.BUILDING))
    with pytest.raises(IndexMismatchError, match=f"{index_name} leads to {owners}, which is its owner's"):
        promote(client, index_name, version)
    with pytest.raises(IndexMismatchError, match=f"{owners} is its owner's"):
        promote(client, index_name, owners)
    assert client.indices.get(index=owners).body == before
