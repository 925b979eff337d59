"""One pipeline from a reader to a sink: read, prepare, encode, write. It is overlapped, incremental and resumable.

``index_collection`` indexes a source into a version behind an alias. ``enrich`` adds weights to the documents of
somebody's index, or writes them into such a version. ``encode_collection`` encodes a source into files. The first two
have a preview, which writes nothing.
"""

from mlsr_es.indexing.caption_sample import CaptionSample
from mlsr_es.indexing.encode_job import EncodeSummary, encode_collection
from mlsr_es.indexing.engines import HERE, Engine, RayEngine
from mlsr_es.indexing.enrich_job import EnrichJob, enrich, preview_enriching
from mlsr_es.indexing.index_job import IndexJob, index_collection, preview_indexing
from mlsr_es.indexing.load_job import LoadJob, load_vectors, preview_loading
from mlsr_es.indexing.load_proof import LoadProof, prove_load
from mlsr_es.indexing.pipeline import Preview
from mlsr_es.indexing.prepare import Block
from mlsr_es.indexing.readers import OwnersFields, describe_as_before
from mlsr_es.indexing.sinks.promoting import Candidate, candidate
from mlsr_es.indexing.summary import OTHER_LANGUAGES, Stage, Summary

__all__ = [
    "HERE",
    "OTHER_LANGUAGES",
    "Block",
    "Candidate",
    "CaptionSample",
    "EncodeSummary",
    "Engine",
    "EnrichJob",
    "IndexJob",
    "LoadJob",
    "LoadProof",
    "OwnersFields",
    "Preview",
    "RayEngine",
    "Stage",
    "Summary",
    "candidate",
    "describe_as_before",
    "encode_collection",
    "enrich",
    "index_collection",
    "load_vectors",
    "preview_enriching",
    "preview_indexing",
    "preview_loading",
    "prove_load",
]
