"""Images that were suggested, shown: as rows, as JSON, as the request to paste."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson
from rich.padding import Padding
from rich.text import Text

from mlsr_es.collection import CaptionKind
from mlsr_es.commands.rendering.console import data, note, table
from mlsr_es.hybrid import AUTO
from mlsr_es.word_pieces import weights_by_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlsr_es.suggestion import Doubts, Missed, Request, SuggestedImage, Suggestions

_SHOWN_WORDS = 6
_SHOWN_CAPTION = 70
_SHOWN_TEXT = 300
_SHOWN_SHARES = 3
_SHOWN_LACKING = 3
_SHOWN_MISSED = 5
_WHERE = {
    CaptionKind.READ: "read in the image",
    CaptionKind.LABEL: "seen in the image",
    CaptionKind.GENERATED: "in a caption that a model wrote",
    CaptionKind.NAME: "in the file's name",
}
_ROOM_FOR_A_ROW = 160
"""Columns: on a narrower terminal an image takes several lines, its id one of its own."""

_INDENT = 12


def to_json(found: Suggestions, doubts: Doubts) -> dict[str, Any]:
    """One object: the query's terms, and the hits; word pieces, and beside them the words that they make up."""
    request = found.request
    hits = [
        {"id": image.id, "score": image.score, "source": image.source}
        | ({"terms": image.terms} if image.terms is not None else {})
        | ({"by_word": image.words} if image.words is not None else {})
        | ({"found_in": image.found_in} if image.found_in else {})
        | ({"missing": image.missing} if image.missing is not None else {})
        | ({"bm25": image.bm25} if image.bm25 is not None else {})
        | ({"alike": image.alike} if image.alike else {})
        | dict(image.beside)
        | ({"images": [asdict(share) for share in image.shares]} if image.shares else {})
        for image in found.images
    ]
    return {
        "query": request.terms,
        "words": request.words,
        "hits": hits,
        "total": found.total,
        "took_ms": found.took_ms,
        "strategy": str(request.strategy),
        "dropped_terms": list(found.dropped_terms),
        "dropped_words": list(found.dropped_words),
        "unasked_terms": list(found.unasked),
        "partial": asdict(found.partial) if found.partial else None,
        "doubts": {
            **({"language": doubts.language} if doubts.language else {}),
            **({"known_by_pieces_only": doubts.pieces} if doubts.pieces else {}),
        },
        **{
            name: [asdict(each) for each in missed]
            for name, missed in (("missed", found.missed), ("missed_words", found.missed_words))
            if missed is not None
        },
    } | ({"aggregations": found.aggregations} if found.aggregations else {})


def print_images(found: Suggestions, *, pieces: bool = False) -> None:
    """Images with score, caption and, where asked for, words: a row each where there is room, else some lines each.

    Args:
        found: The answer.
        pieces: Whether word pieces are shown, and all that are missing, in place of words and the heaviest of them.
    """
    if not found.images:
        note(f"No {_noun(found)} matches. A filter may leave none, or none shares a word with the query.")
        return
    if data.width >= _ROOM_FOR_A_ROW:
        _print_rows(found, pieces=pieces)
    else:
        _print_blocks(found, pieces=pieces)
    for line in _missed(found, pieces=pieces):
        data.print(line, soft_wrap=not data.is_terminal)
    matching = f" of {found.total:,} that match{'es' * (found.total == 1)}" if found.total is not None else ""
    noun = _noun(found)
    shown = f"1 {noun}" if len(found.images) == 1 else f"{len(found.images)} {noun}s"
    note(f"{shown}{matching}, {len(found.request.terms)} query terms, {found.took_ms} ms.")


def _noun(found: Suggestions) -> str:
    return found.request.searched.version.meta.holds.one


def _print_rows(found: Suggestions, *, pieces: bool) -> None:
    explained = found.request.explain
    noun, pictured = _noun(found), any(image.picture for image in found.images)
    headers = [
        "caption" if noun == "image" else "text",
        *(["picture"] if pictured else []),
        *(["words"] if explained else []),
    ]
    shown = table("#", "score", noun, *headers, numbers={0, 1}, whole={2})
    room = _SHOWN_CAPTION if data.is_terminal else _SHOWN_TEXT if noun == "section" else None
    for rank, image in enumerate(found.images, found.request.picking.start + 1):
        words = ["\n".join(_words(image, found.request, pieces=pieces))] if explained else []
        shown.add_row(
            str(rank),
            f"{image.score:.2f}",
            image.id,
            caption_of(image, room),
            *([image.picture] if pictured else []),
            *words,
        )
    data.print(shown)


def _print_blocks(found: Suggestions, *, pieces: bool) -> None:
    for rank, image in enumerate(found.images, found.request.picking.start + 1):
        place = f"{rank:>3}  {image.score:>{_INDENT - 7}.2f}  "
        data.print(Text.assemble((place, "bold"), caption_of(image, data.width - _INDENT)))
        data.print(Text(" " * _INDENT + image.id), soft_wrap=True)  # can be copied as one line
        if image.picture:
            data.print(Text(" " * _INDENT + image.picture), soft_wrap=True)
        for line in _words(image, found.request, pieces=pieces):
            data.print(Padding(Text(line, style="dim"), (0, 0, 0, _INDENT)))


