"""From a section, or an image to search by, to the request that is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Section
from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.elastic.search import (
    RequestOptions,
    Search,
    Strategy,
    WordClauses,
    build_query,
    check_filter_fields,
    check_text_field,
    find_document,
    ids_like,
    with_request_options,
)
from mlsr_es.errors import MlsrError, QueryError, UnknownImageError, or_error
from mlsr_es.hybrid import AUTO, Hybrid
from mlsr_es.suggestion.adjusting import Added, Adjusted, adjusted
from mlsr_es.suggestion.highlighting import highlighting
from mlsr_es.suggestion.hybrid import hybrid_for
from mlsr_es.suggestion.options import SuggestOptions
from mlsr_es.suggestion.picking import Picking
from mlsr_es.suggestion.picture import IndexedImage, QueryImage, picture_terms
from mlsr_es.suggestion.query_encoder import QueryEncoder, pieces_of
from mlsr_es.suggestion.section import check_query, is_empty
from mlsr_es.suggestion.serving import SearchedIndex, check_model, look_up, model_for
from mlsr_es.suggestion.showing import texts_in, wanted_source
from mlsr_es.suggestion.strategy import strategy_for
from mlsr_es.vectors import SparseVectors, feature_weights, term_of
from mlsr_es.word_pieces import Words, weights_by_word, words_asked

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

Query = Section | QueryImage | IndexedImage
"""What is searched for."""

EncoderOf = Callable[[IndexMeta], QueryEncoder]
"""Gives the encoder for what an index says of itself: called once all else is known to be right."""


@dataclass(frozen=True, slots=True)
class Request:
    """A query, encoded and ready to be sent.

    Args:
        searched: The index.
        terms: Word piece to query weight, heaviest first.
        body: What Elasticsearch takes.
        exact: The same under an exact strategy.
        hybrid: What BM25 adds; None for nothing.
        strategy: How the cluster executes it.
        added: Boosted words that the query did not have.
        request_options: What stands around the query.
        words: The query's words, each with those of its pieces that are among the terms.
        text: The words that are read of the query, as one text.
        cut: These words, each with all of its pieces; without those that the vocabulary lacks altogether.
        languages: ISO 639-1 codes of the languages that the model reads; empty for all languages.
        explain: Whether the hits bring their weights.
        picking: Which of the hits are shown.
    """

    searched: SearchedIndex
    terms: Mapping[str, float]
    body: Mapping[str, Any]
    exact: Mapping[str, Any]
    hybrid: Hybrid | None = None
    strategy: Strategy = Strategy()
    added: tuple[Added, ...] = ()
    request_options: RequestOptions = RequestOptions()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    cut: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    explain: bool = False
    picking: Picking = Picking()

    @property
    def index(self) -> str:
        """The name that is searched."""
        return self.searched.name

    @property
    def sent(self) -> dict[str, Any]:
        """What the cluster is sent first."""
        return with_request_options(self.body, self.request_options)

    @property
    def search(self) -> Search:
        """What it is sent, with all that stands around it."""
        return Search(self.body, self.reserve, self.request_options)

    @property
    def reserve(self) -> Mapping[str, Any] | None:
        """What it is sent where that finds too few images; None where all terms were asked."""
        return None if self.strategy.exact else self.exact

    @property
    def asked(self) -> dict[str, float]:
        """The terms that add to a score under this strategy, heaviest first: word piece to query weight."""
        finding, ranking = self.strategy.split(self.terms)
        return finding | ranking

    def bm25_of(self, score: float, terms: Mapping[str, float]) -> float | None:
        """What BM25 and the user's own query contributed to a hit's score; None where neither adds anything.

        Args:
            score: The hit's.
            terms: Word piece to what it contributed.
        """
        if self.hybrid is None and not self.request_options.own:
            return None
        return max(0.0, score - sum(terms.values()))  # rounding may leave less than nothing


def prepare(
    client: Client,
    index: str,
    query: Query,
    options: SuggestOptions = SuggestOptions(),
    *,
    encoder: QueryEncoder | EncoderOf | None = None,
    known: SearchedIndex | None = None,
    vector: SparseVectors | None = None,
) -> Request:
    """Encode a query and build the request; only the index is looked up, and no search is sent.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        index: The alias, or the index; "" for the only one that the cluster has.
        query: What is searched for.
        options: What is asked beside it.
        encoder: Of the model that the index was made with, or what gives one; None for the model that the index names.
        known: Of ``look_up``, in place of the name; None to look it up.
        vector: One row: what ``encoder`` made of the query, a section, already. None to encode it.

    Raises:
        InputError: What is asked does not go with the index.
        ModelError: The index was made with another model, or the model cannot be loaded or cannot read an image.
        QueryError: The query is empty, the model knows none of its words, or a word cannot be adjusted.
        IndexMismatchError: The index is missing, not complete yet, or no index of this package.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if isinstance(query, Section):
        check_query(query)
    searched = known or look_up(client, index)
    strategy, hybrid = _checked(searched, options)
    # What is wrong so far was found quickly: a model takes seconds to load.
    model = encoder if isinstance(encoder, QueryEncoder) else (encoder or model_for)(searched.version.meta)
    version = searched.version
    check_model(model, version)
    section, cut, terms = _asked(client, searched, query, model, vector)
    if isinstance(query, IndexedImage):
        options = replace(options, exclude=(*options.exclude, query.id))
    words = words_asked(cut, terms)
    asked = Adjusted(terms, hybrid.word_weights(section) if hybrid else None)
    if options.adjustment:
        asked = adjusted(
            options.adjustment,
            asked.terms,
            asked.words,
            said=weights_by_word(terms, words),
            pieces=lambda word: pieces_of(word, model),
            cut=lambda word: hybrid.word_weights(Section("word", word)) if hybrid else (),
        )
    ask = partial(
        build_query,
        feature_weights(asked.terms),
        size=options.looked_at,
        text=WordClauses(asked.words or {}, hybrid.weight, hybrid.field) if hybrid else None,
        field=version.meta.terms,
        source=wanted_source(version.meta, explain=options.explain, thumbnails=options.thumbnails),
    )
    body = ask(strategy=strategy)
    return Request(
        searched,
        asked.terms,
        body,
        exact=body if strategy.exact else ask(strategy=strategy.whole),
        hybrid=hybrid,
        strategy=strategy,
        added=asked.added,
        request_options=_request_options(options, section, asked.terms, version.meta),
        words=words_asked(words | {each.word: tuple(each.terms) for each in asked.added}, asked.terms),
        text="\n".join(filter(None, (section.page_title, section.section_title, section.text))),
        cut=cut,
        languages=model.languages,
        explain=options.explain,
        picking=options.picking,
    )


