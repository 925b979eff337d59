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
    assert (document.id, document.page, document.captions) == ("c/birds/snow owl.png", "birds", ())
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


def test_names_of_side_cars(tmp_path: Path) -> None:
    """A side-car file has the image's name with or without its suffix, in upper or lower case."""
    for number, name in enumerate(("IMG_0.JPG.txt", "img_1.TXT", "IMG_2.jpg.json", "IMG_3.Json")):
        image(tmp_path / f"IMG_{number}.JPG")
        (tmp_path / name).write_text('{"caption": "An owl"}' if "son" in name else "An owl")
    found = [item.captions for item in ImageFolder(tmp_path, name="c").documents() if isinstance(item, ImageDocument)]
    assert found == [(Caption("An owl"),)] * 4


def test_several_side_cars(tmp_path: Path) -> None:
    """All of them are read: text first, then JSON, then XMP."""
    image(tmp_path / "owl.png")
    (tmp_path / "owl.txt").write_text("An owl")
    (tmp_path / "owl.png.json").write_text('{"alt": "Owl"}')
    (tmp_path / "owl.xmp").write_text(
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<r:Description xmlns:d="http://purl.org/dc/elements/1.1/"><d:title><r:Alt><r:li xml:lang="de">Eule</r:li>'
        "</r:Alt></d:title></r:Description></r:RDF></x:xmpmeta>"
    )
    assert captions(tmp_path) == (
        Caption("An owl"),
        Caption("Owl", CaptionKind.ALT),
        Caption("Eule", CaptionKind.TITLE, "de"),
    )


def test_encoding_of_side_cars(tmp_path: Path) -> None:
    """A text file is UTF-8 or what the user says; where it is not, the likely encoding is named."""
    image(tmp_path / "owl.png")
    (tmp_path / "owl.txt").write_bytes("Große Eule auf einem Ast".encode("latin-1"))
    (rejected,) = ImageFolder(tmp_path, name="c").documents()
    assert isinstance(rejected, RecordError)
    assert rejected.reason.endswith(
        "owl.txt cannot be read: it is not UTF-8, but likely cp1252: give --encoding cp1252"
    )
    (document,) = ImageFolder(tmp_path, name="c", encoding="cp1252").documents()
    assert isinstance(document, ImageDocument)
    assert document.captions == (Caption("Große Eule auf einem Ast"),)


def test_captions_in_the_image_count_where_no_side_car_has_one(tmp_path: Path) -> None:
    """A side-car file with a caption stands for all captions in the image."""
    exif = Image.Exif()
    exif[0x010E] = "What the camera says"
    Image.new("RGB", (40, 30)).save(tmp_path / "owl.jpg", exif=exif)
    (tmp_path / "owl.txt").write_text(" \n")
    assert captions(tmp_path) == (Caption("What the camera says"),)
    (tmp_path / "owl.txt").write_text("An owl")
    assert captions(tmp_path) == (Caption("An owl"),)


def test_what_nothing_reads_is_named(tmp_path: Path) -> None:
    """Files by suffix with an example, and names in JSON files with the likely one."""
    image(tmp_path / "owl.png")
    (tmp_path / "owl.json").write_text('{"titel": "Owl", "alt": "Owl"}')
    for name in ("notes.txt", "more.txt", "birds.csv", "README", ".hidden"):
        (tmp_path / name).write_text("x")
    files, names = ImageFolder(tmp_path, name="c").unread()
    assert files == (
        f"{tmp_path}: not read: 1 without a suffix (README); 1 .csv (birds.csv), a file of rows is named by its own "
        "path; 2 .txt (more.txt, ...), no image has its name."
    )
    assert names.startswith(f"{tmp_path}: names in JSON files that are not read: titel (title?) beside owl.png. Those")
    (tmp_path / "all read").mkdir()
    image(tmp_path / "all read" / "owl.png")
    assert list(ImageFolder(tmp_path / "all read", name="c").unread()) == []


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
