"""What may be asked over HTTP, and how it is answered: the bodies of requests and responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mlsr_es.collection import Section
from mlsr_es.elastic.mapping import Holds
from mlsr_es.errors import QueryError
from mlsr_es.service.sections import titles_of
from mlsr_es.suggestion import (
    Adjustment,
    IndexedImage,
    Query,
    Reason,
    SuggestedImage,
    Suggestions,
    SuggestOptions,
    WhyNot,
)
from mlsr_es.word_pieces import weights_by_word

_Text = Annotated[str, StringConstraints(max_length=100_000)]
_Title = Annotated[str, StringConstraints(max_length=2_000)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]
_Value = Annotated[str, StringConstraints(max_length=1_000)]
_Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_Factor = Annotated[float, Field(ge=0.001, le=1000)]
_EXAMPLE: Any = {"section": {"page_title": "Layers", "text": "How do I rotate a layer?"}, "size": 5, "explain": True}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SectionBody(_Body):
    """A section: a text, titles, or both."""

    text: _Text = Field(default="", description="The section's text.")
    page_title: _Title = Field(default="", description="The title of the page.")
    section_title: _Title = Field(default="", description="The section's own heading.")
    page_description: _Text = Field(default="", description="The first paragraph of the page.")
    hierarchy: list[_Title] = Field(default=[], max_length=20, description="The headings above the section.")

    @classmethod
    def of(cls, section: Section) -> Self:
        """From a section, whatever its length."""
        return cls.model_construct(
            text=section.text,
            page_title=section.page_title,
            section_title=section.section_title,
            page_description=section.page_description,
            hierarchy=list(section.hierarchy),
        )

    @property
    def section(self) -> Section:
        """The section."""
        return Section(
            "query",
            self.text,
            page_title=self.page_title,
            section_title=self.section_title,
            hierarchy=tuple(self.hierarchy),
            page_description=self.page_description,
        )


class Options(_Body):
    """What may be asked beside a section."""

    index: _Name | None = Field(default=None, description="The index; the first that is served if it is left out.")
    size: int = Field(default=10, ge=1, le=100, description="How many images are wanted.")
    start: int = Field(default=0, ge=0, le=9_900, description="How many of the best are passed over.")
    filters: dict[_Name, list[_Value]] = Field(
        default={}, max_length=20, description="Field to values: an image has one of them in each of the fields."
    )
    without: dict[_Name, list[_Value]] = Field(
        default={}, max_length=20, description="Field to values: an image has none of them, such as page."
    )
    at_least: dict[_Name, float] = Field(
        default={}, max_length=20, description="Field to a least value, such as width."
    )
    exclude: list[_Value] = Field(default=[], max_length=1_000, description="The ids of images that are left out.")
    boost: dict[_Word, _Factor] = Field(default={}, max_length=100, description="Word to factor, from 1/1000 to 1000.")
    veto: list[_Word] = Field(default=[], max_length=100, description="Words that are left out of the query.")
    hybrid: _Value = Field(default="", description='What BM25 adds: "auto", FIELD:WEIGHT, or nothing.')
    strategy: _Value = Field(default="", description="How the cluster executes the query.")
    distinct: bool = Field(
        default=False, description="Show copies once: pictures that look alike, or else images with the same captions."
    )
    diverse: float = Field(
        default=0, ge=0, le=1, description="How much each image is to differ from those above it; 0 for by score alone."
    )
    highlight: bool = Field(default=False, description="Give captions with the query's words marked.")
    explain: bool = Field(default=False, description="Give each image's words, with what they added to the score.")
    thumbnails: bool = Field(default=False, description="Give the small pictures too, as data URIs.")
    allow_partial: bool = Field(
        default=False, description="Take an answer that lacks shards, or ran out of time; else it is a problem."
    )

    def options(self, fields: tuple[str, ...]) -> SuggestOptions:
        """The same for a suggester.

        Args:
            fields: Those by which may be filtered.

        Raises:
            InputError: One of them cannot be asked.
        """
        if other := [name for name in (*self.filters, *self.without, *self.at_least) if name not in fields]:
            raise QueryError(
                f"nobody may filter by {other[0]!r}.", advice=f"Fields that are served: {', '.join(fields)}."
            )
        return SuggestOptions(
            size=self.size,
            start=self.start,
            filters=self.filters,
            clauses=(
                *({"range": {name: {"gte": least}}} for name, least in self.at_least.items()),
                *({"bool": {"must_not": {"terms": {name: values}}}} for name, values in self.without.items()),
            ),
            exclude=self.exclude,
            adjustment=Adjustment(self.boost, tuple(self.veto)),
            hybrid=self.hybrid,
            strategy=self.strategy,
            distinct=self.distinct,
            diverse=self.diverse,
            highlight=self.highlight,
            explain=self.explain,
            thumbnails=self.thumbnails,
            allow_partial=self.allow_partial,
        )


class SuggestBody(Options):
    """A section, or an image of the index, and what is asked beside it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    section: SectionBody | None = Field(default=None, description="What images are suggested for.")
    like: _Value = Field(
        default="", description="In place of a section: the id of an image, for those that are like it."
    )

    @property
    def query(self) -> Query:
        """What is searched for.

        Raises:
            QueryError: Both are given, or neither.
        """
        if self.section is not None and not self.like:
            return self.section.section
        if self.like and self.section is None:
            return IndexedImage(self.like)
        raise QueryError("one of section and like is needed.", advice="Give a section, or the id of an image.")


