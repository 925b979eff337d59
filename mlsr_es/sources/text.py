"""Making text, ids and paths from files safe to store."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

from mlsr_es.collection import SPACE_IN_TREC
from mlsr_es.errors import RecordError

_WORD = re.compile(r"\w+")
_SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Spaces stay, so that ids can be read; SPACE_IN_TREC stands for them in TREC files.
_BREAKS_A_LINE = re.compile(rf"[^\S ]|[\x00-\x1f\x7f{SPACE_IN_TREC}]")
_BREAKS_A_PATH = re.compile(rf"[^\S ]|[\x00-\x1f\x7f%{SPACE_IN_TREC}\udc80-\udcff]")


def folded(text: str) -> str:
    """The text with every run of white space or NUL as one space, and no space at the ends."""
    return " ".join(text.replace("\0", " ").split())


def word_count(text: str) -> int:
    """How many words a text has; in Chinese, Japanese and Korean two signs count as a word."""
    signs = len(_SIGN.findall(text))
    return signs // 2 + len(_WORD.findall(_SIGN.sub(" ", text)))


def row_id(text: str) -> str:
    """An id from a row: white space other than spaces is percent-encoded."""
    return _BREAKS_A_LINE.sub(lambda found: quote(found[0]), text)


def path_id(path: str) -> str:
    """A relative path for use in an id: tabs, line ends, ``%`` and bytes that are not UTF-8 are percent-encoded."""
    return _BREAKS_A_PATH.sub(lambda found: quote(found[0], errors="surrogateescape"), path)


def language_code(text: str) -> str:
    """The code of a language as sources write it: "pt_BR", "sr@latin", "EN" become "pt-br", "sr-latin", "en"."""
    return text.strip().lower().replace("_", "-").replace("@", "-")


def read_at_most(path: Path, most: int) -> bytes:
    """Read a file whose size somebody else decides.

    Args:
        path: The file.
        most: The most bytes, a multiple of 2**20.

    Raises:
        OSError: The file cannot be read.
        ValueError: It has more bytes.
    """
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"the file has more than {most // 2**20} MiB")
    return content


def inside(folder: Path, relative: str, *, record_id: str, advice: str = "") -> Path:
    """The absolute path of a file that a source names.

    Args:
        folder: The source's folder, resolved.
        relative: A path relative to the folder, as the source gives it.
        record_id: The id of the record with the path.
        advice: What to do where the path leaves the folder.

    Raises:
        RecordError: The path leaves the folder (as an absolute path, by ``..`` or by a link), or is not a file. The
            reason for a link tells where it leads.
    """
    try:
        relative.encode()  # a name that is not UTF-8 cannot be stored
        path = (folder / relative).resolve()
        if not path.is_relative_to(folder):
            advised = f"; {advice}" if advice else ""
            if Path(os.path.normpath(folder / relative)).is_relative_to(folder):
                raise RecordError(
                    record_id, "read", f"a link that leaves the source's folder: {relative} leads to {path}{advised}"
                )
            raise RecordError(record_id, "read", f"its path leaves the source's folder: {relative}{advised}")
        if not path.is_file():
            raise RecordError(record_id, "read", f"there is no such file: {relative}")
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, a loop of links
        raise RecordError(record_id, "read", f"its path is none that is read: {error}") from error
    return path
