"""Opening the source that a user names, or saying what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from mlsr_es.collection import Caption, CaptionKind, ImageDocument
from mlsr_es.errors import InputError, SourceError
from mlsr_es.sources import Reading, Source, check_holds_images, open_source


def rows(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text('{"id": "1", "captions": ["owl"]}\n')
    return path


def test_sample() -> None:
    """The sample ships with the package, and its ids begin with its name."""
    source = open_source("sample")
    documents = [item for item in source.documents() if isinstance(item, ImageDocument)]
    assert len(documents) > 50
    assert all(document.id.startswith("sample/") and document.captions for document in documents)
    ids = {document.id for document in documents}
    sections = {section.id for section in source.sections()}
    assert all(judgement.image_id in ids and judgement.section_id in sections for judgement in source.judgements())


def test_a_file_is_named_for_itself(tmp_path: Path) -> None:
    """The collection of a file has the file's name without suffix, or the name in its rows."""
    assert open_source(str(rows(tmp_path, "birds.jsonl"))).name == "birds"
    (tmp_path / "x.jsonl").write_text('{"id": "1", "collection": "owls"}')
    assert open_source(str(tmp_path / "x.jsonl")).name == "owls"


def test_a_collection_can_be_given_a_name(tmp_path: Path) -> None:
    """Image ids begin with it; rows that name their own collection keep it."""
    Image.new("RGB", (90, 90)).save(tmp_path / "x.png")
    source = open_source(str(tmp_path), name="our site")
    (document,) = source.documents()
    assert isinstance(document, ImageDocument)
    assert (source.name, document.id) == ("our site", "our site/x.png")
    assert open_source(str(rows(tmp_path, "birds.jsonl")), name="owls").name == "owls"
    (tmp_path / "x.jsonl").write_text('{"id": "1", "collection": "owls"}')
    with pytest.raises(SourceError, match="their own collection, owls"):
        open_source(str(tmp_path / "x.jsonl"), name="birds")


def test_parquet_files(tmp_path: Path) -> None:
    """Parquet files in a folder or a glob are one source; files of sections are recognised by their columns."""
    for number in range(2):
        pq.write_table(pa.table({"image_id": [str(number)]}), tmp_path / f"images-{number}.parquet")
    pq.write_table(pa.table({"text_id": ["t"], "page_title": ["P"]}), tmp_path / "texts.parquet")
    for given in (tmp_path, tmp_path / "*.parquet"):
        source = open_source(str(given))
        assert len(list(source.documents())) == 2
        assert [section.page_title for section in source.sections()] == ["P"]
        assert source.name == tmp_path.name


def test_folders_by_content(tmp_path: Path) -> None:
    """A folder is read as an export if it has one, else as pages, else as images."""
    Image.new("RGB", (90, 90)).save(tmp_path / "x.png")
    found = [type(open_source(str(tmp_path))).__name__]
    (tmp_path / "p.html").write_text("<img src=x.png>")
    found.append(type(open_source(str(tmp_path))).__name__)
    rows(tmp_path, "documents.jsonl")
    found.append(type(open_source(str(tmp_path))).__name__)
    assert found == ["ImageFolder", "Manual", "Table"]


def test_nothing_there(tmp_path: Path) -> None:
    """The error for an unknown name lists the known collections."""
    with pytest.raises(SourceError, match=r"There is no source .*gone.*gimp-manual"):
        open_source(str(tmp_path / "gone"))


def test_empty_folder(tmp_path: Path) -> None:
    """The error for an empty folder says what a source is."""
    with pytest.raises(SourceError, match="holds nothing that is read"):
        open_source(str(tmp_path))


def test_unknown_file(tmp_path: Path) -> None:
    """The error for a file of another kind lists the kinds."""
    (tmp_path / "a.docx").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"no kind that is read.*\.jsonl"):
        open_source(str(tmp_path / "a.docx"))


