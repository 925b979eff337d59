"""Which caption components the weights of images come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING

from mlsr_es.collection import ImageDocument
from mlsr_es.suggestion import everywhere
from mlsr_es.vectors import term_of

if TYPE_CHECKING:
    from mlsr_es.suggestion import QueryEncoder

EXPANSION = "no caption"
"""The origin of a term that no caption has: an MLM head or the image itself gave it."""


class Origins:
    """Sums up weights by the caption components that have their terms.

    Args:
        model: Cuts captions into word pieces; a query encoder of the model that gave the weights.
    """

    def __init__(self, model: QueryEncoder) -> None:
        self._model = model
        self._sums: defaultdict[str, float] = defaultdict(float)

    def take(self, document: ImageDocument, weights: Mapping[str, float]) -> None:
        """Add an image; a weight whose term several components have is divided equally among them.

        Args:
            document: The image with its captions.
            weights: Feature name to weight, each above 0.
        """
        texts = defaultdict(list)
        for caption in document.captions:
            texts[caption.kind.value].append(caption.text)
        known = {kind: self._model.section_terms(everywhere(" ".join(each))) for kind, each in texts.items()}
        for name, weight in weights.items():
            term = self._model.vocabulary.id(term_of(name))
            origins = [kind for kind, terms in known.items() if term in terms] or [EXPANSION]
            for origin in origins:
                self._sums[origin] += weight / len(origins)

    def shares(self) -> dict[str, float]:
        """The origin to its share of all weight, in (0, 1], largest first; empty where there is no weight."""
        whole = sum(self._sums.values())
        largest_first = sorted(self._sums.items(), key=itemgetter(1), reverse=True)
        return {origin: weight / whole for origin, weight in largest_first}
