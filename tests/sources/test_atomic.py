"""From rows to records: AToMiC's columns and our own."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile, Section
from mlsr_es.errors import RecordError
from mlsr_es.sources.atomic import document_from, is_of_sections, section_from

BYTES = b"\x89PNG\r\n\x1a\n"


def document(row: dict[str, Any], folder: Path = Path("/nowhere")) -> ImageDocument:
    return document_from(row, place="a.jsonl:1", collection="c", folder=folder)


def test_atomic_image() -> None:
    """AToMiC: captions have the language at the same position, empty ones are skipped, the image is a struct."""
    row = {
        "image_url": "https://a.example/i.jpg",
        "image_id": "projected-1",
        "language": ["en", "zh-TW"],
        "caption_reference_description": ["An  owl", None],
        "caption_alt_text_description": ["", "貓頭鷹"],
        "caption_attribution_description": ["By A.", "By B."],
        "image": {"bytes": BYTES, "path": None},
    }
    assert document(row) == ImageDocument(
        "projected-1",
        "c",
        (
            Caption("An owl", CaptionKind.DESCRIPTION, "en"),
            Caption("貓頭鷹", CaptionKind.ALT, "zh-tw"),
            Caption("By A.", CaptionKind.ATTRIBUTION, "en"),
            Caption("By B.", CaptionKind.ATTRIBUTION, "zh-tw"),
        ),
        ImageFile("projected-1", BYTES),
    )


def test_atomic_section() -> None:
    """AToMiC: the hierarchy is spelt ``hierachy``."""
    row = {
        "text_id": "t 1",
        "page_url": "https://a.example/Owl",
        "page_title": "Owl",
        "section_title": "Food",
        "hierachy": ["Ecology", "Food"],
        "context_page_description": "Owls are birds.",
        "context_section_description": "They eat mice.",
        "media": [],
        "category": [],
        "source_id": "1",
    }
    assert section_from(row, place="t:1") == Section(
        "t 1", "They eat mice.", "https://a.example/Owl", "Owl", "Food", ("Ecology", "Food"), "Owls are birds."
    )
    assert is_of_sections(frozenset(row))


def test_table_cells() -> None:
    """A cell of a table holds a list as JSON, or its only text."""
    row = {
        "image_id": "1",
        "language": '["en", "de"]',
        "caption_reference_description": '["owl", "Eule"]',
        "caption_alt_text_description": "[sic] an owl",
        "image": base64.b64encode(BYTES).decode(),
    }
    made = document(row)
    assert [(caption.text, caption.language) for caption in made.captions] == [
        ("owl", "en"),
        ("Eule", "de"),
        ("[sic] an owl", "en"),
    ]
    assert made.image == ImageFile("1", BYTES)


def test_own_names() -> None:
    """This package's fields: captions are objects or plain text, and a caption without a kind is a description."""
    row = {"id": 7, "captions": ["owl", {"text": "Eule", "kind": "title", "language": "DE"}], "page": "p", "width": "3"}
    expected = (Caption("owl"), Caption("Eule", CaptionKind.TITLE, "de"))
    assert document(row) == ImageDocument("7", "c", expected, None, "p", 3)


@pytest.mark.parametrize("as_what", ["path", "struct", "data URI", "base64"])
def test_images(tmp_path: Path, as_what: str) -> None:
    """An image is a path within the folder, a struct, a data URI or base64."""
    (tmp_path / "i.png").write_bytes(BYTES)
    text = base64.b64encode(BYTES).decode()
    value = {"path": "i.png", "struct": {"path": "i.png"}, "data URI": f"data:image/png;base64,{text}", "base64": text}
    image = document({"id": "1", "image": value[as_what]}, tmp_path).image
    assert image is not None
    assert image.read() == BYTES


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "a.jsonl:1: it has no 'id'"),
        ({"image_id": " "}, "a.jsonl:1: it has no 'image_id'"),
        ({"id": "1", "collection": "d"}, "it belongs to the collection d"),
        ({"id": "1", "captions": 3}, "'captions' is not a list"),
        ({"id": "1", "captions": [3]}, "neither text nor an object"),
        ({"id": "1", "captions": [{"text": "x", "kind": "poem"}]}, "kind is none of description, title"),
        ({"id": "1", "page": 3}, "'page' is not text"),
        ({"id": "1", "width": "wide"}, "'width' is not a number"),
        ({"id": "1", "image": 3}, "'image' is neither bytes"),
        ({"id": "1", "image": "no base64!"}, "'image' is neither base64 nor a path"),
        ({"id": "1", "image": "gone.png"}, "there is no such file: gone.png"),
        ({"id": "1", "image": "../x.png"}, "leaves the source's folder"),
        ({"id": "1", "image": "/etc/hosts.png"}, "leaves the source's folder"),
        ({"image_id": "1", "language": [1]}, "'language' is not a list of texts"),
    ],
)
def test_bad_rows(tmp_path: Path, row: dict[str, Any], reason: str) -> None:
    """Each fault of a row has its own reason."""
    with pytest.raises(RecordError) as caught:
        document(row, tmp_path)
    assert reason in str(caught.value)
