"""Asking a cluster all topics: runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import tee
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Section
from mlsr_es.elastic.search import RequestOptions, Strategy, WordClauses, build_query, search_many
from mlsr_es.elastic.versions import Version
from mlsr_es.evaluation import DEPTH, Ranked, Run, plain_weights
from mlsr_es.progress import Progress
from mlsr_es.vectors import feature_weights

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

Words = Callable[[Section], WordClauses]
"""What BM25 adds for a section."""


@dataclass(frozen=True)
class Asker:
    """An index that is asked topics.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        version: The index.
        strategy: How the cluster executes queries.
        sections: The topics.
        terms: A topic's place among them to its word pieces and their weights.
        progress: Told of each answer.
        depth: Of the longest ranking.
        request_options: What stands around each query.
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
        """The answers to all topics.

        Args:
            name: Of the run.
            words: What BM25 adds; None for nothing.
            terms: Whether the model's terms are asked for.

        Raises:
            ClusterError: The cluster cannot be reached, or refuses.
        """
        self.progress.start(name, len(self.sections), "sections")
        rankings: dict[str, list[Ranked]] = {section.id: [] for section in self.sections}
        asked, queries = tee(self._queries(words, terms=terms))
        answers = search_many(
            self.client, self.version.index, (body for _, body in queries), request_options=self.request_options
        )
        for (section_id, _), answer in zip(asked, answers, strict=True):
            rankings[section_id] = [Ranked(hit.id, hit.score) for hit in answer.hits]
            self.progress.advance(name)
        self.progress.finish(name)
        return Run(name, rankings)

    def _queries(self, words: Words | None, *, terms: bool) -> Iterator[tuple[str, dict[str, Any]]]:
        """Section and body; a topic without anything to ask has none, and counts as one without answer."""
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
    """What a ``match`` query for titles and text asks, a clause a word."""
    return WordClauses(plain_weights(section))
