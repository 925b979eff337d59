"""Where documents come from: a source, or somebody's index. ``Reader`` says what each promises."""

from mlsr_es.indexing.readers.fields import Fields
from mlsr_es.indexing.readers.index import IndexReader
from mlsr_es.indexing.readers.reader import Reader
from mlsr_es.indexing.readers.source import SourceReader

__all__ = ["Fields", "IndexReader", "Reader", "SourceReader"]
