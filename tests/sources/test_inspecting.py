"""Counting what is in a collection."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from mlsr_es.errors import RecordError
from mlsr_es.sources import inspect, open_source


def test_counts(tmp_path: Path) -> None:
    """Documents, captions, sizes, what is left out and what is rejected add up to what is read."""
    Image.new("RGB", (100, 60)).save(tmp_path / "good.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "icon.png")
    (tmp_path / "bad.png").write_bytes(b"no image")
    (tmp_path / "p.html").write_text(
        "<html lang=en><h2>T</h2><p>one two three</p><img src=good.png alt='an owl'><img src=icon.png>"
        "<img src=bad.png><img src=gone.png><h2>U</h2>"
    )
    rejected: list[RecordError] = []
    found = inspect(open_source(str(tmp_path)), reject=rejected.append)
    assert (found.documents, found.without_captions, found.left_out.total(), found.rejected.total()) == (1, 0, 1, 2)
    assert (found.sections, found.judged_sections, found.judgements) == (2, 1, 2)
    assert (dict(found.captions), dict(found.languages)) == ({"alt": 1}, {"en": 1})
    assert (dict(found.formats), dict(found.sizes)) == ({"PNG": 1}, {128: 1})
    assert found.caption_words == dict.fromkeys((0.0, 0.25, 0.5, 0.75, 0.95, 1.0), 2)
    assert (found.section_words[0.0], found.section_words[1.0]) == (0, 3)
    assert [error.record_id.rpartition("/")[2] for error in rejected] == ["bad.png", "gone.png"]
    assert [document.id.rpartition("/")[2] for document in found.examples] == ["good.png"]


def test_a_drawing_counts_with_the_size_that_its_file_says(tmp_path: Path) -> None:
    """A drawing is counted with the size in its file, not with the size at which it is drawn."""
    (tmp_path / "owl.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080"/>')
    found = inspect(open_source(str(tmp_path)))
    assert (dict(found.formats), dict(found.sizes)) == ({"SVG": 1}, {2048: 1})


def test_the_size_of_an_image_is_its_own(tmp_path: Path) -> None:
    """The size of an image is read from its file, whatever its row says."""
    Image.new("RGB", (100, 60)).save(tmp_path / "owl.png")
    (tmp_path / "birds.jsonl").write_text(
        '{"id": "1", "captions": ["an owl"], "image": "owl.png", "width": 7}\n{"id": "2", "captions": ["an owl"]}\n'
    )
    found = inspect(open_source(str(tmp_path / "birds.jsonl")))
    assert [(document.width, document.height) for document in found.examples] == [(100, 60), (0, 0)]
