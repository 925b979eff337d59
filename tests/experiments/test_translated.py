"""Sections in one language, captions in another, and a dictionary that is learned from both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, Judgement, Section
from mlsr_es.errors import InputError, RecordError
from mlsr_es.experiments.translated import Dictionary, Translated


@dataclass(frozen=True)
class Manual:
    """A manual in memory."""

    name: str
    told: tuple[Section, ...]
    images: tuple[ImageDocument, ...] = ()
    judged: tuple[Judgement, ...] = field(default=(Judgement("a#1", "english/owl.png"),))

    def documents(self) -> Iterator[ImageDocument]:
        """The images."""
        return iter(self.images)

    def sections(self) -> Iterator[Section]:
        """The sections."""
        return iter(self.told)

    def judgements(self) -> Iterator[Judgement]:
        """The judgements."""
        return iter(self.judged)

    def faults(self) -> Iterator[RecordError]:
        """None."""
        return iter(())

    def count(self) -> int | None:
        """All of them."""
        return len(self.images)

    def in_languages(self, languages: frozenset[str] | None) -> Manual:  # noqa: ARG002
        """The same."""
        return self


def owl(collection: str, text: str) -> ImageDocument:
    return ImageDocument(f"{collection}/owl.png", collection, (Caption(text, CaptionKind.TITLE),), page="a")


ENGLISH = Manual(
    "english",
    (
        Section("a#1", "The owl sleeps. It dreams.", "a", "Birds", "The owl"),
        Section("b#1", "The layer is red.", "b", "Layers", "A layer"),
    ),
    (owl("english", "A sleeping owl"),),
)
GERMAN = Manual(
    "german",
    (
        Section("a#eins", "Die Eule schläft. Sie träumt.", "a", "Vögel", "Die Eule"),
        Section("b#eins", "Die Ebene ist rot.", "b", "Ebenen", "Eine Ebene"),
    ),
    (owl("german", "Eine schlafende Eule"),),
)


def test_sections_are_the_others_with_our_ids() -> None:
    """So that the judgements hold; images and their captions stay."""
    translated = Translated(ENGLISH, GERMAN)
    assert [(section.id, section.page_title) for section in translated.sections()] == [
        ("a#1", "Vögel"),
        ("b#1", "Ebenen"),
    ]
    assert list(translated.documents()) == list(ENGLISH.images)
    assert list(translated.judgements()) == list(ENGLISH.judged)


def test_an_image_may_have_its_captions_in_both_languages() -> None:
    """Its own come first; an image that the other collection lacks keeps them alone."""
    alone = replace(owl("english", "Alone"), id="english/alone.png")
    both = Translated(replace(ENGLISH, images=(*ENGLISH.images, alone)), GERMAN, both=True)
    texts = [
        [caption.text for caption in item.captions] for item in both.documents() if isinstance(item, ImageDocument)
    ]
    assert texts == [["A sleeping owl", "Eine schlafende Eule"], ["Alone"]]


def test_other_pages_are_refused() -> None:
    """What stands where is all that tells which section translates which."""
    with pytest.raises(InputError, match="english and german do not have the same sections"):
        list(Translated(ENGLISH, replace(GERMAN, told=GERMAN.told[:1])).sections())


def test_parallel_texts_are_titles_sentences_and_captions_of_the_pages() -> None:
    """And of no other page."""
    assert list(Translated(ENGLISH, GERMAN).parallel({"a"})) == [
        ("Birds", "Vögel"),
        ("The owl", "Die Eule"),
        ("The owl sleeps.", "Die Eule schläft."),
        ("It dreams.", "Sie träumt."),
        ("A sleeping owl", "Eine schlafende Eule"),
    ]


def test_a_dictionary_is_learned_and_translates() -> None:
    """A word that it does not know stands for itself; titles count more than text; frequent words do not count."""
    parallel = [
        *[("owl", "Eule"), ("red owl", "rote Eule"), ("red layer", "rote Ebene"), ("layer", "Ebene")] * 2,
        ("the owl", "die Eule"),
    ]
    sections = [Section(str(number), f"die Eule {number}{number}") for number in range(3)]
    dictionary = Dictionary.learned(parallel, [*sections, *[Section("x", "die Ebene")] * 20], "de")
    assert "die" in dictionary.frequent
    weights = dictionary.weights(Section("q", "Rote GIMP", page_title="Die Eulen"))
    assert set(weights) >= {"owl", "red", "gimp"}
    assert weights["owl"] > weights["red"] > 0
    assert "die" not in weights
