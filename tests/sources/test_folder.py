"""A folder of images with side-car captions."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from mlsr_es.collection import Caption, CaptionKind, ImageDocument
from mlsr_es.errors import RecordError
from mlsr_es.sources import LeftOut
from mlsr_es.sources.folder import ImageFolder


def image(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 30)).save(path)


def only(folder: Path, languages: frozenset[str] | None = None) -> ImageDocument | RecordError | LeftOut:
    (item,) = ImageFolder(folder, name="c").in_languages(languages).documents()
    return item


def captions(folder: Path) -> tuple[Caption, ...]:
    document = only(folder)
    assert isinstance(document, ImageDocument)
    return document.captions


def test_document(tmp_path: Path) -> None:
    """An image without a side-car file has no captions, and its folder is its page."""
    image(tmp_path / "birds" / "snow owl.png")
    document = only(tmp_path)
    assert isinstance(document, ImageDocument)
    assert (document.id, document.page, document.captions) == ("c/birds/snow%20owl.png", "birds", ())
    assert (document.width, document.height) == (40, 30)


def test_text(tmp_path: Path) -> None:
    """A side-car text file is one caption."""
    image(tmp_path / "owl.png")
    (tmp_path / "owl.txt").write_text("An owl\non a branch.\n")
    assert captions(tmp_path) == (Caption("An owl on a branch."),)


def test_tux_paint(tmp_path: Path) -> None:
    """A side-car file in Tux Paint's form has an English caption and translations."""
    image(tmp_path / "owl.png")
    (tmp_path / "owl.txt").write_text("An owl.\nde.utf8=Eine Eule.\npt_BR.utf8=Uma coruja.\nsr@latin.utf8=\n")
    assert captions(tmp_path) == (
        Caption("An owl.", language="en"),
        Caption("Eine Eule.", language="de"),
        Caption("Uma coruja.", language="pt-br"),
    )
    portuguese = only(tmp_path, frozenset({"pt"}))
    assert isinstance(portuguese, ImageDocument)
    assert [caption.language for caption in portuguese.captions] == ["pt-br"]
    assert only(tmp_path, frozenset({"fi"})) == LeftOut("c/owl.png", "language")


def test_json(tmp_path: Path) -> None:
    """A side-car JSON file has caption components by name, or a list of captions."""
    image(tmp_path / "owl.png")
    (tmp_path / "owl.json").write_text(
        '{"title": "Owl", "alt": "", "language": "en", "captions": [{"text": "Eule", "language": "de"}]}'
    )
    assert captions(tmp_path) == (Caption("Owl", CaptionKind.TITLE, "en"), Caption("Eule", language="de"))


def test_bad_side_car(tmp_path: Path) -> None:
    """An unreadable side-car file rejects its image, with the reason."""
    for name, content in (("a.txt", b"\xff\xfe\xff"), ("b.json", b"{"), ("c.json", b"[]"), ("d.json", b'{"alt": 3}')):
        (tmp_path / name).write_bytes(content)
        image((tmp_path / name).with_suffix(".png"))
    items = list(ImageFolder(tmp_path, name="c").documents())
    assert [type(item) for item in items] == [RecordError] * 4


def test_variants(tmp_path: Path) -> None:
    """If a picture is there both as SVG and in pixels, the one in pixels is read."""
    for name in ("owl.svg", "owl.q.png", "owl.png"):
        (tmp_path / name).write_bytes(b"x")
    items = list(ImageFolder(tmp_path, name="c").documents())
    assert [item.id for item in items if isinstance(item, ImageDocument)] == ["c/owl.png", "c/owl.q.png"]
    assert [item for item in items if isinstance(item, LeftOut)] == [LeftOut("c/owl.svg", "variant")]
    assert ImageFolder(tmp_path, name="c").count() == 3


def test_links_out(tmp_path: Path) -> None:
    """An image or a side-car file that is a link out of the folder is rejected."""
    image(tmp_path / "secret.png")
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "c"
    image(folder / "b.png")
    (folder / "a.png").symlink_to(tmp_path / "secret.png")
    (folder / "b.txt").symlink_to(tmp_path / "secret.txt")
    items = list(ImageFolder(folder, name="c").documents())
    assert all(isinstance(item, RecordError) and "leaves" in item.reason for item in items)
    assert len(items) == 2