def prepare_together(
    client: Client,
    index: str,
    asked: Sequence[tuple[Query, SuggestOptions]],
    *,
    encoder: QueryEncoder,
    known: SearchedIndex,
) -> list[Request | MlsrError]:
    """The same for several queries of one index; their sections are encoded in one batch.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        index: The alias, or the index.
        asked: What is searched for, and what is asked beside it.
        encoder: Of the model that the index was made with.
        known: Of ``look_up``.

    Returns:
        For each, in order, the request; or the error of one that cannot be asked.
    """
    sections = {
        place: query for place, (query, _) in enumerate(asked) if isinstance(query, Section) and not is_empty(query)
    }
    vectors = encoder.encode_sections(list(sections.values()))
    encoded = {place: vectors.rows(row, row + 1) for row, place in enumerate(sections)}
    ready = partial(prepare, client, index, encoder=encoder, known=known)
    return [
        or_error(partial(ready, query, options, vector=encoded.get(place)))
        for place, (query, options) in enumerate(asked)
    ]


def _asked(
    client: Client, searched: SearchedIndex, query: Query, model: QueryEncoder, vector: SparseVectors | None
) -> tuple[Section, Mapping[str, tuple[str, ...]], Mapping[str, float]]:
    """The query's text as a section, its words with their word pieces, and its vector: term to weight, heaviest first.

    Raises:
        QueryError: The query has no vector.
        UnknownImageError: The index holds no such image.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if isinstance(query, Section):
        cut = model.words_of(query)
        return query, cut, _section_terms(query, cut, model, vector)
    if isinstance(query, QueryImage):
        return query.section, model.words_of(query.section), picture_terms(query, model)
    meta = searched.version.meta
    wanted = wanted_source(meta, explain=False, thumbnails=False)
    found = find_document(client, searched.name, query.id, field=meta.terms, filters=(), source=wanted)
    if found is None:
        near = () if meta.enriched else ids_like(client, searched.name, query.id)
        raise no_such_image(searched, query.id, near)
    if not found.weights:
        raise QueryError(f"the image {query.id} has no term weights.", advice="Search by its caption.")
    heaviest_first = sorted(found.weights.items(), key=lambda item: (-item[1], item[0]))
    terms = {term_of(name): weight for name, weight in heaviest_first}
    captions, described = texts_in(found.source, meta)
    section = Section(query.id, "\n".join((*captions, *described.values())))
    return section, model.words_of(section), terms


def no_such_image(searched: SearchedIndex, image_id: str, near: Sequence[str]) -> UnknownImageError:
    """The error of an id that the index does not hold, with the ids that may have been meant."""
    noun = searched.version.meta.holds.one
    whose = "An image's" if noun == "image" else f"A {noun}'s"
    return UnknownImageError(
        f"the index {searched.name} holds no {noun} {image_id!r}.",
        advice=f"Was {' or '.join(near)} meant?" if near else f"{whose} id is what search shows of it.",
    )


def _section_terms(section: Section, cut: Words, model: QueryEncoder, vector: SparseVectors | None) -> dict[str, float]:
    """The section's query vector: term to weight, heaviest first.

    Raises:
        QueryError: The model knows none of its words, or gives them no weight.
    """
    if not cut:
        raise QueryError(
            "the model knows no word of the query.", advice="Use words of the model's language, without misspellings."
        )
    terms = (vector or model.encode_sections([section])).named(0, model.vocabulary)
    if not terms:
        raise QueryError("the model gives no word of the query any weight.", advice="Say more: a title, a sentence.")
    return terms


def _checked(searched: SearchedIndex, options: SuggestOptions) -> tuple[Strategy, Hybrid | None]:
    """How an index is searched and what BM25 adds, once the index is seen to have all that is asked of it."""
    strategy = _strategy(searched, options)
    hybrid = hybrid_for(searched.version, options.hybrid)
    check_filter_fields(searched.name, searched.fields, options.whole_fields)
    if hybrid and options.hybrid != AUTO:  # what an index says of itself was checked when it was written
        check_text_field(searched.name, searched.fields, hybrid.field)
    return strategy, hybrid


def _strategy(searched: SearchedIndex, options: SuggestOptions) -> Strategy:
    named = (
        Strategy.parse(options.strategy) if options.strategy else strategy_for(searched.version, searched.created_by)
    )
    return named.whole if options.one_phase and named.window is not None else named


def _request_options(
    options: SuggestOptions, section: Section, terms: Mapping[str, float], meta: IndexMeta
) -> RequestOptions:
    return RequestOptions(
        0 if options.picking.is_needed else options.start,
        options.all_clauses,
        options.collapse,
        highlighting(section, terms, meta) if options.highlight else None,
        options.own,
        # By name: a cluster may leave weights out of the documents that it shows.
        (meta.field,) if options.explain or options.diverse else (),
        options.allow_partial,
    )
