"""From a source to an index: read, encode and load, overlapped, incremental, resumable.

A run asks the index for fingerprints first and encodes only what is new or changed; ``index_collection`` does it,
``preview`` shows what it would do.
"""

from mlsr_es.indexing.run import Job, Preview, index_collection, preview
from mlsr_es.indexing.summary import Stage, Summary

__all__ = ["Job", "Preview", "Stage", "Summary", "index_collection", "preview"]
