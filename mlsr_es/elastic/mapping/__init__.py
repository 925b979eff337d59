"""The shape of an index: fields of term weights, ``_meta.mlsr``, the body of the create call, stored documents."""

from mlsr_es.elastic.mapping.carried import carried_properties, carried_values
from mlsr_es.elastic.mapping.documents import document_body, stored_weights, weights_body
from mlsr_es.elastic.mapping.fields import REFERENCES, TEXTS, check_readable, values_at
from mlsr_es.elastic.mapping.index_body import (
    KEEP_WEIGHTS,
    WHILE_BUILDING,
    check_field,
    field_type,
    index_body,
    own_properties,
)
from mlsr_es.elastic.mapping.meta import Holds, IndexMeta, State
from mlsr_es.elastic.mapping.term_fields import FieldKind, TermField, cut, names_in

__all__ = [
    "KEEP_WEIGHTS",
    "REFERENCES",
    "TEXTS",
    "WHILE_BUILDING",
    "FieldKind",
    "Holds",
    "IndexMeta",
    "State",
    "TermField",
    "carried_properties",
    "carried_values",
    "check_field",
    "check_readable",
    "cut",
    "document_body",
    "field_type",
    "index_body",
    "names_in",
    "own_properties",
    "stored_weights",
    "values_at",
    "weights_body",
]
