"""The notebooks run, from the first cell to the last, and show what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_notebook_of_suggestions_runs(
    cluster_url: str, index_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It indexes, shows pictures, and goes on after a text that cannot be asked."""
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("ES_URL", cluster_url)
    monkeypatch.setenv("MLSR_ES_EXAMPLE_INDEX", index_name)
    notebook: Any = nbformat.reads((CHECKOUT / "examples" / "suggest.ipynb").read_text(), as_version=4)  # type: ignore[no-untyped-call]
    assert all(not cell.get("outputs") for cell in notebook.cells), "outputs are not committed"
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}, timeout=240).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    pages = [output["data"].get("text/html", "") for output in outputs if "data" in output]
    strip = next(page for page in pages if page)
    assert strip.count("data:image/jpeg;base64,") == 4
    assert "for <i>" in strip
    printed = "".join(output.get("text", "") for output in outputs)
    assert "rope" in printed
    assert "'' the query is empty." in printed
