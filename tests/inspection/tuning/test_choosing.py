"""Which strategies are tried, and which is recommended."""

from __future__ import annotations

from mlsr_es.elastic.search import Strategy
from mlsr_es.inspection.tuning.choosing import candidates, faster, recommended
from mlsr_es.inspection.tuning.timing import Measured


def measured(strategy: str, p50_ms: float, overlap: float = 1.0) -> Measured:
    return Measured(Strategy.parse(strategy), p50_ms, 2 * p50_ms, p50_ms, overlap, 0.0)


EXACT = (measured("exhaustive", 10), measured("dynamic", 40))


def test_the_fastest_that_finds_enough_is_recommended() -> None:
    """A faster strategy that loses images is not recommended, and neither is a slower one that loses none."""
    lossy, good, slow = measured("top:10", 1, 0.9), measured("two-phase:0.6/100", 5, 0.992), measured("mass:0.9", 8)
    assert recommended([*EXACT, slow, lossy, good]) is good
    assert recommended([*EXACT, slow, lossy, good], least_overlap=0.85) is lossy
    assert recommended([*EXACT, slow, lossy, good], least_overlap=0.999) is slow


def test_an_exact_one_stays_unless_another_is_clearly_faster() -> None:
    """Less than a tenth faster is noise; if no other strategy finds enough, the faster exact one is recommended."""
    assert recommended([*EXACT, measured("mass:0.9", 9.5)]) is EXACT[0]
    assert recommended([*EXACT, measured("top:10", 1, 0.5)]) is EXACT[0]


def test_of_equally_fast_ones_that_which_finds_more_is_better() -> None:
    """Times within five per cent count as equal."""
    less, more = measured("two-phase:0.6/100", 5.0, 0.991), measured("two-phase:0.6/300", 5.2, 0.999)
    assert recommended([*EXACT, less, more]) is more
    assert recommended([*EXACT, less, measured("two-phase:0.6/1000", 5.6)]) is less


def test_candidates_fit_the_index_and_the_queries() -> None:
    """All prune as requested, none is exact, each keeps fewer terms than a query has, no window is the whole index."""
    many = candidates(dynamic=True, images=100_000, terms=60)
    assert all(one.dynamic and not one.exact for one in many)
    assert {one.top for one in many} == {None, 10, 20}
    assert {one.window for one in many} == {None, 100, 300, 1000}
    few = candidates(dynamic=False, images=200, terms=15)
    assert {one.top for one in few} == {None, 10}
    assert {one.window for one in few} == {None, 100}
    assert len({str(one) for one in many}) == len(many)


def test_the_faster_is_the_one_with_the_lower_median() -> None:
    """The order of the two does not matter."""
    assert faster(EXACT) is faster(EXACT[::-1]) is EXACT[0]