def caption_of(image: SuggestedImage, room: int | None = _SHOWN_CAPTION) -> str:
    """The caption as one line, each text once; where words are marked, all of it, with stars around them.

    Args:
        image: The hit.
        room: The most characters, where no words are marked; None for all.
    """
    if marked := image.beside.get("highlight"):
        texts = dict.fromkeys(text for some in marked.values() for text in some)
        return " | ".join(texts).replace("<em>", "*").replace("</em>", "*")
    line = " | ".join(image.captions) or " | ".join(f"[{kind}] {text}" for kind, text in image.described.items())
    copies = f" ({len(image.alike)} alike)" if image.alike else ""
    if room is not None and len(line) + len(copies) > room:
        line = f"{line[: room - len(copies) - 1]}…"
    return line + copies


def _words(image: SuggestedImage, request: Request, *, pieces: bool) -> list[str]:
    """Lines: what the image has of the query, to which of its pictures that is owed, and what it lacks."""
    if image.terms is None:
        return []
    has, lacks = (in_words(parts or {}, request, pieces=pieces) for parts in (image.terms, image.missing))
    told = [f"{word} {weight:.2f}" for word, weight in has.items()]
    bm25 = [f"BM25 {image.bm25:.2f}"] if image.bm25 is not None else []
    lines = ["  ".join([*_first(told, _SHOWN_WORDS), *bm25])]
    for kind, where in _WHERE.items():
        if only := [word for word in has if image.found_in.get(word) == kind]:
            lines.append(f"{where}: {', '.join(_first(only, _SHOWN_WORDS))}")
    if owed := [f"{share.image} {share.score:.2f}" for share in image.shares[:_SHOWN_SHARES] if share.score]:
        lines.append(f"from {'  '.join(owed)}")
    if lacks:
        lines.append(f"lacks {'  '.join(_first(list(lacks), _SHOWN_LACKING))}")
    return lines


def in_words(parts: Mapping[str, float], request: Request, *, pieces: bool) -> dict[str, float]:
    """What word pieces weigh, put together by the query's words, heaviest first; or as they are.

    Args:
        parts: Word piece to weight.
        request: The query.
        pieces: Whether they stay as they are.
    """
    return dict(parts) if pieces else weights_by_word(parts, request.words)


def _first(texts: list[str], count: int) -> list[str]:
    """So many of them, and how many there are besides."""
    return [*texts[:count], f"+{len(texts) - count}"] if len(texts) > count else texts


def _missed(found: Suggestions, *, pieces: bool) -> list[str]:
    """Lines: what of the query is in no image shown, heaviest first, and what was not asked."""
    missed = (found.missed if pieces else found.missed_words) or ()
    shown = missed if pieces else missed[:_SHOWN_MISSED]
    left = len(missed) - len(shown)
    more = f", and {left} lighter {'one' if left == 1 else 'ones'} (--pieces)" if left else ""
    lines = [f"In no image shown: {', '.join(map(_missed_word, shown))}{more}."] if missed else []
    if found.request.explain and found.unasked:
        unasked = in_words({term: found.request.terms[term] for term in found.unasked}, found.request, pieces=pieces)
        lines.append(f"{found.request.strategy} does not ask for: {', '.join(unasked)}.")
    return lines


def _missed_word(missed: Missed) -> str:
    having = (
        "no image has it"
        if not missed.images
        else f"{missed.images:,} other{'s have' if missed.images > 1 else ' has'} it"
    )
    return f"{missed.term} {missed.weight:.2f} ({having})"


def tell_request(request: Request, *, named: bool) -> None:
    """Say which index is searched where none was named, and what was added to the query.

    A boosted word that the query did not have is added: another word may have been meant.
    """
    if not named:
        note(f"Searching {request.index}, the only index of this cluster.")
    for each in request.added:
        meant = f" Was {' or '.join(each.near)} meant?" if each.near else ""
        weight = sum(each.terms.values())
        note(f"{each.word} is no word of the query, and was added with a weight of {weight:.2f}.{meant}")


def tell_next(found: Suggestions) -> None:
    """Say what to try next, in a line."""
    if not found.images:
        return
    request = found.request
    unused = not request.hybrid and request.searched.version.meta.hybrid
    bm25 = [f"--hybrid {AUTO} adds BM25"] if unused else []
    explained = ["--why-not ID asks about one that is not shown", "--boost WORD=2 raises a word"]
    ways = explained if request.explain else ["--explain shows the words that matched"]
    note(f"Next: {'; '.join([*ways, *bm25])}.")


def tell_lacking(found: Suggestions) -> None:
    """Say what failing shards and the cluster's clause limit left out, if anything."""
    if found.partial:
        note(f"Warning: {found.partial}. Images may be missing that belong among these.")
    terms = {term: found.request.terms[term] for term in found.dropped_terms}
    if dropped := (*weights_by_word(terms, found.request.words), *found.dropped_words):
        note(
            f"The cluster allows fewer clauses: {len(dropped)} of the query's lightest words were left out "
            f"({', '.join(dropped[:5])}...)."
        )


def as_pasted(request: Request) -> str:
    """The request as Kibana's Dev Tools take it."""
    return f"GET /{request.index}/_search\n{orjson.dumps(request.sent, option=orjson.OPT_INDENT_2).decode()}"
