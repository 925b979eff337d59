"""Suggested images as a strip of pictures, for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlsr_es.suggestion.suggest import Suggestions
    from mlsr_es.suggestion.suggested import SuggestedImage

_SAFE = ("https://", "http://", "data:image/jpeg;base64,", "data:image/png;base64,")
_WORDS = 4
_CAPTION = 90
_BOX = "display:inline-block;width:170px;margin:4px;vertical-align:top;font-size:12px;overflow-wrap:anywhere"
_PICTURE = "max-width:160px;max-height:160px;display:block"


def as_strip(found: Suggestions) -> str:
    """HTML with a box for each image: its picture, where the index has one or an address, its caption, id and words.

    Everything that comes from the index is escaped, and addresses are of the web or small pictures only.
    """
    boxes = "".join(_box(image) for image in found.images)
    return f"<div>{boxes or 'No image matches.'}</div>"


def _box(image: SuggestedImage) -> str:
    caption = " | ".join(image.captions)
    caption = caption if len(caption) <= _CAPTION else f"{caption[: _CAPTION - 1]}…"
    address = next((each for each in (image.thumbnail, image.picture) if each.startswith(_SAFE)), "")
    picture = f'<img src="{escape(address)}" alt="{escape(caption)}" style="{_PICTURE}">' if address else ""
    words = ", ".join(list(image.words or ())[:_WORDS])
    return (
        f'<div style="{_BOX}">{picture}<b>{image.score:.2f}</b> {escape(caption)}<br>'
        f"<code>{escape(image.id)}</code>{'<br>for <i>' + escape(words) + '</i>' if words else ''}</div>"
    )
