"""Reading an index: which documents it holds, all of them in order, or all as they were at one moment."""

from mlsr_es.elastic.reading.scanning import scan
from mlsr_es.elastic.reading.snapshot import ReadDocument, read_again, read_snapshot
from mlsr_es.elastic.reading.stored import (
    Stored,
    collections,
    count,
    frequent_values,
    ids_of_collection,
    refresh,
    some_values,
    stored,
    stored_documents,
)

__all__ = [
    "ReadDocument",
    "Stored",
    "collections",
    "count",
    "frequent_values",
    "ids_of_collection",
    "read_again",
    "read_snapshot",
    "refresh",
    "scan",
    "some_values",
    "stored",
    "stored_documents",
]
