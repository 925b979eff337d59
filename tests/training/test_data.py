"""Splits by page."""

from __future__ import annotations

from typing import Any

from mlsr_es.collection import Caption, ImageDocument, Judgement, Section
from mlsr_es.encoders import PRESETS
from mlsr_es.evaluation import Topics
from mlsr_es.sources import open_source
from mlsr_es.splits import fold_of
from mlsr_es.training.config import TrainingConfig
from mlsr_es.training.data import read_training_data, searched_for, split

PAGES = [f"page-{number}.html" for number in range(40)]


def config(**folds: Any) -> TrainingConfig:
    return TrainingConfig.of(
        {
            "collection": {"source": "sample"},
            "start": "demo",
            "optimisation": {"epochs": 1, "batch_size": 2, "body_rate": 1e-3, "head_rate": 0.01},
            "folds": folds,
        }
    )


def collection() -> tuple[tuple[ImageDocument, ...], Topics]:
    """A section and an image a page; the first image stands on every page."""
    images = tuple(ImageDocument(page, "test", (Caption("a"),), page=page) for page in PAGES)
    sections = tuple(Section(f"{page}#top", "text", page=page) for page in PAGES)
    own = [Judgement(section.id, section.page) for section in sections]
    shared = [Judgement(section.id, PAGES[0]) for section in sections[1:]]
    return images, Topics(sections, (*own, *shared))


def test_no_page_is_on_two_sides() -> None:
    """Test pages are the fold's; validation pages are others."""
    data = split(*collection(), config(test=2, validation_share=0.2))
    sides = [
        {section.page for section in part} for part in (data.sections, data.validation.sections, data.test.sections)
    ]
    assert sides[2] == {page for page in PAGES if fold_of(page) == 2}
    assert sides[1]
    assert sum(map(len, sides)) == len(set.union(*sides)) == len(PAGES)


def test_images_of_held_out_pages_are_no_candidates_unless_a_training_page_has_them_too() -> None:
    """And those on both sides are counted."""
    data = split(*collection(), config(test=2, validation_share=0.0))
    trained_on = {page for page in PAGES if fold_of(page) != 2} | {PAGES[0]}
    assert {document.id for document in data.documents} == trained_on
    assert data.shared_images == 1


def test_relevant_images_are_places_among_the_candidates() -> None:
    """Of each training section its own and the shared one."""
    data = split(*collection(), config(test=2, validation_share=0.0))
    for section, relevant in zip(data.sections, data.relevant, strict=True):
        assert {data.documents[place].id for place in relevant} == {section.page, PAGES[0]}


def test_without_a_test_fold_nothing_is_held_out_for_it() -> None:
    """The demo's users train on all they have, if they like."""
    assert split(*collection(), config(validation_share=0.0)).test.sections == ()


def test_other_collections_are_trained_on_as_a_whole() -> None:
    """Their sections may have the same ids, their images are no candidates of held-out topics, no fold is theirs."""
    plan = config(test=2, validation_share=0.0)
    sample, plain = open_source("sample"), PRESETS["m3"]
    alone = read_training_data(sample, plain, plan)
    data = read_training_data(sample, plain, plan, [open_source("sample", name="again")])
    added = data.sections[len(alone.sections) :]
    assert {section.id for section in added} == {
        f"again: {section.id}" for part in (alone.sections, alone.test.sections) for section in part
    }
    assert (data.test, data.images, data.shared_images) == (alone.test, alone.images, alone.shared_images)
    for section, relevant in zip(added, data.relevant[len(alone.sections) :], strict=True):
        judged = {one.image_id for one in data.training.judgements if one.section_id == section.id}
        assert {data.documents[place].id for place in relevant} == judged
        assert all(id_.startswith("again/") for id_ in judged)


def test_validation_searches_what_belongs_and_a_sample_of_the_rest() -> None:
    """In the collection's order."""
    images, topics = collection()
    few = Topics(topics.sections[:1], topics.judgements[:1])
    found = searched_for(few, images, most=5, seed=1)
    assert len(found) == 5
    assert images[0] in found
    assert list(found) == sorted(found, key=images.index)
