"""Strategies tried on a cluster: how long each takes, and how much of the exact answer it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsr_es.elastic.search import Answer, Strategy, search, search_many
from mlsr_es.progress import Progress, Silent

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

DEPTH = 10
"""How many images a search is for."""

ROUNDS = 3
"""How often each query is timed under each strategy."""

_TIED = 100
"""How deep the exact answer is known: images that score like its tenth belong to it too."""

_ROUNDING = 1e-6
"""Relative: two ways to add up in single precision."""

_WARMING = 20
"""Queries that are sent untimed under each strategy: the first runs of a path through a Java program are slow."""

Ask = Callable[[Strategy, int], Mapping[str, Any]]
"""A query: the body of its search under a strategy, for so many images."""


@dataclass(frozen=True)
class Measured:
    """What a strategy was measured to be.

    Args:
        strategy: The strategy.
        p50_ms: Median of the time from asking to having the hits, here, in milliseconds.
        p95_ms: 95th percentile of the same.
        took_ms: Mean of the cluster's own time, ``took``.
        overlap: Mean share of the exact top 10 that it finds, in [0, 1]; of an image that ties with the tenth, either.
        asked_again: The share of searches, in [0, 1], whose terms found fewer images than were wanted, so that all
            terms were asked in a second one; its time is counted.
    """

    strategy: Strategy
    p50_ms: float
    p95_ms: float
    took_ms: float
    overlap: float
    asked_again: float


@dataclass
class _Times:
    seconds: list[float] = field(default_factory=list)
    took_ms: list[int] = field(default_factory=list)
    overlaps: list[float] = field(default_factory=list)
    again: list[bool] = field(default_factory=list)

    def measured(self, strategy: Strategy) -> Measured:
        p50, p95 = np.percentile(self.seconds, [50, 95]) * 1000
        means = (float(np.mean(column)) for column in (self.took_ms, self.overlaps, self.again))
        return Measured(strategy, float(p50), float(p95), *means)


class Stopwatch:
    """An index that is asked the same queries under strategies.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        index: An index or alias.
        queries: Each matches an image; at least one.
        progress: Told of each search.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """

    def __init__(
        self,
        client: Client,
        index: str,
        queries: Sequence[Ask],
        progress: Progress = Silent(),
    ) -> None:
        self._client, self._index, self._queries, self._progress = client, index, queries, progress
        bodies = ({**query(Strategy(), _TIED), "_source": False} for query in queries)
        self._exact = [_best(answer) for answer in search_many(client, index, bodies)]

    def measure(self, strategies: Sequence[Strategy], *, rounds: int = ROUNDS, stage: str) -> list[Measured]:
        """Time strategies, one search at a time; they take turns, so that noise meets all alike.

        Args:
            strategies: All different.
            rounds: How often each query is asked; at least 1.
            stage: As progress calls it.

        Raises:
            ClusterError: The cluster cannot be reached, or refuses.
        """
        warming = min(_WARMING, len(self._queries))
        self._progress.start(stage, (warming + rounds * len(self._queries)) * len(strategies), "searches")
        for query in islice(self._queries, warming):
            for strategy in strategies:
                self._timed(query, strategy)
                self._progress.advance(stage)
        times = {strategy: _Times() for strategy in strategies}
        for turn in range(rounds):
            for place, query in enumerate(self._queries):
                first = (place + turn) % len(strategies)
                for strategy in (*strategies[first:], *strategies[:first]):
                    seconds, answer = self._timed(query, strategy)
                    self._progress.advance(stage)
                    of_it = times[strategy]
                    of_it.seconds.append(seconds)
                    of_it.took_ms.append(answer.took_ms)
                    of_it.overlaps.append(_overlap(answer, self._exact[place]))
                    of_it.again.append(answer.asked_again)
        self._progress.finish(stage)
        return [times[strategy].measured(strategy) for strategy in strategies]

    def _timed(self, query: Ask, strategy: Strategy) -> tuple[float, Answer]:
        body = query(strategy, DEPTH)
        exact = None if strategy.exact else query(strategy.whole, DEPTH)
        start = perf_counter()
        answer = search(self._client, self._index, body, exact=exact)
        return perf_counter() - start, answer


def _best(answer: Answer) -> frozenset[str]:
    """The ten best, and whatever scores like the last of them."""
    least = answer.hits[:DEPTH][-1].score * (1 - _ROUNDING) if answer.hits else 0.0
    return frozenset(hit.id for hit in answer.hits if hit.score >= least)


def _overlap(answer: Answer, best: frozenset[str]) -> float:
    wanted = min(DEPTH, len(best))
    return len(best.intersection(hit.id for hit in answer.hits)) / wanted if wanted else 1.0
