"""Strategies: their names, and which terms find images."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.elastic.cluster import ClusterVersion
from mlsr_es.elastic.search import Strategy
from mlsr_es.errors import InputError

SHARES = st.integers(1, 1000).map(lambda thousandths: thousandths / 1000)
WEIGHTS = st.dictionaries(st.text(max_size=4), st.floats(1e-6, 1e6), min_size=1, max_size=30)


@given(
    st.builds(Strategy, st.booleans(), mass=SHARES, window=st.integers(1, 10_000))
    | st.builds(Strategy, st.booleans(), top=st.integers(1, 999_999))
    | st.builds(Strategy, st.booleans(), mass=SHARES)
)
def test_a_name_says_all_of_a_strategy(strategy: Strategy) -> None:
    """What is printed, and stored in an index, is read again."""
    assert Strategy.parse(str(strategy)) == strategy


@pytest.mark.parametrize(
    ("name", "strategy"),
    [
        ("exhaustive", Strategy()),
        ("dynamic", Strategy(dynamic=True)),
        ("top:20", Strategy(top=20)),
        ("mass:0.8", Strategy(mass=0.8)),
        ("two-phase:0.6/100", Strategy(mass=0.6, window=100)),
        ("two-phase:0.6/100+dynamic", Strategy(dynamic=True, mass=0.6, window=100)),
    ],
)
def test_names(name: str, strategy: Strategy) -> None:
    """As the user types them."""
    assert Strategy.parse(name) == strategy
    assert str(strategy) == name


@pytest.mark.parametrize(
    "text",
    ["", "fast", "top:0", "top:-1", "top:many", "mass:0", "mass:1.5", "mass:.", "mass:nan", "two-phase:0.6",
     "two-phase:0.6/0", "two-phase:0.6/10001", "top:20+", "top:20+slow", "dynamic+dynamic", "exhaustive+dynamic"],
)  # fmt: skip
def test_what_is_no_strategy_is_told_apart(text: str) -> None:
    """With those that there are."""
    with pytest.raises(InputError, match=r"is no strategy\. One is exhaustive, dynamic, top:TERMS"):
        Strategy.parse(text)


@given(WEIGHTS, SHARES)
def test_the_fewest_heaviest_terms_with_the_mass_find_images(weights: dict[str, float], mass: float) -> None:
    """One fewer would hold less; the others rank, or are left out where there is one phase."""
    finding, ranking = Strategy(mass=mass, window=100).split(weights)
    assert finding | ranking == weights
    assert min(finding.values()) >= max(ranking.values(), default=0)
    assert sum(finding.values()) >= mass * sum(weights.values()) * (1 - 1e-9)
    assert sum(list(finding.values())[:-1]) <= mass * sum(weights.values()) * (1 + 1e-9)
    assert Strategy(mass=mass).split(weights) == (finding, {})


def test_the_heaviest_terms_come_first() -> None:
    """At equal weight in the order of their names."""
    finding, ranking = Strategy(top=2).split({"c": 1.0, "b": 1.0, "a": 3.0})
    assert (list(finding), ranking) == (["a", "b"], {})
    assert list(Strategy().split({"c": 1.0, "b": 2.0})[0]) == ["b", "c"]
    assert Strategy(mass=0.5, window=1).split({}) == ({}, {})


@pytest.mark.parametrize("dynamic", [True, False])
def test_where_every_term_finds_images_the_ranking_is_exact(dynamic: bool) -> None:  # noqa: FBT001
    """Each of the others has an exact one beside it."""
    assert Strategy(dynamic).exact
    for pruned in (Strategy(dynamic, top=3), Strategy(dynamic, mass=0.9), Strategy(dynamic, mass=0.9, window=100)):
        assert not pruned.exact
        assert pruned.whole == Strategy(dynamic)


def test_the_default_depends_on_the_version() -> None:
    """Counting all hits switches off the pruning that is slow before Lucene 10."""
    assert Strategy.for_version(ClusterVersion(7, 17)) == Strategy()
    assert Strategy.for_version(None) == Strategy()
    assert Strategy.for_version(ClusterVersion(9, 0)) == Strategy(dynamic=True)
