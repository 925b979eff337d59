"""Why an image is not suggested, shown: a sentence and a sum, or as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mlsr_es.commands.rendering.console import data, table
from mlsr_es.commands.rendering.suggestions import in_words
from mlsr_es.word_pieces import by_word, weights_by_word

if TYPE_CHECKING:
    from mlsr_es.suggestion import WhyNot


def to_json(found: WhyNot) -> dict[str, Any]:
    """One object: the reason, where the image stands, and what its score is made of."""
    return {
        "id": found.id,
        "reason": found.reason,
        "rank": asdict(found.rank) if found.rank else None,
        "rank_with_all_terms": asdict(found.whole) if found.whole else None,
        "wanted": found.wanted,
        "last_shown_score": found.last,
        "strategy": str(found.strategy),
        "query": found.request.terms,
        "words": found.request.words,
        "terms": found.terms,
        "by_word": weights_by_word(found.terms, found.request.words) if found.terms is not None else None,
        "bm25": found.bm25,
        "missing": found.missing,
        "unasked": found.unasked,
        "excluded_by": found.excluding,
        "captions": found.captions,
        "shown_instead": found.shown_instead,
    }


def print_why_not(found: WhyNot, *, pieces: bool = False) -> None:
    """The reason in a sentence, and the query's words with what the image has of each.

    Of a word of several pieces, the image's weight is the mean, weighted as the query weighs the pieces.

    Args:
        found: The answer.
        pieces: Whether word pieces are shown in place of words.
    """
    data.print(found.id, soft_wrap=True)  # can be copied as one line
    for line in (*found.captions, found.sentence):
        data.print(line, soft_wrap=not data.is_terminal)
    if found.missing is None or found.terms is None:
        return
    request = found.request
    shown = table("word", "query", "image", "score", numbers={1, 2, 3})
    for word, parts in _grouped(found, pieces=pieces).items():
        score = sum(parts.values())
        weight = sum(request.terms[term] * part / found.terms[term] for term, part in parts.items())
        shown.add_row(word, f"{weight:.2f}", f"{score / weight:.2f}", f"{score:.2f}")
    if found.bm25 is not None:
        shown.add_row("BM25", "", "", f"{found.bm25:.2f}")
    unasked = {term: request.terms[term] for term in found.unasked}
    for without, what in ((unasked, "not asked"), (found.missing, "lacking")):
        for word, weight in in_words(without, request, pieces=pieces).items():
            shown.add_row(word, f"{weight:.2f}", what, "")
    total = sum(found.terms.values()) + (found.bm25 or 0.0)
    shown.add_row("sum", "", "", f"{total:.2f}")
    data.print(shown)


def _grouped(found: WhyNot, *, pieces: bool) -> dict[str, dict[str, float]]:
    """Word to its pieces with what each contributed; or each piece by itself."""
    terms = found.terms or {}
    return {term: {term: part} for term, part in terms.items()} if pieces else by_word(terms, found.request.words)
