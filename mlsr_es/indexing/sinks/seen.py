"""The ids that a run has met, on disk: a collection may hold more of them than memory does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing


class SeenIds:
    """A set of ids in a temporary database, gone at the end."""

    def __init__(self) -> None:
        # An empty name: sqlite's own temporary file, kept in memory as long as it is small.
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def close(self) -> None:
        """Forget all."""
        self._database.close()

    def add(self, ids: Iterable[str]) -> None:
        """These were met."""
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((each,) for each in ids))

    def __contains__(self, each: str) -> bool:
        with closing(self._database.execute("SELECT 1 FROM seen WHERE id = ?", (each,))) as found:
            return found.fetchone() is not None
