"""Sinks for weights: a version behind an alias, somebody's documents, or files. ``Sink`` is the contract of all."""

from mlsr_es.indexing.sinks.files import FilesSink
from mlsr_es.indexing.sinks.in_place import InPlace, kind_in
from mlsr_es.indexing.sinks.sink import Change, Cleared, IndexSink, Sink
from mlsr_es.indexing.sinks.version import VersionPlan, VersionSink

__all__ = ["Change", "Cleared", "FilesSink", "InPlace", "IndexSink", "Sink", "VersionPlan", "VersionSink", "kind_in"]
