"""Which BM25 a search adds to the dot product, from what the user asks for."""

from __future__ import annotations

from mlsr_es.elastic.search import first_text_field
from mlsr_es.elastic.versions import Version
from mlsr_es.errors import IndexMismatchError
from mlsr_es.hybrid import AUTO, STEMS, Hybrid


def bm25_field(version: Version) -> str:
    """The field that BM25 reads unless the user names one: stems, or in an owner's index the first field of text.

    Args:
        version: Of ``serving_version``.

    Raises:
        IndexMismatchError: None of the fields that an owner's captions were read from can be searched for words.
    """
    if not version.meta.enriched:
        return STEMS
    fields = version.meta.caption_fields
    if found := first_text_field(version.described.get("mappings", {}), fields):
        return found
    raise IndexMismatchError(
        f"none of the fields with captions of {version.index} is a field of text: {', '.join(fields)}.",
        advice="Name a field of text for BM25: --field FIELD, or --hybrid FIELD:WEIGHT.",
    )


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
    find = f"Find it, and store it: mlsr-es tune hybrid --index {version.index} --topics FILE --store."
    if not stored:
        advice = f"{find} Or give it: --hybrid {bm25_field(version)}:WEIGHT"
        raise IndexMismatchError(f"the index {version.index} holds no weight for BM25.", advice=advice)
    try:
        return Hybrid.from_json(stored)
    except ValueError as error:
        raise IndexMismatchError(
            f"_meta.mlsr of the index {version.index} was changed: its hybrid {error}.", advice=find
        ) from error
