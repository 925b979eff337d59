"""A set of strings that may not fit into memory."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing


class Seen:
    """The strings that a run has seen: 16 bytes for each, in a temporary database."""

    def __init__(self) -> None:
        # An empty name makes sqlite use a temporary file, which it keeps in memory as long as it is small.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def add(self, text: str) -> bool:
        """Add a string; return whether it is new."""
        return self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (_digest(text),)).rowcount == 1

    def __contains__(self, text: str) -> bool:
        with closing(self._database.execute("SELECT 1 FROM seen WHERE digest = ?", (_digest(text),))) as found:
            return found.fetchone() is not None

    def close(self) -> None:
        """Delete the database."""
        self._database.close()


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
