"""Which Elasticsearch answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from mlsr_es.elastic.failures import address_of, in_its_words, not_elasticsearch, too_old, translated

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


class ClusterVersion(NamedTuple):
    """A version of Elasticsearch; versions compare as they were released."""

    major: int
    minor: int

    @classmethod
    def parse(cls, number: str) -> ClusterVersion:
        """From ``7.17.29`` or ``9.1.0-SNAPSHOT``.

        Raises:
            ValueError: It is no version.
        """
        major, minor, *_ = number.split(".")
        return cls(int(major), int(minor))


OLDEST = ClusterVersion(7, 17)
"""``linear`` came with 7.12, the header by which the client knows the product with 7.14; 7.17 is what was run."""


def check(client: Elasticsearch) -> ClusterVersion | None:
    """Reach the cluster.

    Returns:
        Its version; None where the cluster does not tell it (``GET /`` needs the cluster privilege ``monitor``, and
        some distributions lack it).

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
            if error.meta.status in {HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED} and in_its_words(error):
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
