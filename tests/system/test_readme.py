"""The README's calls do what it says, one after the other, in a folder with a site as its reader may have one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.shipped import shipped
from tests.conftest import new_name
from tests.program import run_program
from tests.test_documents import PAGES, calls

pytestmark = pytest.mark.system

NOT_RUN = {
    ("demo",): "make demo is it",
    ("node",): "the node of the tests must stay up",
    ("verify", "scores"): "named without arguments",
    ("serve",): "it serves until it is stopped: tests/service",
    ("train",): "it takes minutes: tests/commands/test_train.py",
    ("kibana", "import"): "no Kibana: tests/commands/test_kibana.py",
    ("api-key", "create"): "the node has no security: tests/commands/test_api_key.py",
}
"""Calls that are not run here, by their first words, and why."""


@pytest.fixture
def reader(cluster_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A folder with what the README's reader has; gives what stands in a call for what a placeholder means here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ES_URL", cluster_url)
    shutil.copytree(shipped("sample"), "site")
    Path("section.json").write_text('{"page_title": "Knots", "text": "How is a rope tied to a post?"}')
    assert run_program("collection", "export", "site", "-o", ".").code == 0
    with new_name(cluster_url) as name:
        client = connect(ConnectionSettings(url=cluster_url))
        client.indices.create(index=f"{name}-products", mappings={"properties": {"name": {"type": "text"}}})
        client.index(index=f"{name}-products", document={"name": "A bird house of oak"}, refresh=True)
        client.close()
        yield {"site-images": f"{name}-site", "products": f"{name}-products"}


def test_every_call_of_the_readme_runs(reader: dict[str, str]) -> None:
    """In its order, and without an error; what the first search shows is an image of the site."""
    ran = []
    for words in calls(PAGES[0]):
        if any(tuple(words[: len(first)]) == first for first in NOT_RUN):
            continue
        call = [reader.get(word, word) for word in words]
        if "ID" in words:
            shown = run_program(
                "search", "rotate a wheel", "--index", reader["site-images"], "--size", "60", "--json"
            ).json
            call = [shown["hits"][-1]["id"] if word == "ID" else word for word in call]
        found = run_program(*call)
        assert found.code == 0, (call, found.stderr)
        ran.append(words)
    assert len(ran) >= 11
