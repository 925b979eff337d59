"""A teacher in addition to the judgements: BM25, which cannot learn a collection by heart.

References:
    Hinton et al., *Distilling the Knowledge in a Neural Network*, arXiv 1503.02531.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.evaluation import HYBRID_PART, Bm25, caption_text


class Teacher:
    """Title-boosted BM25 over the captions that are trained on; function words teach nothing.

    Args:
        documents: The candidates; each takes memory for some words.
    """

    def __init__(self, documents: Sequence[ImageDocument]) -> None:
        captions = (HYBRID_PART.analyse(caption_text(document)) for document in documents)
        self._words = Bm25.of(captions, k1=HYBRID_PART.k1, b=HYBRID_PART.b)

    def scores(self, sections: Sequence[Section], candidates: Sequence[int]) -> Tensor:
        """Compute BM25's scores of candidates.

        Args:
            sections: The sections as the model sees them, without the fields that it is not shown.
            candidates: The places of the candidates among the documents.

        Returns:
            Float32 at least 0, shape (sections, candidates).
        """
        queries = self._words.queries(map(HYBRID_PART.weigh, sections))
        scores = queries.dot(self._words.documents.select(candidates))
        return torch.from_numpy(scores.toarray()).float()
