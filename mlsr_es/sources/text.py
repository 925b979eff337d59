"""Text, ids and paths as they come from files, made safe to keep."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from mlsr_es.errors import RecordError

_BREAKS_A_LINE = re.compile(r"[\s\x00-\x1f\x7f]")
_BREAKS_A_PATH = re.compile(r"[\s\x00-\x1f\x7f%\udc80-\udcff]")


def folded(text: str) -> str:
    """With every run of white space as one space, none at the ends, and no NUL."""
    return " ".join(text.replace("\0", " ").split())


def row_id(text: str) -> str:
    """An id that a row brings, white space percent-encoded: qrels files are separated by white space."""
    return _BREAKS_A_LINE.sub(lambda found: quote(found[0]), text)


def path_id(path: str) -> str:
    """A relative path as an id, or a part of one: white space, ``%`` and bytes that are no UTF-8 percent-encoded."""
    return _BREAKS_A_PATH.sub(lambda found: quote(found[0], errors="surrogateescape"), path)


def language_code(text: str) -> str:
    """A language as sources write it ("pt_BR", "sr@latin", "EN") as a code: "pt-br", "sr-latin", "en"."""
    return text.strip().lower().replace("_", "-").replace("@", "-")


def inside(folder: Path, relative: str, *, record_id: str) -> Path:
    """The absolute path of a file that a source names.

    Args:
        folder: The source's folder, resolved.
        relative: A path relative to it, as the source gives it.
        record_id: Whose path it is.

    Raises:
        RecordError: The path leaves the folder - absolute, by ``..`` or by a link - or is no file.
    """
    try:
        relative.encode()  # a name that is no UTF-8 could be stored nowhere
        path = (folder / relative).resolve()
        if not path.is_relative_to(folder):
            raise RecordError(record_id, "read", f"its path leaves the source's folder: {relative}")
        if not path.is_file():
            raise RecordError(record_id, "read", f"there is no such file: {relative}")
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, a loop of links
        raise RecordError(record_id, "read", f"its path is none that is read: {error}") from error
    return path
