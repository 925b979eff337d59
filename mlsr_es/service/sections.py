"""The sections of a collection, from which an editor may pick one; kept on disk, since they may not fit into memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from tempfile import NamedTemporaryFile
from threading import Lock

import orjson

from mlsr_es.collection import Section

_TABLE = "CREATE TABLE sections (number INTEGER PRIMARY KEY, id TEXT UNIQUE, titles TEXT, section BLOB)"


class SectionStore:
    """Sections that are found by the words of their titles. It may be used from several threads, and processes.

    Args:
        sections: They are read once; of two with the same id the first counts.
    """

    def __init__(self, sections: Iterable[Section]) -> None:
        self._file = NamedTemporaryFile(prefix="mlsr-es-", suffix=".sqlite")  # noqa: SIM115 - it goes with the store
        self._open(self._file.name)
        self._database.execute(_TABLE)
        self._database.executemany(
            "INSERT OR IGNORE INTO sections (id, titles, section) VALUES (?, ?, ?)",
            ((each.id, titles_of(each).casefold(), orjson.dumps(asdict(each))) for each in sections),
        )
        self._database.commit()

    def __len__(self) -> int:
        return int(self._asked("SELECT COUNT(*) FROM sections", [])[0][0])

    def matching(self, words: str, most: int = 50) -> list[Section]:
        """The first sections whose titles have all of these words, or parts of words; all sections for no word."""
        parts = words.casefold().split()
        condition = " AND ".join(["INSTR(titles, ?) > 0"] * len(parts)) or "1"
        query = f"SELECT section FROM sections WHERE {condition} ORDER BY number LIMIT ?"  # noqa: S608 - no text in it
        return [_section(row[0]) for row in self._asked(query, [*parts, most])]

    def find(self, section_id: str) -> Section | None:
        """The section of an id; None where there is none."""
        found = self._asked("SELECT section FROM sections WHERE id = ?", [section_id])
        return _section(found[0][0]) if found else None

    def close(self) -> None:
        """Close the file, which goes with the store that made it."""
        self._database.close()

    def __getstate__(self) -> str:
        """The file's name: another process reads the same file."""
        return self._file.name

    def __setstate__(self, name: str) -> None:
        self._open(name)

    def _open(self, name: str) -> None:
        self._lock = Lock()
        self._database = sqlite3.connect(name, check_same_thread=False)

    def _asked(self, query: str, values: list[str | int]) -> list[tuple[bytes]]:
        with self._lock:
            return self._database.execute(query, values).fetchall()


def titles_of(section: Section) -> str:
    """Its titles as one line, the page's first; its id where it has none."""
    return " > ".join(dict.fromkeys(filter(None, (section.page_title, section.section_title)))) or section.id


def _section(stored: bytes) -> Section:
    told = orjson.loads(stored)
    return Section(**{**told, "hierarchy": tuple(told["hierarchy"])})
