"""The images of somebody's documents: in the documents themselves, in a folder, or behind URLs."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path

from mlsr_es.collection import ImageFile
from mlsr_es.errors import RecordError
from mlsr_es.sources.fetching import Fetcher
from mlsr_es.sources.refusal import Refusal
from mlsr_es.sources.text import inside

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_DATA = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_WHITE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ImageStore:
    """Opens an image from its value in a document: base64, a path if there is a folder, a URL if there is a fetcher.

    Args:
        folder: The folder that paths are relative to, resolved; None where no file may be read.
        fetcher: Fetches images from URLs; None where nothing may be fetched.
    """

    folder: Path | None = None
    fetcher: Fetcher | None = None

    @property
    def inline(self) -> bool:
        """Whether the images are in the documents themselves."""
        return self.folder is None and self.fetcher is None

    def name(self, value: str, place: int) -> str:
        """The name of an image: its path or URL, or its number from 1 for an image inside the document."""
        return f"image {place + 1}" if self._is_inline(value) else value

    def is_remote(self, value: str) -> bool:
        """Whether the image would have to be fetched."""
        return not self._is_inline(value) and bool(_SCHEME.match(value))

    def open(self, value: str, *, name: str, record_id: str) -> ImageFile:
        """Open an image's file, and fetch it if it is behind a URL.

        Args:
            value: The image's value in the document.
            name: The image's name.
            record_id: The document's id.

        Raises:
            RecordError: The image does not exist, may not be read, or is not valid base64.
        """
        if self._is_inline(value):
            return ImageFile(name, _decoded(value, name, record_id))
        if _SCHEME.match(value):
            return ImageFile(name, self._fetched(value, record_id))
        if self.folder is None:
            raise RecordError(record_id, "read", f"{name} is a path, and no folder is named that images are read from")
        return ImageFile(name, inside(self.folder, value, record_id=record_id))

    def _is_inline(self, value: str) -> bool:
        if _DATA.match(value):
            return True
        return self.inline and not _SCHEME.match(value)

    def _fetched(self, url: str, record_id: str) -> bytes:
        if self.fetcher is None:
            raise RecordError(record_id, "fetch", f"{url} is a URL, and nothing is fetched unless it is asked for")
        try:
            return self.fetcher.fetch(url)
        except Refusal as refusal:
            raise RecordError(record_id, "fetch", f"{url}: {refusal}") from refusal


def _decoded(value: str, name: str, record_id: str) -> bytes:
    start = _DATA.match(value)
    try:
        content = base64.b64decode(_WHITE.sub("", value[start.end() if start else 0 :]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RecordError(record_id, "read", f"{name} is no base64: {error}") from error
    return content
