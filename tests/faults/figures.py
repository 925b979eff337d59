"""What was sent, what failed, and what was lost by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch

Sources = Mapping[str, Mapping[str, Any]]
"""Documents by id, as they are stored."""


@dataclass
class Figures:
    """Counts over a run of the tests; the last four must stay 0.

    Args:
        sent: Documents that were to be loaded, over all runs that were to end well.
        runs: Runs that were started.
        ended: Runs that ended with an error of this package's own, and were completed by the next one.
        kills: Runs and nodes that were killed.
        faults: Requests that failed, by fault.
        lost: Documents that are missing afterwards.
        doubled: Documents that a search finds twice.
        wrong: Documents that are not what a load in peace stores.
        touched: Documents of which an owner's own fields were changed.
    """

    sent: int = 0
    runs: int = 0
    ended: int = 0
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    touched: int = 0

    def __str__(self) -> str:
        by_fault = ", ".join(f"{fault} {count:,}" for fault, count in sorted(self.faults.items()))
        return (
            f"{self.sent:,} documents sent in {self.runs:,} runs ({self.ended:,} ended with an error), "
            f"{self.kills:,} kills, "
            f"{self.faults.total():,} failed requests ({by_fault or 'none'}): "
            f"{self.lost:,} lost, {self.doubled:,} doubled, {self.wrong:,} wrong, {self.touched:,} touched"
        )

    def compare(self, found: list[tuple[str, Mapping[str, Any]]], expected: Sources) -> None:
        """Count what differs, and see that nothing does.

        Args:
            found: Id and source of each document that a search reaches.
            expected: What there should be.
        """
        times = Counter(id_ for id_, _ in found)
        there = dict(found)
        lost = expected.keys() - there.keys()
        doubled = [id_ for id_, count in times.items() if count > 1]
        wrong = [id_ for id_, source in there.items() if _mlsr(source) != _mlsr(expected.get(id_, {}))]
        touched = [id_ for id_, source in there.items() if _own(source) != _own(expected.get(id_, {}))]
        self.sent += len(expected)
        self.lost += len(lost)
        self.doubled += len(doubled)
        self.wrong += len(wrong)
        self.touched += len(touched)
        assert (lost, doubled, wrong, touched) == (set(), [], [], [])


def reached(client: Elasticsearch, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Id and source of each document that a search reaches; none where there is no such name."""
    if not client.indices.exists(index=name):
        return []
    client.indices.refresh(index=name)
    hits = client.search(index=name, size=10_000, query={"match_all": {}})["hits"]["hits"]
    return [(hit["_id"], hit["_source"]) for hit in hits]


def _mlsr(source: Mapping[str, Any]) -> Any:
    return source.get("mlsr")


def _own(source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in source.items() if name != "mlsr"}
