"""Which of the hits are shown: copies once, and images that are not all of one kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mlsr_es.errors import InputError
from mlsr_es.picture_hashes import ALIKE
from mlsr_es.suggestion.suggested import SuggestedImage

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

AMONG = 10
"""Hits that are asked for, for each that is shown, where some are left out. More copies make a page shorter."""

_BYTES = 32
"""The length of a hash."""


@dataclass(frozen=True, slots=True)
class Picking:
    """Picks the images that are shown from more hits than these.

    Args:
        start: How many of the images that would be shown are passed over.
        size: How many are shown, at least 1.
        distinct: Whether copies are shown once: pictures that look alike; where that is not known, the same captions.
        diverse: From 0, by score alone, to 1, by difference alone.

    Raises:
        InputError: ``diverse`` is no number from 0 to 1.
    """

    start: int = 0
    size: int = 10
    distinct: bool = False
    diverse: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.diverse <= 1:
            raise InputError(f"{self.diverse:g} is no share.", advice="diverse takes a number from 0 to 1.")

    @property
    def is_needed(self) -> bool:
        """Whether other images may be shown than the best hits, in their order."""
        return self.distinct or self.diverse > 0

    def picked(
        self, images: Sequence[SuggestedImage], vectors: Sequence[Mapping[str, float]]
    ) -> tuple[SuggestedImage, ...]:
        """The images that are shown.

        Args:
            images: The hits, best first.
            vectors: Of each, feature name to stored weight; empty where ``diverse`` is 0.
        """
        if not self.is_needed:
            return tuple(images)
        places = list(range(len(images)))
        if self.distinct:
            copies = _copies(images)
            images = [
                replace(image, alike=tuple(images[copy].id for copy in copies.get(place, ())))
                for place, image in enumerate(images)
            ]
            places = list(copies)
        if self.diverse:
            scores = np.array([images[place].score for place in places])
            order = _diverse(scores, [vectors[place] for place in places], self.diverse, self.start + self.size)
            places = [places[each] for each in order]
        return tuple(images[place] for place in places[self.start : self.start + self.size])


def _copies(images: Sequence[SuggestedImage]) -> dict[int, list[int]]:
    """The places of the images that are shown, in order, each with the places of its copies.

    Copies look alike. Where it is not known how one of two looks, they are copies if they have the same captions.
    """
    copies: dict[int, list[int]] = {}
    by_captions: dict[tuple[str, ...], int] = {}
    by_captions_alone: dict[tuple[str, ...], int] = {}
    hashes, owners = np.empty((len(images), 4), np.uint64), np.empty(len(images), np.intp)
    count = 0
    for place, image in enumerate(images):
        looks = _bits(image.source.get("picture_hash"))
        first = (by_captions if looks is None else by_captions_alone).get(image.captions) if image.captions else None
        if looks is not None:
            near = owners[:count][np.bitwise_count(hashes[:count] ^ looks).sum(axis=1) <= ALIKE]
            first = min([*near[:1].tolist(), *([first] if first is not None else [])], default=None)
        shown = place if first is None else first
        if image.captions:
            by_captions.setdefault(image.captions, shown)
            if looks is None:
                by_captions_alone.setdefault(image.captions, shown)
        if first is not None:
            copies[first].append(place)
            continue
        copies[place] = []
        if looks is not None:
            hashes[count], owners[count] = looks, place
            count += 1
    return copies


def _bits(stored: object) -> NDArray[np.uint64] | None:
    """A stored hash as four numbers; None for anything else."""
    try:
        content = bytes.fromhex(stored) if isinstance(stored, str) else b""
    except ValueError:
        return None
    return np.frombuffer(content, np.uint64) if len(content) == _BYTES else None


def _diverse(
    scores: NDArray[np.float64], vectors: Sequence[Mapping[str, float]], share: float, count: int
) -> list[int]:
    """Order by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): the first ``count`` places.

    Each next image has the largest (1 - share) x score - share x similarity. The score is divided by the best one, and
    the similarity is the largest cosine between its weights and those of an image that is in the order already.
    """
    if not len(scores):
        return []
    units = unit_vectors(vectors)
    relevance = scores / scores.max()
    nearest = np.zeros(len(scores))
    order: list[int] = []
    for _ in range(min(count, len(scores))):
        value = (1 - share) * relevance - share * nearest
        value[order] = -np.inf
        best = int(value.argmax())
        order.append(best)
        nearest = np.maximum(nearest, units @ units[[best]].toarray()[0])
    return order


def unit_vectors(vectors: Sequence[Mapping[str, float]]) -> csr_array:
    """Vectors scaled to the length 1, a row each, float64: products of rows are cosines. An empty vector stays 0.

    Args:
        vectors: Feature name to weight.
    """
    from scipy.sparse import csr_array

    terms: dict[str, int] = {}
    columns = [terms.setdefault(name, len(terms)) for vector in vectors for name in vector]
    ends = np.cumsum([0, *map(len, vectors)])
    weights = np.array([weight for vector in vectors for weight in vector.values()], dtype=np.float64)
    lengths = np.sqrt([sum(weight**2 for weight in vector.values()) for vector in vectors])
    shape = (len(vectors), max(len(terms), 1))
    return csr_array((weights / np.repeat(lengths, np.diff(ends)), columns, ends), shape=shape)
