"""Try strategies on a cluster: measure the time of each, and its share of the exact result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsr_es.elastic.search import Answer, Search, Strategy, search, search_many
from mlsr_es.progress import Progress, Silent

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

DEPTH = 10
"""The number of images that a search asks for."""

ROUNDS = 3
"""How often each query is timed under each strategy."""

_TIED = 100
"""The depth of the exact result: images that tie with the tenth count as among the best too."""

_ROUNDING = 1e-6
"""Relative: the difference between two orders of addition in single precision."""

_WARMING = 20
"""Queries sent untimed under each strategy first, since Java runs new code slowly at first."""

Ask = Callable[[Strategy, int], Mapping[str, Any]]
"""A query: builds the search's body for a strategy and a number of images."""


@dataclass(frozen=True)
class Measured:
    """The measurements of a strategy.

    Args:
        strategy: The strategy.
        p50_ms: Median time from sending a query to having its hits on this machine, in milliseconds.
        p95_ms: 95th percentile of that time, in milliseconds.
        took_ms: Mean of the cluster's own time, ``took``, in milliseconds.
        overlap: Mean share of the exact top 10 that is found, in [0, 1]; an image that ties with the tenth counts too.
        asked_again: The share of searches, in [0, 1], that found too few images and were repeated with all terms; the
            time of the second search is counted.
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
    """Times the same queries on an index under several strategies.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        index: An index or alias.
        queries: The queries, at least one; each matches an image.
        progress: Advanced by each search.

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
        self._exact = [_best(answer) for answer in search_many(client, index, map(Search, bodies))]

    def measure(self, strategies: Sequence[Strategy], *, rounds: int = ROUNDS, stage: str) -> list[Measured]:
        """Time strategies, one search at a time; they take turns, so that noise affects all of them equally.

        Args:
            strategies: The strategies, all different.
            rounds: How often each query is asked; at least 1.
            stage: The name of this stage in ``progress``.

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
    """The ten best images, and all that tie with the tenth."""
    least = answer.hits[:DEPTH][-1].score * (1 - _ROUNDING) if answer.hits else 0.0
    return frozenset(hit.id for hit in answer.hits if hit.score >= least)


def _overlap(answer: Answer, best: frozenset[str]) -> float:
    wanted = min(DEPTH, len(best))
    return len(best.intersection(hit.id for hit in answer.hits)) / wanted if wanted else 1.0
