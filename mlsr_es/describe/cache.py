"""What describers said of images, kept by the images' contents."""

from __future__ import annotations

import gzip
import hashlib
import json
import sqlite3
from contextlib import closing
from functools import cached_property
from pathlib import Path
from threading import Lock

_WAITS = 60.0
"""Seconds to wait for another process that writes."""

_TABLE = """
    CREATE TABLE IF NOT EXISTS said
    (describer TEXT, image TEXT, texts TEXT, PRIMARY KEY (describer, image)) WITHOUT ROWID
"""


def image_digest(content: bytes) -> str:
    """What an image is kept under: the SHA-256 of its file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class Cache:
    """A file of what was said, for several threads and processes.

    Where the file cannot be written, it is kept in memory while the program runs.

    Args:
        file: The file, made with its folder at the first use.
        shipped: A folder with files of what was said of known collections, as ``descriptions/build.py`` writes them;
            None for none.
    """

    def __init__(self, file: Path, shipped: Path | None = None) -> None:
        self._file, self._shipped = file, shipped
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def get(self, describer: str, image: str) -> tuple[str, ...] | None:
        """What a describer said of an image; None where it has not seen it.

        Args:
            describer: The describer's revision.
            image: The image's ``image_digest``.
        """
        with self._lock, closing(self._database.cursor()) as cursor:
            asked = "SELECT texts FROM said WHERE describer = ? AND image = ?"
            found = cursor.execute(asked, (describer, image)).fetchone()
            return tuple(json.loads(found[0])) if found else self._of_known_collections.get((describer, image))

    def put(self, describer: str, image: str, texts: tuple[str, ...]) -> None:
        """Keep what a describer said of an image."""
        with self._lock, self._database as database:
            database.execute("INSERT OR REPLACE INTO said VALUES (?, ?, ?)", (describer, image, json.dumps(texts)))

    @cached_property
    def _of_known_collections(self) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for file in sorted(self._shipped.glob("*.json.gz")) if self._shipped else ():
            told = json.loads(gzip.decompress(file.read_bytes()))
            found |= {(told["describer"], image): tuple(texts) for image, texts in told["texts"].items()}
        return found

    @property
    def _database(self) -> sqlite3.Connection:
        if self._connection is None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._connection = self._opened(str(self._file))
            except (OSError, sqlite3.Error):
                self._connection = self._opened(":memory:")
        return self._connection

    @staticmethod
    def _opened(name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(name, timeout=_WAITS, check_same_thread=False)
        if name != ":memory:":
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_TABLE)
        return connection
