"""Asking a cluster all topics: runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Section
from mlsr_es.elastic import Strategy, Version, WordClauses, build_query, search_many
from mlsr_es.evaluation import DEPTH, Ranked, Run
from mlsr_es.progress import Progress
from mlsr_es.vectors import SparseVectors, Vocabulary, feature_weights

if TYPE_CHECKING:
    from mlsr_es.elastic import Client


@dataclass(frozen=True)
class Asker:
    """An index that is asked topics.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        version: The index.
        strategy: How the cluster executes queries.
        sections: The topics.
        queries: A row a topic.
        vocabulary: Of the queries.
        progress: Told of each answer.
        depth: Of the longest ranking.
    """

    client: Client
    version: Version
    strategy: Strategy
    sections: Sequence[Section]
    queries: SparseVectors
    vocabulary: Vocabulary
    progress: Progress
    depth: int = DEPTH

    def run(self, name: str, words: Callable[[Section], WordClauses] | None = None, *, terms: bool = True) -> Run:
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
        bodies = dict(self._bodies(words, terms=terms))
        for section_id, answer in zip(
            bodies, search_many(self.client, self.version.index, bodies.values()), strict=True
        ):
            rankings[section_id] = [Ranked(hit.id, hit.score) for hit in answer.hits]
            self.progress.advance(name)
        self.progress.finish(name)
        return Run(name, rankings)

    def _bodies(
        self, words: Callable[[Section], WordClauses] | None, *, terms: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for row, section in enumerate(self.sections):
            named = self.queries.named(row, self.vocabulary) if terms else {}
            clauses = words(section) if words else None
            if not named and not (clauses and clauses.words):
                continue  # nothing to ask: the topic counts as one without answer
            body = build_query(
                feature_weights(named),
                size=self.depth,
                text=clauses,
                field=self.version.meta.terms,
                strategy=self.strategy,
                source=False,
            )
            yield section.id, body
