"""Section to images: encode, query, explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Section
from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.elastic.search import (
    Hit,
    RequestOptions,
    Strategy,
    WordClauses,
    build_query,
    contributions,
    search,
    with_request_options,
)
from mlsr_es.elastic.versions import Version
from mlsr_es.hybrid import Hybrid
from mlsr_es.suggestion.adjusting import Added, Adjustment, adjusted
from mlsr_es.suggestion.highlighting import highlighting
from mlsr_es.suggestion.missed import Missed, missed_by
from mlsr_es.suggestion.picture import Picture, picture_terms
from mlsr_es.suggestion.query_encoder import QueryEncoder
from mlsr_es.suggestion.section import pieces_of, section_terms
from mlsr_es.suggestion.serving import check_model
from mlsr_es.suggestion.showing import Share, captions_in, shares_in, shown_source, wanted_source
from mlsr_es.vectors import feature_weights, term_of

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


@dataclass(frozen=True, slots=True)
class Request:
    """A query, encoded and ready to be sent.

    Args:
        index: The alias.
        terms: Word piece to query weight, heaviest first.
        body: What Elasticsearch takes.
        exact: The same under an exact strategy.
        hybrid: What BM25 adds; None for nothing.
        strategy: How the cluster executes it.
        added: Boosted words that the query did not have.
        request_options: What stands around the query.
    """

    index: str
    terms: Mapping[str, float]
    body: Mapping[str, Any]
    exact: Mapping[str, Any]
    hybrid: Hybrid | None = None
    strategy: Strategy = Strategy()
    added: tuple[Added, ...] = ()
    request_options: RequestOptions = RequestOptions()

    @property
    def sent(self) -> dict[str, Any]:
        """What the cluster is sent first."""
        return with_request_options(self.body, self.request_options)

    @property
    def reserve(self) -> Mapping[str, Any] | None:
        """What it is sent where that finds too few images; None where all terms were asked."""
        return None if self.strategy.exact else self.exact

    @property
    def asked(self) -> dict[str, float]:
        """The terms that add to a score under this strategy, heaviest first: word piece to query weight."""
        finding, ranking = self.strategy.split(self.terms)
        return finding | ranking


@dataclass(frozen=True, slots=True)
class SuggestedImage:
    """A hit.

    Args:
        id: The image's id.
        score: The dot product of the query's weights and the stored ones, plus what BM25 adds.
        source: The stored document, without weights.
        terms: Word piece to what it contributed to the score, heaviest first; None unless asked for.
        bm25: What BM25 and the user's own query contributed: what the terms leave of the score; None where nothing was
            added, or they are None.
        captions: Its texts, each once, wherever the index has them.
        shares: Of a document with several images, what each gave; empty for one image, and where terms are None.
        beside: What else was asked for of it: ``highlight``, and what the user's own search body asks.
        missing: Terms that were asked and that it lacks, term to query weight, heaviest first; None unless asked for.
    """

    id: str
    score: float
    source: Mapping[str, Any]
    terms: Mapping[str, float] | None = None
    bm25: float | None = None
    captions: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    beside: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What belongs in a section.

    Args:
        request: What was asked.
        images: Best first.
        total: How many images match at all; None where that was not counted.
        took_ms: The cluster's own time in milliseconds.
        dropped_terms: Query terms that the cluster's clause limit left no room for.
        dropped_words: Words of the BM25 part, likewise.
        aggregations: Of the user's own search body.
        missed: Terms that were asked and that none of the images has, heaviest first; None unless asked for.
        unasked: Terms that the strategy left out, heaviest first.
    """

    request: Request
    images: tuple[SuggestedImage, ...]
    total: int | None
    took_ms: int
    dropped_terms: tuple[str, ...] = ()
    dropped_words: tuple[str, ...] = ()
    aggregations: Mapping[str, Any] = field(default_factory=dict)
    missed: tuple[Missed, ...] | None = None
    unasked: tuple[str, ...] = ()


