"""Documents and queries of a folder that ``mlsr-es encode`` wrote, in the form of the made-up ones of strategies.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from strategies import QUERIES, Weights, named

from mlsr_es.evaluation.vector_files import read_vectors


class Encoded:
    """Real documents and queries, the same each time: those that have a term at all.

    Args:
        folder: With documents and sections.
    """

    def __init__(self, folder: Path) -> None:
        found = read_vectors(folder)
        self.documents = found.documents.select(np.flatnonzero(found.documents.term_counts))
        self._sections = found.sections
        self._random = np.random.default_rng(2402_07736)

    def queries(self, terms: int) -> list[Weights]:
        """The heaviest terms of sections that have so many."""
        long = np.flatnonzero(self._sections.term_counts >= terms)
        chosen = self._random.choice(long, min(QUERIES, len(long)), replace=False)
        return list(named(self._sections.select(chosen).pruned(top=terms)))
