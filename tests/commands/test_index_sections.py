"""``mlsr-es index --sections`` and what is done with such an index: images find the sections that want them."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlsr_es
from mlsr_es.collection import Section
from mlsr_es.encoders import PromotionEncoder, load_model
from mlsr_es.sources import open_source
from tests.program import run_program


@pytest.fixture(scope="module")
def sections_index(cluster_url: str, sample_index: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample's sections, made by the program."""
    name = f"{sample_index}-sections"
    rejects = tmp_path_factory.mktemp("rejects") / "rejects.ndjson"
    ran = run_program(
        "index", "sample", "--sections", "--index", name, "--es-url", cluster_url, "--rejects", str(rejects), "--json"
    )
    assert ran.code == 0, ran.stderr
    sections = list(open_source("sample").sections())
    assert ran.json["encoded"] == sum(bool(section.text) for section in sections)
    assert ran.json["read"] == len(sections)
    return name


def test_a_caption_finds_the_sections_that_want_the_image(cluster_url: str, sections_index: str) -> None:
    """Ranked by the products of its document vector with the sections' query vectors; shown title first."""
    caption = "A bowline knot"
    ran = run_program("search", caption, "--index", sections_index, "--es-url", cluster_url, "--json", "--size", "5")
    assert ran.code == 0, ran.stderr
    model = load_model("demo", device="cpu")
    sections = [section for section in open_source("sample").sections() if section.text]
    asked = PromotionEncoder(model).encode_sections([Section("query", caption)]).to_scipy()
    products = (model.encode_sections(sections).to_scipy() @ asked.T).toarray().ravel()
    scores = {section.id: float(product) for section, product in zip(sections, products, strict=True)}
    hits = {hit["id"]: hit["score"] for hit in ran.json["hits"]}
    assert list(hits.values()) == pytest.approx(sorted(scores.values(), reverse=True)[: len(hits)], rel=4e-3)
    assert all(scores[id_] == pytest.approx(score, rel=4e-3) for id_, score in hits.items())
    shown = run_program("search", caption, "--index", sections_index, "--es-url", cluster_url, "--size", "1").stdout
    assert next(section for section in sections if section.id == next(iter(hits))).page_title in shown
    with mlsr_es.Suggester(sections_index, es_url=cluster_url) as suggester:
        assert [hit.id for hit in suggester.suggest(caption, size=5)] == list(hits)


def test_images_and_sections_do_not_get_into_one_index(
    cluster_url: str, sample_index: str, sections_index: str
) -> None:
    """The second would take the place of the first."""
    for options, name, told in (
        (("--sections",), sample_index, f"{sample_index} holds images, and sections would be indexed into it"),
        ((), sections_index, f"{sections_index} holds sections, and images would be indexed into it"),
        (("--sections", "--thumbnails"), sections_index, "sections have no pictures"),
    ):
        ran = run_program("index", "sample", "--index", name, "--es-url", cluster_url, *options)
        assert (ran.code, told in ran.stderr) == (2, True), ran.stderr


def test_a_run_again_finds_nothing_changed(cluster_url: str, sections_index: str, tmp_path: Path) -> None:
    """As with images; the load is proved, and the doctor finds nothing wrong."""
    given = ("--index", sections_index, "--es-url", cluster_url, "--json")
    ran = run_program("index", "sample", "--sections", *given, "--rejects", str(tmp_path / "rejects.ndjson"))
    assert (ran.code, ran.json["encoded"]) == (0, 0)
    proved = run_program("verify", "load", "sample", *given).json
    assert (proved["whole"], proved["read"], proved["wrong"]) == (True, ran.json["read"], [])
    found = run_program("doctor", *given).json["findings"]
    assert {one["level"] for one in found if one["about"] in {"model", "explanation", "captions"}} == {"green"}


def test_it_is_measured_by_images_as_topics(cluster_url: str, sections_index: str, tmp_path: Path) -> None:
    """``collection export --sections`` writes them; nothing of it is said to leak."""
    assert run_program("collection", "export", "sample", "-o", str(tmp_path), "--sections").code == 0
    ran = run_program(
        "evaluate",
        *("--index", sections_index, "--es-url", cluster_url, "--json"),
        *("--topics", str(tmp_path / "topics.jsonl"), "--qrels", str(tmp_path / "qrels.txt")),
    )
    assert ran.code == 0, ran.stderr
    means = {name: each["means"]["nDCG@10"] for name, each in ran.json["systems"].items()}
    assert means["sparse"] == pytest.approx(means["exact"], abs=0.01)
    assert means["sparse"] > means["bm25s"] > 0
    assert ran.json["leaks"] == 0
