"""Short queries made of sections."""

from __future__ import annotations

from random import Random

from mlsr_es.collection import Section
from mlsr_es.training.shortening import general_titles, shortened

SECTION = Section(
    "s", "Turns a layer. The angle is set below.", page="p", page_title="4.2. Rotate", section_title="Overview"
)


def drawn(section: Section, general: frozenset[str] = frozenset()) -> set[str]:
    """The texts of many short queries."""
    return {shortened(section, Random(seed), general).text for seed in range(2_000)}


def test_a_query_is_keywords_a_question_or_one_sentence() -> None:
    """All three are drawn, without the number of a title, and nothing else is left of the section."""
    texts = drawn(SECTION)
    assert {"Rotate", "rotate", "Overview", "Turns a layer.", "How do I use rotate?"} <= texts
    assert not any("4.2" in text or "angle" in text for text in texts)
    short = shortened(SECTION, Random(0))
    assert (short.id, short.page, short.page_title, short.section_title) == ("s", "p", "", "")


def test_titles_of_several_pages_say_nothing() -> None:
    """A title such as "Overview" stands on three pages, so the page's title is asked for."""
    sections = [Section(str(number), "text", page=str(number), section_title="Overview") for number in range(3)]
    general = general_titles([*sections, Section("t", "text", page="0", section_title="Crop")])
    assert general == {"Overview"}
    assert not any("verview" in text for text in drawn(SECTION, general))


def test_without_titles_it_is_the_first_sentence() -> None:
    """A section always has one of both."""
    assert drawn(Section("s", "An owl. A heron.")) == {"An owl."}


def test_the_same_state_draws_the_same() -> None:
    """A run that is resumed sees the same queries."""
    assert shortened(SECTION, Random(5)) == shortened(SECTION, Random(5))
