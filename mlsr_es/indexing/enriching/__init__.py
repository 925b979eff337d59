"""Weights for the documents of somebody else's index: beside what is in them, or in an index of their own.

``enrich`` reads an index as it is at one moment, encodes what is new or changed, and writes nothing but its own object,
on condition that the document is still as it was read. ``preview_enriching`` shows what it would do.
"""

from mlsr_es.indexing.enriching.fields import Fields
from mlsr_es.indexing.enriching.job import EnrichJob
from mlsr_es.indexing.enriching.preparing import EnrichBlock
from mlsr_es.indexing.enriching.preview import EnrichPreview, preview_enriching
from mlsr_es.indexing.enriching.run import enrich
from mlsr_es.indexing.enriching.summary import EnrichSummary

__all__ = ["EnrichBlock", "EnrichJob", "EnrichPreview", "EnrichSummary", "Fields", "enrich", "preview_enriching"]
