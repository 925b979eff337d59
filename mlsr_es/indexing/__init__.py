"""From a source to an index: read, encode and load, overlapped, incremental, resumable.

A run asks the index for fingerprints first and encodes only what is new or changed; ``index_collection`` does it,
``preview`` shows what it would do. ``encode_collection`` writes the vectors into files in place of an index.
"""

from mlsr_es.indexing.encoding import Encoded, encode_collection
from mlsr_es.indexing.job import Job
from mlsr_es.indexing.run import Preview, index_collection, preview
from mlsr_es.indexing.summary import Stage, Summary

__all__ = ["Encoded", "Job", "Preview", "Stage", "Summary", "encode_collection", "index_collection", "preview"]
