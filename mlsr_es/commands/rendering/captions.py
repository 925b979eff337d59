"""The images of a source with their captions, and the rule that found each, for a person who judges the rules."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from mlsr_es.collection import MACHINE_MADE, STAND_INS
from mlsr_es.commands.rendering.console import data, table

if TYPE_CHECKING:
    from mlsr_es.collection import Caption
    from mlsr_es.sources import Shown

_INDENT = 4
_NONE = "none"


def captions_to_json(shown: Shown) -> dict[str, Any]:
    """One image: id, page, and captions with rule and score; null for both where the source itself says so."""
    scores = _scores()
    return {
        "id": shown.document.id,
        "page": shown.document.page,
        "captions": [
            {
                "text": caption.text,
                "kind": caption.kind,
                "language": caption.language,
                "rule": rule or None,
                "score": scores.get(rule),
            }
            for caption, rule in zip(shown.document.captions, shown.rules, strict=True)
        ],
    }


def print_captions(images: Iterable[Shown]) -> None:
    """Print all images: on a terminal each with its captions below, for a pipe a row for each caption.

    An image without a caption has the rule "none".
    """
    if data.is_terminal:
        for shown in images:
            data.print(Text(f"{shown.document.id}  ({shown.document.page})"), soft_wrap=True)
            for cells in _rows(shown):
                data.print(Padding(Text("  ".join(cell for cell in cells if cell)), (0, 0, 0, _INDENT)))
        return
    rows = table("image", "page", "rule", "score", "kind", "caption")
    for shown in images:
        for cells in _rows(shown):
            rows.add_row(shown.document.id, shown.document.page, *cells)
    data.print(rows)


def _rows(shown: Shown) -> list[tuple[str, str, str, str]]:
    """Rule, score, kind and text of each caption."""
    rows = [_row(caption, rule) for caption, rule in zip(shown.document.captions, shown.rules, strict=True)]
    return rows or [(_NONE, "", "", "")]


def _row(caption: Caption, rule: str) -> tuple[str, str, str, str]:
    source = "stand-in" if caption.kind in STAND_INS else "machine" if caption.kind in MACHINE_MADE else "own"
    return rule or source, f"{_scores()[rule]:.2f}" if rule else "", caption.kind, caption.text


@cache
def _scores() -> dict[str, float]:
    from mlsr_es.sources import CAPTION_RULES

    return {rule.name: rule.score for rule in CAPTION_RULES}
