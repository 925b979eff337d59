"""Which version of Elasticsearch answers."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from mlsr_es.elastic.client import address_of, in_its_words, not_elasticsearch, too_old, translated

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


class ClusterVersion(NamedTuple):
    """A version of Elasticsearch; versions compare in the order of their release."""

    major: int
    minor: int

    @classmethod
    def parse(cls, number: str) -> ClusterVersion:
        """From ``7.17.29`` or ``9.1.0-SNAPSHOT``.

        Raises:
            ValueError: The text is not a version.
        """
        major, minor, *_ = number.split(".")
        return cls(int(major), int(minor))

    @classmethod
    def of_index(cls, described: Mapping[str, Any]) -> ClusterVersion | None:
        """The version that an index was created with; None where the cluster does not say.

        From 8.11 on the minor number is that of Elasticsearch's own format of indices, which is never less.

        Args:
            described: As ``GET INDEX`` tells it: ``index.version.created`` is 7172999 for 7.17.29.
        """
        created = described.get("settings", {}).get("index", {}).get("version", {}).get("created", "")
        if not str(created).isdigit():
            return None
        return cls(int(created) // 1_000_000, int(created) // 10_000 % 100)


class ToldByNode(NamedTuple):
    """What a node says of itself.

    Args:
        version: Its version.
        modules: The names of its modules.
    """

    version: ClusterVersion
    modules: frozenset[str]


OLDEST = ClusterVersion(7, 17)
"""``linear`` came with 7.12, the header by which the client knows the product with 7.14; 7.17 was tested."""


def check(client: Elasticsearch) -> ClusterVersion | None:
    """Check that the cluster can be reached and is new enough.

    Returns:
        Its version; None where the cluster does not say: the user needs the cluster privilege ``monitor``.

    Raises:
        ClusterUnreachableError: Nothing answers, or what answers is not Elasticsearch.
        ClusterRefusedError: The credentials are refused, or the cluster is too old.
    """
    from elasticsearch import ApiError

    doing = "say which version it is"
    with translated(client, doing):
        try:
            told = client.info().body
        except ApiError as error:
            if not in_its_words(error):
                raise
            if error.meta.status == HTTPStatus.METHOD_NOT_ALLOWED:  # a distribution without the module for GET /
                return min((node.version for node in told_by_nodes(client)), default=None)
            if error.meta.status == HTTPStatus.FORBIDDEN:
                return None
            raise
    try:
        number = str(told["version"]["number"])
    except (KeyError, TypeError) as error:
        raise not_elasticsearch(address_of(client)) from error
    try:
        version = ClusterVersion.parse(number)
    except ValueError:
        return None
    if version < OLDEST:
        raise too_old(address_of(client), number)
    return version


def told_by_nodes(client: Elasticsearch) -> list[ToldByNode]:
    """Version and modules of each node; empty where the user lacks the cluster privilege ``monitor``.

    Raises:
        ClusterUnreachableError: Nothing answers.
    """
    from elasticsearch import ApiError

    with translated(client, "say what its nodes are"):
        try:
            answer = client.nodes.info(metric="plugins", filter_path=["nodes.*.version", "nodes.*.modules.name"])
        except ApiError:  # also where a hosted cluster has no such call
            return []
    return [
        ToldByNode(
            ClusterVersion.parse(node["version"]), frozenset(module["name"] for module in node.get("modules", ()))
        )
        for node in answer.get("nodes", {}).values()
    ]
