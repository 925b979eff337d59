"""What the trainer is given of sections."""

from __future__ import annotations

import pytest

from mlsr_es.collection import Caption, ImageDocument, Section
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
