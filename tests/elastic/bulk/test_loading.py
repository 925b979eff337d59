"""Loading: every action gets one result, whatever the cluster does meanwhile."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.elastic.bulk import Action, BulkResult, DeleteAction, IndexAction, UpdateAction, load
from mlsr_es.errors import ClusterRefusedError, ClusterUnreachableError, IndexMismatchError
from tests.elastic.faults import FaultServer, Reply

BUSY = (429, "es_rejected_execution_exception", "rejected execution: queue capacity = 1")
FLOODED = (
    403,
    "cluster_block_exception",
    "index [photos] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)]",
)


@pytest.fixture
def sink(fault_server: FaultServer, client_of: Callable[..., Elasticsearch]) -> Elasticsearch:
    """A client of the server that fails on purpose."""
    return client_of(fault_server.url, timeout_s=5)


def documents(*ids: str) -> list[IndexAction]:
    return [IndexAction(id_, {"text": id_}) for id_ in ids]


def by_id(results: Iterator[BulkResult]) -> dict[str, BulkResult]:
    listed = list(results)
    assert len({one.id for one in listed}) == len(listed)
    return {one.id: one for one in listed}


def test_every_document_is_stored_once_and_answered_once(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """With many small chunks and two threads, no document is lost or sent twice."""
    ids = [f"image-{number}" for number in range(100)]
    results = by_id(load(sink, "photos", documents(*ids), chunk_bytes=300))
    assert results == {id_: BulkResult(id_, 201) for id_ in ids}
    assert sorted(fault_server.documents) == sorted(ids)
    assert len(fault_server.requests) > 10
    assert sum(map(len, fault_server.requests)) == 100


@pytest.mark.parametrize("reply", [Reply(429), Reply(502, "<html>"), Reply(503), Reply(504, "<html>"), Reply(0)])
def test_what_may_pass_is_tried_again(fault_server: FaultServer, sink: Elasticsearch, reply: Reply) -> None:
    """A temporary refusal, a proxy's error page and a dropped connection cause a pause, but no document is lost."""
    fault_server.replies.append(reply)
    assert not any(one.rejected for one in load(sink, "photos", documents("a", "b")))
    assert fault_server.requests == [["a", "b"], ["a", "b"]]


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_waited_for(fault_server: FaultServer, sink: Elasticsearch, *, as_date: bool) -> None:
    """No request is sent before the time in ``Retry-After``, given in seconds or as a date."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    fault_server.replies.append(Reply(429, headers={"Retry-After": date if as_date else "1"}))
    list(load(sink, "photos", documents("a")))
    # A date in a header has no fractions of a second.
    assert fault_server.times[1] - fault_server.times[0] >= 0.9


def test_a_retry_after_beyond_the_deadline_ends_it_at_once(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """If ``Retry-After`` is after the deadline, the loading fails without waiting."""
    fault_server.replies.append(Reply(429, headers={"Retry-After": "3600"}))
    begun = time.monotonic()
    with pytest.raises(ClusterRefusedError, match="try again later"):
        list(load(sink, "photos", documents("a"), deadline_s=5))
    assert time.monotonic() - begun < 3


def test_only_the_items_that_failed_are_sent_again(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """Where a full write queue refuses some documents of a request, these alone are sent again."""
    fault_server.item_faults = {"b": deque([BUSY, (503, "unavailable_shards_exception", "primary is away")])}
    results = by_id(load(sink, "photos", documents("a", "b", "c")))
    assert not any(one.rejected for one in results.values())
    assert fault_server.requests == [["a", "b", "c"], ["b"], ["b"]]


def test_a_document_that_is_bad_is_rejected_with_the_reason(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """A bad document is sent once and rejected; the others of its chunk are stored."""
    fault_server.item_faults = {"b": deque([(400, "mapper_parsing_exception", "failed to parse field [width]")])}
    results = by_id(load(sink, "photos", documents("a", "b", "c")))
    assert results["b"] == BulkResult("b", 400, "failed to parse field [width]")
    assert results["b"].rejected
    assert sorted(fault_server.documents) == ["a", "c"]


def test_a_chunk_that_is_too_large_is_split_and_later_ones_are_smaller(
    fault_server: FaultServer, sink: Elasticsearch
) -> None:
    """A chunk that a proxy refuses for its size is split, and later chunks are smaller from the start."""
    fault_server.largest = 500
    ids = [f"image-{number:03}" for number in range(400)]
    results = by_id(load(sink, "photos", documents(*ids), chunk_bytes=1200))
    assert not any(one.rejected for one in results.values())
    assert sorted(fault_server.documents) == ids
    assert sum(map(len, fault_server.requests)) < 2 * len(ids)


def test_a_document_that_is_too_large_is_rejected_alone(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """A chunk is split down to the one document that is too large; the others are stored."""
    fault_server.largest = 500
    actions = [*documents("a", "b"), IndexAction("huge", {"text": "x" * 1000}), *documents("c")]
    results = by_id(load(sink, "photos", actions))
    assert results["huge"].status == 413
    assert "larger than the cluster takes" in results["huge"].reason
    assert sorted(fault_server.documents) == ["a", "b", "c"]


def test_an_answer_that_counts_wrong_is_no_answer(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """If an answer has fewer results than documents were sent, all documents are sent again."""
    fault_server.replies.append(Reply(200, {"items": [{"index": {"status": 201}}]}))
    assert len(by_id(load(sink, "photos", documents("a", "b", "c")))) == 3
    assert fault_server.requests == [["a", "b", "c"]] * 2


ODD = {
    "page": Reply(200, "<html>Sign in</html>"),
    "null": Reply(200, "null", {"Content-Type": "application/json"}),
    "list": Reply(200, "[]", {"Content-Type": "application/json"}),
    "text": Reply(200, '"done"', {"Content-Type": "application/json"}),
    "items are a number": Reply(200, {"items": 2}),
    "an item is a text": Reply(200, {"items": ["a", "b"]}),
    "no status": Reply(200, {"items": [{"index": {}}, {"index": {}}]}),
    "a status in words": Reply(200, {"items": [{"index": {"status": "good"}}, {"index": {"status": 201}}]}),
    "cut": Reply(200, '{"items": [{"index": {"stat', {"Content-Type": "application/json"}),
}


@pytest.mark.parametrize("reply", ODD.values(), ids=list(ODD))
def test_an_answer_that_no_cluster_gives_is_no_answer(
    fault_server: FaultServer, sink: Elasticsearch, reply: Reply
) -> None:
    """A proxy's page with the status 200, an answer that was cut: all is sent again, and told of at the end."""
    fault_server.replies.append(reply)
    assert not any(one.rejected for one in load(sink, "photos", documents("a", "b")))
    assert fault_server.requests == [["a", "b"], ["a", "b"]]
    fault_server.replies.extend([reply] * 50)
    with pytest.raises(ClusterUnreachableError, match="answers, but"):
        list(load(sink, "photos", documents("c", "d"), deadline_s=1))


