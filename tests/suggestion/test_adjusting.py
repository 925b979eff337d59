"""Words that count more, less or not at all."""

from __future__ import annotations

import pytest

from mlsr_es.errors import InputError, QueryError
from mlsr_es.suggestion.adjusting import Adjusted, Adjustment, adjusted

TERMS = {"rotate": 3.0, "##ing": 2.0, "layer": 1.0}
PIECES = {"rotating": ("rotate", "##ing"), "rotate": ("rotate",), "layer": ("layer",), "histogram": ("his", "##to")}


def change(*boosts: str, vetoes: tuple[str, ...] = (), words: dict[str, float] | None = None) -> Adjusted:
    return adjusted(
        Adjustment.parse(boosts, vetoes),
        TERMS,
        words,
        said={"rotating": 5.0, "layer": 1.0},
        pieces=lambda word: PIECES.get(word, ()),
        cut=lambda word: (word,),
    )


def test_a_boosted_words_pieces_count_so_many_times_as_much() -> None:
    """The others as before; the heaviest come first."""
    assert list(change("layer=5").terms.items()) == [("layer", 5.0), ("rotate", 3.0), ("##ing", 2.0)]
    assert change("rotating=0.5").terms == {"rotate": 1.5, "##ing": 1.0, "layer": 1.0}
    assert change("rotating=2", "rotate=2").terms == {"rotate": 12.0, "##ing": 4.0, "layer": 1.0}
    assert change("layer=5").added == ()


def test_a_boosted_word_that_the_query_lacks_is_added() -> None:
    """Its pieces share the mean weight times the factor."""
    changed = change("histogram=3")
    assert changed.terms == {**TERMS, "his": 3.0, "##to": 3.0}
    (one,) = changed.added
    assert (one.word, one.terms, one.near) == ("histogram", {"his": 3.0, "##to": 3.0}, ())


def test_a_vetoed_words_pieces_are_left_out() -> None:
    """All of them, also where a boost would have them."""
    assert change(vetoes=("rotating",)).terms == {"layer": 1.0}
    assert change("rotating=2", vetoes=("rotate",)).terms == {"##ing": 4.0, "layer": 1.0}


def test_the_words_of_bm25_change_with_the_terms() -> None:
    """By their own names; without BM25 there are none."""
    words = {"layer": 4.0, "rotating": 2.0, "zebra": 3.0}
    changed = change("layer=2", "histogram=2", vetoes=("rotating", "zebra"), words=words)
    assert changed.words == {"layer": 8.0, "histogram": 6.0}
    assert changed.terms == {"layer": 2.0, "his": 2.0, "##to": 2.0}
    assert change("layer=2").words is None


@pytest.mark.parametrize(
    ("boosts", "vetoes", "complaint"),
    [
        (
            ("zebra=2",),
            (),
            "the model knows no part of 'zebra', which was to be boosted. The query has, heaviest first: rotating",
        ),
        ((), ("layr",), "the query has no 'layr' to veto. Was layer meant?"),
        ((), ("histogram",), "the query has no 'histogram' to veto."),
        ((), ("rotating", "layer"), "the vetoes leave nothing of the query."),
    ],
)
def test_words_that_cannot_be_changed_are_told(
    boosts: tuple[str, ...], vetoes: tuple[str, ...], complaint: str
) -> None:
    """With those of the query that may have been meant."""
    with pytest.raises(QueryError) as caught:
        change(*boosts, vetoes=vetoes)
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize("given", ["layer", "layer=", "=2", " =2", "layer=0", "layer=-1", "layer=nan", "layer=1e9"])
def test_a_boost_is_a_word_and_a_factor(given: str) -> None:
    """Anything else is the user's error."""
    with pytest.raises(InputError, match=r"--boost takes WORD=FACTOR, not .*\. As in --boost layer=2"):
        Adjustment.parse([given], [])


def test_a_word_is_boosted_or_vetoed() -> None:
    """Not both; and an empty one is none."""
    with pytest.raises(InputError, match="'layer' is boosted and vetoed"):
        Adjustment.parse(["layer=2"], ["layer"])
    with pytest.raises(InputError, match="--veto has no word"):
        Adjustment.parse([], [" "])
    assert not Adjustment.parse([], [])
