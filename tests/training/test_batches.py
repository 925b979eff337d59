"""What the trainer is given of sections."""

from __future__ import annotations

import pytest

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, Section
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Topics
from mlsr_es.training import TrainingConfig
from mlsr_es.training.batches import Batches
from mlsr_es.training.data import TrainingData
from tests.models import word_model

SECTIONS = tuple(Section(str(n), "owl", page_title="heron") for n in range(40))
OPTIMISATION = {"epochs": 1, "batch_size": 2, "body_rate": 1e-3, "head_rate": 1e-3}


def with_titles(share: float, epoch: int = 0, sections: tuple[Section, ...] = SECTIONS) -> list[bool]:
    """Of each section, whether its title is shown."""
    values = {"collection": {"source": "test"}, "start": "demo", "optimisation": {**OPTIMISATION, "text_alone": share}}
    nothing, image = Topics((), ()), (ImageDocument("i", "test", (Caption("an owl"),)),)
    data = TrainingData(Topics(sections, ()), image, ((0,),) * len(sections), nothing, nothing, image, 0)
    model = word_model()
    batches = Batches(data, model, TrainingConfig.of(values))
    batches.epoch = epoch
    shown = batches(range(len(sections)))["sections"].token_ids.tolist()
    heron = model.tokenizer.convert_tokens_to_ids("heron")
    return [heron in row for row in shown]


def test_titles_are_shown() -> None:
    """To all queries, unless some are to be their text alone."""
    assert all(with_titles(0.0))
    assert not any(with_titles(1.0))


def test_some_queries_are_their_text_alone() -> None:
    """About as many as are said, each epoch others, and the same ones again where a run is resumed."""
    shown = with_titles(0.5)
    assert 8 < sum(shown) < 32
    assert with_titles(0.5) == shown
    assert with_titles(0.5, epoch=1) != shown


def test_some_queries_are_short() -> None:
    """Their titles are asked for as keywords or a question, or their first sentence alone is shown."""
    values = {"collection": {"source": "test"}, "start": "demo", "optimisation": {**OPTIMISATION, "short_queries": 1.0}}
    nothing, image = Topics((), ()), (ImageDocument("i", "test", (Caption("an owl"),)),)
    section = Section("s", "owl owl owl. owl owl owl owl owl owl", page_title="heron")
    data = TrainingData(Topics((section,), ()), image, ((0,),), nothing, nothing, image, 0)
    batch = Batches(data, word_model(), TrainingConfig.of(values))([0])["sections"]
    assert set(batch.fields.unique().tolist()) <= {-1, 2}
    assert int(batch.content.sum()) < 9


def test_a_section_without_text_keeps_its_titles() -> None:
    """Nothing would be left of it."""
    assert all(with_titles(1.0, sections=(Section("s", "", page_title="heron"),)))


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_a_share(share: float) -> None:
    """And is refused by its key elsewise."""
    with pytest.raises(InputError, match=r"optimisation\.text_alone"):
        with_titles(share)


def shown_documents(document: ImageDocument, *, length: int = 48, **optimisation: float) -> list[set[str]]:
    """The word pieces of an image in 40 batches."""
    values = {
        "collection": {"source": "test"},
        "start": "demo",
        "optimisation": {**OPTIMISATION, **optimisation},
        "lengths": {"document": length},
    }
    nothing = Topics((), ())
    data = TrainingData(Topics(SECTIONS, ()), (document,), ((0,),) * len(SECTIONS), nothing, nothing, (document,), 0)
    model = word_model()
    batches = Batches(data, model, TrainingConfig.of(values))
    shown = []
    for row in range(len(SECTIONS)):
        ((text, _),) = batches([row])["documents"]
        shown.append(set(model.tokenizer.convert_ids_to_tokens(text.token_ids[0].tolist())))
    return shown


def test_some_images_are_shown_without_what_machines_made() -> None:
    """Those that have captions of people: of the others nothing would be left."""
    read = Caption("sail", CaptionKind.READ)
    both = ImageDocument("i", "test", (Caption("owl"), read))
    shown = shown_documents(both, captions_alone=0.5)
    assert all("owl" in pieces for pieces in shown)
    assert 8 < sum("sail" in pieces for pieces in shown) < 32
    assert all("sail" in pieces for pieces in shown_documents(both))
    assert all("sail" in pieces for pieces in shown_documents(ImageDocument("i", "test", (read,)), captions_alone=1.0))


def test_of_a_long_text_each_batch_draws_a_window() -> None:
    """So what stands at its end is learned from too."""
    long = ImageDocument("i", "test", (Caption("owl " * 6 + "sail " * 6),))
    shown = shown_documents(long, length=8)
    assert sum("owl" in pieces for pieces in shown) > 8
    assert sum("sail" in pieces for pieces in shown) > 8
