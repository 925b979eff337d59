"""Connecting to a cluster: connection settings, the client, its failures as this package's errors, retries."""

from typing import TYPE_CHECKING, TypeAlias

from mlsr_es.elastic.client.connection import ConnectionSettings, connect
from mlsr_es.elastic.client.failures import (
    PASSING,
    address_of,
    error_types,
    failure,
    gone,
    in_its_words,
    not_elasticsearch,
    reason,
    refusal,
    too_old,
    translated,
)
from mlsr_es.elastic.client.retrying import is_away, retry_after, whole_documents, with_retries

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    Client: TypeAlias = Elasticsearch  # for annotations only, and so not in __all__

__all__ = [
    "PASSING",
    "ConnectionSettings",
    "address_of",
    "connect",
    "error_types",
    "failure",
    "gone",
    "in_its_words",
    "is_away",
    "not_elasticsearch",
    "reason",
    "refusal",
    "retry_after",
    "too_old",
    "translated",
    "whole_documents",
    "with_retries",
]
