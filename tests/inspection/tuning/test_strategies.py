"""Strategies tried on a real index."""

from __future__ import annotations

from typing import Any

import pytest
from elasticsearch import Elasticsearch

from mlsr_es.collection import Section
from mlsr_es.elastic.bulk import IndexAction, load
from mlsr_es.elastic.mapping import IndexMeta
from mlsr_es.elastic.search import Strategy, build_query
from mlsr_es.elastic.versions import create_version, promote
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import InputError, ModelError
from mlsr_es.hybrid import Hybrid
from mlsr_es.inspection.tuning import Ask, Stopwatch, tune_strategy
from mlsr_es.sources import open_source
from tests.models import word_model

IMAGES = 40


@pytest.fixture
def ladder(client: Elasticsearch, index_name: str) -> str:
    """Images 0 to 39: ``light`` has weights that grow with the number, ``heavy`` an equal weight in images 20 to 39."""
    version = create_version(client, index_name, IndexMeta("m", "r", "v", "mlp", "mlp"))
    terms = [{"light": 1.0 + place} | ({"heavy": 1.0} if place >= IMAGES // 2 else {}) for place in range(IMAGES)]
    actions = (
        IndexAction(f"i{n:02}", {"image_id": f"i{n:02}", "mlsr": {"terms": [one]}}) for n, one in enumerate(terms)
    )
    assert not any(loaded.rejected for loaded in load(client, version, actions))
    promote(client, index_name, version)
    return version


def ask(**weights: float) -> Ask:
    def body(strategy: Strategy, size: int) -> dict[str, Any]:
        return build_query(weights, size=size, strategy=strategy)

    return body


def test_overlap_is_with_the_exact_ten(client: Elasticsearch, ladder: str) -> None:
    """An exact strategy finds all ten; images that tie with the tenth count too."""
    stopwatch = Stopwatch(client, ladder, [ask(heavy=2.0, light=1.0), ask(heavy=1.0)])
    exact, dynamic, pruned = stopwatch.measure(
        [Strategy(), Strategy(dynamic=True), Strategy(top=1)], rounds=1, stage="trying"
    )
    assert exact.overlap == dynamic.overlap == 1.0
    # With only the heavy term twenty images tie: the first ten are found, but the last ten are the exact best.
    assert pruned.overlap == pytest.approx((0.0 + 1.0) / 2)
    assert 0 < exact.p50_ms <= exact.p95_ms


def test_a_search_that_is_asked_again_is_said_to_be(client: Elasticsearch, ladder: str) -> None:
    """If the kept terms match too few images, the exact search is sent too, and its time is counted."""
    stopwatch = Stopwatch(client, ladder, [ask(nowhere=9.0, light=1.0)])
    (one,) = stopwatch.measure([Strategy(top=1)], rounds=1, stage="trying")
    assert (one.asked_again, one.overlap) == (1.0, 1.0)


@pytest.mark.parametrize("hybrid", [None, Hybrid("caption_all", 0.3)])
def test_an_index_is_tuned_on_its_own_sections(
    client: Elasticsearch, sample_index: str, demo_model: BiEncoder, hybrid: Hybrid | None
) -> None:
    """The tried strategies include both exact ones and the recommended one."""
    sections = list(open_source("sample").sections())[:6]
    found = tune_strategy(
        client, sample_index, model=demo_model, sections=[*sections, Section("s", "🦉")], hybrid=hybrid
    )
    assert (found.queries, found.images) == (6, client.count(index=sample_index)["count"])
    assert found.terms > 1
    assert [str(one.strategy) for one in found.measured[:2]] == ["exhaustive", "dynamic"]
    assert all(one.overlap == 1.0 for one in found.measured[:2])
    assert found.recommended in found.measured
    assert found.recommended.overlap >= 0.99


def test_what_cannot_be_tuned(client: Elasticsearch, sample_index: str, demo_model: BiEncoder) -> None:
    """Without a section that has a query, or with another model than the index's, tuning is refused."""
    with pytest.raises(InputError, match=r"no section makes a query.*the model's language"):
        tune_strategy(client, sample_index, model=demo_model, sections=[Section("s", "🦉")])
    with pytest.raises(ModelError, match="was made with the model 'demo'"):
        tune_strategy(client, sample_index, model=word_model(), sections=[])
