"""What stands around a query."""

from __future__ import annotations

from typing import Any

import pytest

from mlsr_es.elastic.search import RequestOptions, build_query, check_own, check_page, with_request_options
from mlsr_es.errors import InputError

BODY = build_query({"owl": 1.0}, size=5)
OURS = BODY["query"]
RED: dict[str, Any] = {"term": {"colour": "red"}}
OWN: dict[str, Any] = {"match": {"body": "night"}}


def test_without_a_frame_a_search_is_itself() -> None:
    """Nothing is added that was not asked for."""
    assert with_request_options(BODY, RequestOptions()) == BODY


def test_a_page_passes_over_the_ones_before() -> None:
    """The body is that of all pages up to the one that is wanted."""
    assert {**with_request_options(BODY, RequestOptions(start=3))} == {**BODY, "size": 2, "from": 3}


def test_filters_hold_for_everything() -> None:
    """For what the user's own query finds, too."""
    for own in (None, {"query": OWN}):
        query = with_request_options(BODY, RequestOptions(filters=[RED], own=own))["query"]["bool"]
        assert query["filter"] == [RED]
        assert len(query["must"]) == 1


def test_the_own_query_says_what_is_found_and_scores_are_added() -> None:
    """Its aggregations and the like stay; the page is the search's."""
    own = {"query": OWN, "aggs": {"by": {}}, "timeout": "1s", "size": 99, "from": 7}
    sent = with_request_options(BODY, RequestOptions(own=own))
    assert sent["query"] == {"bool": {"must": [OWN], "should": [OURS]}}
    assert {**sent, "query": 0} == {**BODY, "aggs": {"by": {}}, "timeout": "1s", "query": 0}


def test_a_place_in_the_own_query_is_filled() -> None:
    """However deep it lies, and nothing else is put around it."""
    own = {"query": {"function_score": {"query": {"bool": {"must": [{"mlsr": {}}, RED]}}, "boost": 2}}}
    assert with_request_options(BODY, RequestOptions(own=check_own(own)))["query"] == {
        "function_score": {"query": {"bool": {"must": [OURS, RED]}}, "boost": 2}
    }


def test_an_own_body_without_a_query_leaves_ours() -> None:
    """Aggregations alone find no image."""
    assert with_request_options(BODY, RequestOptions(own={"aggs": {}}))["query"] == OURS


@pytest.mark.parametrize(
    ("own", "complaint"),
    [
        ([], "no search body"),
        ({"query": "owl"}, "no search body"),
        ({"query": OWN, "sort": ["date"]}, "something else than their scores: sort"),
        ({"query": {"bool": {"must": [{"mlsr": {}}], "should": [{"mlsr": {}}]}}}, "2 places"),
    ],
)
def test_what_cannot_be_put_together_is_refused(own: Any, complaint: str) -> None:
    """Before anything is asked."""
    with pytest.raises(InputError, match=complaint):
        check_own(own)


def test_a_page_out_of_reach_is_refused() -> None:
    """With the window that there is."""
    check_page(9_990, 10)
    with pytest.raises(InputError, match=r"hits 9,992 to 10,001 are out of reach.* 10,000"):
        check_page(9_991, 10)
