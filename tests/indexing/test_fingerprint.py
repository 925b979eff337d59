"""A fingerprint changes with every stored input, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile
from mlsr_es.indexing.fingerprint import EncodingPlan, source_fingerprint

text = st.text(max_size=12)
captions = st.lists(st.builds(Caption, text, st.sampled_from(CaptionKind), text), max_size=3).map(tuple)
documents = st.builds(
    ImageDocument,
    id=text,
    collection=text,
    captions=captions,
    image=st.none() | st.builds(ImageFile, text, st.just(b"")),
    page=text,
)
plans = st.builds(
    EncodingPlan,
    text,
    thumbnails=st.booleans(),
    languages=st.none() | st.frozensets(st.sampled_from(["en", "de", "fr"])),
)


inputs = st.tuples(documents, st.binary(max_size=8), plans)


@given(inputs, inputs)
def test_two_documents_are_told_apart(
    one: tuple[ImageDocument, bytes, EncodingPlan], other: tuple[ImageDocument, bytes, EncodingPlan]
) -> None:
    """Two fingerprints are equal exactly where all inputs are equal."""
    assert (source_fingerprint(*one) == source_fingerprint(*other)) is (one == other)
    assert source_fingerprint(*one) == source_fingerprint(replace(one[0]), one[1], replace(one[2]))


@given(documents, plans, st.data())
def test_each_input_counts_by_itself(document: ImageDocument, plan: EncodingPlan, data: st.DataObject) -> None:
    """A change of any one input changes the fingerprint."""
    name = data.draw(st.sampled_from(["id", "collection", "captions", "page"]))
    value: Any = data.draw(captions if name == "captions" else text)
    changed = replace(document, **{name: value})
    assume(changed != document)
    assert source_fingerprint(changed, b"", plan) != source_fingerprint(document, b"", plan)


def test_the_image_counts_by_name_and_content() -> None:
    """The image's name and bytes count, but not the folder that it is in."""
    document = ImageDocument("a", "c", (), ImageFile("owl.png", b"1"))
    plan = EncodingPlan("r")
    told = source_fingerprint(document, b"1", plan)
    assert source_fingerprint(replace(document, image=ImageFile("owl.png", b"2")), b"1", plan) == told
    assert source_fingerprint(replace(document, image=ImageFile("heron.png", b"1")), b"1", plan) != told
    assert source_fingerprint(document, b"2", plan) != told


def test_what_decoding_finds_out_does_not_count() -> None:
    """Width and height do not count, because they follow from the image's bytes."""
    document = ImageDocument("a", "c", ())
    plan = EncodingPlan("r")
    assert source_fingerprint(replace(document, width=4, height=3), b"", plan) == source_fingerprint(
        document, b"", plan
    )


@pytest.mark.parametrize(
    "changed",
    [EncodingPlan("s"), EncodingPlan("r", thumbnails=True), EncodingPlan("r", languages=frozenset({"en"}))],
    ids=["model", "thumbnails", "languages"],
)
def test_the_plan_counts(changed: EncodingPlan) -> None:
    """Each part of the plan changes the fingerprint."""
    document = ImageDocument("a", "c", ())
    assert source_fingerprint(document, b"", changed) != source_fingerprint(document, b"", EncodingPlan("r"))


def test_the_order_of_languages_does_not_count() -> None:
    """The languages count as a set, whose order differs from run to run."""
    document = ImageDocument("a", "c", ())
    orders = [EncodingPlan("r", languages=frozenset(codes)) for codes in (["en", "de", "fr"], ["fr", "de", "en"])]
    assert len({source_fingerprint(document, b"", plan) for plan in orders}) == 1
