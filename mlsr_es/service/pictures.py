"""The picture of an image: the small one that its index has, or the file in a folder that was named."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
}
_LARGEST = 50_000_000


def picture_of(source: Mapping[str, Any], folder: Path | None) -> tuple[bytes, str] | None:
    """The bytes of a picture and their media type; None where there is none.

    Args:
        source: The stored document.
        folder: Where the files are, by the paths that documents have; None for thumbnails only.
    """
    if folder is not None and (file := _file(str(source.get("image_path") or ""), folder)):
        return file.read_bytes(), _TYPES[file.suffix.lower()]
    thumbnail = source.get("thumbnail")
    head, _, data = thumbnail.partition(",") if isinstance(thumbnail, str) else ("", "", "")
    if head not in {"data:image/jpeg;base64", "data:image/png;base64"}:
        return None
    try:
        return base64.b64decode(data, validate=True), head[len("data:") : -len(";base64")]
    except binascii.Error:
        return None


def _file(path: str, folder: Path) -> Path | None:
    """A file of the folder; None for what is not there, no image by its name, too large, or outside by any way."""
    if not path or "\x00" in path or Path(path).suffix.lower() not in _TYPES:
        return None
    top = folder.resolve()
    try:
        file = (top / path).resolve()
        inside = file.is_relative_to(top) and file.is_file() and file.stat().st_size <= _LARGEST
    except (OSError, ValueError):
        return None
    return file if inside else None
