"""Text that stands in images, read by RapidOCR (PP-OCR by onnxruntime)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsr_es.collection import CaptionKind
from mlsr_es.extras import extra, missing

if TYPE_CHECKING:
    from PIL.Image import Image

LEAST_CONFIDENCE = 0.8
"""Lines that the recogniser is less sure of are dropped, in [0, 1]."""

_SHORTEST_SIDE = 480
"""Pictures are enlarged to this before text is looked for, in pixels."""

_MOST_OBLONG = 4
"""How many times as long as wide a picture may be; without a limit, enlarging a strip would take gigabytes."""

LEAST_SIDE = 12
"""No letters fit into fewer pixels."""

_SAYS_SOMETHING = re.compile(r"[^\W\d_]{2}|[\u3040-\u30ff\u3400-\u9fff]")
"""Two letters in a row, or a character of a script that writes words with one: a ring in a drawing is read as an O."""


class TextReader:
    """Reads text in pictures, on the CPU, one core a picture."""

    kind = CaptionKind.READ

    def __init__(self) -> None:
        if find_spec("rapidocr") is None:
            raise missing("rapidocr", "describe")
        self._loading = Lock()

    @cached_property
    def revision(self) -> str:
        """RapidOCR's version, which its models come with, and the limits here."""
        return f"rapidocr {version('rapidocr')}, {_SHORTEST_SIDE} px, {LEAST_CONFIDENCE}"

    def describe(self, picture: Image) -> tuple[str, ...]:
        """The lines of text that have a word, in reading order."""
        if min(picture.size) < LEAST_SIDE:
            return ()
        with self._loading:
            engine = self._engine
        # OpenCV, and so RapidOCR, has the colours in reverse order.
        found = engine(np.asarray(padded(picture))[:, :, ::-1])
        lines = zip(found.txts or (), found.scores or (), strict=True)
        return with_words(text for text, confidence in lines if confidence >= LEAST_CONFIDENCE)

    @cached_property
    def _engine(self) -> Any:
        with extra("describe"):
            from rapidocr import RapidOCR

        one_thread = {f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")}
        # Pictures in manuals and articles stand upright, so no line is looked at twice to see whether it lies on its
        # head. With 480 pixels it finds what it finds with its default of 736, in half the time.
        return RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Det.limit_side_len": _SHORTEST_SIDE,
                **one_thread,
            }
        )


def with_words(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines that have a word, with their white space folded."""
    folded = (" ".join(line.split()) for line in lines)
    return tuple(line for line in folded if _SAYS_SOMETHING.search(line))


def padded(picture: Image) -> Image:
    """The picture, or a strip with white beside it: nothing is enlarged beyond measure."""
    from PIL import Image

    width, height = picture.size
    size = max(width, height // _MOST_OBLONG), max(height, width // _MOST_OBLONG)
    if size == picture.size:
        return picture
    wider = Image.new("RGB", size, "white")
    wider.paste(picture)
    return wider
