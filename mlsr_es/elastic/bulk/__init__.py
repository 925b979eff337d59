"""Writing: actions, byte-bounded chunks of them, sent until each action has its result."""

from mlsr_es.elastic.bulk.chunks import Action, DeleteAction, IndexAction, UpdateAction, as_lines
from mlsr_es.elastic.bulk.loading import load
from mlsr_es.elastic.bulk.sending import BulkResult

__all__ = [
    "Action",
    "BulkResult",
    "DeleteAction",
    "IndexAction",
    "UpdateAction",
    "as_lines",
    "load",
]
