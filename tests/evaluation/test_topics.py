"""Which sections are topics."""

from __future__ import annotations

from mlsr_es.collection import Judgement, Section
from mlsr_es.evaluation import Split, choose_topics

LONG = "x" * 61


def test_a_topic_has_text_and_an_image_that_can_be_found() -> None:
    """Sections and judgements that are left out are counted."""
    sections = [Section("s", LONG), Section("short", "x" * 60), Section("none", LONG), Section("irrelevant", LONG)]
    judgements = [
        Judgement("s", "a"),
        Judgement("s", "lost"),
        Judgement("short", "a"),
        Judgement("irrelevant", "a", 0),
    ]
    found = choose_topics(sections, judgements, ["a", "b"])
    assert found.sections == (sections[0],)
    assert found.judgements == (Judgement("s", "a"),)
    assert (found.too_short, found.not_searched) == (1, 1)


def test_a_pair_counts_once() -> None:
    """An image that occurs twice in a section is one image."""
    found = choose_topics([Section("s", LONG)], [Judgement("s", "a", 0), Judgement("s", "a")], ["a"])
    assert found.judgements == (Judgement("s", "a"),)


def test_splits_share_no_page() -> None:
    """Test and train together are all topics, and all sections of a page are in the same split."""
    sections = [Section(f"{page}#{place}", LONG, page=f"page{page}.html") for page in range(20) for place in (0, 1)]
    topics = choose_topics(sections, [Judgement(section.id, "a") for section in sections], ["a"])
    train, test = topics.of(Split.TRAIN), topics.of(Split.TEST)
    assert {*train.sections, *test.sections} == {*sections}
    assert not {section.page for section in train.sections} & {section.page for section in test.sections}
    assert len(test.judgements) == len(test.sections) > 0
    assert topics.of(Split.ALL).sections == topics.sections
