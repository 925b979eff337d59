"""What README.md says of speed is what was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def line(benchmark: str, case: str, system: str) -> dict[str, Any]:
    """What a benchmark says of a system."""
    lines = json.loads((ROOT / "benchmarks" / "results" / f"{benchmark}.json").read_text())["lines"]
    (found,) = (one for one in lines if (one["case"], one["system"]) == (case, system))
    return dict(found)


def test_the_readme_quotes_the_results() -> None:
    """Ratios with one digit; whoever measures again writes the new ones there."""
    captions = line("encoding", "captions, MLM head", "mlsr-es")["ratio"]
    sections = line("encoding", "sections, MLM head", "mlsr-es")["ratio"]
    memory = line("encoding", "sections, MLM head, memory", "mlsr-es")["ratio"]
    out_of_the_box = line("queries", "60 terms", "mlsr-es, out of the box (R@10 1.000)")["ratio"]
    told = " ".join((ROOT / "README.md").read_text().split())
    assert f"captions {captions:.1f} times and sections {sections:.1f} times as fast" in told
    assert f"in 1/{memory:.0f} of its memory" in told
    assert f"a query of 60 terms is {out_of_the_box:.1f} times as fast" in told


def test_the_page_has_all_results() -> None:
    """Each line of each benchmark is a row."""
    page = (ROOT / "benchmarks" / "RESULTS.md").read_text()
    for file in (ROOT / "benchmarks" / "results").glob("*.json"):
        for one in json.loads(file.read_text())["lines"]:
            assert f"| {one['case']} | {one['system']} | {one['value']:,.2f} {one['unit']} |" in page


def test_the_page_on_scale_has_what_was_measured() -> None:
    """Each size is a row, and the lines through them are told."""
    page = (ROOT / "docs" / "scale.md").read_text()
    growth = json.loads((ROOT / "benchmarks" / "growth.json").read_text())
    for row in growth["rows"]:
        assert f"| {row['documents']:,} | {row['bytes'] / 1e6:.1f} MB |" in page
    assert f"{growth['lines']['bytes']['document']:.0f} bytes a document" in page
    assert f"{growth['lines']['seconds']['document'] * 1000:.2f} ms a document" in page
