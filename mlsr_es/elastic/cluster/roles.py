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
    """For what somebody is let in."""

    INDEXER = "indexer"
    """``index``, ``enrich``, ``indices``, and all that a searcher does."""

    SEARCHER = "searcher"
    """``search``, ``evaluate``, ``verify``; nothing is written."""


_PATTERN = re.compile(r"[*?,/\\\s]")
"""What index privileges take for more than one name."""

_SPECIAL = re.compile(r"[^a-z0-9_-]")
"""What a regular expression of Lucene's may take for something else than itself."""

_SEES = "view_index_metadata"
_PRIVILEGES = {AccessRole.INDEXER: ("manage", "read", "write"), AccessRole.SEARCHER: ("read", _SEES)}


def role_body(role: AccessRole, *names: str) -> dict[str, Any]:
    """What ``PUT _security/role/...`` takes, and ``roles.yml``: no cluster privilege, and these indices alone.

    The name is the alias's, or that of an index that is enriched; behind an alias are its versions. For ``search`` the
    alias alone would do; what reads a whole index asks one version, so that nothing is swapped meanwhile.

    Args:
        role: For what.
        names: The indices, by the names under which they are searched.

    Raises:
        InputError: A name is a pattern: it would grant rights on indices that nobody has named.
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
    """The versions of an index, and nothing else, as a regular expression that index privileges take.

    Args:
        name: The alias. The pattern ``NAME-v*`` would match ``shop-vouchers`` beside ``shop-v0001``, too.
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
    """For somebody who finds no index of a name: that rights may hide it, and which to ask for.

    A cluster answers alike where there is no index and where the user may not see it.

    Returns:
        "" where this user would see it, and where nobody can say.
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
    """A key as it was made; it is told once.

    Args:
        id: By which it is taken back.
        name: That people see.
        encoded: What ``ES_API_KEY`` takes: a secret.
        lacks: Privileges of the role that its maker does not have, and so neither has the key.
    """

    id: str
    name: str
    encoded: str = field(repr=False)
    lacks: tuple[str, ...] = ()


def create_key(client: Elasticsearch, role: AccessRole, name: str, *, expires: str = "") -> ApiKey:
    """Make an API key that has just a role.

    The one who makes it needs the cluster privilege ``manage_own_api_key``, and the role's privileges: a key never has
    more than its maker.

    Args:
        client: Of ``connect``.
        role: For what.
        name: The index.
        expires: In how long, as ``90d``; "" for never.

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
    # Clusters before 8 leave the encoded form to their clients.
    encoded = b64encode(f"{made['id']}:{made['api_key']}".encode()).decode()
    return ApiKey(made["id"], made["name"], encoded, lacks)
