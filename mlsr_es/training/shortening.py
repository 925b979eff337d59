"""Short queries made of sections: keywords, a question or one sentence, as people type them into a search box."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from random import Random

from mlsr_es.collection import Section
from mlsr_es.sources import unnumbered

_QUESTIONS = (
    "How do I use {}?",
    "How can I {}?",
    "How would you {} it?",
    "What is {}?",
    "What is the {} for?",
    "What does the {} look like?",
    "Where do I find {}?",
    "Where is the {}?",
    "Which {} is there?",
    "Why would I need {}?",
    "When should you {}?",
    "Is there a way to {}?",
    "Can I {} this?",
    "Show me the {}!",
    "I want to {}.",
    "Who {}?",
)
"""Forms of questions. Their grammar seldom fits the title; their function words are what the model learns from."""

_GENERAL_PAGES = 3
_LOWER_CASE = 0.5
"""The share of titles in lower case."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def general_titles(sections: Iterable[Section]) -> frozenset[str]:
    """The section titles that stand on several pages, such as "Overview": they say nothing without the page's title.

    Args:
        sections: The sections to train on.
    """
    pages: defaultdict[str, set[str]] = defaultdict(set)
    for section in sections:
        pages[section.section_title].add(section.page)
    return frozenset(title for title, found in pages.items() if len(found) >= _GENERAL_PAGES)


def shortened(section: Section, random: Random, general: Collection[str] = ()) -> Section:
    """Draw a short query that asks for what a section is about, without titles, as in a search box.

    Args:
        section: A section with a title or a text.
        random: The random generator; its state advances.
        general: Section titles that say nothing without the page's title.

    Returns:
        A section whose only field is the text: one of the titles as keywords, one in the form of a question, or the
        first sentence of the text.
    """
    titles = [title for title in (section.section_title, section.page_title) if title and title not in general]
    forms = ["{}", random.choice(_QUESTIONS)] if titles else []
    sentence = _SENTENCE_END.split(section.text, maxsplit=1)[0]
    form = random.choice([*forms, *([""] if sentence else [])])
    keywords = unnumbered(random.choice(titles)) if titles else ""
    text = form.format(keywords.lower() if random.random() < _LOWER_CASE else keywords) if form else sentence
    return Section(id=section.id, page=section.page, text=text)
