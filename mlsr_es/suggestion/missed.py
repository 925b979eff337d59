"""What of a query hit nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsr_es.elastic.search import images_with
from mlsr_es.suggestion.request import Request
from mlsr_es.vectors import feature_name
from mlsr_es.word_pieces import by_word, is_part

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, slots=True)
class Missed:
    """A term of the query, or a word, that none of the hits has.

    Args:
        term: The word piece, or the word.
        weight: In the query.
        images: How many images of the index have it, with all of its pieces, whatever the filters.
    """

    term: str
    weight: float
    images: int


@dataclass(frozen=True, slots=True)
class AllMissed:
    """What of a query hit nothing.

    Args:
        pieces: Word pieces, heaviest first.
        words: Words of which no hit has any piece, heaviest first.
    """

    pieces: tuple[Missed, ...]
    words: tuple[Missed, ...]


def missed_by(
    client: Client, request: Request, asked: Mapping[str, float], hits: Iterable[Mapping[str, float]]
) -> AllMissed:
    """The terms and words that none of the hits has, and in how many images of the index they are.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        request: What was sent.
        asked: Term to query weight, of those that were asked in the end.
        hits: For each hit, the terms that it has.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    hit = {term for terms in hits for term in terms}
    lone = {term: weight for term, weight in asked.items() if term not in hit}
    words = {word: parts for word, parts in by_word(lone, request.words).items() if not is_part(word)}
    groups = [[feature_name(term)] for term in lone] + [
        [feature_name(term) for term in parts] for parts in words.values()
    ]
    counts = images_with(client, request.index, request.searched.version.meta.terms, groups)
    return AllMissed(
        tuple(Missed(term, weight, count) for (term, weight), count in zip(lone.items(), counts, strict=False)),
        tuple(
            Missed(word, sum(parts.values()), count)
            for (word, parts), count in zip(words.items(), counts[len(lone) :], strict=True)
        ),
    )
