"""Readers of documents: from a source, or from somebody's index. ``Reader`` is the contract of both."""

from mlsr_es.indexing.readers.fields import OwnersFields, describe_as_before
from mlsr_es.indexing.readers.index import IndexReader
from mlsr_es.indexing.readers.reader import Reader
from mlsr_es.indexing.readers.source import SourceReader

__all__ = ["IndexReader", "OwnersFields", "Reader", "SourceReader", "describe_as_before"]
