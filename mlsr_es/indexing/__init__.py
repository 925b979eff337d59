"""From a source to an index: read, encode and load, overlapped, incremental, resumable.

A run asks the index for fingerprints first and encodes only what is new or changed; ``index_collection`` does it,
``preview`` shows what it would do. ``encode_collection`` writes the vectors into files in place of an index.
``enrich`` takes the documents of an index that exists in place of a source (``enriching``).
"""

from mlsr_es.indexing.encoding import Encoded, encode_collection
from mlsr_es.indexing.enriching import (
    EnrichBlock,
    EnrichJob,
    EnrichPreview,
    EnrichSummary,
    Fields,
    enrich,
    preview_enriching,
)
from mlsr_es.indexing.job import Job
from mlsr_es.indexing.preparing import Block
from mlsr_es.indexing.promoting import Candidate, candidate
from mlsr_es.indexing.run import Preview, index_collection, preview
from mlsr_es.indexing.summary import Stage, Summary

__all__ = [
    "Block",
    "Candidate",
    "Encoded",
    "EnrichBlock",
    "EnrichJob",
    "EnrichPreview",
    "EnrichSummary",
    "Fields",
    "Job",
    "Preview",
    "Stage",
    "Summary",
    "candidate",
    "encode_collection",
    "enrich",
    "index_collection",
    "preview",
    "preview_enriching",
]
