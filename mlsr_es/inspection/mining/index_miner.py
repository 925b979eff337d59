"""Mine hard negatives for a training run: query an index for the images that it ranks high for training sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.elastic.search import RequestOptions
from mlsr_es.elastic.versions import Version
from mlsr_es.evaluation import Run
from mlsr_es.inspection.evaluating import Asker, encoded, plain_words
from mlsr_es.progress import Progress, Silent
from mlsr_es.suggestion import check_model, exact_strategy_for, serving_version

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.suggestion import QueryEncoder


@dataclass(frozen=True)
class IndexMiner:
    """Ranks the images of one collection in an index, by BM25 or by the index's vectors.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        version: The index.
        model: The query encoder of the model that the index was made with; None for BM25 on ``caption_all``.
        collection: The collection whose images are ranked.
        depth: The number of images a section.
        progress: Advanced by each section.
    """

    client: Client
    version: Version
    model: QueryEncoder | None
    collection: str
    depth: int
    progress: Progress

    def __call__(self, sections: Sequence[Section], documents: Sequence[ImageDocument]) -> Run:
        """Rank images for sections; a section with an empty query has an empty ranking.

        Args:
            sections: The queries.
            documents: Not used: the index holds the images that are searched, and training selects from the ranking.

        Raises:
            ClusterError: The cluster cannot be reached, or refuses.
        """
        del documents
        model = self.model
        vectors = encoded(model, sections, self.progress) if model else None
        asker = Asker(
            self.client,
            self.version,
            exact_strategy_for(self.client),
            sections,
            lambda place: vectors.named(place, model.vocabulary) if vectors and model else {},
            self.progress,
            self.depth,
            RequestOptions(filters=[{"term": {"collection": self.collection}}]),
        )
        return asker.run("Mining", None if model else plain_words)


def index_miner(
    client: Client,
    index: str,
    *,
    model: QueryEncoder | None,
    collection: str,
    depth: int,
    progress: Progress = Silent(),
) -> IndexMiner:
    """A miner for an index; checks that the index exists and was made with the model.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        index: The alias.
        model: The query encoder of the model that the index was made with; None for BM25 on ``caption_all``.
        collection: The collection whose images are ranked.
        depth: The number of images a section.
        progress: Advanced by each section.

    Raises:
        InputError: There is no such index, or the index was made with another model.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    version = serving_version(client, index)
    if model:
        check_model(model, version)
    return IndexMiner(client, version, model, collection, depth, progress)
