"""``--query-fields``: the fields of a section that a query is made from."""

from __future__ import annotations

from mlsr_es.collection import SECTION_FIELDS
from mlsr_es.errors import InputError


def parsed_fields(given: str) -> tuple[str, ...]:
    """Parse the fields of ``--query-fields``, in the order of a section's fields; all fields where none is named.

    Raises:
        InputError: A section has no field of that name.
    """
    named = [name.strip() for name in given.split(",") if name.strip()]
    if unknown := [name for name in named if name not in SECTION_FIELDS]:
        raise InputError(
            f"a section has no field {', '.join(map(repr, unknown))}.", advice=f"It has {', '.join(SECTION_FIELDS)}."
        )
    return tuple(name for name in SECTION_FIELDS if name in (named or SECTION_FIELDS))