def encode_request(
    query: Section | Picture,
    *,
    model: QueryEncoder,
    version: Version,
    index: str,
    size: int = 10,
    strategy: Strategy = Strategy(),
    hybrid: Hybrid | None = None,
    adjustment: Adjustment = Adjustment(),
    explain: bool = False,
    request_options: RequestOptions = RequestOptions(),
    highlight: bool = False,
    thumbnails: bool = False,
) -> Request:
    """Encode a section, or an image to search by, and build its query; nothing is sent.

    Args:
        query: What is searched for.
        model: The bi-encoder that the index was made with, or a query table of it.
        version: Of ``serving_version``.
        index: The alias.
        size: How many images are wanted.
        strategy: How the cluster executes it.
        hybrid: What BM25 adds; None for nothing.
        adjustment: Words that count more, less or not at all.
        explain: Whether the hits bring their weights.
        request_options: What stands around the query.
        highlight: Whether the hits bring their captions with the query's words marked.
        thumbnails: Whether the hits bring their small pictures.

    Raises:
        ModelError: The index was made with another model, or the model cannot read an image.
        QueryError: The query is empty, the model knows none of its words, or a word cannot be adjusted.
    """
    check_model(model, version)
    terms = section_terms(query, model) if isinstance(query, Section) else picture_terms(query, model)
    section = query if isinstance(query, Section) else query.section
    words = WordClauses.of(hybrid, section) if hybrid else None
    added: tuple[Added, ...] = ()
    if adjustment:
        changed = adjusted(
            adjustment,
            terms,
            words.words if words else None,
            pieces=lambda word: pieces_of(word, model),
            cut=lambda word: hybrid.word_weights(Section("word", word)) if hybrid else (),
        )
        terms, added = dict(changed.terms), changed.added
        words = replace(words, words=changed.words or {}) if words else None
    if request_options.one_phase and strategy.window is not None:
        strategy = strategy.whole
    if highlight:
        request_options = replace(request_options, highlight=highlighting(section, terms, version.meta))
    ask = partial(
        build_query,
        feature_weights(terms),
        size=request_options.start + size,
        text=words,
        field=version.meta.terms,
        source=wanted_source(version.meta, explain=explain, thumbnails=thumbnails),
    )
    body = ask(strategy=strategy)
    exact = body if strategy.exact else ask(strategy=strategy.whole)
    return Request(index, terms, body, exact, hybrid, strategy, added, request_options)


def send(client: Client, request: Request, *, version: Version, explain: bool = False) -> Suggestions:
    """Send a request.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        request: Of ``encode_request``.
        version: Of ``serving_version``.
        explain: Whether each image comes with its terms' contributions; the request was encoded so.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    answer = search(client, request.index, request.body, exact=request.reserve, request_options=request.request_options)
    terms = request.terms if answer.asked_again else request.asked
    asked = {term: weight for term, weight in terms.items() if term not in answer.dropped_terms}
    weights = feature_weights(asked)
    images = tuple(
        _image(
            hit,
            weights,
            version.meta,
            explain=explain,
            added=request.hybrid is not None or bool(request.request_options.own),
        )
        for hit in answer.hits
    )
    # The terms that are left out, or only rank, may match more images than are counted.
    total = answer.total if request.strategy.exact or answer.asked_again else None
    return Suggestions(
        request,
        images,
        total,
        answer.took_ms,
        answer.dropped_terms,
        answer.dropped_words,
        answer.aggregations,
        missed_by(client, request.index, asked, [image.terms or {} for image in images], version.meta)
        if explain
        else None,
        tuple(term for term in request.terms if term not in terms),
    )


def _image(hit: Hit, weights: Mapping[str, float], meta: IndexMeta, *, explain: bool, added: bool) -> SuggestedImage:
    terms = contributions(hit, weights, field=meta.field) if explain else None
    # Rounding may leave a little less than nothing.
    bm25 = max(0.0, hit.score - sum(terms.values())) if terms is not None and added else None
    return SuggestedImage(
        hit.id,
        hit.score,
        shown_source(hit.source, meta),
        terms,
        bm25,
        captions_in(hit.source, meta),
        shares_in(hit.source, terms, meta) if terms is not None else (),
        hit.beside,
        {term_of(name): weight for name, weight in weights.items() if term_of(name) not in terms}
        if terms is not None
        else None,
    )
