"""What of a found document is shown: its captions, wherever they are, and which of its images gave which words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlsr_es.collection import MACHINE_MADE, CaptionKind
from mlsr_es.elastic.mapping import IndexMeta, values_at
from mlsr_es.hybrid import STEMS
from mlsr_es.vectors import term_of

_TOKEN = re.compile(r"\w+")
_MADE = tuple(kind for kind in CaptionKind if kind in MACHINE_MADE)

_LONGEST_ADDRESS = 2_000
"""Characters of a path or URL; what is longer is an image."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one of a document's images gave to its score.

    Args:
        image: Its path, its URL, or its number.
        score: The sum of what its terms contributed; the shares of all images add up to the terms' part of the score.
        terms: Word piece to contribution, heaviest first. A word of several images is owed to the one that gives it the
            most weight.
    """

    image: str
    score: float
    terms: Mapping[str, float]


def texts_in(source: Mapping[str, Any], meta: IndexMeta) -> tuple[tuple[str, ...], dict[str, str]]:
    """The captions of a stored document, without attributions, their white space folded.

    Args:
        source: The stored document.
        meta: Of its index.

    Returns:
        What people wrote, each text once, in the order of the fields; and what machines made, the kind to its text.
    """
    written: dict[str, None] = {}
    made: dict[CaptionKind, dict[str, None]] = {}
    for field, kind in meta.caption_fields.items():
        if kind is CaptionKind.ATTRIBUTION:
            continue
        for text in values_at(source, field):
            if isinstance(text, str):
                texts = made.setdefault(kind, {}) if kind in MACHINE_MADE else written
                texts[" ".join(text.split())] = None
    return tuple(written), {kind.value: " ".join(made[kind]) for kind in _MADE if kind in made}


def found_in(words: Iterable[str], captions: Sequence[str], described: Mapping[str, str]) -> dict[str, str]:
    """The words that no caption of people has, each with the kind of the machine-made caption that has it.

    Args:
        words: Words that matched; a part of a word has "…" where it goes on.
        captions: What people wrote.
        described: What machines made, as ``texts_in`` gives it.
    """
    written = _tokens(" ".join(captions))
    made = {kind: _tokens(text) for kind, text in described.items()}
    missing = [word for word in words if not _has(written, word)]
    kinds = {word: next((kind for kind, tokens in made.items() if _has(tokens, word)), "") for word in missing}
    return {word: kind for word, kind in kinds.items() if kind}


def _tokens(text: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(text.lower()))


def _has(tokens: Collection[str], word: str) -> bool:
    if word.endswith("…"):
        return any(token.startswith(word[:-1]) for token in tokens)
    if word.startswith("…"):
        return any(token.endswith(word[1:]) for token in tokens)
    return word.lower() in tokens


def picture_in(source: Mapping[str, Any], meta: IndexMeta) -> str:
    """The path or URL of a document's first picture, in the field that its owner has for them; "" for none.

    Args:
        source: The stored document.
        meta: Of its index; one of this package has no such field.
    """
    if not meta.enriched.get("image") or meta.enriched.get("inline"):
        return ""
    found = next((value for value in values_at(source, meta.enriched["image"]) if isinstance(value, str)), "")
    # Where the model reads no images, nobody has looked whether the field has the pictures themselves.
    return "" if found.startswith("data:") or len(found) > _LONGEST_ADDRESS else found


def shares_in(source: Mapping[str, Any], terms: Mapping[str, float], meta: IndexMeta) -> tuple[Share, ...]:
    """The shares of a document's images, largest first; none where it has one image.

    Args:
        source: The stored document, with what lies beside its weights.
        terms: Word piece to contribution, heaviest first.
        meta: Of its index.
    """
    shares = []
    for stored in values_at(source, f"{meta.field.rpartition('.')[0]}.images"):
        given = {term_of(name) for name in stored.get("terms", ())}
        own = {term: weight for term, weight in terms.items() if term in given}
        shares.append(Share(str(stored.get("image", "")), sum(own.values()), own))
    return tuple(sorted(shares, key=lambda share: -share.score))


def wanted_source(meta: IndexMeta, *, explain: bool, thumbnails: bool) -> dict[str, Any]:
    """What of its documents a search asks for, as Elasticsearch takes it.

    Args:
        meta: Of the index.
        explain: Whether it is needed which of a document's images gave which term; the weights come beside it.
        thumbnails: Whether small pictures are; of somebody else's index nobody knows where they are.
    """
    if not meta.enriched:
        hidden = [STEMS] if thumbnails else [STEMS, "thumbnail"]
        return {"excludes": [meta.field, *hidden]}
    place = meta.field.rpartition(".")[0]
    other = ["mlsr.second"] if place == "mlsr" else ["mlsr.terms", "mlsr.images"]
    images = [meta.enriched["image"]] if meta.enriched.get("inline") else []
    return {"excludes": [*([meta.field, *other] if explain else ["mlsr"]), *images]}


def shown_source(source: Mapping[str, Any], meta: IndexMeta) -> dict[str, Any]:
    """A stored document without its weights; somebody else's without anything that is not theirs."""
    shown = {**source}
    if meta.enriched:
        shown.pop("mlsr", None)
    elif isinstance(shown.get("mlsr"), Mapping):
        hidden = {meta.field, "mlsr.images"}
        shown["mlsr"] = {name: value for name, value in shown["mlsr"].items() if f"mlsr.{name}" not in hidden}
    return shown
