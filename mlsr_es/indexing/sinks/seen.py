"""The ids that a run has seen, kept on disk because a large collection's ids may not fit into memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing


class SeenIds:
    """A set of ids in a temporary database."""

    def __init__(self) -> None:
        # An empty name makes sqlite use a temporary file, which it keeps in memory as long as it is small.
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def close(self) -> None:
        """Delete the database."""
        self._database.close()

    def add(self, ids: Iterable[str]) -> None:
        """Add ids to the set."""
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((each,) for each in ids))

    def __contains__(self, each: str) -> bool:
        with closing(self._database.execute("SELECT 1 FROM seen WHERE id = ?", (each,))) as found:
            return found.fetchone() is not None
