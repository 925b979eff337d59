"""Which of the hits are shown."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mlsr_es.errors import InputError
from mlsr_es.suggestion.picking import Picking
from mlsr_es.suggestion.suggested import SuggestedImage

ROTATE, LAYER, OWL = {"rotate": 1.0}, {"layer": 1.0}, {"owl": 1.0}


def image(id_: str, *captions: str, score: float = 1.0, looks: str = "") -> SuggestedImage:
    """A hit."""
    return SuggestedImage(id_, score, {"picture_hash": looks} if looks else {}, captions=captions)


def ids(picking: Picking, images: Sequence[SuggestedImage], vectors: Sequence[dict[str, float]] = ()) -> list[str]:
    """The ids of what is shown."""
    return [each.id for each in picking.picked(images, vectors)]


def hashed(differing: int) -> str:
    """A hash that differs from that of 0 in so many bits."""
    return f"{2**differing - 1:064x}"


def test_all_hits_are_shown_unless_more_is_asked() -> None:
    """The cluster has counted the page already."""
    assert ids(Picking(start=3, size=1), [image("a", "An owl"), image("b", "An owl")]) == ["a", "b"]


def test_the_same_captions_are_shown_once_where_looks_are_not_known() -> None:
    """By the best image, which names the others; images without captions are no copies of each other."""
    images = [image("a", "An owl"), image("b", "A rope"), image("c", "An owl"), image("d"), image("e")]
    shown = Picking(size=10, distinct=True).picked(images, ())
    assert [(each.id, each.alike) for each in shown] == [("a", ("c",)), ("b", ()), ("d", ()), ("e", ())]
    assert ids(Picking(start=1, size=2, distinct=True), images) == ["b", "d"]


@pytest.mark.parametrize(("differing", "shown"), [(0, ["a"]), (10, ["a"]), (11, ["a", "b"]), (256, ["a", "b"])])
def test_pictures_that_look_alike_are_shown_once(differing: int, shown: list[str]) -> None:
    """Whatever their captions are."""
    images = [image("a", "An owl", looks=hashed(0)), image("b", "A bird", looks=hashed(differing))]
    assert ids(Picking(distinct=True), images) == shown


def test_a_copy_of_a_copy_is_one_too() -> None:
    """It has the captions of an image that looks like the first."""
    images = [image("a", "An owl", looks=hashed(0)), image("b", "A bird", looks=hashed(3)), image("c", "A bird")]
    assert ids(Picking(distinct=True), images) == ["a"]


def test_pictures_that_differ_are_no_copies_whatever_their_captions_are() -> None:
    """Two examples of one filter have the same caption; an image whose looks are not known goes by its caption."""
    images = [image("a", "Sharpen", looks=hashed(0)), image("b", "Sharpen", looks=hashed(80)), image("c", "Sharpen")]
    assert ids(Picking(distinct=True), images) == ["a", "b"]
    assert ids(Picking(distinct=True), images[::-1]) == ["c"]


@pytest.mark.parametrize("looks", ["xyz", "00", "é" * 64, 5, ["0" * 64]])
def test_a_hash_that_is_none_is_passed_over(looks: object) -> None:
    """Somebody else may have written that field."""
    images = [SuggestedImage(id_, 1.0, {"picture_hash": looks}) for id_ in "ab"]
    assert ids(Picking(distinct=True), images) == ["a", "b"]


def test_variety_goes_by_maximal_marginal_relevance() -> None:
    """By hand, with a share of .5: a (.5), then c (.5 x .8 - 0 = .4), before b (.5 x .9 - .5 = -.05)."""
    images = [image("a", score=10.0), image("b", score=9.0), image("c", score=8.0)]
    vectors = [ROTATE, ROTATE, LAYER]
    assert ids(Picking(diverse=0.5), images, vectors) == ["a", "c", "b"]
    assert ids(Picking(diverse=0.05), images, vectors) == ["a", "b", "c"]
    assert ids(Picking(start=1, size=1, diverse=0.5), images, vectors) == ["c"]


def test_copies_do_not_count_for_variety() -> None:
    """They are taken out first."""
    images = [image("a", "x", score=3.0), image("b", "x", score=2.9), image("c", "y", score=1.0)]
    assert ids(Picking(distinct=True, diverse=0.3), images, [ROTATE, OWL, LAYER]) == ["a", "c"]


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_is_between_0_and_1(share: float) -> None:
    """Else it is said what is taken."""
    with pytest.raises(InputError, match="is no share"):
        Picking(diverse=share)


@given(
    vectors=some.lists(some.dictionaries(some.sampled_from("abcdefg"), some.floats(0.1, 5), max_size=4), max_size=12),
    share=some.floats(0.01, 1),
    distinct=some.booleans(),
)
def test_nothing_is_shown_twice_and_the_best_comes_first(
    vectors: list[dict[str, float]],
    share: float,
    *,
    distinct: bool,
) -> None:
    """Whatever the weights are, also where an image has none."""
    images = [image(str(place), score=float(20 - place)) for place in range(len(vectors))]
    shown = ids(Picking(size=20, diverse=share, distinct=distinct), images, vectors)
    assert sorted(shown, key=int) == [each.id for each in images]
    assert shown[:1] == [each.id for each in images[:1]]
