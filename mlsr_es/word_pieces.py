"""Words and the word pieces that they are cut into: a model weighs pieces, and people read words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

_GOES_ON = "##"
"""Before a piece that goes on with a word."""

Words = Mapping[str, Collection[str]]
"""Word to its word pieces."""


def words_of_pieces(pieces: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The words of a text, each with its word pieces.

    Args:
        pieces: The text's, in order: one and the ``##`` pieces behind it are a word.
    """
    cut: list[list[str]] = []
    for piece in pieces:
        if piece.startswith(_GOES_ON) and cut:
            cut[-1].append(piece)
        else:
            cut.append([piece])
    return {"".join(piece.removeprefix(_GOES_ON) for piece in word): tuple(dict.fromkeys(word)) for word in cut}


def words_asked(words: Words, terms: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Words with those of their pieces that a query has; without the words of which it has none.

    Args:
        words: Of the query's text.
        terms: The query's word pieces: those that the model gives no weight are not among them.
    """
    kept = {word: tuple(piece for piece in pieces if piece in terms) for word, pieces in words.items()}
    return {word: pieces for word, pieces in kept.items() if pieces}


def by_word(parts: Mapping[str, float], words: Words) -> dict[str, dict[str, float]]:
    """What word pieces contribute, put together by the words that they belong to.

    A piece of several words is shared out among them in equal parts, so that the sum over all words is that over all
    pieces. Where a word has not all of its pieces here, those that are here are named as parts of a word: ``sharpe…``,
    ``…n``. So are pieces that begin with ``##`` and belong to no word.

    Args:
        parts: Word piece to what it contributes.
        words: Of ``words_asked``: each with the pieces that make it complete.

    Returns:
        Word, or part of one, to its pieces with what each contributes to it; the heaviest word first.
    """
    holders: dict[str, list[str]] = {}
    for word, pieces in words.items():
        for piece in pieces:
            holders.setdefault(piece, []).append(word)
    complete = {word for word, pieces in words.items() if all(piece in parts for piece in pieces)}
    found: dict[str, dict[str, float]] = {}
    for piece, part in parts.items():
        if piece not in holders:
            found.setdefault(_as_part(piece) if piece.startswith(_GOES_ON) else piece, {})[piece] = part
            continue
        share = part / len(holders[piece])
        for word in holders[piece]:
            own = found.setdefault(word if word in complete else _as_part(piece), {})
            own[piece] = own.get(piece, 0.0) + share
    return dict(sorted(found.items(), key=lambda item: -sum(item[1].values())))


def weights_by_word(parts: Mapping[str, float], words: Words) -> dict[str, float]:
    """The same with one number a word: the sum over its pieces; heaviest first."""
    return {word: sum(pieces.values()) for word, pieces in by_word(parts, words).items()}


def is_part(word: str) -> bool:
    """Whether ``by_word`` names a part of a word so."""
    return word.startswith("…") or word.endswith("…")


def _as_part(piece: str) -> str:
    return f"…{piece.removeprefix(_GOES_ON)}" if piece.startswith(_GOES_ON) else f"{piece}…"
