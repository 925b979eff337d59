"""A query table as a file: one JSON object that holds all that a search needs, the tokenizer too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson

from mlsr_es.errors import ModelError, StorageError
from mlsr_es.suggestion.query_table import QueryTable

FORMAT = 1
"""Of the file; another one is refused."""

_DIGITS = 4


def write_table(table: QueryTable, path: Path) -> None:
    """Write a table; a file that is there is replaced.

    Weights are written with four decimals, those of 0 not at all.

    Raises:
        StorageError: The file cannot be written.
    """
    terms = table.vocabulary.terms
    weights = {
        field: {terms[term_id]: round(float(row[term_id]), _DIGITS) for term_id in np.flatnonzero(row >= 10**-_DIGITS)}
        for field, row in zip(table.fields, table.weights, strict=True)
    }
    content = {
        "format": FORMAT,
        "model": table.model,
        "revision": table.revision,
        "vocabulary": table.vocabulary.digest,
        "vocabulary_size": len(table.vocabulary),
        "fields": list(table.fields),
        "query_terms": table.query_terms,
        "languages": list(table.languages),
        "unknown": table.unknown,
        "weights": weights,
        "tokenizer": orjson.loads(table.tokenizer.to_str()),
    }
    try:
        path.write_bytes(orjson.dumps(content) + b"\n")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error


def read_table(path: Path) -> QueryTable:
    """Read a table.

    Raises:
        ModelError: The file is missing, is none, is of another version, or its tokenizer is not its weights'.
    """
    advice = "Make it: mlsr-es export-query-table."
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}.", advice=advice) from error
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict) or "weights" not in content:
        raise ModelError(f"{path} is no query table.", advice=advice)
    if content.get("format") != FORMAT:
        raise ModelError(
            f"{path} has the format {content.get('format')!r}, and this version of mlsr-es reads {FORMAT}.",
            advice="Export the table again.",
        )
    try:
        table = _table(content)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{path} is no whole query table: {error}.", advice=advice) from error
    if table.vocabulary.digest != content["vocabulary"]:
        raise ModelError(f"{path}: its tokenizer has another vocabulary than its weights.", advice=advice)
    return table


def _table(content: dict[str, Any]) -> QueryTable:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(orjson.dumps(content["tokenizer"]).decode())
    except Exception as error:  # the library raises this very class
        raise ValueError(f"its tokenizer cannot be read ({error})") from error
    fields = tuple(content["fields"])
    weights = np.zeros((len(fields), int(content["vocabulary_size"])), dtype=np.float32)
    for place, field in enumerate(fields):
        for term, weight in content["weights"][field].items():
            if (term_id := tokenizer.token_to_id(term)) is None:
                raise ValueError(f"its tokenizer does not know {term!r}")
            weights[place, term_id] = weight
    return QueryTable(
        model=str(content["model"]),
        revision=str(content["revision"]),
        fields=fields,
        weights=weights,
        tokenizer=tokenizer,
        unknown=str(content["unknown"]),
        query_terms=content["query_terms"],
        languages=tuple(content.get("languages", ())),  # older files do not say
    )
