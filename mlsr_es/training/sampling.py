"""Which images a batch of queries is contrasted with: a pure function of seed, epoch and queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Draw:
    """The images of a batch.

    Args:
        candidates: Places of images, all different.
        positives: Of each query, the place of its positive among ``candidates``.
    """

    candidates: tuple[int, ...]
    positives: tuple[int, ...]


def draw(
    random: Random,
    relevant: Sequence[Sequence[int]],
    hard: Sequence[Sequence[int]],
    *,
    images: int,
    mined: int,
    extra: int,
) -> Draw:
    """Draw a positive and ``mined`` hard negatives a query, and ``extra`` images a batch.

    What several queries draw alike stands once, and further images fill up: batches of as many queries have as many
    candidates, on every device.

    Args:
        random: The source of chance; it is used up.
        relevant: Of each query, the images that belong in it; at least one.
        hard: Of each query, images to draw hard negatives from; may be fewer than ``mined``.
        images: How many there are in all.
        mined: A query.
        extra: A batch.
    """
    chosen = [random.choice(own) for own in relevant]
    candidates = dict.fromkeys(chosen)
    for pool in hard:
        candidates |= dict.fromkeys(random.sample(pool, min(mined, len(pool))))
    wanted = min(images, len(relevant) * (1 + mined) + extra)
    if wanted > images // 2:
        candidates |= dict.fromkeys(random.sample(range(images), images))
    while len(candidates) < wanted:
        candidates[random.randrange(images)] = None
    kept = tuple(candidates)[:wanted]
    places = {image: place for place, image in enumerate(kept)}
    return Draw(kept, tuple(places[image] for image in chosen))