def test_heic_alone_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of telephone photographs is refused with the line that makes them readable."""
    (tmp_path / "IMG_1.HEIC").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(SourceError, match=r"holds HEIC images, .* HEIC needs pip install 'mlsr-es\[heic\]'"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("kind", ["pages", "images", "known"])
def test_reading_fits_the_source(tmp_path: Path, kind: str) -> None:
    """Columns are for rows, and an encoding for files of text: elsewhere they would be silently of no use."""
    if kind != "known":
        birds(tmp_path, kind)
    with pytest.raises(InputError, match=r"--encoding and --map do not fit: .* is a "):
        open_source("sample" if kind == "known" else str(tmp_path), reading=Reading(columns={"title": "Titel"}))


def test_a_column_that_is_not_there_is_told_before_reading(tmp_path: Path) -> None:
    """With the columns that are; a mapped column is not told as unread."""
    (tmp_path / "a.csv").write_text("Nr;Titel;Autor\n1;Owl;Ada\n")
    lines: list[str] = []
    reading = Reading.parse("", ["Nr=id", "Titel=title"])
    (document,) = open_source(str(tmp_path / "a.csv"), reading=reading, say=lines.append).documents()
    assert isinstance(document, ImageDocument)
    assert (document.id, document.captions) == ("1", (Caption("Owl", CaptionKind.TITLE),))
    assert lines[0] == f"{tmp_path}/a.csv: its cells are separated by semicolons."
    assert lines[1].startswith(f"{tmp_path}/a.csv: columns that are not read: Autor. Those that are: id, image, ")
    with pytest.raises(InputError, match=r"a\.csv has no column 'Titl'\. It has Nr, Titel, Autor\."):
        open_source(str(tmp_path / "a.csv"), reading=Reading.parse("", ["Titl=title"]))


def test_address() -> None:
    """Pages are not fetched from a site; who gives its address is told what to do."""
    with pytest.raises(SourceError, match=r"https://docs\.example/manual is no source: .*wget --mirror"):
        open_source("https://docs.example/manual")


def test_no_images(tmp_path: Path) -> None:
    """Pages without images are refused with that reason."""
    (tmp_path / "p.html").write_text("<p>Hello</p>")
    with pytest.raises(SourceError, match="holds no images"):
        open_source(str(tmp_path))


def test_empty_file(tmp_path: Path) -> None:
    """A file without rows is refused because it has no images."""
    (tmp_path / "a.jsonl").write_bytes(b"")
    with pytest.raises(SourceError, match="holds no images"):
        open_source(str(tmp_path / "a.jsonl"))


def test_all_bad(tmp_path: Path) -> None:
    """If nothing can be read, the error has the first fault."""
    (tmp_path / "a.jsonl").write_text("nonsense\n")
    with pytest.raises(SourceError, match=r"The first fault: read: a.jsonl:1: the line is no JSON"):
        open_source(str(tmp_path / "a.jsonl"))


def birds(folder: Path, kind: str) -> Source:
    """A source with one image that has a German caption and an English one."""
    Image.new("RGB", (90, 90)).save(folder / "x.png")
    if kind == "pages":
        (folder / "p.html").write_text(
            "<figure lang=de><img lang=en src=x.png alt=owl><p class=title>Eule</p></figure>"
        )
    elif kind == "images":
        (folder / "x.txt").write_text("owl\nde.utf8=Eule\n")
    else:
        row = '{"id": "1", "captions": [{"text": "owl", "language": "en"}, {"text": "Eule", "language": "de"}]}'
        (folder / "documents.jsonl").write_text(row)
    return open_source(str(folder))


def captions(source: Source) -> set[str]:
    return {caption.text for item in source.documents() if isinstance(item, ImageDocument) for caption in item.captions}


@pytest.mark.parametrize("kind", ["pages", "images", "rows"])
def test_an_opened_source_is_narrowed_to_languages(tmp_path: Path, kind: str) -> None:
    """Narrowing a source to languages leaves the first one as it was, and can be checked for images."""
    source = birds(tmp_path, kind)
    english = source.in_languages(frozenset({"en"}))
    assert (captions(english), captions(source)) == ({"owl"}, {"owl", "Eule"})
    assert captions(english.in_languages(None)) == {"owl", "Eule"}
    check_holds_images(english, "birds")
    with pytest.raises(SourceError, match="birds holds no image to index: all 1 are left out by rule"):
        check_holds_images(source.in_languages(frozenset({"fr"})), "birds")


def test_all_left_out(tmp_path: Path) -> None:
    """If rules leave out every image, the error says so."""
    (tmp_path / "p.html").write_text("<nav><img src=x.png></nav>")
    with pytest.raises(SourceError, match="all 1 are left out by rule"):
        open_source(str(tmp_path))


def test_a_folder_whose_name_says_nothing(tmp_path: Path) -> None:
    """The manual in ``owl/html`` is called owl, which is told, and a name that the user gives stays."""
    page = tmp_path / "owl" / "html" / "p.html"
    page.parent.mkdir(parents=True)
    page.write_text("<img src=a.png>")
    Image.new("RGB", (90, 90)).save(page.with_name("a.png"))
    told: list[str] = []
    assert open_source(str(page.parent), say=told.append).name == "owl"
    assert told == ["The collection is called owl, since the folder's name, html, says nothing."]
    assert open_source(str(page.parent), name="html", say=told.append).name == "html"
    assert len(told) == 1


def test_a_root_that_does_not_fit(tmp_path: Path) -> None:
    """A root that does not hold the pages is refused, and so is one for a source without pages."""
    (tmp_path / "owl").mkdir()
    (tmp_path / "owl" / "p.html").write_text("<p>t</p>")
    with pytest.raises(SourceError, match=r"--root .*bees does not hold"):
        open_source(str(tmp_path / "owl"), root=tmp_path / "bees")
    with pytest.raises(SourceError, match="of a folder of HTML pages, and sample is none"):
        open_source("sample", root=tmp_path)


def test_stand_ins_are_of_pages(tmp_path: Path) -> None:
    """Stand-ins are refused for a source without pages."""
    Image.new("RGB", (90, 90)).save(tmp_path / "a.png")
    with pytest.raises(SourceError, match="--stand-ins is of HTML pages"):
        open_source(str(tmp_path), introduced=True)
