"""Why an image is not suggested, shown: a sentence and a sum, or as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from mlsr_es.commands.rendering.console import data, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlsr_es.suggestion import Request, WhyNot


def to_json(found: WhyNot, request: Request) -> dict[str, Any]:
    """One object: the reason, where the image stands, and what its score is made of."""
    return {
        "id": found.id,
        "reason": found.reason,
        "rank": asdict(found.rank) if found.rank else None,
        "rank_with_all_terms": asdict(found.whole) if found.whole else None,
        "wanted": found.wanted,
        "last_shown_score": found.last,
        "strategy": str(found.strategy),
        "query": request.terms,
        "terms": found.terms,
        "bm25": found.bm25,
        "missing": found.missing,
        "unasked": found.unasked,
        "excluded_by": found.excluding,
        "captions": found.captions,
        "shown_instead": found.shown_instead,
    }


def print_why_not(found: WhyNot, request: Request) -> None:
    """The reason in a sentence, and the query's terms with what the image has of each."""
    for line in _sentences(found):
        data.print(line, soft_wrap=True)
    if found.missing is None or found.terms is None:
        return
    shown = table("term", "query", "image", "score", numbers={1, 2, 3})
    for term, part in found.terms.items():
        weight = request.terms[term]
        shown.add_row(term, f"{weight:.2f}", f"{part / weight:.2f}", f"{part:.2f}")
    if found.bm25 is not None:
        shown.add_row("BM25", "", "", f"{found.bm25:.2f}")
    for term in found.unasked:
        shown.add_row(term, f"{request.terms[term]:.2f}", "not asked", "")
    for term, weight in found.missing.items():
        shown.add_row(term, f"{weight:.2f}", "lacking", "")
    total = sum(found.terms.values()) + (found.bm25 or 0.0)
    shown.add_row("sum", "", "", f"{total:.2f}")
    data.print(shown)


def _sentences(found: WhyNot) -> list[str]:
    """What keeps it from being shown, and where it stands."""
    from mlsr_es.suggestion import Reason

    lines = [found.id, *found.captions]
    match found.reason:
        case Reason.UNREFRESHED:
            lines.append(
                "It is in the index, and searches do not see it: it waits for a refresh, or an alias hides it."
            )
        case Reason.FILTERED:
            told = " and ".join(_as_text(each) for each in found.excluding)
            filters = "filter" if len(found.excluding) == 1 else "filters"
            place = f" Without that it would be number {found.rank.rank:,}." if found.rank else ""
            lines.append(f"It is left out by the {filters} {told}.{place}")
        case Reason.WITHOUT_WEIGHTS:
            lines.append("It has no term weights: the model gave it none, or it was never encoded.")
        case Reason.UNMATCHED:
            lines.append("It has none of the query's terms.")
        case Reason.LEFT_OUT:
            place = f" With all terms it would be number {found.whole.rank:,}." if found.whole else ""
            lines.append(f"The strategy {found.strategy} does not reach it.{place}")
        case Reason.COLLAPSED:
            lines.append(f"{found.shown_instead} is shown in its place: it has the same value and a higher score.")
        case Reason.OUTRANKED:
            lines.append(_outranked(found))
        case Reason.SHOWN:
            lines.append(f"It is shown, as number {found.rank.rank:,}." if found.rank else "It is shown.")
    return lines


def _outranked(found: WhyNot) -> str:
    own = found.rank
    if own is None:
        return ""
    among = "the one that is shown" if found.wanted == 1 else f"the last of the {found.wanted:,} that are shown"
    last = f"; {among} has {found.last:.2f}" if found.last is not None else ""
    tied = f", level with {own.tied - 1:,} more" if own.tied > 1 else ""
    return f"It is number {own.rank:,}{tied} of {own.matching:,} that match, with a score of {own.score:.2f}{last}."


def _as_text(clause: Mapping[str, Any]) -> str:
    """A filter as it was given."""
    (kind, asked), *others = clause.items()
    if kind == "term" and not others and len(asked) == 1:
        ((field, value),) = asked.items()
        return f"{field}={value}"
    return orjson.dumps(clause).decode()
