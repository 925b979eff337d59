"""From the address of an image, as a page writes it, to the file's path in the source, and to the image's id."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mlsr_es.sources.text import path_id


@dataclass(frozen=True, slots=True)
class ImagePaths:
    """The files and ids of the images of a collection.

    Args:
        collection: The collection's name; ids begin with it.
        folder: The folder that paths are relative to, resolved.
    """

    collection: str
    folder: Path

    def path(self, page: str, src: str) -> str | None:
        """The path of an image, relative to the folder; None where its address does not name a file.

        An address that begins with ``/`` counts from the top of a site. The site may be below a host's top, so first
        folders are left away until there is such a file. Any other path that leaves the folder is not changed to one
        inside it.

        Args:
            page: The page's path relative to the folder.
            src: The address of the image, as the page writes it.
        """
        try:
            parts = urlsplit(src)
        except ValueError:
            return src
        if parts.netloc or parts.scheme not in ("", "file"):
            return None
        path = unquote(parts.path)
        if path.startswith("/") and not parts.scheme and (found := self._from_the_top(path)):
            return found
        return posixpath.normpath(posixpath.join(posixpath.dirname(page), path))

    def id(self, page: str, src: str) -> str:
        """The id of the image with this address on this page."""
        path = self.path(page, src)
        if path is None:
            return f"{self.collection}/{path_id(page)}#{hashlib.sha256(src.encode()).hexdigest()[:12]}"
        return f"{self.collection}/{path_id(path)}"

    def _from_the_top(self, path: str) -> str:
        folders = posixpath.normpath(path).strip("/").split("/")
        tried = ("/".join(folders[first:]) for first in range(len(folders)))
        return next((each for each in tried if self._is_file(each)), "")

    def _is_file(self, path: str) -> bool:
        try:
            return (self.folder / path).is_file()
        except (OSError, ValueError):  # a name that is too long, or has a NUL
            return False
