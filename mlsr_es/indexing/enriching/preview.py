"""What enriching would do, shown by the first documents; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.bulk import Action
from mlsr_es.elastic.reading import read_snapshot
from mlsr_es.indexing.enriching.encoding import weighed
from mlsr_es.indexing.enriching.job import EnrichJob
from mlsr_es.indexing.enriching.preparing import EnrichBlock, enrich_blocks
from mlsr_es.indexing.enriching.run import opened_for

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, slots=True)
class EnrichPreview:
    """What a run would do.

    Args:
        described: In words.
        mapping: What would be added to the mapping, or the body of a new index.
        action: The first document as it would be sent; None where none of those that were looked at would be.
        block: The first documents.
    """

    described: str
    mapping: Mapping[str, Any]
    action: Action | None
    block: EnrichBlock


def preview_enriching(job: EnrichJob, client: Client) -> EnrichPreview:
    """Read and encode until the first document that would be written.

    Raises:
        InputError: As ``enrich``.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    destination = opened_for(job, client)
    block, action = EnrichBlock(), None
    fields = job.read.wanted
    with (
        closing(read_snapshot(client, job.index, fields, fingerprint=destination.fingerprint)) as documents,
        closing(enrich_blocks(documents, destination.held, job, job.index)) as blocks,
    ):
        for found in blocks:
            block = found
            for ready, weights in zip(block.ready, weighed(job, block.ready), strict=True):
                if weights.terms:
                    action = destination.write(ready, weights)
                    break
            if action:
                break
    return EnrichPreview(destination.described, destination.mapping, action, block)
