"""The collections that published figures were measured on stay as they were."""

from __future__ import annotations

import hashlib
import json

import pytest

from mlsr_es.progress import Silent
from mlsr_es.sources import export, open_source
from mlsr_es.state import state_folder

DIGESTS = {
    ("gimp-manual", "2.10.34-2"): (
        "3e1a84a0a9cbe109e23ac0f335e7d4433f5084499db8d345f700e6e4dbfefd8c",
        "859555106179d8e1f6d1cfc3f7d7159cfeeba9f0ae23d9643453bddfba903883",
        "5b265cc5ce3d71e5347a4e153a99fa88a448df27ac610302a9bc6d2548eeeadb",
    ),
    ("kicad-manual", "6.0.11+dfsg-1"): (
        "b6a998eb6db92bf092e358ad4ed6b07c60470cd8167fcee607a91bb012a58127",
        "243bf70a2665a000cbe5869f577fae81aeb6a48d866bec73d26461787cb0e5b4",
        "1230b84cb93bd446cb9f80cabdb315c0c69d4902e5d65626651f9b360717171b",
    ),
}
"""SHA-256 of documents.jsonl, topics.jsonl and qrels.txt, by collection and version of its package."""


@pytest.mark.parametrize(("name", "version"), DIGESTS)
def test_ids_captions_and_judgements_are_those_of_the_figures(
    name: str, version: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Documents, sections and judgements of a known manual are, byte for byte, those of the published figures."""
    manifest = state_folder() / "collections" / name / "manifest.json"
    if not manifest.is_file() or json.loads(manifest.read_bytes())["version"] != version:
        pytest.skip(f"{name} {version} is not fetched here: mlsr-es collection inspect {name} fetches it")
    folder = tmp_path_factory.mktemp(name)
    export(open_source(name), folder, Silent())
    files = ("documents.jsonl", "topics.jsonl", "qrels.txt")
    assert tuple(hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files) == DIGESTS[name, version]