class WhyNotBody(SuggestBody):
    """A search, and an image that is not among its hits."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "id": "site/images/owl.png"}]})

    id: _Value = Field(min_length=1, description="The image's id.")


class BatchBody(Options):
    """Sections, and what is asked beside all of them."""

    sections: list[SectionBody] = Field(min_length=1, max_length=100, description="What images are suggested for.")


class ImageAnswer(_Body):
    """An image that was suggested."""

    id: str
    score: float
    captions: list[str] = Field(description="What people wrote.")
    described: dict[str, str] = Field(description="What machines made, by its kind: read, label, generated, name.")
    picture: str = Field(description="The path of the small picture in this service, or of the file where it has it.")
    width: int | None = None
    height: int | None = None
    page: str = ""
    collection: str = ""
    words: dict[str, float] | None = Field(default=None, description="Word to what it added to the score.")
    found_in: dict[str, str] | None = Field(
        default=None, description="The words that only what machines made has, each with the kind."
    )
    bm25: float | None = None
    highlight: dict[str, list[str]] | None = None
    thumbnail: str | None = None
    alike: list[str] | None = Field(default=None, description="The ids of its copies, where they are shown once.")

    @classmethod
    def of(cls, image: SuggestedImage, picture: str) -> Self:
        """From a suggester's answer."""
        source = image.source
        return cls(
            id=image.id,
            score=image.score,
            captions=list(image.captions),
            described=dict(image.described),
            picture=picture,
            width=_number(source.get("width")),
            height=_number(source.get("height")),
            page=str(source.get("page") or ""),
            collection=str(source.get("collection") or ""),
            words=dict(image.words) if image.words is not None else None,
            found_in=dict(image.found_in) or None,
            bm25=image.bm25,
            highlight=image.beside.get("highlight"),
            thumbnail=image.thumbnail or None,
            alike=list(image.alike) or None,
        )


class WhyNotAnswer(_Body):
    """Why an image is not among the hits."""

    id: str
    reason: str = Field(description=f"One of {', '.join(Reason)}.")
    sentence: str = Field(description="The reason in words.")
    captions: list[str]
    rank: int | None = Field(description="Its place among all that match; null if it does not match.")
    score: float | None
    last_shown_score: float | None = Field(description="The score of the last image that is shown.")
    words: dict[str, float] = Field(description="Word to what it adds to the score.")
    missing: dict[str, float] = Field(description="The query's words that it lacks, each with its weight.")

    @classmethod
    def of(cls, found: WhyNot) -> Self:
        """From a suggester's answer."""
        words = found.request.words
        return cls(
            id=found.id,
            reason=found.reason,
            sentence=found.sentence,
            captions=list(found.captions),
            rank=found.rank.rank if found.rank else None,
            score=found.rank.score if found.rank else None,
            last_shown_score=found.last,
            words=weights_by_word(found.terms or {}, words),
            missing=weights_by_word(found.missing or {}, words),
        )


class SectionAnswer(_Body):
    """A section of the collection from which one may be picked."""

    id: str
    titles: str = Field(description="The titles of its page and its own, as one line.")
    page: str = ""
    section: SectionBody | None = Field(default=None, description="What images are suggested for; not in lists.")

    @classmethod
    def of(cls, section: Section, *, whole: bool) -> Self:
        """From a section; with its text and titles, or without."""
        body = SectionBody.of(section) if whole else None
        return cls(id=section.id, titles=titles_of(section), page=section.page, section=body)


class SuggestAnswer(_Body):
    """The images that belong in a section, best first."""

    index: str
    images: list[ImageAnswer]
    total: int | None = Field(description="How many images match at all; null if that was not counted.")
    took_ms: int = Field(description="The cluster's own time, in milliseconds.")
    words: dict[str, float] = Field(description="The query's words, each with its weight, heaviest first.")
    doubts: str = Field(default="", description="Reasons to doubt the answer, in sentences.")
    partial: str | None = Field(default=None, description="What the answer lacks, where that was allowed.")


class Problem(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "detail": "the query is empty.",
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    advice: str = ""


class BatchAnswer(_Body):
    """For each section, in order, its images or its problem."""

    answers: list[SuggestAnswer | Problem]


class IndexAnswer(_Body):
    """An index that is served."""

    name: str
    version: str = Field(description="The concrete index that searches reach.")
    model: str
    images: int
    hybrid: dict[str, Any] = Field(description="The weight of BM25 that suits it: field, weight; empty if unknown.")
    fields: list[str] = Field(description="The fields by which may be filtered.")
    holds: Holds = Field(description="What its documents are: sections are found by the caption of an image.")


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def words_of(found: Suggestions) -> Mapping[str, float]:
    """The query's words with their weights, heaviest first."""
    return weights_by_word(found.request.terms, found.request.words)
