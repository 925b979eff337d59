"""BM25 over captions, as sparse vectors: the baselines of every table.

``bm25s`` weights the documents' words. The two baselines differ in the weights of the query's words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from mlsr_es.collection import Section
from mlsr_es.extras import extra
from mlsr_es.hybrid import STEMS, Hybrid
from mlsr_es.vectors import SparseVectors
from mlsr_es.words import Analyser, stems, word_weights, words


def plain_words(section: Section) -> list[str]:
    """The words of page title, section title and text."""
    return words(f"{section.page_title} {section.section_title} {section.text}")


def plain_weights(section: Section) -> dict[str, float]:
    """How often each of the plain words occurs."""
    return dict(Counter(plain_words(section)))


def boosted_weights(section: Section) -> dict[str, float]:
    """Stems, weighted by the section's field and with repetitions saturated."""
    return word_weights(section, analyse=stems)


@dataclass(frozen=True)
class Bm25:
    """Captions as vectors of BM25's word weights.

    Args:
        columns: Word to column.
        documents: One row a caption; a query's score is the dot product with its words' weights.
    """

    columns: Mapping[str, int]
    documents: SparseVectors

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]], *, k1: float = 1.5, b: float = 0.75) -> Self:
        """Weight the words of captions; the constants are ``bm25s``' defaults.

        Args:
            texts: The words of each caption.
            k1: How many repetitions of a word count, at least 0: the larger, the more.
            b: How much a long caption lowers the weights of its words, in [0, 1].

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
        """One row a query, from word weights; words that no caption has are dropped."""
        rows = [
            {self.columns[word]: weight for word, weight in query.items() if word in self.columns} for query in weighted
        ]
        return SparseVectors.from_mappings(rows, vocabulary_size=self.documents.vocabulary_size)


@dataclass(frozen=True)
class Baseline:
    """A way to rank by BM25.

    Args:
        name: The name in tables.
        analyse: Splits a caption into words.
        weigh: Gives a section's words and their weights.
        k1: How many repetitions of a word count, at least 0: the larger, the more.
        b: How much a long caption lowers the weights of its words, in [0, 1].
    """

    name: str
    analyse: Analyser
    weigh: Callable[[Section], Mapping[str, float]]
    k1: float
    b: float


DEFAULTS = Baseline("bm25s", words, plain_weights, k1=1.5, b=0.75)
"""``bm25s`` with its default constants; page title, section title and text are one query."""

TITLE_BOOSTED = Baseline("titles", stems, boosted_weights, k1=3.0, b=0.75)
"""The strongest baseline; ``tuned`` finds its constants if there are training sections."""

HYBRID_PART = replace(TITLE_BOOSTED, weigh=Hybrid(STEMS, 1.0).word_weights)
"""The BM25 that a hybrid search adds: as ``TITLE_BOOSTED``, without a query's function words."""

CLUSTER_UNIT = TITLE_BOOSTED.k1 + 1
"""A cluster's BM25 on ``caption_stems`` divided by that of ``TITLE_BOOSTED``: Elasticsearch kept the constant factor
that Lucene left out."""
