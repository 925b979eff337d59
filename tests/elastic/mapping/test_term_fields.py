"""The two kinds of field, and their query clauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.elastic.mapping import FieldKind, TermField
from mlsr_es.elastic.mapping.term_fields import cut, names_in
from mlsr_es.elastic.search import WordClauses, build_query
from mlsr_es.elastic.search.queries import lightened
from mlsr_es.errors import QueryError
from mlsr_es.vectors import SMALLEST_WEIGHT, feature_name

SPARSE = TermField("mlsr.terms", FieldKind.SPARSE_VECTOR)
NAMED = st.dictionaries(
    st.text(max_size=5).map(feature_name), st.floats(SMALLEST_WEIGHT, 2.0**100, width=32), max_size=12
)


def test_a_sparse_vector_is_asked_with_all_its_terms_and_without_pruning() -> None:
    """A query to ``sparse_vector`` switches pruning off; the rest of the request is the same for both kinds."""
    body = build_query({"cat": 0.5, "dog": 1.25}, size=3, field=SPARSE, text=WordClauses({"cat": 2.0}))
    asked = {"field": "mlsr.terms", "query_vector": {"dog": 1.25, "cat": 0.5}, "prune": False}
    assert body["query"]["bool"] == {
        "should": [{"sparse_vector": asked}, {"match": {"caption_all": {"query": "cat", "boost": 2.0}}}],
        "minimum_should_match": 1,
    }
    assert "mlsr.terms" in body["_source"]["excludes"]


def test_words_alone_ask_no_vector() -> None:
    """A query without terms has no vector clause."""
    body = build_query({}, size=1, field=SPARSE, text=WordClauses({"cat": 2.0}))
    assert [list(clause) for clause in body["query"]["bool"]["should"]] == [["match"]]
    with pytest.raises(QueryError, match="no term"):
        build_query({}, size=1, field=SPARSE)


@given(weights=NAMED, words=st.integers(0, 4), room=st.integers(0, 20), kind=st.sampled_from(FieldKind))
def test_nothing_is_lost_where_clauses_are_cut(
    weights: dict[str, float], words: int, room: int, kind: FieldKind
) -> None:
    """The first terms and words are in the first part and the others in the second, both in order."""
    field = TermField("f", kind)
    matches = [{"match": {"caption_all": {"query": str(number)}}} for number in range(words)]
    kept, left = cut([*field.clauses(weights), *matches], room)
    names = list(weights)
    assert (names_in(kept), names_in(left)) == (names[:room], names[room:])
    in_kept = [clause for clause in kept if "match" in clause]
    assert len(in_kept) == min(words, max(0, room - len(names)))
    assert in_kept + [clause for clause in left if "match" in clause] == matches
    assert cut(kept, room)[0] == kept


@pytest.mark.parametrize("kind", FieldKind)
def test_a_lighter_query_is_of_the_same_kind(kind: FieldKind) -> None:
    """A shortened query keeps its kind and its heaviest terms, and names the others by their word pieces."""
    field = TermField("mlsr.terms", kind)
    body = build_query({"a%2Eb": 2.0, "dog": 3.0, "cat": 1.0}, size=1, field=field)
    lighter, dropped = lightened(body, 2)
    assert lighter == build_query({"a%2Eb": 2.0, "dog": 3.0}, size=1, field=field)
    assert dropped.terms == ("cat",)
    assert lightened(body, 1)[1].terms == ("a.b", "cat")
