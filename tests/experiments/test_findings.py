"""The document of findings."""

from __future__ import annotations

from pathlib import Path

from mlsr_es.experiments import shipped_studies

FINDINGS = Path(__file__).resolve().parents[2] / "docs" / "findings.md"


def test_every_shipped_study_has_its_place() -> None:
    """Between marks, once."""
    text = FINDINGS.read_text()
    for study in shipped_studies():
        assert text.count(f"<!-- experiment {study.name}: begin -->") == 1
        assert text.count(f"<!-- experiment {study.name}: end -->") == 1
