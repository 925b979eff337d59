"""Why an image is not among the hits of a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.mapping import IndexMeta, values_at
from mlsr_es.elastic.reading import stored
from mlsr_es.elastic.search import (
    Answer,
    Hit,
    RequestOptions,
    SearchRank,
    VisibleDocument,
    contributions,
    find_document,
    first_phase,
    hit_of,
    ids_like,
    rank_in_search,
    search,
)
from mlsr_es.errors import InputError
from mlsr_es.suggestion.options import SuggestOptions
from mlsr_es.suggestion.query_encoder import QueryEncoder
from mlsr_es.suggestion.reasons import Reason, WhyNot
from mlsr_es.suggestion.request import EncoderOf, Query, Request, no_such_image, prepare
from mlsr_es.suggestion.serving import SearchedIndex
from mlsr_es.suggestion.showing import texts_in
from mlsr_es.vectors import feature_name

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


def why_not(
    client: Client,
    index: str,
    query: Query,
    image_id: str,
    options: SuggestOptions = SuggestOptions(),
    *,
    encoder: QueryEncoder | EncoderOf | None = None,
    known: SearchedIndex | None = None,
) -> WhyNot:
    """Why an image is not among the hits of a search.

    Args:
        client: Of ``mlsr_es.elastic.client.connect``.
        index: The alias, or the index; "" for the only one that the cluster has.
        query: What is searched for.
        image_id: The image's id.
        options: What is asked beside the query.
        encoder: Of the model that the index was made with, or what gives one; None for the model that the index names.
        known: Of ``look_up``, in place of the name; None to look it up.

    Raises:
        InputError: The index does not hold it or hides it from the user, or the search cannot be asked.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    if options.picking.is_needed:
        raise InputError(
            "why-not looks at all hits, and distinct and diverse leave some out.", advice="Ask without them."
        )
    request = prepare(client, index, query, replace(options, explain=True), encoder=encoder, known=known)
    document = find_document(
        client,
        request.index,
        image_id,
        field=request.searched.version.meta.terms,
        filters=_filters(request),
        source=request.body["_source"],
    )
    if document is None:
        version = request.searched.version
        # Where routing is required, an id alone does not say where a document is.
        routed = version.described.get("mappings", {}).get("_routing", {}).get("required")
        if routed or not stored(client, request.index, [image_id]):
            near = () if version.meta.enriched else ids_like(client, request.index, image_id)
            raise no_such_image(request.searched, image_id, near)
        return WhyNot(request, image_id, Reason.UNREFRESHED)
    return _Inquiry(client, request, image_id, document).answer()


@dataclass(frozen=True)
class _Inquiry:
    """The questions to the cluster about one image that is there."""

    client: Client
    request: Request
    image_id: str
    document: VisibleDocument

    @property
    def meta(self) -> IndexMeta:
        """What the index says of itself."""
        return self.request.searched.version.meta

    def answer(self) -> WhyNot:
        request, strategy, document = self.request, self.request.strategy, self.document
        # All pages up to the one that is wanted.
        shown = search(
            self.client,
            request.index,
            request.body,
            exact=request.reserve,
            request_options=replace(request.request_options, start=0),
        )
        # Where the strategy finds too few images, its search is the exact one.
        exact = strategy.exact or shown.asked_again
        whole_hit, whole = self._rank(request.exact)
        if exact:
            hit, own = whole_hit, whole
        elif strategy.window is None:
            hit, own = self._rank(request.body)
        else:
            hit, own = self._in_two_phases(whole_hit, whole)
        asked = request.terms if exact or own is None else request.asked
        held = document.weights
        explained = hit or whole_hit
        terms = contributions(
            explained or Hit(self.image_id, 0.0, document.source, {"fields": {self.meta.field: [held]}}),
            {feature_name(term): weight for term, weight in asked.items() if term not in shown.dropped_terms},
            field=self.meta.field,
        )
        found = WhyNot(
            request,
            self.image_id,
            Reason.SHOWN,
            own,
            whole,
            shown.hits[-1].score if len(shown.hits) >= request.body["size"] else None,
            terms,
            request.bm25_of(explained.score, terms) if explained else None,
            {term: weight for term, weight in request.terms.items() if feature_name(term) not in held},
            tuple(term for term in request.terms if term not in asked and feature_name(term) in held),
            document.excluding,
            document.source,
            texts_in(document.source, self.meta)[0],
        )
        return self._with_reason(found, shown, weighed=bool(held))

    def _with_reason(self, found: WhyNot, shown: Answer, *, weighed: bool) -> WhyNot:
        if any(hit.id == self.image_id for hit in shown.hits):
            return found
        if found.excluding:
            return replace(found, reason=Reason.FILTERED)
        if found.rank:
            instead = self._shown_instead(shown)
            return replace(found, reason=Reason.COLLAPSED if instead else Reason.OUTRANKED, shown_instead=instead)
        if found.whole:
            return replace(found, reason=Reason.LEFT_OUT)
        if found.terms and self.request.request_options.own and "query" in self.request.request_options.own:
            # Terms match, and yet it is not found: the user's own query does not find it.
            return replace(found, reason=Reason.FILTERED, excluding=(self.request.request_options.own["query"],))
        return replace(found, reason=Reason.UNMATCHED if weighed else Reason.WITHOUT_WEIGHTS)

    def _shown_instead(self, shown: Answer) -> str:
        """The hit that has the image's value of the field by which hits are collapsed."""
        field = self.request.request_options.collapse
        own = {str(value) for value in values_at(self.document.source, field)} if field else set()
        values = ((hit.id, hit.beside.get("fields", {}).get(field, ())) for hit in shown.hits)
        return next((hit_id for hit_id, theirs in values if own & {str(value) for value in theirs}), "")

    def _rank(self, body: Mapping[str, Any]) -> tuple[Hit | None, SearchRank | None]:
        """As a hit of a search in one phase, and among what passes the filters that it passes itself."""
        index, own = self.request.index, self.request.request_options.own or {}
        passed = [each for each in _filters(self.request) if each not in self.document.excluding]
        request_options = RequestOptions(
            filters=passed,
            own={"query": own["query"]} if "query" in own else None,
            needed=self.request.request_options.needed,
        )
        hit = hit_of(self.client, index, self.image_id, body, request_options)
        return hit, rank_in_search(self.client, index, hit.score, body, request_options) if hit else None

    def _in_two_phases(self, whole_hit: Hit | None, whole: SearchRank | None) -> tuple[Hit | None, SearchRank | None]:
        """The same, where all terms rank only what the heaviest find."""
        window = int(self.request.body["rescore"]["window_size"]) if "rescore" in self.request.body else None
        _, first = self._rank(first_phase(self.request.body))
        if window is None:  # the heaviest terms are all that there are
            return whole_hit, whole
        if first is None or first.rank > window:
            return None, None
        return whole_hit, whole


def _filters(request: Request) -> list[Mapping[str, Any]]:
    """All that an image has to pass, wherever the request has it."""
    after = (request.request_options.own or {}).get("post_filter")
    return [*request.request_options.filters, *([after] if after else [])]
