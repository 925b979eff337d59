"""Retrying requests while a cluster is busy or unreachable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.client.retrying import with_retries
from mlsr_es.errors import ClusterRefusedError, ClusterUnreachableError
from tests.elastic.faults import FaultServer, Reply

DELETE = [{"delete": {"_id": "a"}}]


@pytest.fixture
def away(fault_server: FaultServer, client_of: Callable[..., Elasticsearch]) -> Elasticsearch:
    """A client of the server that fails on purpose."""
    return client_of(fault_server.url, timeout_s=5)


@pytest.mark.parametrize("reply", [Reply(429), Reply(503), Reply(504, "<html>"), Reply(0)])
def test_what_may_pass_is_asked_again(fault_server: FaultServer, away: Elasticsearch, reply: Reply) -> None:
    """A request is repeated after temporary failures until it is answered."""
    fault_server.replies += [reply, reply]
    answer = with_retries(away, "ask", lambda: away.bulk(index="photos", operations=DELETE))
    assert answer["items"]
    assert len(fault_server.requests) == 3


def test_what_will_not_pass_is_asked_once(fault_server: FaultServer, away: Elasticsearch) -> None:
    """A permanent failure is not retried, and raises this package's error."""
    fault_server.replies.append(Reply(400, {"error": {"type": "parsing_exception", "reason": "no such thing"}}))
    with pytest.raises(ClusterRefusedError, match="could not ask: no such thing"):
        with_retries(away, "ask", lambda: away.bulk(index="photos", operations=DELETE))
    assert len(fault_server.requests) == 1


def test_patience_has_an_end(fault_server: FaultServer, away: Elasticsearch) -> None:
    """At the deadline the last failure is raised."""
    fault_server.replies += [Reply(0)] * 20
    with pytest.raises(ClusterUnreachableError, match="closed the connection"):
        with_retries(away, "ask", lambda: away.bulk(index="photos", operations=DELETE), deadline_s=0.3)
