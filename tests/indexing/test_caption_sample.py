"""A sample of captions whose language may be another one than the model's."""

from __future__ import annotations

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.indexing import CaptionSample
from mlsr_es.indexing.record import Picture, Record


def record(number: int, *captions: Caption) -> Record:
    return Record(ImageDocument(f"{number}", "", captions), (Picture(captions),))


def test_captions_that_are_said_to_be_in_the_models_language_are_passed_over() -> None:
    """A record counts once, with all that is left of it."""
    sample = CaptionSample(("en",))
    sample.take(
        [
            record(1, Caption("an owl", language="en")),
            record(2, Caption("eine Eule", language="de"), Caption("im Baum")),
            record(3),
        ]
    )
    assert sample.texts == ["eine Eule\nim Baum"]


def test_a_sample_is_bounded_and_from_all_over() -> None:
    """However many records pass by; and the same each time."""
    one, other = CaptionSample(), CaptionSample()
    for sample in (one, other):
        sample.take(record(number, Caption(f"{number}")) for number in range(10_000))
    assert one.seen == 10_000
    assert one.texts == other.texts
    assert len(one.texts) == 200
    assert 4_000 < sum(map(int, one.texts)) / 200 < 6_000
