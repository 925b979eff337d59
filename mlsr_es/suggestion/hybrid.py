"""Which BM25 a search adds to the dot product, from what the user asks for."""

from __future__ import annotations

from mlsr_es.elastic.versions import Version
from mlsr_es.errors import IndexMismatchError
from mlsr_es.hybrid import AUTO, Hybrid


def hybrid_for(version: Version, given: str) -> Hybrid | None:
    """What BM25 adds to searches of an index, from what the user asks for.

    Args:
        version: Of ``serving_version``.
        given: "" for nothing, ``auto`` for what is stored in the index, or ``FIELD:WEIGHT``.

    Raises:
        InputError: It is something else.
        IndexMismatchError: Nothing is stored in the index, or it cannot be read.
    """
    if given != AUTO:
        return Hybrid.parse(given) if given else None
    stored = version.meta.hybrid
    advice = (
        f"Find it, and store it: mlsr-es tune hybrid --index {version.index} --topics FILE --store. "
        "Or give it: --hybrid FIELD:WEIGHT"
    )
    if not stored:
        raise IndexMismatchError(f"the index {version.index} holds no weight for BM25.", advice=advice)
    try:
        return Hybrid.from_json(stored)
    except ValueError as error:
        raise IndexMismatchError(
            f"_meta.mlsr of the index {version.index} was changed: its hybrid {error}.", advice=advice
        ) from error
