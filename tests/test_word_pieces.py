"""Words, and the pieces that a model weighs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.word_pieces import by_word, is_part, weights_by_word, words_asked, words_of_pieces

SHARPEN = {"sharpen": ("sharpe", "##n")}
PIECES = st.sampled_from(["a", "sharpe", "lass", "##n", "##o", "##s"])


def test_a_piece_and_those_that_go_on_with_it_are_a_word() -> None:
    """Each word once, and each of its pieces once."""
    assert words_of_pieces(["sharpe", "##n", "a", "ban", "##an", "##an", "a"]) == {
        "sharpen": ("sharpe", "##n"),
        "a": ("a",),
        "bananan": ("ban", "##an"),
    }
    assert words_of_pieces(["##n", "a"]) == {"n": ("##n",), "a": ("a",)}
    assert words_of_pieces([]) == {}


def test_the_weights_of_a_words_pieces_are_added() -> None:
    """The heaviest word comes first; what the text does not have stays as it is."""
    parts = {"photo": 3.0, "sharpe": 9.75, "##n": 2.5}
    assert list(weights_by_word(parts, SHARPEN).items()) == [("sharpen", 12.25), ("photo", 3.0)]
    assert by_word(parts, SHARPEN)["sharpen"] == {"sharpe": 9.75, "##n": 2.5}


def test_a_word_of_which_a_piece_has_no_weight_is_still_the_word() -> None:
    """Only what the query asks for makes it complete."""
    words = words_asked({"lasso": ("lass", "##o"), "the": ("the",)}, {"lass"})
    assert words == {"lasso": ("lass",)}
    assert weights_by_word({"lass": 2.0}, words) == {"lasso": 2.0}


def test_a_piece_without_the_others_of_its_word_is_told_as_a_part() -> None:
    """And so is a piece of a word that the query does not have."""
    assert weights_by_word({"sharpe": 2.0}, SHARPEN) == {"sharpe…": 2.0}
    assert weights_by_word({"##n": 2.0, "##ing": 1.0}, SHARPEN) == {"…n": 2.0, "…ing": 1.0}
    assert [is_part(word) for word in ("sharpe…", "…n", "sharpen")] == [True, True, False]


def test_a_piece_of_several_words_is_shared_out() -> None:
    """In equal parts, whether the words are complete or not."""
    words = {"rope": ("rope",), "ropes": ("rope", "##s")}
    assert weights_by_word({"rope": 4.0}, words) == {"rope": 2.0, "rope…": 2.0}
    assert weights_by_word({"rope": 4.0, "##s": 1.0}, words) == {"ropes": 3.0, "rope": 2.0}


@given(
    st.dictionaries(PIECES, st.floats(0.01, 100)),
    st.lists(PIECES).map(words_of_pieces),
)
def test_the_sum_over_words_is_the_sum_over_pieces(parts: dict[str, float], words: dict[str, tuple[str, ...]]) -> None:
    """Whatever belongs together; and every piece is in exactly the words that have it."""
    found = by_word(parts, words)
    assert sum(weights_by_word(parts, words).values()) == pytest.approx(sum(parts.values()))
    for piece, part in parts.items():
        assert sum(pieces.get(piece, 0.0) for pieces in found.values()) == pytest.approx(part)
    for word, pieces in words.items():
        if word in found and not is_part(word):
            assert set(pieces) <= found[word].keys()
