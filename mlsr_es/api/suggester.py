"""A suggester: asks one index for images, again and again, by one request each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from mlsr_es.collection import Section
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.search import find_document
from mlsr_es.errors import IndexMismatchError, MlsrError, QueryError
from mlsr_es.progress import say_nothing
from mlsr_es.suggestion import (
    Adjustment,
    IndexedImage,
    Query,
    QueryEncoder,
    Request,
    SearchedIndex,
    Suggestions,
    SuggestOptions,
    WhyNot,
    check_model,
    look_up,
    model_for,
    prepare_together,
    read_table,
    section_from,
    send_together,
    shown_source,
    wanted_source,
    why_not,
)

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.elastic.mapping import IndexMeta

Text = str | Section | Mapping[str, Any]
"""What images are suggested for: a text, a section, or a mapping with the names of ``topics.jsonl``."""

_KEPT_S = 10.0
"""How long it is believed what an index says of itself, in seconds."""

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the index: what it says of itself, its query encoder, and when it was asked."""

    searched: SearchedIndex
    encoder: QueryEncoder
    asked_at: float


class Suggester:
    """Suggests images of one index for texts. It may be used from several threads.

    What the index says of itself is kept: the first suggestion costs two requests, later ones one. It is asked again
    after 10 s, and when hits come from another version of the index, so that a promoted version is noticed; the
    query is then encoded anew, and no answer mixes one model's query with another model's images.

    Args:
        index: The alias, or the index; "" for the only one that the cluster has.
        es_url: The cluster's address, a URL with a port; "" with ``client`` or ``cloud_id``.
        client: A client of yours (``elasticsearch.Elasticsearch``), in place of an address; it is not closed here.
        model: The model's name; "" for the one that the index names. A hub's model is downloaded only if named here.
        query_table: A file of ``mlsr-es export-query-table``, in place of a model.
        device: Where queries are encoded: "auto" or "cpu" for onnxruntime, or a name that torch knows.
        say: Told, in a sentence, what a person should know, such as why torch has to be loaded.
        **connection: The other arguments of ``ConnectionSettings``: ``api_key``, ``username``, ``password``,
            ``ca_certs``, ``cloud_id``...

    Raises:
        InputError: The address and the credentials do not make one connection.
        ModelError: The query table cannot be read.
    """

    def __init__(
        self,
        index: str = "",
        *,
        es_url: str = "",
        client: Client | None = None,
        model: str = "",
        query_table: str | Path | None = None,
        device: str = "auto",
        say: Callable[[str], None] = say_nothing,
        **connection: Any,
    ) -> None:
        self.index = index
        self._own = client is None
        self._client = connect(ConnectionSettings(url=es_url, **connection)) if client is None else client
        self._model, self._device, self._say = model, device, say
        self._table = read_table(Path(query_table)) if query_table else None
        self._known: _Known | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, unless it is the caller's own."""
        if self._own:
            self._client.close()

    def suggest(
        self,
        query: Text,
        *,
        size: int = 10,
        start: int = 0,
        filters: Mapping[str, Sequence[str]] | None = None,
        clauses: Sequence[Mapping[str, Any]] = (),
        exclude: Sequence[str] = (),
        boost: Mapping[str, float] | None = None,
        veto: Sequence[str] = (),
        hybrid: str = "",
        strategy: str = "",
        distinct: bool = False,
        diverse: float = 0.0,
        highlight: bool = False,
        explain: bool = False,
        thumbnails: bool = False,
        allow_partial: bool = False,
    ) -> Suggestions:
        """Suggest images for a text.

        Args:
            query: The text, or a section with titles.
            size: How many images are wanted, from 1 to 10,000.
            start: How many of the best are passed over.
            filters: Field to values: an image has one of them in each of the fields.
            clauses: Clauses of Elasticsearch's query language that every image has to match.
            exclude: The ids of images that are left out.
            boost: Word to factor, from 1/1000 to 1000: how many times as much it counts.
            veto: Words that are left out of the query.
            hybrid: What BM25 adds to the scores: "auto" for what the index says, ``FIELD:WEIGHT``, or "" for nothing.
            strategy: How the cluster executes the query; "" for what suits the index.
            distinct: Whether copies are shown once: pictures that look alike; where the index does not know how they
                look, images with the same captions.
            diverse: How much each image is to differ from those above it: 0 by score alone, 1 by difference alone.
            highlight: Whether images bring their captions with the query's words marked.
            explain: Whether images have ``words`` and ``terms``, what each contributed to the score.
            thumbnails: Whether images bring their small pictures.
            allow_partial: Whether an answer counts that lacks some shards, or ran out of time: ``partial`` says what it
                lacks. Else it is an error.

        Returns:
            The images, best first; it can be iterated.

        Raises:
            InputError: What is asked does not go with the index, the model or the query.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        options = _options(
            size=size,
            start=start,
            filters=filters,
            clauses=clauses,
            exclude=exclude,
            boost=boost,
            veto=veto,
            hybrid=hybrid,
            strategy=strategy,
            distinct=distinct,
            diverse=diverse,
            highlight=highlight,
            explain=explain,
            thumbnails=thumbnails,
            allow_partial=allow_partial,
        )
        return self.ask(_section_of(query), options)

    def suggest_many(self, queries: Iterable[Text], **options: Any) -> Iterator[Suggestions | QueryError]:
        """Suggest images for many texts, 50 at a time by one request.

        Args:
            queries: The texts or sections, taken as the answers are consumed: at most 50 are in memory.
            **options: Those of ``suggest``, for all of them.

        Returns:
            For each text, in order, its images; or the error of a text that cannot be asked, such as an empty one, so
            that the others are not lost.

        Raises:
            InputError: What is asked does not go with the index or the model.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        return self.ask_many(map(_section_of, queries), _options(**options))

    def ask_many(self, sections: Iterable[Section], asked: SuggestOptions) -> Iterator[Suggestions | QueryError]:
        """The same with options as one value.

        Raises:
            InputError: What is asked does not go with the index or the model.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        waiting = iter(sections)
        while some := list(islice(waiting, _AT_ONCE)):
            for found in self.ask_together([(section, asked) for section in some]):
                if isinstance(found, MlsrError) and not isinstance(found, QueryError):
                    raise found
                yield found

    def ask_together(self, asked: Sequence[tuple[Query, SuggestOptions]]) -> list[Suggestions | MlsrError]:
        """Suggest images for several sections or images, each with options of its own, by one request.

        Returns:
            For each, in order, its images; or the error of one that cannot be asked, or that the cluster refuses.

        Raises:
            InputError: The index or its model is not what it should be.
            ClusterError: The cluster cannot be reached, or refuses all of them.
        """
        known = self._looked_up()
        found = self._sent(known, asked)
        if any(self._is_outdated(known, each) for each in found):
            return self._sent(self._looked_up(again=True), asked)
        return found

    def ask(self, query: Query, options: SuggestOptions = SuggestOptions()) -> Suggestions:
        """Suggest images for a section or an image, with options as one value.

        Raises:
            InputError: What is asked does not go with the index, the model or the query.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        (found,) = self.ask_together([(query, options)])
        if isinstance(found, MlsrError):
            raise found
        return found

    def like(self, image_id: str, **options: Any) -> Suggestions:
        """The other images of the index that are like one of them, by its stored weights; two requests.

        Args:
            image_id: The image's id.
            **options: Those of ``suggest``.

        Raises:
            InputError: The index has no such image, or what is asked does not go with it.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        return self.ask(IndexedImage(image_id), _options(**options))

    def why_not(self, query: Text, image_id: str, **options: Any) -> WhyNot:
        """Why an image is not among those that are suggested for a text: ``sentence`` says it, ``rank`` its place.

        Args:
            query: The text, or a section with titles.
            image_id: The image's id.
            **options: Those of ``suggest``, without ``distinct`` and ``diverse``.

        Raises:
            InputError: The index has no such image, or what is asked does not go with it.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        return self.ask_why_not(_section_of(query), image_id, _options(**options))

    def ask_why_not(self, query: Query, image_id: str, options: SuggestOptions = SuggestOptions()) -> WhyNot:
        """The same for a section or an image, with options as one value.

        Raises:
            InputError: The index has no such image, or what is asked does not go with it.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        known = self._looked_up()
        return why_not(self._client, self.index, query, image_id, options, encoder=known.encoder, known=known.searched)

    def image(self, image_id: str) -> dict[str, Any] | None:
        """What the index has of an image, without its weights; None if it has no such image.

        Raises:
            IndexMismatchError: There is no such index.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        known = self._looked_up().searched
        meta = known.version.meta
        wanted = wanted_source(meta, explain=False, thumbnails=True)
        found = find_document(self._client, known.name, image_id, field=meta.terms, filters=(), source=wanted)
        return shown_source(found.source, meta) if found else None

    def check(self) -> None:
        """See that the cluster answers, the index is there, and its model encodes queries.

        Raises:
            InputError: The index or the model is not what it should be.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        known = self._looked_up(again=True)
        check_model(known.encoder, known.searched.version)

    def searched(self) -> SearchedIndex:
        """What the index says of itself, asked now or within the last 10 s.

        Raises:
            IndexMismatchError: There is no such index.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        return self._looked_up().searched

    def _sent(self, known: _Known, asked: Sequence[tuple[Query, SuggestOptions]]) -> list[Suggestions | MlsrError]:
        prepared = prepare_together(self._client, self.index, asked, encoder=known.encoder, known=known.searched)
        found = iter(send_together(self._client, [each for each in prepared if isinstance(each, Request)]))
        return [each if isinstance(each, MlsrError) else next(found) for each in prepared]

    def _looked_up(self, *, again: bool = False) -> _Known:
        """What is known of the index; several threads that find it too old ask one after the other, the first only."""
        asked_at = monotonic()
        with self._lock:
            known = self._known
            if known and known.asked_at > (asked_at if again else asked_at - _KEPT_S):
                return known
            searched = look_up(self._client, self.index)
            meta = searched.version.meta
            if self._table:
                encoder: QueryEncoder = self._table
            elif known and known.encoder.revision == meta.revision:
                encoder = known.encoder
            else:
                encoder = self._loaded(meta)
            self._known = _Known(searched, encoder, monotonic())
            return self._known

    def _loaded(self, meta: IndexMeta) -> QueryEncoder:
        """The query encoder for what an index says of itself."""
        return model_for(meta, self._model, device=self._device, say=self._say)

    def _is_outdated(self, known: _Known, found: Suggestions | MlsrError) -> bool:
        """Whether the index is not what was looked up: another version was promoted, or it is gone and perhaps back."""
        if isinstance(found, MlsrError):
            return isinstance(found, IndexMismatchError)
        return not found.indices <= {known.searched.version.index}


def _section_of(query: Text) -> Section:
    if isinstance(query, Section):
        return query
    return Section("query", query) if isinstance(query, str) else section_from(query)


def _options(
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    boost: Mapping[str, float] | None = None,
    veto: Sequence[str] = (),
    **others: Any,
) -> SuggestOptions:
    """The options of ``Suggester.suggest`` as one value."""
    return SuggestOptions(filters=filters or {}, adjustment=Adjustment(boost or {}, tuple(veto)), **others)
