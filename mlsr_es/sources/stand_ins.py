"""What stands in for a caption that an image does not have: the sentence that introduces it, and the heading above."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlsr_es.collection import STAND_INS, Caption, CaptionKind
from mlsr_es.sources.text import folded, word_count

_LEAST_WORDS = 3
_MOST_WORDS = 40
_ENOUGH_TEXT = 1000
"""Characters before an image in which its introduction is looked for."""

_END = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])")


def stand_ins(parts: Sequence[str], title: str, language: str) -> tuple[Caption, ...]:
    """The captions that stand in for one.

    Args:
        parts: The pieces of the section's text before the image, in order.
        title: The section's title.
        language: The language of the page.
    """
    found = ((_last_sentence(parts), CaptionKind.INTRODUCTION), (title, CaptionKind.HEADING))
    return tuple(Caption(text, kind, language) for text, kind in found if text)


def without_stand_ins(captions: Sequence[Caption]) -> tuple[Caption, ...]:
    """The captions; what stands in for one is left away where there is one."""
    real = tuple(caption for caption in captions if caption.kind not in STAND_INS)
    return real or tuple(captions)


def _last_sentence(parts: Sequence[str]) -> str:
    near: list[str] = []
    length = 0
    for part in reversed(parts):
        near.append(part)
        length += len(part)
        if length > _ENOUGH_TEXT:
            break
    text = folded("".join(reversed(near)))
    sentence = next((each for each in reversed(_END.split(text)) if each), "")
    return sentence if _LEAST_WORDS <= word_count(sentence) <= _MOST_WORDS else ""
