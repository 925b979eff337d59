"""Images that were suggested, shown: as a table, as JSON, as the request to paste."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson

from mlsr_es.commands.rendering.console import data, note, table

if TYPE_CHECKING:
    from mlsr_es.suggestion import Request, SuggestedImage, Suggestions

_SHOWN_TERMS = 6
_SHOWN_CAPTION = 70
_SHOWN_SHARES = 3
_SHOWN_LACKING = 3
_ROOM_FOR_CAPTIONS = 160
"""Columns: on a narrower terminal the caption stands below the image's id."""


def to_json(found: Suggestions) -> dict[str, Any]:
    """One object: the query's terms, and the hits."""
    hits = [
        {"id": image.id, "score": image.score, "source": image.source}
        | ({"terms": image.terms} if image.terms is not None else {})
        | ({"missing": image.missing} if image.missing is not None else {})
        | ({"bm25": image.bm25} if image.bm25 is not None else {})
        | dict(image.beside)
        | ({"images": [asdict(share) for share in image.shares]} if image.shares else {})
        for image in found.images
    ]
    return {
        "query": found.request.terms,
        "hits": hits,
        "total": found.total,
        "took_ms": found.took_ms,
        "strategy": str(found.request.strategy),
        "dropped_terms": list(found.dropped_terms),
        "dropped_words": list(found.dropped_words),
        "unasked_terms": list(found.unasked),
        **({"missed": [asdict(each) for each in found.missed]} if found.missed is not None else {}),
    } | ({"aggregations": found.aggregations} if found.aggregations else {})


def print_images(found: Suggestions) -> None:
    """A table of images with score, caption and, where asked for, terms."""
    if not found.images:
        note("No image matches. A filter may leave none, or no caption shares a word with the query.")
        return
    explained = found.images[0].terms is not None
    beside = data.width >= _ROOM_FOR_CAPTIONS
    headers = ["#", "score", "image", *(["caption"] if beside else []), *(["terms"] if explained else [])]
    shown = table(*headers, numbers={0, 1}, whole={2})
    for rank, image in enumerate(found.images, found.request.request_options.start + 1):
        told = [image.id, caption_of(image)] if beside else [f"{image.id}\n{caption_of(image)}"]
        shown.add_row(str(rank), f"{image.score:.2f}", *told, *_terms(image))
    data.print(shown)
    if missed := _missed(found):
        data.print(missed, soft_wrap=True)
    matching = f" of {found.total:,} that match" if found.total is not None else ""
    images = "1 image" if len(found.images) == 1 else f"{len(found.images)} images"
    note(f"{images}{matching}, {len(found.request.terms)} query terms, {found.took_ms} ms.")


def caption_of(image: SuggestedImage) -> str:
    """The caption as one short line, each text once; where words are marked, all of it, with stars around them."""
    if marked := image.beside.get("highlight"):
        texts = dict.fromkeys(text for some in marked.values() for text in some)
        return " | ".join(texts).replace("<em>", "*").replace("</em>", "*")
    line = " | ".join(image.captions)
    return line if len(line) <= _SHOWN_CAPTION else f"{line[: _SHOWN_CAPTION - 1]}…"


def _terms(image: SuggestedImage) -> list[str]:
    if image.terms is None:
        return []
    heaviest = [f"{term} {weight:.2f}" for term, weight in list(image.terms.items())[:_SHOWN_TERMS]]
    more = len(image.terms) - len(heaviest)
    words = [f"BM25 {image.bm25:.2f}"] if image.bm25 is not None else []
    line = "  ".join([*heaviest, *([f"+{more}"] if more > 0 else []), *words])
    lacking = list(image.missing or ())
    over = f"  +{len(lacking) - _SHOWN_LACKING}" if len(lacking) > _SHOWN_LACKING else ""
    owed = "  ".join(f"{share.image} {share.score:.2f}" for share in image.shares[:_SHOWN_SHARES] if share.score)
    lines = [line, *([f"from {owed}"] if owed else [])]
    return ["\n".join([*lines, *([f"lacks {'  '.join(lacking[:_SHOWN_LACKING])}{over}"] if lacking else [])])]


def _missed(found: Suggestions) -> str:
    """The query's terms that are in no image shown, heaviest first, and those that were not asked."""
    told = [
        f"{each.term} {each.weight:.2f} ({f'{each.images:,} others have it' if each.images else 'no image has it'})"
        for each in found.missed or ()
    ]
    lines = [f"Terms that no image shown has: {', '.join(told)}"] if told else []
    if found.missed is not None and found.unasked:
        lines.append(f"Terms that {found.request.strategy} does not ask for: {', '.join(found.unasked)}")
    return "\n".join(lines)


def tell_added(request: Request) -> None:
    """Say which boosted words were not in the query, and whether another one may have been meant."""
    for each in request.added:
        weights = ", ".join(f"{term} {weight:.2f}" for term, weight in each.terms.items())
        meant = f" Was {' or '.join(each.near)} meant?" if each.near else ""
        note(f"{each.word} is no word of the query, and was added: {weights}.{meant}")


def tell_dropped(found: Suggestions) -> None:
    """Say what the cluster's clause limit left out, if anything."""
    if dropped := (*found.dropped_terms, *found.dropped_words):
        note(
            f"The cluster allows fewer clauses: {len(dropped)} of the query's lightest terms and words were left out "
            f"({', '.join(dropped[:5])}...)."
        )


def as_pasted(request: Request) -> str:
    """The request as Kibana's Dev Tools take it."""
    return f"GET /{request.index}/_search\n{orjson.dumps(request.sent, option=orjson.OPT_INDENT_2).decode()}"
