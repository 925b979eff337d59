"""All that is said to Elasticsearch: connection, mappings, versions, bulk load, queries, hits.

The only room that imports its client, and only where something is sent: the names below cost nothing to import.
Nothing of the client's leaves it: what it raises becomes this package's errors (``failures``).
"""

from typing import TYPE_CHECKING, TypeAlias

from mlsr_es.elastic.capabilities import Capabilities, capabilities
from mlsr_es.elastic.chunks import Action, DeleteAction, IndexAction, UpdateAction, as_lines
from mlsr_es.elastic.cluster import ClusterVersion, check
from mlsr_es.elastic.connection import ConnectionSettings, connect
from mlsr_es.elastic.disks import disks, write_blocks
from mlsr_es.elastic.documents import document_body, weights_body
from mlsr_es.elastic.failures import address_of
from mlsr_es.elastic.foreign import term_field
from mlsr_es.elastic.framing import Frame, check_own, check_page, framed
from mlsr_es.elastic.hits import Answer, Hit, contributions, search, search_many, weights_in
from mlsr_es.elastic.known_fields import check_filter_fields, check_text_field
from mlsr_es.elastic.lacks import clauses_allowed, count_without_weights, sampled_features
from mlsr_es.elastic.listing import Listed, Role, list_versions
from mlsr_es.elastic.loading import load
from mlsr_es.elastic.mapping import index_body
from mlsr_es.elastic.meta import IndexMeta, State
from mlsr_es.elastic.noting import mark_ready, note_hybrid, note_origin, note_strategy, read_meta
from mlsr_es.elastic.owners import OwnersIndex, check_writable, describe, open_slot, switch
from mlsr_es.elastic.paths import REFERENCES, TEXTS, check_readable, values_at
from mlsr_es.elastic.queries import WordClauses, build_query
from mlsr_es.elastic.roles import AccessRole, ApiKey, create_key, hidden_by_rights, lacking, role_body
from mlsr_es.elastic.scanning import scan
from mlsr_es.elastic.sending import Loaded
from mlsr_es.elastic.slots import Slot, slot_for
from mlsr_es.elastic.snapshot import Found, read_again, read_snapshot
from mlsr_es.elastic.standing import (
    Met,
    Standing,
    first_phase,
    hit_of,
    ids_like,
    images_with,
    meet,
    standing,
)
from mlsr_es.elastic.stored import Stored, collections, count, ids_of_collection, refresh, stored
from mlsr_es.elastic.strategy import Strategy
from mlsr_es.elastic.term_fields import FieldKind, TermField
from mlsr_es.elastic.versions import (
    Resolved,
    Version,
    alias_of,
    check_unused,
    create_version,
    delete_version,
    promote,
    resolve,
    roll_back,
)

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    Client: TypeAlias = Elasticsearch  # for annotations only, and so not in __all__

__all__ = [
    "REFERENCES",
    "TEXTS",
    "AccessRole",
    "Action",
    "Answer",
    "ApiKey",
    "Capabilities",
    "ClusterVersion",
    "ConnectionSettings",
    "DeleteAction",
    "FieldKind",
    "Found",
    "Frame",
    "Hit",
    "IndexAction",
    "IndexMeta",
    "Listed",
    "Loaded",
    "Met",
    "OwnersIndex",
    "Resolved",
    "Role",
    "Slot",
    "Standing",
    "State",
    "Stored",
    "Strategy",
    "TermField",
    "UpdateAction",
    "Version",
    "WordClauses",
    "address_of",
    "alias_of",
    "as_lines",
    "build_query",
    "capabilities",
    "check",
    "check_filter_fields",
    "check_own",
    "check_page",
    "check_readable",
    "check_text_field",
    "check_unused",
    "check_writable",
    "clauses_allowed",
    "collections",
    "connect",
    "contributions",
    "count",
    "count_without_weights",
    "create_key",
    "create_version",
    "delete_version",
    "describe",
    "disks",
    "document_body",
    "first_phase",
    "framed",
    "hidden_by_rights",
    "hit_of",
    "ids_like",
    "ids_of_collection",
    "images_with",
    "index_body",
    "lacking",
    "list_versions",
    "load",
    "mark_ready",
    "meet",
    "note_hybrid",
    "note_origin",
    "note_strategy",
    "open_slot",
    "promote",
    "read_again",
    "read_meta",
    "read_snapshot",
    "refresh",
    "resolve",
    "role_body",
    "roll_back",
    "sampled_features",
    "scan",
    "search",
    "search_many",
    "slot_for",
    "standing",
    "stored",
    "switch",
    "term_field",
    "values_at",
    "weights_body",
    "weights_in",
    "write_blocks",
]
