"""Section to images: encode, query, explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.search import Answer, Hit, Partial, contributions, search, search_together
from mlsr_es.errors import MlsrError, or_error
from mlsr_es.suggestion.missed import Missed, missed_by
from mlsr_es.suggestion.options import SuggestOptions
from mlsr_es.suggestion.query_encoder import QueryEncoder
from mlsr_es.suggestion.request import EncoderOf, Query, Request, prepare
from mlsr_es.suggestion.serving import SearchedIndex
from mlsr_es.suggestion.showing import found_in, picture_in, shares_in, shown_source, texts_in
from mlsr_es.suggestion.strip import as_strip
from mlsr_es.suggestion.suggested import SuggestedImage
from mlsr_es.vectors import feature_weights, term_of
from mlsr_es.word_pieces import weights_by_word

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What belongs in a section.

    Args:
        request: What was asked.
        images: Best first.
        total: How many images match at all; None where that was not counted.
        took_ms: The cluster's own time in milliseconds.
        dropped_terms: Query terms that the cluster's clause limit left no room for.
        dropped_words: Words of the BM25 part that it left no room for.
        aggregations: Of the user's own search body.
        missed: Terms that were asked and that none of the images has, heaviest first; None unless asked for.
        missed_words: The same by word: those of which none of the images has any piece.
        unasked: Terms that the strategy left out, heaviest first.
        indices: The concrete indices that the images are in.
        partial: What the answer lacks, where that was allowed; None for a whole answer.
    """

    request: Request
    images: tuple[SuggestedImage, ...]
    total: int | None
    took_ms: int
    dropped_terms: tuple[str, ...] = ()
    dropped_words: tuple[str, ...] = ()
    aggregations: Mapping[str, Any] = field(default_factory=dict)
    missed: tuple[Missed, ...] | None = None
    missed_words: tuple[Missed, ...] | None = None
    unasked: tuple[str, ...] = ()
    indices: frozenset[str] = frozenset()
    partial: Partial | None = None

    def __iter__(self) -> Iterator[SuggestedImage]:
        return iter(self.images)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, place: int) -> SuggestedImage:
        return self.images[place]

    def _repr_html_(self) -> str:
        """A strip of pictures with their words, for notebooks."""
        return as_strip(self)


def suggest(
    client: Client,
    index: str,
    query: Query,
    options: SuggestOptions = SuggestOptions(),
    *,
    encoder: QueryEncoder | EncoderOf | None = None,
    known: SearchedIndex | None = None,
) -> Suggestions:
    """The images that belong in a section, or are like an image.

    Two requests are sent, or one where the index is known; one more where the hits are explained.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        index: The alias, or the index; "" for the only one that the cluster has.
        query: What is searched for.
        options: What is asked beside it.
        encoder: Of the model that the index was made with, or what gives one; None for the model that the index names.
        known: Of ``look_up``, in place of the name: who keeps it asks for it once. None to look it up.

    Raises:
        InputError: What is asked does not go with the index, the model or the query.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return send(client, prepare(client, index, query, options, encoder=encoder, known=known))


def send(client: Client, request: Request) -> Suggestions:
    """Send a request.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        request: Of ``prepare``.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    asked = request.search
    answer = search(client, request.index, asked.body, exact=asked.exact, request_options=asked.request_options)
    return _suggestions(client, request, answer)


def send_together(client: Client, requests: Sequence[Request]) -> list[Suggestions | MlsrError]:
    """Send requests to one index by one ``_msearch``.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        requests: Of ``prepare_together``, all for one index.

    Returns:
        For each, in order, what it found; or the error of one that the cluster refuses: the others are not lost.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses all of them.
    """
    if not requests:
        return []
    answers = search_together(client, requests[0].index, [each.search for each in requests])
    return [
        # Where a search is explained, more is asked.
        answer if isinstance(answer, MlsrError) else or_error(partial(_suggestions, client, request, answer))
        for request, answer in zip(requests, answers, strict=True)
    ]


def _suggestions(client: Client, request: Request, answer: Answer) -> Suggestions:
    terms = request.terms if answer.asked_again else request.asked
    asked = {term: weight for term, weight in terms.items() if term not in answer.dropped_terms}
    weights, meta = feature_weights(asked), request.searched.version.meta
    images = request.picking.picked(
        [_image(hit, weights, request) for hit in answer.hits],
        [hit.weights(meta.field) for hit in answer.hits] if request.picking.diverse else (),
    )
    missed = missed_by(client, request, asked, [image.terms or {} for image in images]) if request.explain else None
    return Suggestions(
        request,
        images,
        # The terms that are left out, or only rank, may match more images than are counted.
        answer.total if request.strategy.exact or answer.asked_again else None,
        answer.took_ms,
        answer.dropped_terms,
        answer.dropped_words,
        answer.aggregations,
        missed.pieces if missed else None,
        missed.words if missed else None,
        tuple(term for term in request.terms if term not in terms),
        frozenset(hit.index for hit in answer.hits),
        answer.partial,
    )


def _image(hit: Hit, weights: Mapping[str, float], request: Request) -> SuggestedImage:
    meta = request.searched.version.meta
    captions, described = texts_in(hit.source, meta)
    plain = SuggestedImage(
        hit.id,
        hit.score,
        shown_source(hit.source, meta),
        captions=captions,
        described=described,
        picture=picture_in(hit.source, meta),
        beside=_without(hit.beside, request.request_options.needed),
    )
    if not request.explain:
        return plain
    terms = contributions(hit, weights, field=meta.field)
    words = weights_by_word(terms, request.words)
    return replace(
        plain,
        terms=terms,
        words=words,
        found_in=found_in(words, plain.captions, plain.described),
        bm25=request.bm25_of(hit.score, terms),
        shares=shares_in(hit.source, terms, meta),
        missing={term_of(name): weight for name, weight in weights.items() if term_of(name) not in terms},
    )


def _without(beside: Mapping[str, Any], needed: Sequence[str]) -> dict[str, Any]:
    """What came beside a hit, without the fields that nobody but this package has asked for."""
    fields = {name: value for name, value in beside.get("fields", {}).items() if name not in needed}
    return {name: value for name, value in beside.items() if name != "fields"} | ({"fields": fields} if fields else {})
