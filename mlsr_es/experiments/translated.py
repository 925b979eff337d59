"""A collection whose sections are in another language than its captions, and a dictionary learned from both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from mlsr_es.collection import CaptionKind, ImageDocument, Section
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Topics
from mlsr_es.extras import extra
from mlsr_es.sources import Item, Source, Wrapped
from mlsr_es.words import FIELD_BOOSTS, Analyser, saturated, stems, tokens

_SENTENCE_END = re.compile(r"(?<=[.:!?])\s+")
_LONGEST = 60
"""Words of a sentence: longer ones say little of which word is which."""
_ITERATIONS = 6
_LEAST = 0.02
"""The probability of a translation below which it is left out."""
_FREQUENT = 0.2
"""Words in more than this share of the sections are function words, which no list is needed for."""


@dataclass(frozen=True)
class Translated(Wrapped):
    """A source with the sections of another one, which has the same pages in another language.

    Args:
        source: The source; its ids, images and judgements stay.
        other: The other one: the same number of sections on the same pages, in the same order.
        both: Whether an image has its captions in both languages; else those of the source alone.
    """

    other: Source
    both: bool = False

    def documents(self) -> Iterator[Item]:
        """The source's, with what the other one says of the same images behind their own captions."""
        others = {_within(image): image.captions for image in _images(self.other)} if self.both else {}
        for item in self.source.documents():
            if isinstance(item, ImageDocument):
                yield replace(item, captions=(*item.captions, *others.get(_within(item), ())))
            else:
                yield item

    def sections(self) -> Iterator[Section]:
        """The other source's, with this one's ids."""
        for section, other in self.pairs():
            yield replace(other, id=section.id)

    def pairs(self) -> list[tuple[Section, Section]]:
        """The sections of both.

        Raises:
            InputError: They are not on the same pages.
        """
        ours, others = list(self.source.sections()), list(self.other.sections())
        if [section.page for section in ours] != [section.page for section in others]:
            raise InputError(
                f"{self.source.name} and {self.other.name} do not have the same sections.",
                advice="Name two translations of one version of a manual.",
            )
        return list(zip(ours, others, strict=True))

    def parallel(self, pages: Collection[str]) -> Iterator[tuple[str, str]]:
        """Texts of both that say the same: titles, sentences and captions of some pages.

        Args:
            pages: The pages; where an image stands on several, its page is the first.
        """
        for ours, others in self.pairs():
            if ours.page in pages:
                yield ours.page_title, others.page_title
                yield ours.section_title, others.section_title
                sentences = [_SENTENCE_END.split(section.text) for section in (ours, others)]
                if len(sentences[0]) == len(sentences[1]):
                    yield from zip(*sentences, strict=True)
        captions = {_within(image): image for image in _images(self.other)}
        for image in _images(self.source):
            other = captions.get(_within(image))
            if other is not None and image.page in pages:
                for kind in sorted({caption.kind for caption in image.captions}):
                    yield _said(image, kind), _said(other, kind)


def translated(topics: Topics, translations: Mapping[str, str]) -> Topics:
    """Topics whose texts are translated; those without a translation are left away."""
    sections = tuple(
        replace(section, text=translations[section.text]) for section in topics.sections if section.text in translations
    )
    ids = {section.id for section in sections}
    return replace(
        topics, sections=sections, judgements=tuple(one for one in topics.judgements if one.section_id in ids)
    )


@dataclass(frozen=True)
class Dictionary:
    """A sparse map from the words of one language into stems of English, learned from parallel texts.

    Args:
        translations: Word to its translations, each with its probability.
        analyse: Splits a text of the other language into words.
        frequent: Words that are left out.
    """

    translations: Mapping[str, Mapping[str, float]]
    analyse: Analyser
    frequent: frozenset[str]

    @classmethod
    def learned(cls, parallel: Iterable[tuple[str, str]], sections: Iterable[Section], language: str) -> Dictionary:
        """Learn which word translates which, by IBM's model 1 (Brown et al., Computational Linguistics 19, 1993).

        Args:
            parallel: Pairs of an English text and the same in the other language.
            sections: Sections in the other language, which say which words are frequent.
            language: The other language, as Snowball's stemmers know it: "de"; words of one that they do not know stay
                as they are.
        """
        with extra("research"):
            import Stemmer
            from nltk.translate import AlignedSent, IBMModel1
        try:
            stemmed: Callable[[list[str]], list[str]] = Stemmer.Stemmer(language).stemWords
        except KeyError:
            stemmed = list

        def analyse(text: str) -> list[str]:
            return stemmed(tokens(text))

        analysed = ((stems(english), analyse(other)) for english, other in dict.fromkeys(parallel))
        pairs = [pair for pair in analysed if all(0 < len(words) < _LONGEST for words in pair)]
        model = IBMModel1([AlignedSent(*pair) for pair in pairs], _ITERATIONS)
        translations: dict[str, dict[str, float]] = {}
        for english, row in model.translation_table.items():
            for word, probability in row.items():
                if word is not None and probability >= _LEAST:
                    translations.setdefault(word, {})[english] = probability
        found = [{word for name in FIELD_BOOSTS for word in analyse(getattr(section, name))} for section in sections]
        counts = Counter(word for words in found for word in words)
        frequent = frozenset(word for word, count in counts.items() if count > _FREQUENT * len(found))
        return cls(translations, analyse, frequent)

    def weights(self, section: Section) -> dict[str, float]:
        """A section's words in English, weighted as ``TITLE_BOOSTED`` weights a query's.

        A word without translation stands for itself: names are the same in all languages.
        """
        frequencies: Counter[str] = Counter()
        for name, boost in FIELD_BOOSTS.items():
            for word in self.analyse(getattr(section, name)):
                if word not in self.frequent:
                    for english, probability in self.translations.get(word, {word: 1.0}).items():
                        frequencies[english] += boost * probability  # type: ignore[assignment]
        return saturated(frequencies)


def _images(source: Source) -> Iterator[ImageDocument]:
    return (item for item in source.documents() if isinstance(item, ImageDocument))


def _within(image: ImageDocument) -> str:
    """An image's id without the name of its collection."""
    return image.id.removeprefix(f"{image.collection}/")


def _said(image: ImageDocument, kind: CaptionKind) -> str:
    return " ".join(caption.text for caption in image.captions if caption.kind is kind)
