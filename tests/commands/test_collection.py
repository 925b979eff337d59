"""``mlsr-es collection``: what is printed, and the exit codes."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from PIL import Image
from typer.testing import CliRunner

from mlsr_es.commands.main import app
from mlsr_es.errors import SourceError
from tests.program import run_program

run = CliRunner()


def test_inspect() -> None:
    """The table says what is in the sample."""
    result = run.invoke(app, ["collection", "inspect", "sample"])
    assert result.exit_code == 0
    assert "collection          sample\nlicence             Apache-2.0\n" in result.stdout
    assert "left out            navigation" in result.stdout


def test_inspect_json() -> None:
    """With --json, stdout is one object."""
    result = run.invoke(app, ["collection", "inspect", "sample", "--json", "--languages", "en"])
    found = orjson.loads(result.stdout)
    assert found["languages"] == {"en": found["captions"]["alt"] + found["captions"]["description"]}
    assert found["rejects"] == []


def test_rejects(tmp_path: Path) -> None:
    """Bad records are shown, written to the file, and the exit code is 3."""
    source = tmp_path / "a.jsonl"
    source.write_text('{"id": "1", "captions": ["owl"]}\nnonsense\n')
    result = run.invoke(app, ["collection", "inspect", str(source), "--rejects", str(tmp_path / "rejects")])
    assert result.exit_code == 3
    assert "rejected: read: a.jsonl:2: the line is no JSON" in result.stderr
    assert orjson.loads((tmp_path / "rejects").read_bytes())["id"] == "a.jsonl:2"


def test_export(tmp_path: Path) -> None:
    """An export says what it wrote, on stderr."""
    result = run.invoke(app, ["collection", "export", "sample", "-o", str(tmp_path / "out")])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "documents" in result.stderr
    assert (tmp_path / "out" / "qrels.txt").is_file()


def test_images_without_captions(tmp_path: Path) -> None:
    """Where no image has a caption, it is said where captions are read."""
    Image.new("RGB", (60, 40)).save(tmp_path / "owl.png")
    ran = run_program("collection", "inspect", str(tmp_path))
    assert (ran.code, ran.stderr.partition(" of rows")[0]) == (
        0,
        "No image has a caption. Captions are read from the columns description, title, alt and captions",
    )


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    """A table with other columns, cells and encoding is read as the options say, and exported."""
    table = tmp_path / "vögel.csv"
    table.write_bytes("Nummer;Überschrift;Notiz\r\n7;Große Eule, nachts;x\r\n8;Bär;\r\n;;\r\n".encode("cp1252"))
    ran = run_program("collection", "inspect", str(table))
    assert ran.code == 2
    assert "the header is not UTF-8, but likely cp1252: give --encoding cp1252" in ran.stderr
    options = ("--encoding", "cp1252", "--map", "Nummer=id", "--map", "Überschrift=title:de")
    ran = run_program("collection", "inspect", str(table), *options, "--json")
    assert (ran.code, ran.json["captions"], ran.json["languages"]) == (0, {"title": 2}, {"de": 2})
    assert "its cells are separated by semicolons" in ran.stderr
    assert "columns that are not read: Notiz." in ran.stderr
    assert run_program("collection", "export", str(table), *options, "-o", str(tmp_path / "out")).code == 0
    first = orjson.loads((tmp_path / "out" / "documents.jsonl").read_bytes().splitlines()[0])
    caption = {"text": "Große Eule, nachts", "kind": "title", "language": "de"}
    assert (first["id"], first["collection"], first["captions"]) == ("7", "vögel", [caption])


@pytest.mark.parametrize(
    "command",
    [
        ("collection", "inspect", "a.csv"),
        ("collection", "export", "a.csv", "-o", "out"),
        ("index", "a.csv", "--index", "i", "--es-url", "http://localhost:1"),
        ("encode", "a.csv", "-o", "out"),
        ("train", "--from-collection", "a.csv", "-o", "out"),
    ],
)
def test_every_command_that_reads_a_source_has_the_same_options(command: tuple[str, ...]) -> None:
    """They are looked at before anything is loaded or asked."""
    ran = run_program(*command, "--encoding", "cp1252", "--map", "Titel")
    assert (ran.code, ran.stderr) == (
        2,
        "error: --map takes COLUMN=FIELD, not 'Titel'. For example: --map Titel=title\n",
    )


def test_no_source(tmp_path: Path) -> None:
    """A source that is not there is the user's error."""
    result = run.invoke(app, ["collection", "inspect", str(tmp_path / "gone")])
    assert isinstance(result.exception, SourceError)


@pytest.mark.parametrize("languages", ["", " , "])
def test_no_language(languages: str) -> None:
    """An empty list of languages is a usage error."""
    result = run.invoke(app, ["collection", "inspect", "sample", "--languages", languages])
    assert result.exit_code == 2


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a caption by a rule, one by a mark, and an image without any."""
    for name in "abc":
        Image.new("RGB", (90, 90)).save(tmp_path / f"{name}.png")
    (tmp_path / "p.html").write_text(
        "<h2>Birds</h2><center><img src=a.png alt=owl lang=en><br>A barn owl</center>"
        "<figure><img src=b.png><figcaption>A bee</figcaption></figure><p>t</p><img src=c.png>"
    )
    return tmp_path


def test_show(site: Path) -> None:
    """With --show each caption is a row with image, page, rule and score, and an image without any is a row, too."""
    result = run.invoke(app, ["collection", "inspect", str(site), "--show"])
    rows = [line.split("\t")[1:] for line in result.stdout.splitlines()]
    assert rows == [
        ["page", "rule", "score", "kind", "caption"],
        ["p.html", "box", "0.80", "description", "A barn owl"],
        ["p.html", "own", "", "alt", "owl"],
        ["p.html", "own", "", "description", "A bee"],
        ["p.html", "none", "", "", ""],
    ]
    assert "3 images, 1 of them without captions." in result.stderr
    with_stand_ins = run.invoke(app, ["collection", "inspect", str(site), "--show", "--stand-ins"])
    assert with_stand_ins.stdout.splitlines()[-1].split("\t")[1:] == ["p.html", "stand-in", "", "heading", "Birds"]


def test_show_json(site: Path) -> None:
    """With --show --json the object has the images too, each caption with its rule and its score."""
    found = orjson.loads(run.invoke(app, ["collection", "inspect", str(site), "--show", "--json"]).stdout)
    captions = [
        [(each["text"], each["rule"], each["score"]) for each in image["captions"]] for image in found["images"]
    ]
    assert captions == [[("A barn owl", "box", 0.8), ("owl", None, None)], [("A bee", None, None)], []]
    assert found["rules"] == {"box": 1}


def test_the_rules_are_counted(site: Path) -> None:
    """Without --show, the table counts the captions that rules found."""
    assert "found by rules      box 1 (--show" in run.invoke(app, ["collection", "inspect", str(site)]).stdout