def test_a_cluster_that_stays_busy_ends_the_loading(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """At the deadline the error has the cluster's own words, and no document is rejected."""
    fault_server.item_faults = {"a": deque([BUSY] * 50)}
    with pytest.raises(ClusterRefusedError, match="queue capacity = 1"):
        list(load(sink, "photos", documents("a"), deadline_s=1))


def test_a_block_that_stays_says_how_to_lift_it(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """The error for an index that a full disk has blocked says how to remove the block."""
    fault_server.item_faults = {"a": deque([FLOODED] * 50)}
    with pytest.raises(ClusterRefusedError, match=r"flood stage.*read_only_allow_delete"):
        list(load(sink, "photos", documents("a"), deadline_s=1))


def test_a_cluster_that_is_away_is_waited_for_until_the_deadline(
    client_of: Callable[..., Elasticsearch], closed_port: int
) -> None:
    """Refused connections are retried until the deadline, and then the cluster is reported as unreachable."""
    with pytest.raises(ClusterUnreachableError, match="nothing answers"):
        list(load(client_of(f"http://127.0.0.1:{closed_port}"), "photos", documents("a"), deadline_s=1))


def test_lacking_rights_end_the_loading_at_once(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """An error that concerns every document is reported once, with the missing privilege."""
    why = "action [x] is unauthorized for user [y], this action is granted by the index privileges [index,write,all]"
    fault_server.item_faults = {"a": deque([(403, "security_exception", why)])}
    with pytest.raises(ClusterRefusedError, match="needs the index privilege index or write"):
        list(load(sink, "photos", documents("a", "b")))
    assert len(fault_server.requests) == 1


def test_an_index_that_is_gone_ends_the_loading_at_once(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """Loading into a removed index fails at once."""
    fault_server.item_faults = {"a": deque([(404, "index_not_found_exception", "no such index [photos]")])}
    with pytest.raises(IndexMismatchError, match=r"no such index \[photos\]"):
        list(load(sink, "photos", documents("a")))


def test_what_is_removed_already_is_removed(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """Removing a document that is already gone succeeds."""
    fault_server.documents["a"] = {}
    results = by_id(load(sink, "photos", [DeleteAction("a"), DeleteAction("b")]))
    assert results == {"a": BulkResult("a", 200, deleted=True), "b": BulkResult("b", 404, deleted=True)}
    assert not any(one.rejected for one in results.values())
    assert fault_server.documents == {}


def test_what_cannot_be_sent_is_rejected_before(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """A document with an id that is too long, or with a broken character, is rejected and never sent."""
    broken = [IndexAction("x" * 513, {}), IndexAction("", {}), IndexAction("b", {"path": "\udcff.png"})]
    results = by_id(load(sink, "photos", [*broken, *documents("a")]))
    assert {id_[:2]: one.rejected for id_, one in results.items()} == {"xx": True, "": True, "b": True, "a": False}
    assert fault_server.requests == [["a"]]


def test_no_more_is_read_than_is_on_its_way(sink: Elasticsearch) -> None:
    """Actions are read only as fast as the cluster takes them, so that memory stays bounded."""
    read: list[str] = []

    def endless() -> Iterator[IndexAction]:
        while True:
            read.append(f"image-{len(read)}")
            yield from documents(read[-1])

    results = load(sink, "photos", endless(), chunk_bytes=300)
    next(results)
    assert len(read) < 60
    results.close()


def test_who_stops_reading_stops_the_loading(fault_server: FaultServer, sink: Elasticsearch) -> None:
    """When the caller stops reading results, no thread goes on retrying."""
    fault_server.item_faults = {"image-9": deque([BUSY] * 50)}
    results = load(sink, "photos", documents(*(f"image-{number}" for number in range(10))), chunk_bytes=60)
    next(results)
    begun = time.monotonic()
    results.close()
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("action", [IndexAction("b", {"text": "b"}), UpdateAction("a", {"text": "b"}, 0, 1)])
def test_an_index_that_is_removed_meanwhile_is_not_made_again(
    client: Elasticsearch, index_name: str, action: Action
) -> None:
    """If the index is removed during the loading, no bulk request creates it again without its mapping."""
    client.indices.create(index=index_name)

    def actions() -> Iterator[Action]:
        yield from documents("a", "held back")
        while not client.exists(index=index_name, id="a"):  # sent, once a third one is asked for
            time.sleep(0.01)
        client.indices.delete(index=index_name)
        yield action

    with pytest.raises(IndexMismatchError, match=f"the index {index_name} is gone"):
        list(load(client, index_name, actions(), chunk_bytes=1))
    assert not client.indices.exists(index=index_name)


def test_a_request_that_is_too_slow_is_halved(
    fault_server: FaultServer, client_of: Callable[..., Elasticsearch]
) -> None:
    """Until it is answered in time, and what follows is no larger: over a slow line the default would never arrive."""
    fault_server.slow_above, fault_server.slow_s = 400, 0.4
    ids = [f"image-{number}" for number in range(20)]
    results = by_id(load(client_of(fault_server.url, timeout_s=0.2), "photos", documents(*ids), chunk_bytes=700))
    assert not any(one.rejected for one in results.values())
    assert sorted(fault_server.documents) == sorted(ids)
    assert len(fault_server.requests[-1]) < 8
