"""What the client raises, turned into this package's errors: the one place that knows how Elasticsearch says no."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from mlsr_es.elastic.client.unreachable import unreachable
from mlsr_es.errors import ClusterError, ClusterRefusedError, ClusterUnreachableError, IndexMismatchError, MlsrError

if TYPE_CHECKING:
    from elastic_transport import ApiError, TransportError
    from elasticsearch import Elasticsearch

_PRIVILEGES = re.compile(r",? this action is granted by the (?P<kind>\w+) privileges \[(?P<names>[^\]]*)\]")
PASSING = frozenset({429, 502, 503, 504})
"""Statuses that say "later": a full queue, a tripped circuit breaker, a node that restarts, a proxy that lost it."""

_GATEWAY_STATUSES = PASSING | {401, 403, 413}
"""What a proxy before the cluster may answer in its own words."""


@contextmanager
def translated(client: Elasticsearch, doing: str) -> Iterator[None]:
    """Turn whatever the client raises inside into one of this package's errors.

    Args:
        client: The client that is used inside: its address stands in the message.
        doing: What is tried, as in "could not ...": "read the mapping of photos".

    Raises:
        ClusterUnreachableError: Nothing answers, or what answers is not Elasticsearch.
        ClusterRefusedError: It answers, and refuses.
        IndexMismatchError: The index does not exist.
    """
    from elastic_transport import ApiError, TransportError

    try:
        yield
    except (ApiError, TransportError) as error:
        raise failure(client, doing, error) from error


def failure(client: Elasticsearch, doing: str, error: ApiError | TransportError) -> MlsrError:
    """The error of this package that says what one of the client's says."""
    from elastic_transport import TransportError
    from elasticsearch import UnsupportedProductError

    if isinstance(error, TransportError):
        return unreachable(address_of(client), doing, error)
    if isinstance(error, UnsupportedProductError):
        return _other_product(address_of(client), _greeting(client, error))
    return _refused(address_of(client), doing, error)


def address_of(client: Elasticsearch) -> str:
    """Where a client sends its requests, without credentials."""
    return str(client.transport.node_pool.all()[0].base_url)


def in_its_words(error: ApiError) -> bool:
    """Whether an error is worded by Elasticsearch, not by a proxy or by another program at that address."""
    return (isinstance(error.body, Mapping) and "error" in error.body) or "x-elastic-product" in error.meta.headers


def error_types(body: Any) -> set[str]:
    """The names that Elasticsearch gives an error and its causes: ``security_exception``..."""
    return {cause["type"] for cause in _causes(body) if cause.get("type")}


def reason(body: Any, status: int) -> str:
    """Why, in the cluster's own words, from the innermost cause that says it; else the status in words."""
    if isinstance(body, Mapping) and isinstance(body.get("error"), str):
        return str(body["error"])
    reasons = [cause["reason"] for cause in _causes(body) if cause.get("reason")]
    if reasons:
        return ": ".join(dict.fromkeys(reasons))
    try:
        return f"HTTP {status}, {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def refusal(where: str, doing: str, status: int, body: Any) -> MlsrError:
    """The error behind a status and an error body, of a whole answer or of one item of a bulk request.

    Args:
        where: The cluster's address.
        doing: What was tried, as in "could not ...": "read the mapping of photos".
        status: The HTTP status.
        body: ``{"error": {"type": ..., "reason": ...}}``, or whatever came in its place.
    """
    why, types = reason(body, status), error_types(body)
    if "index_not_found_exception" in types:
        return IndexMismatchError(
            f"{where} has no such index: {why}.", advice="Check its name, or make it with mlsr-es index."
        )
    if "cluster_block_exception" in types:
        return ClusterRefusedError(
            f"{where} is blocked and could not {doing}: {why}.",
            advice="Usually a disk is nearly full (flood stage): make room on the cluster's nodes. Where the block "
            'stays after that, lift it: PUT INDEX/_settings {"index.blocks.read_only_allow_delete": null}.',
        )
    if status == HTTPStatus.UNAUTHORIZED:
        return ClusterRefusedError(
            f"{where} does not accept the credentials: {why}.",
            advice="Set ES_API_KEY, or ES_USERNAME and ES_PASSWORD.",
        )
    if status == HTTPStatus.FORBIDDEN:
        return _forbidden(where, doing, why)
    advice = "It is too busy, or a part of it is down: try again later." if status in PASSING else ""
    return ClusterRefusedError(f"{where} could not {doing}: {why}.", advice=advice)


def gone(index: str) -> IndexMismatchError:
    """The error for an index that was there a moment ago."""
    return IndexMismatchError(f"the index {index} is gone: somebody has removed it.", advice="Index again.")


def _causes(body: Any) -> list[Mapping[str, Any]]:
    """The error, its root causes and what caused them, each once, outermost first."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return []
    found: list[Mapping[str, Any]] = [] if error.get("root_cause") else [error]
    found += [cause for cause in error.get("root_cause", ()) if isinstance(cause, Mapping)]
    inner = error.get("caused_by")
    while isinstance(inner, Mapping):
        found.append(inner)
        inner = inner.get("caused_by")
    return found


def _forbidden(where: str, doing: str, why: str) -> ClusterError:
    lacking = _PRIVILEGES.search(why)
    if not lacking:
        return ClusterRefusedError(f"{where} does not allow this user to {doing}: {why}.")
    names = [name for name in lacking["names"].split(",") if name != "all"]
    return ClusterRefusedError(
        f"{where} does not allow this user to {doing}: {why[: lacking.start()]}.",
        advice=f"Its role needs the {lacking['kind']} privilege {' or '.join(names)}.",
    )


def _refused(where: str, doing: str, error: ApiError) -> MlsrError:
    status, body = error.meta.status, error.body
    if not in_its_words(error) and status not in _GATEWAY_STATUSES:
        hint = " It asks for https." if "HTTPS" in str(body) else ""
        return ClusterUnreachableError(
            f"{where} answers, but not as Elasticsearch does (HTTP {status}).", advice=f"Check the address.{hint}"
        )
    return refusal(where, doing, status, body)


def _greeting(client: Elasticsearch, error: ApiError) -> Any:
    """What an answer without the product's header should have been: it, or else what ``GET /`` says."""
    from elastic_transport import ApiError, TransportError

    if isinstance(error.body, Mapping) and "version" in error.body:
        return error.body
    try:
        return client.info().body
    except ApiError as greeting:
        return greeting.body
    except TransportError:
        return None


def _other_product(where: str, body: Any) -> ClusterError:
    """Answers without the product's header: a version before 7.14, a fork, or any web server."""
    version = body.get("version") if isinstance(body, Mapping) else None
    if isinstance(version, Mapping) and "number" in version and "distribution" not in version:
        return too_old(where, str(version["number"]))
    return not_elasticsearch(where)


def not_elasticsearch(where: str) -> ClusterUnreachableError:
    """The error for an answer that Elasticsearch would not give."""
    return ClusterUnreachableError(f"{where} answers, but it is not Elasticsearch.", advice="Check the address.")


def too_old(where: str, version: str) -> ClusterRefusedError:
    """The error for a cluster of a version that cannot do what is needed."""
    return ClusterRefusedError(
        f"{where} is Elasticsearch {version}, and 7.17 is the oldest that is supported.", advice="Upgrade the cluster."
    )
