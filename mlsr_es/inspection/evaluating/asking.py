"""Query a cluster for all topics: the results are runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import tee
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Section
from mlsr_es.elastic.search import RequestOptions, Search, Strategy, WordClauses, build_query, search_many
from mlsr_es.elastic.versions import Version
from mlsr_es.evaluation import DEPTH, Ranked, Run, plain_weights
from mlsr_es.progress import Progress
from mlsr_es.vectors import feature_weights

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

Words = Callable[[Section], WordClauses]
"""A section's words as BM25 clauses."""


@dataclass(frozen=True)
class Asker:
    """Queries one index for topics.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        version: The index to query.
        strategy: How the cluster executes queries.
        sections: The topics.
        terms: The topic's position in ``sections`` to its word pieces and their weights.
        progress: Advanced by each response.
        depth: The most images of a ranking.
        request_options: Further parts of each search request.
    """

    client: Client
    version: Version
    strategy: Strategy
    sections: Sequence[Section]
    terms: Callable[[int], Mapping[str, float]]
    progress: Progress
    depth: int = DEPTH
    request_options: RequestOptions = RequestOptions()

    def run(self, name: str, words: Words | None = None, *, terms: bool = True) -> Run:
        """Query the index for all topics.

        Args:
            name: The name of the run.
            words: The BM25 clauses of a section; None for no BM25.
            terms: Whether queries contain the model's terms.

        Raises:
            ClusterError: The cluster cannot be reached, or refuses.
        """
        self.progress.start(name, len(self.sections), "sections")
        rankings: dict[str, list[Ranked]] = {section.id: [] for section in self.sections}
        asked, queries = tee(self._queries(words, terms=terms))
        searches = (Search(body, request_options=self.request_options) for _, body in queries)
        answers = search_many(self.client, self.version.index, searches)
        for (section_id, _), answer in zip(asked, answers, strict=True):
            rankings[section_id] = [Ranked(hit.id, hit.score) for hit in answer.hits]
            self.progress.advance(name)
        self.progress.finish(name)
        return Run(name, rankings)

    def _queries(self, words: Words | None, *, terms: bool) -> Iterator[tuple[str, dict[str, Any]]]:
        """Section id and request body; a topic with an empty query is left out and counts as unanswered."""
        for place, section in enumerate(self.sections):
            named = self.terms(place) if terms else {}
            clauses = words(section) if words else None
            if named or (clauses and clauses.words):
                yield (
                    section.id,
                    build_query(
                        feature_weights(named),
                        size=self.depth,
                        text=clauses,
                        field=self.version.meta.terms,
                        strategy=self.strategy,
                        source=False,
                    ),
                )


def plain_words(section: Section) -> WordClauses:
    """The clauses, one a word, of a ``match`` query for titles and text."""
    return WordClauses(plain_weights(section))
