"""Text that stands in images, read by Tesseract, which reads more than a hundred languages."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from functools import cached_property
from io import BytesIO, StringIO
from itertools import groupby
from typing import TYPE_CHECKING

from mlsr_es.collection import CaptionKind
from mlsr_es.describe.text_reader import LEAST_SIDE, padded, with_words
from mlsr_es.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

LEAST_CONFIDENCE = 60
"""Words that Tesseract is less sure of are dropped, in [0, 100]."""

_LANGUAGE = "eng"
_SPARSE = "11"
"""Page segmentation: as much text as there is, in no particular order. Dialogs have no columns and paragraphs."""
_ENLARGED = 2
_LARGEST = 4_000
"""Pictures are enlarged so many times, as long as their longer side has at most so many pixels: letters on a screen are
smaller than those that Tesseract was trained on. On the GIMP manual it then finds a fifth more of RapidOCR's words."""
_LONGEST_S = 120
_LINE = ("block_num", "par_num", "line_num")


class Tesseract:
    """Reads text in pictures by the program ``tesseract``, one core a picture.

    Args:
        languages: Tesseract's names of languages, joined by +, such as "rus+eng"; "" for English.

    Raises:
        InputError: The program is not installed, or has not these languages.
    """

    kind = CaptionKind.READ

    def __init__(self, languages: str = "") -> None:
        found = shutil.which("tesseract")
        if not found:
            raise InputError("tesseract is not installed.", advice="Install it: apt-get install tesseract-ocr")
        self._program = found
        self._languages = languages or _LANGUAGE
        there = self._ran("--list-langs").decode().split("\n")[1:]
        if missing := [name for name in self._languages.split("+") if name not in there]:
            raise InputError(
                f"tesseract has no language {missing[0]!r} here.",
                advice=f"It has {', '.join(filter(None, there))}. Install it: apt-get install tesseract-ocr-"
                f"{missing[0].replace('_', '-')}",
            )

    @cached_property
    def revision(self) -> str:
        """Tesseract's version, the languages, and the limits here."""
        version = self._ran("--version").decode().split("\n")[0]
        return f"{version}, {self._languages}, {_SPARSE}, {LEAST_CONFIDENCE}"

    def describe(self, picture: Image) -> tuple[str, ...]:
        """The lines of text that have a word, in reading order."""
        if min(picture.size) < LEAST_SIDE:
            return ()
        content = BytesIO()
        _enlarged(padded(picture)).save(content, "PNG", compress_level=1)
        options = ("-l", self._languages, "--psm", _SPARSE, "tsv")
        table = self._ran("stdin", "stdout", *options, content=content.getvalue()).decode()
        words = [row for row in csv.DictReader(StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE) if row["text"]]
        sure = (row for row in words if float(row["conf"]) >= LEAST_CONFIDENCE)
        lines = groupby(sure, key=lambda row: tuple(row[name] for name in _LINE))
        return with_words(" ".join(row["text"] for row in line) for _, line in lines)

    def _ran(self, *options: str, content: bytes = b"") -> bytes:
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
        try:
            done = subprocess.run(  # noqa: S603 - no text of a collection is among the options
                [self._program, *options],
                input=content,
                capture_output=True,
                check=True,
                env=environment,
                timeout=_LONGEST_S,
            )
        except subprocess.TimeoutExpired as error:
            raise ValueError(f"tesseract took more than {_LONGEST_S} s") from error
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip().splitlines()
            raise ValueError(f"tesseract: {said[-1] if said else error}") from error
        return done.stdout


def _enlarged(picture: Image) -> Image:
    if max(picture.size) * _ENLARGED > _LARGEST:
        return picture
    return picture.resize((picture.width * _ENLARGED, picture.height * _ENLARGED))
