"""``--index`` or ``--vectors``: what a command looks at."""

from __future__ import annotations

from pathlib import Path

from mlsr_es.errors import InputError


def check_one_of(index: str, vectors: Path | None, done: str) -> None:
    """See that an index or a folder of vectors is named, and not both.

    Args:
        index: The index; "" for none.
        vectors: The folder; None for none.
        done: What is done to it, as a participle.

    Raises:
        InputError: Neither is named, or both are.
    """
    if bool(index) == bool(vectors):
        raise InputError(f"an index or a folder of vectors is {done}.", advice="Give --index or --vectors.")
