"""Which sections are topics, and which judgements count."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from mlsr_es.collection import Judgement, Section
from mlsr_es.splits import TEST_FOLD, fold_of

LEAST_TEXT = 60
"""A topic's own text has more characters than this: a shorter one adds nothing to the titles."""


class Split(StrEnum):
    """Which pages' sections are topics."""

    ALL = "all"
    TRAIN = "train"
    TEST = "test"

    def has(self, page: str, *, fold: int = TEST_FOLD) -> bool:
        """Whether the split includes a page; ``TEST`` is the fold that is held out."""
        return self is Split.ALL or (fold_of(page) == fold) is (self is Split.TEST)


@dataclass(frozen=True)
class Topics:
    """Sections to suggest images for, with their judgements.

    Args:
        sections: Sections that each have at least one relevant image among those that are searched.
        judgements: The judgements of these sections on images that are searched.
        too_short: The number of sections, in all splits, left out because they have too little text.
        not_searched: The number of judgements, in all splits, left out because their image is not searched.
    """

    sections: tuple[Section, ...]
    judgements: tuple[Judgement, ...]
    too_short: int = 0
    not_searched: int = 0

    def of(self, split: Split, *, fold: int = TEST_FOLD) -> Topics:
        """The topics whose pages are in a split; ``fold`` is the fold that is held out."""
        sections = tuple(section for section in self.sections if split.has(section.page, fold=fold))
        ids = {section.id for section in sections}
        kept = tuple(one for one in self.judgements if one.section_id in ids)
        return Topics(sections, kept, self.too_short, self.not_searched)

    def joined(self, other: Topics) -> Topics:
        """These topics and others of the same collection."""
        return replace(
            self, sections=(*self.sections, *other.sections), judgements=(*self.judgements, *other.judgements)
        )

    def asking(self, fields: Collection[str]) -> Topics:
        """The same topics with only some fields of their sections as the query."""
        return replace(self, sections=tuple(section.only(fields) for section in self.sections))


def choose_topics(
    sections: Iterable[Section],
    judgements: Iterable[Judgement],
    image_ids: Collection[str],
    *,
    least_text: int = LEAST_TEXT,
) -> Topics:
    """Choose the topics among sections.

    Args:
        sections: All sections.
        judgements: All judgements; of two for the same section and image the last counts.
        image_ids: The ids of the images that are searched.
        least_text: A topic's own text has more characters than this.
    """
    by_section: dict[str, dict[str, Judgement]] = {}
    not_searched = 0
    searched = frozenset(image_ids)
    for one in judgements:
        if one.image_id in searched:
            by_section.setdefault(one.section_id, {})[one.image_id] = one
        else:
            not_searched += 1
    judged = [
        section for section in sections if any(one.relevance > 0 for one in by_section.get(section.id, {}).values())
    ]
    chosen = tuple(section for section in judged if len(section.text) > least_text)
    kept = tuple(one for section in chosen for one in by_section[section.id].values())
    return Topics(chosen, kept, len(judged) - len(chosen), not_searched)
