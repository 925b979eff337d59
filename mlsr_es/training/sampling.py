"""Draw the images that a batch of queries is contrasted with, as a pure function of random state and queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Draw:
    """The images of a batch.

    Args:
        candidates: The places of the images, all different.
        positives: For each query, the place of its positive in ``candidates``.
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
    """Draw one positive and ``mined`` hard negatives for each query, and ``extra`` images for the batch.

    An image that several queries draw is used once, and random images replace the repetitions. So batches with equally
    many queries have equally many candidates, on every device.

    Args:
        random: The random generator; its state advances.
        relevant: For each query, the images that belong in it; at least one.
        hard: For each query, the images to draw hard negatives from; may be fewer than ``mined``.
        images: The number of all images.
        mined: The number of hard negatives for each query.
        extra: The number of random images for the batch.
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
