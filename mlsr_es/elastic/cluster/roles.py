"""The two roles that people need, and whether somebody has one."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client import translated
from mlsr_es.errors import ClusterError, ClusterRefusedError, InputError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


class AccessRole(StrEnum):
    """What a user may do."""

    INDEXER = "indexer"
    """``index``, ``enrich``, ``indices``, and everything that a searcher may do."""

    SEARCHER = "searcher"
    """``search``, ``evaluate``, ``verify``; without writing."""


_PATTERN = re.compile(r"[*?,/\\\s]")
"""Characters that make a name in index privileges stand for more than one index."""

_SPECIAL = re.compile(r"[^a-z0-9_-]")
"""Characters that may have a special meaning in Lucene's regular expressions."""

_SEES = "view_index_metadata"
_PRIVILEGES = {AccessRole.INDEXER: ("manage", "read", "write"), AccessRole.SEARCHER: ("read", _SEES)}


def role_body(role: AccessRole, *names: str) -> dict[str, Any]:
    """The role for ``PUT _security/role/...`` or ``roles.yml``: rights on these indices only, none on the cluster.

    A name is an alias, or an index that is enriched; the versions behind an alias are included. ``search`` needs the
    alias only, but commands that read a whole index ask one version, so that no swap comes in between.

    Args:
        role: The role.
        names: The names under which the indices are searched.

    Raises:
        InputError: A name is a pattern, which would grant rights on indices that nobody named.
    """
    for name in names:
        if not name or _PATTERN.search(name):
            raise InputError(
                f"{name!r} is a pattern, and not the name of an index.",
                advice="Name each index by its own name: rights are given on it and its versions alone.",
            )
    versions = map(versions_pattern, names)
    return {"indices": [{"names": [*names, *versions], "privileges": list(_PRIVILEGES[role])}]}


def versions_pattern(name: str) -> str:
    """A regular expression for index privileges that matches the versions of an index and nothing else.

    Args:
        name: The alias. The pattern ``NAME-v*`` would match ``shop-vouchers`` as well as ``shop-v0001``.
    """
    escaped = _SPECIAL.sub(r"\\\g<0>", name)
    return f"/{escaped}-v[0-9]{{4,}}/"


def lacking(client: Elasticsearch, role: AccessRole, name: str) -> tuple[str, ...] | None:
    """The privileges of a role that the user does not have on an index.

    Returns:
        None where the cluster's security is off: everybody may do everything.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    from elasticsearch import ApiError

    (wanted,) = role_body(role, name)["indices"]
    unknown_call = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
    with translated(client, "say what this user may do"):
        try:
            told = client.security.has_privileges(index=[wanted])["index"]
        except ApiError as error:
            if error.meta.status in unknown_call:
                return None
            raise
    return tuple(each for each in wanted["privileges"] if not all(told[of].get(each) for of in wanted["names"]))


def hidden_by_rights(client: Elasticsearch, name: str) -> str:
    """Advice for a user who finds no index of a name: missing rights may hide it, and these are the rights.

    A cluster gives the same answer for an index that does not exist and for one that the user may not see.

    Returns:
        "" where this user would see the index, and where the cluster does not say.
    """
    try:
        lacks = lacking(client, AccessRole.SEARCHER, name) or ()
    except ClusterError:
        return ""
    if _SEES not in lacks:
        return ""
    return (
        f"Or rights hide it: this user lacks the index privileges {' and '.join(lacks)} on {name} and its "
        "versions; its owner can grant them."
    )


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A new API key; the cluster shows it only once.

    Args:
        id: The id with which the key can be invalidated.
        name: The name that people see.
        encoded: The value for ``ES_API_KEY``, a secret.
        lacks: Privileges of the role that the key lacks because its maker lacks them.
    """

    id: str
    name: str
    encoded: str = field(repr=False)
    lacks: tuple[str, ...] = ()


def create_key(client: Elasticsearch, role: AccessRole, name: str, *, expires: str = "") -> ApiKey:
    """Make an API key with the rights of one role and no others.

    The user needs the cluster privilege ``manage_own_api_key`` and the role's privileges: a key never has more than
    its maker.

    Args:
        client: From ``connect``.
        role: The role.
        name: The index or alias.
        expires: The key's lifetime, such as ``90d``; "" for unlimited.

    Raises:
        ClusterRefusedError: The cluster has no keys, or refuses.
        ClusterError: The cluster cannot be reached.
    """
    lacks = lacking(client, role, name)
    if lacks is None:
        raise ClusterRefusedError(
            "the security of this cluster is off: it has no keys.", advice="Everybody who reaches it may do everything."
        )
    with translated(client, f"make a key for {name}"):
        made = client.security.create_api_key(
            name=f"mlsr-es-{role}-{name}",
            role_descriptors={f"mlsr-es-{role}": role_body(role, name)},
            expiration=expires or None,
        )
    # Clusters before 8 do not send the encoded form.
    encoded = b64encode(f"{made['id']}:{made['api_key']}".encode()).decode()
    return ApiKey(made["id"], made["name"], encoded, lacks)
