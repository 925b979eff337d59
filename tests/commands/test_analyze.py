"""``mlsr-es analyze``: the table, the JSON and the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.program import run_program


def test_an_index_and_its_sections(sample_index: str, sample_files: Path, cluster_url: str, tmp_path: Path) -> None:
    """All in one page, without anything from elsewhere."""
    page = tmp_path / "report.html"
    ran = run_program(
        "analyze", "--index", sample_index, "--topics", str(sample_files / "topics.jsonl"), "-o", str(page), "--json",
        "--es-url", cluster_url,
    )  # fmt: skip
    assert ran.code == 0, ran.stderr
    (told,) = ran.json["analyses"]
    assert told["documents"]["rows"] > 50
    assert told["queries"]["rows"] > 50
    assert 0 < told["co_activation"] < told["queries"]["terms"]
    assert told["found"] > 0.9, "by their own captions"
    assert told["kinds"]["alt"] > 50
    assert sum(told["origins"].values()) == pytest.approx(1)
    assert told["origins"]["alt"] > 0.1, "and none of its terms is from nowhere: the demo model's heads are MLP"
    assert "no caption" not in told["origins"]
    assert len(told["examples"]) == 8
    text = page.read_text()
    assert not re.search(r"(src|href)=.(?!data:)|url\(|@import|<script", text)
    soup = BeautifulSoup(text, "html.parser")
    figures = soup.find_all("figure")
    assert len(figures) == 8
    assert all(figure.find("span", class_="bar") for figure in figures)
    assert sample_index in str(soup.h1)


def test_two_folders_beside_each_other(sample_vectors: Path) -> None:
    """A column each; what is compared with itself is the same."""
    ran = run_program("analyze", "--vectors", str(sample_vectors), "--compare", str(sample_vectors))
    assert ran.code == 0, ran.stderr
    (row,) = [line for line in ran.stdout.splitlines() if line.startswith("terms of an image, mean")]
    assert row.split()[-1] == row.split()[-2]
    assert ran.stderr.count("terms of every image: ") == 2, "captions of whole sentences have function words"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "Give --index or --vectors."),
        (("--index", "a", "--vectors", "b"), "Give --index or --vectors."),
        (("--vectors", "b", "--topics", "c"), "Leave --topics out."),
    ],
)
def test_what_does_not_go_together_is_said(options: tuple[str, ...], told: str) -> None:
    """Before anything is read."""
    ran = run_program("analyze", *options)
    assert (ran.code, told in ran.stderr) == (2, True)


def test_captions_of_others_are_text_on_the_page() -> None:
    """Whatever stands in them."""
    from mlsr_es.commands.rendering.report import report
    from mlsr_es.evaluation import Usage
    from mlsr_es.inspection.analysing import Analysis, Example
    from mlsr_es.vectors import SparseVectors, Vocabulary

    usage = Usage.of(SparseVectors.from_mappings([{0: 1.0}], vocabulary_size=1), Vocabulary(("<b>",)))
    evil = Example('"><script>alert(1)</script>', ("<img src=x onerror=alert(1)>",), (("<b>", 1.0),), {"read": "<i>"})
    page = report([Analysis("<u>", "m", usage, None, None, None, {}, {"<b>": 1.0}, (evil,), ())])
    assert not re.search(r"<(script|img|u|i|b)\b(?!ody)", page)
