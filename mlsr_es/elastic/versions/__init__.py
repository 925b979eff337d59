"""Versions of an index behind an alias: creating, promoting, rolling back, removing, listing, and their metadata."""

from mlsr_es.elastic.versions.creating import add_fields
from mlsr_es.elastic.versions.lease import Lease, lease_index, leased
from mlsr_es.elastic.versions.listing import Listed, Role, list_versions, only_index
from mlsr_es.elastic.versions.meta_updates import (
    add_new_fields,
    mark_ready,
    read_meta,
    store_hybrid,
    store_origin,
    store_reads,
    store_strategy,
    update_meta,
    whole_meta,
)
from mlsr_es.elastic.versions.versions import (
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

__all__ = [
    "Lease",
    "Listed",
    "Resolved",
    "Role",
    "Version",
    "add_fields",
    "add_new_fields",
    "alias_of",
    "check_unused",
    "create_version",
    "delete_version",
    "lease_index",
    "leased",
    "list_versions",
    "mark_ready",
    "only_index",
    "promote",
    "read_meta",
    "resolve",
    "roll_back",
    "store_hybrid",
    "store_origin",
    "store_reads",
    "store_strategy",
    "update_meta",
    "whole_meta",
]
