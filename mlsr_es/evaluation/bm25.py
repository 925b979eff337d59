"""BM25 over captions, as sparse vectors: the baselines that every table has.

``bm25s`` weighs the documents' words; what a query's words weigh is the difference between the two baselines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from mlsr_es.collection import Section
from mlsr_es.extras import extra
from mlsr_es.vectors import SparseVectors
from mlsr_es.words import Analyser, stems, word_weights, words


def plain_weights(section: Section) -> dict[str, float]:
    """How often each word stands in page title, section title and text."""
    return dict(Counter(words(f"{section.page_title} {section.section_title} {section.text}")))


def boosted_weights(section: Section) -> dict[str, float]:
    """Stems weighted by the section's field, repetitions saturated."""
    return word_weights(section, analyse=stems)


@dataclass(frozen=True)
class Bm25:
    """Captions as BM25 weighs their words.

    Args:
        columns: Word to column.
        documents: A row a caption; a query's score is the dot product with its words' weights.
    """

    columns: Mapping[str, int]
    documents: SparseVectors

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]], *, k1: float = 1.5, b: float = 0.75) -> Self:
        """Weigh the words of captions; the constants are ``bm25s``' defaults.

        Args:
            texts: The words of each caption.
            k1: How late a repeated word saturates.
            b: How much long captions are held back, in [0, 1].

        Raises:
            MissingExtraError: The extra ``research`` is not installed.
        """
        with extra("research"):
            import bm25s
        from scipy.sparse import csc_array

        corpus = [list(text) for text in texts]
        if not any(corpus):
            return cls({}, SparseVectors.from_mappings([{}] * len(corpus), vocabulary_size=1))
        index = bm25s.BM25(k1=k1, b=b)
        index.index(corpus, show_progress=False)
        columns = {word: column for word, column in index.vocab_dict.items() if word}
        weights, rows, starts = (np.asarray(index.scores[name]) for name in ("data", "indices", "indptr"))
        scores = csc_array((weights, rows, starts), shape=(len(corpus), len(starts) - 1))
        return cls(columns, SparseVectors.from_scipy(scores.tocsr()))

    def queries(self, weighted: Iterable[Mapping[str, float]]) -> SparseVectors:
        """Queries from word weights, a row each; words that no caption has are dropped."""
        rows = [
            {self.columns[word]: weight for word, weight in query.items() if word in self.columns} for query in weighted
        ]
        return SparseVectors.from_mappings(rows, vocabulary_size=self.documents.vocabulary_size)


@dataclass(frozen=True)
class Baseline:
    """A way to rank by BM25.

    Args:
        name: As tables show it.
        analyse: Cuts captions into words.
        weigh: A section's words and their weights.
        k1: See ``Bm25.of``.
        b: See ``Bm25.of``.
    """

    name: str
    analyse: Analyser
    weigh: Callable[[Section], Mapping[str, float]]
    k1: float
    b: float


DEFAULTS = Baseline("bm25s", words, plain_weights, k1=1.5, b=0.75)
"""``bm25s`` as it comes, page title + section title + text as one query."""

TITLE_BOOSTED = Baseline("titles", stems, boosted_weights, k1=3.0, b=0.75)
"""The strong one; ``tuned`` finds its constants where there are training sections."""

CLUSTER_UNIT = TITLE_BOOSTED.k1 + 1
"""A cluster's BM25 on ``caption_stems`` is so many times that of ``TITLE_BOOSTED``: Elasticsearch kept the constant
factor that Lucene left out."""
