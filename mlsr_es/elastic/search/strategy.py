"""Strategies: how a query is executed, and the text that names one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mlsr_es.elastic.cluster import ClusterVersion
from mlsr_es.errors import InputError

_LUCENE_10 = ClusterVersion(9, 0)

LARGEST_WINDOW = 10_000
"""What an index allows where its owner has not changed ``index.max_rescore_window``."""

_DYNAMIC = "dynamic"
_EXHAUSTIVE = "exhaustive"
_TOP = re.compile(r"top:(\d{1,6})")
_MASS = re.compile(r"mass:([\d.]{1,12})")
_TWO_PHASE = re.compile(r"two-phase:([\d.]{1,12})/(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Strategy:
    """How a query is executed. The plain one scores every posting, and gives the exact ranking.

    Args:
        dynamic: Postings that cannot reach the best hits are skipped, and hits are not counted (dynamic pruning). The
            hits are the same. On Lucene 8 (Elasticsearch 7) long sparse queries are 3 to 4 times slower so, from Lucene
            10 (Elasticsearch 9) on as fast or faster.
        top: Only so many terms, the heaviest, find images; at least 1; None for all.
        mass: In (0, 1]: only the fewest heaviest terms that hold this share of the query's weight find images.
        window: Two-phase: the best so many images that these terms find get the other terms' share added and are
            ranked anew; at least 1. None: the other terms are left out (query-term pruning).
    """

    dynamic: bool = False
    top: int | None = None
    mass: float = 1.0
    window: int | None = None

    @classmethod
    def for_version(cls, version: ClusterVersion | None) -> Strategy:
        """The exact one that was measured to be the faster; a version that is not known is taken for an old one."""
        return cls(dynamic=version is not None and version >= _LUCENE_10)

    @classmethod
    def parse(cls, text: str) -> Strategy:
        """The strategy that a text names: ``str(strategy)`` turned back.

        ``exhaustive``, ``dynamic``, ``top:20``, ``mass:0.8``, ``two-phase:0.6/100`` (the heaviest terms with 0.6 of the
        weight find 100 images, which all terms rank); the last three also with ``+dynamic`` behind them.

        Raises:
            InputError: It names none.
        """
        if text in {_EXHAUSTIVE, _DYNAMIC}:
            return cls(dynamic=text == _DYNAMIC)
        plan, _, scoring = text.partition("+")
        dynamic = scoring == _DYNAMIC
        if dynamic or text == plan:
            if (found := _TOP.fullmatch(plan)) and int(found[1]) > 0:
                return cls(dynamic, top=int(found[1]))
            if (found := _MASS.fullmatch(plan)) and (mass := _share(found[1])):
                return cls(dynamic, mass=mass)
            found = _TWO_PHASE.fullmatch(plan)
            if found and (mass := _share(found[1])) and 1 <= int(found[2]) <= LARGEST_WINDOW:
                return cls(dynamic, mass=mass, window=int(found[2]))
        raise InputError(
            f"{text!r} is no strategy.",
            advice="One is exhaustive, dynamic, top:TERMS, mass:SHARE or two-phase:SHARE/WINDOW, as in "
            f"two-phase:0.6/100: a share is above 0 and at most 1, a window at most {LARGEST_WINDOW:,}.",
        )

    def __str__(self) -> str:
        if self.window is not None:
            plan = f"two-phase:{self.mass:.12g}/{self.window}"
        elif self.top is not None:
            plan = f"top:{self.top}"
        elif self.mass < 1:
            plan = f"mass:{self.mass:.12g}"
        else:
            return _DYNAMIC if self.dynamic else _EXHAUSTIVE
        return f"{plan}+{_DYNAMIC}" if self.dynamic else plan

    @property
    def exact(self) -> bool:
        """Whether all terms find images, so that the ranking is that of the whole dot product."""
        return self.top is None and self.mass >= 1

    @property
    def whole(self) -> Strategy:
        """The exact one that goes through the posting lists in the same way."""
        return Strategy(self.dynamic)

    def split(self, weights: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        """The terms that find images, and those that only rank what was found; both heaviest first.

        Args:
            weights: Feature name to query weight, each above 0.

        Returns:
            The first has at least one term if there is any; the second is empty unless there are two phases.
        """
        heaviest_first = dict(sorted(weights.items(), key=lambda item: (-item[1], item[0])))
        enough = self.mass * sum(weights.values()) if self.mass < 1 else float("inf")
        finding: dict[str, float] = {}
        held = 0.0
        for name, weight in heaviest_first.items():
            if finding and (held >= enough or len(finding) == self.top):
                break
            finding[name] = weight
            held += weight
        if self.window is None:
            return finding, {}
        return finding, {name: weight for name, weight in heaviest_first.items() if name not in finding}


def _share(text: str) -> float:
    """A share above 0 and at most 1; 0 for anything else."""
    try:
        share = float(text)
    except ValueError:
        return 0.0
    return share if 0 < share <= 1 else 0.0
