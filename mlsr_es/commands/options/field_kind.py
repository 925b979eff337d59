"""``--field-kind``: the type of the field with the weights."""

from __future__ import annotations

from typing import Any

import typer

from mlsr_es.elastic.mapping import FieldKind
from mlsr_es.errors import InputError

_AUTO = "auto"

FIELD_KIND: Any = typer.Option(
    _AUTO,
    "--field-kind",
    metavar="KIND",
    help="The type of the field with the weights: rank_features, sparse_vector, or auto: the field's own, or for a new "
    "one what suits the cluster.",
)


def parsed_kind(given: str) -> FieldKind | None:
    """Parse ``--field-kind``; None for auto.

    Raises:
        InputError: There is no kind of that name.
    """
    if given not in {_AUTO, *FieldKind}:
        raise InputError(f"there is no --field-kind {given!r}.", advice=f"There are {_AUTO}, {', '.join(FieldKind)}.")
    return None if given == _AUTO else FieldKind(given)
