"""The card of the demo model is made from what commands reported, and from nothing else."""

from __future__ import annotations

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mlsr_es.collection import SECTION_FIELDS
from mlsr_es.errors import InputError
from mlsr_es.training import TrainingConfig

CHECKOUT = Path(__file__).parents[1]
MEANS = {"nDCG@10": 0.5, "AP@10": 0.25, "RR@10": 0.125, "R@10": 0.75, "R@1000": 1.0}
TERMS = {"query_terms": 12.0, "document_terms": 6.0}
NO_TERMS = dict.fromkeys(TERMS)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """models/build_demo.py, which is in no package."""
    spec = spec_from_file_location("build_demo", CHECKOUT / "models" / "build_demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def evaluated(**values: Any) -> dict[str, Any]:
    """What ``mlsr-es evaluate --json`` says."""
    systems = {
        "sparse": {"what": "by the cluster", "means": MEANS, **NO_TERMS},
        "exact": {"what": "on this machine", "means": MEANS, **TERMS},
        "hybrid": {"what": "sparse + BM25", "means": MEANS, **NO_TERMS},
    }
    report = {"collections": ["gimp-manual"], "revision": "r", "split": "test", "fold": 0, "topics": 148}
    return {**report, "query_fields": list(SECTION_FIELDS), "systems": systems, **values}


def trained(**values: Any) -> dict[str, Any]:
    """What ``mlsr-es train --json`` says."""
    measured = {"model": MEANS | TERMS, "together": MEANS | TERMS}
    report = {"collection": "kicad-manual", "start": "demo", "fold": 0, "seconds": 60, "test": measured}
    return {**report, "sections": {"training": 141, "test": 39}, **values}


def test_every_report_is_a_table_that_says_what_was_asked(script: ModuleType) -> None:
    """Of which pages, by which fields, after which training."""
    told = {"collection": "gimp-manual", "fold": 0, "topics": 148, "systems": {"model": MEANS | TERMS}}
    more = [
        evaluated(query_fields=["text"]),
        evaluated(collections=["kicad-manual"], split="all", topics=180),
        trained(),
    ]
    first, text, kicad, after = script.tables({**told, "more": more})
    assert first.startswith("Figures on fold 0 of `gimp-manual`, 148 topics")
    assert first.endswith("| this model | 0.500 | 0.250 | 0.125 | 0.750 | 1.000 | 12.0 | 6.0 |")
    assert text.startswith("On fold 0 of `gimp-manual`, 148 topics, asked by text alone:")
    assert "| sparse + BM25 | 0.500 | 0.250 | 0.125 | 0.750 | 1.000 |  |  |" in text
    assert "by the cluster" not in text
    assert kicad.startswith("On all pages of `kicad-manual`, 180 topics:")
    assert after.startswith("After `mlsr-es train --from-collection kicad-manual` (141 sections, 1 minute), on fold 0")
    assert "| this model with BM25 added, `--hybrid auto` | 0.500 |" in after


@pytest.mark.parametrize("report", [evaluated(revision="another"), trained(start=None)])
def test_figures_of_another_model_are_refused(script: ModuleType, tmp_path: Path, report: dict[str, Any]) -> None:
    """They would be believed."""
    (tmp_path / "report.json").write_text(json.dumps(report))
    with pytest.raises(InputError, match="of another model"):
        script._of_this_model(tmp_path / "report.json", {"r"})


def test_the_configuration_is_found_by_what_it_says(script: ModuleType) -> None:
    """A run of none that is here could not be rebuilt."""
    config = TrainingConfig.read(CHECKOUT / "configs" / "demo" / "m3.toml")
    assert script._configuration(config) == "configs/demo/m3.toml"
    with pytest.raises(InputError, match="configs/demo"):
        script._configuration(config.model_copy(update={"seed": 77}))
