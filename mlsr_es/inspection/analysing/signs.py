"""Signs that a model or a collection does not do what it is for, each with what to try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlsr_es.collection import CaptionKind
from mlsr_es.evaluation import Usage

_EVERYWHERE = 0.5
_UNREADABLE = 0.5
_MOSTLY = 0.5
_MANY_SILENT = 0.2
_MANY_EMPTY = 0.05
_FEW_FOUND = 0.5
_NAMED = 5
LEAST_ROWS = 20
"""Of fewer vectors nothing is concluded."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of failure.

    Args:
        about: A short name.
        says: What was found, with the figures.
        advice: What to try.
    """

    about: str
    says: str
    advice: str


def signs(
    documents: Usage, origins: Mapping[str, float], *, described: bool, silent: int, found: float | None
) -> Iterator[Sign]:
    """Look for signs in the vectors of images.

    Args:
        documents: How the images' vectors use the vocabulary.
        origins: The kind of caption component to its share of the weight; empty where it is not known.
        described: Whether machines looked at the images for words.
        silent: How many images have no words.
        found: The share of images that their own captions find; None where it is not known.
    """
    if documents.rows < LEAST_ROWS:
        return
    everywhere = [term for term, share in documents.longest if share >= _EVERYWHERE]
    if everywhere:
        yield Sign(
            "terms of every image",
            f"{len(everywhere)} terms are in half of all images or more, as {', '.join(everywhere[:_NAMED])}: they "
            "tell no image from another, and their posting lists are read for each query.",
            "Train with more regularisation of the documents, or allow fewer terms (limits.document_terms).",
        )
    if found is not None and found < _FEW_FOUND:
        yield Sign(
            "images that their own captions do not find",
            f"Asked for by its own caption, an image is among the best ten in {found:.0%} of all cases.",
            "A model of images alone is far behind where pixels say little of the text, as in screenshots: take one "
            "that reads captions (m3, m4). One that reads captions needs more training, or has another language.",
        )
    if documents.content < _UNREADABLE:
        yield Sign(
            "vectors that do not read as words",
            f"Of the ten heaviest terms of an image {documents.content:.0%} are content words: the others are pieces, "
            "numbers and signs, which explain nothing to an editor.",
            "Take an MLP document head over captions (m3), or look at the captions: they may be file names or another "
            "language.",
        )
    if silent > _MANY_SILENT * documents.rows:
        yield Sign(
            "images without words",
            f"{silent:,} of {documents.rows:,} images have neither a caption nor words that a machine found.",
            "mlsr-es index --describe text,name reads what stands in them."
            if not described
            else "--describe labels or caption:MODEL may say what they show.",
        )
    if (share := origins.get(CaptionKind.NAME, 0.0)) > _MOSTLY:
        yield Sign(
            "weights from file names",
            f"{share:.0%} of the weight is of words in the names of files: they say what somebody called an image, and "
            "often the page that it is on.",
            "Write captions, at least for the images that matter; --describe text,name reads what stands in them.",
        )
    if documents.empty > _MANY_EMPTY * documents.rows:
        yield Sign(
            "images without terms",
            f"{documents.empty:,} of {documents.rows:,} images have no term, so no query by terms finds them.",
            "mlsr-es doctor --index NAME says why, and mlsr-es collection inspect what their captions are.",
        )
