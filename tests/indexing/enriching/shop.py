"""Somebody's index, as its owner fills and reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from mlsr_es.elastic.search import build_query, search

MAPPING: dict[str, Any] = {
    "_meta": {"team": "shop", "contact": {"name": "Ada"}},
    "properties": {
        "name": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "about": {"type": "text"},
        "price": {"type": "double"},
        "attic": {"type": "object", "enabled": False},
        "photo": {"type": "keyword", "index": False, "doc_values": False},
        "photos": {
            "properties": {"src": {"type": "keyword", "index": False, "doc_values": False}, "alt": {"type": "text"}}
        },
    },
}


@dataclass(frozen=True)
class Shop:
    """An index with products.

    Args:
        client: Its owner's.
        index: Its name.
    """

    client: Elasticsearch
    index: str

    @classmethod
    def made(cls, client: Elasticsearch, index: str, mapping: Mapping[str, Any] = MAPPING, **settings: Any) -> Shop:
        """Create the index."""
        client.indices.create(index=index, mappings=mapping, settings={"number_of_shards": 2, **settings})
        return cls(client, index)

    def put(self, id_: str, source: Mapping[str, Any] | bytes, routing: str | None = None) -> None:
        """Store a document; a source that is given as bytes is sent unchanged."""
        body: Any = source if isinstance(source, bytes) else orjson.dumps(source)
        where = f"/{self.index}/_doc/{id_}?refresh=true" + (f"&routing={routing}" if routing else "")
        self.client.perform_request("PUT", where, body=body, headers=_JSON)

    def source(self, id_: str, routing: str | None = None) -> dict[str, Any]:
        """The source of a stored document, with names in their order."""
        told = self.client.get(index=self.index, id=id_, routing=routing)
        source: dict[str, Any] = told["_source"]
        return source

    def raw(self, id_: str, routing: str | None = None) -> bytes:
        """The bytes of a stored document without the object ``mlsr``."""
        source = self.source(id_, routing)
        source.pop("mlsr", None)
        return orjson.dumps(source)

    def finds(self, word: str, field: str = "mlsr.terms") -> set[str]:
        """The ids of the documents that a word finds."""
        self.client.indices.refresh(index=self.index)
        query = build_query({word: 1.0}, size=100, field=_terms(field))
        return {hit.id for hit in search(self.client, self.index, query).hits}

    @property
    def meta(self) -> dict[str, Any]:
        """The mapping's ``_meta``."""
        told = self.client.indices.get_mapping(index=self.index).body
        ((_, entry),) = told.items()
        meta: dict[str, Any] = entry["mappings"]["_meta"]
        return meta


_JSON = {"content-type": "application/json", "accept": "application/json"}


def _terms(path: str) -> Any:
    from mlsr_es.elastic.mapping import TermField

    return TermField(path)
