"""The counts of a run add up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from mlsr_es.indexing import Stage, Summary


def test_what_was_read_is_the_sum() -> None:
    """The number of records read is the sum of all outcomes."""
    summary = Summary("birds", "birds-v0001", "sample", encoded=3, unchanged=4)
    summary.left_out = Counter(icon=2, terms=1)
    summary.rejected = Counter(read=1, load=1)
    assert summary.read == 3 + 4 + 3 + 2


def test_the_json_is_plain() -> None:
    """The JSON has the same numbers under the same names."""
    summary = Summary("birds", "birds-v0001", "sample", encoded=1, rejects_file=Path("r.ndjson"), seconds=1.2345)
    summary.stages["encoding"] = Stage(10, 4.0)
    told = orjson.loads(orjson.dumps(summary.to_json()))
    assert (told["read"], told["encoded"], told["rejects_file"], told["seconds"]) == (1, 1, "r.ndjson", 1.23)
    assert told["documents_per_second"] == {"reading": 0.0, "encoding": 2.5, "loading": 0.0}


@pytest.mark.parametrize(("stage", "speed"), [(Stage(0, 0.0), 0.0), (Stage(0, 3.0), 0.0), (Stage(4, 2.0), 2.0)])
def test_a_stage_without_work_has_no_speed(stage: Stage, speed: float) -> None:
    """The speed of a stage without work is 0."""
    assert stage.per_second == speed


@pytest.mark.parametrize(("left_out", "advice"), [({"language": 3, "icon": 1}, "--languages"), ({"icon": 3}, "Look.")])
def test_a_run_that_encodes_nothing_says_why(left_out: dict[str, int], advice: str) -> None:
    """With the counts; other languages are a reason of their own."""
    error = Summary("birds", "", "birds", advice="Look.", left_out=Counter(left_out)).nothing_encoded()
    assert "icon" in str(error)
    assert advice in str(error.advice)
