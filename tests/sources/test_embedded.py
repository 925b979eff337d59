"""Captions in images' own files."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from mlsr_es.collection import Caption, CaptionKind, ImageFile
from mlsr_es.sources.images import captions_in

DESCRIPTION, TITLE, ALT, ATTRIBUTION = (CaptionKind(name) for name in ("description", "title", "alt", "attribution"))

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" photoshop:Credit="The Agency">
 <dc:description><rdf:Alt><rdf:li xml:lang="x-default">An owl at night</rdf:li>
  <rdf:li xml:lang="en">An owl at night</rdf:li><rdf:li xml:lang="de-AT">Eine Eule bei Nacht</rdf:li></rdf:Alt>
 </dc:description>
 <Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">Owl</rdf:li></rdf:Alt>
 </Iptc4xmpCore:AltTextAccessibility>
 <dc:creator><rdf:Seq><rdf:li>Ada</rdf:li><rdf:li>Bea</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def saved(kind: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(out, kind, **options)
    return out.getvalue()


def captions(content: bytes) -> list[Caption]:
    return list(captions_in(ImageFile("x", content)))


def exif(**values: Any) -> Image.Exif:
    tags = {"description": 0x010E, "artist": 0x013B, "copyright": 0x8298, "title": 0x9C9B, "windows": 0x9C9C}
    data = Image.Exif()
    for name, value in values.items():
        if name == "comment":
            data.get_ifd(0x8769)[0x9286] = value
        else:
            data[tags[name]] = value
    return data


def with_iptc(fields: dict[tuple[int, int], bytes]) -> bytes:
    """A JPEG with a Photoshop segment that has these IPTC fields."""
    iptc = b"".join(b"\x1c" + bytes(key) + struct.pack(">H", len(value)) + value for key, value in fields.items())
    iptc += b"\0" * (len(iptc) % 2)
    body = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc
    jpeg = saved()
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "TIFF", "AVIF", "PNG"])
def test_xmp_keeps_languages(kind: str) -> None:
    """Texts of XMP have their languages; one that is there in a language counts once, and credits are attribution."""
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP)
        content = saved(kind, pnginfo=text)
    elif kind == "TIFF":
        content = saved(kind, tiffinfo={700: XMP.encode()})
    else:
        content = saved(kind, xmp=XMP.encode())
    assert captions(content) == [
        Caption("An owl at night", DESCRIPTION, "en"),
        Caption("Eine Eule bei Nacht", DESCRIPTION, "de-at"),
        Caption("Owl", ALT),
        Caption("Ada", ATTRIBUTION),
        Caption("Bea", ATTRIBUTION),
        Caption("The Agency", ATTRIBUTION),
    ]


@pytest.mark.parametrize("codec", ["utf-8", "latin-1"])
def test_iptc(codec: str) -> None:
    """IPTC has caption, headline, object name and credits, in UTF-8 or Latin-1."""
    fields = {(2, 120): "Füchse über Gräben", (2, 105): "Füchse", (2, 80): "Ada", (2, 116): "© Ada"}
    assert captions(with_iptc({key: value.encode(codec) for key, value in fields.items()})) == [
        Caption("Füchse über Gräben", DESCRIPTION),
        Caption("Füchse", TITLE),
        Caption("Ada", ATTRIBUTION),
        Caption("© Ada", ATTRIBUTION),
    ]


@pytest.mark.parametrize("codec", ["utf-8", "latin-1"])
def test_exif(codec: str) -> None:
    """EXIF has a description, an artist, a copyright, and what Windows writes as UTF-16."""
    data = exif(
        description="Füchse".encode(codec),
        artist=b"Ada",
        copyright=b"CC-BY Ada",
        title="Über Gräben\0".encode("utf-16-le"),
        windows="Im Wald".encode("utf-16-le"),
    )
    assert captions(saved(exif=data)) == [
        Caption("Füchse", DESCRIPTION),
        Caption("Ada", ATTRIBUTION),
        Caption("CC-BY Ada", ATTRIBUTION),
        Caption("Über Gräben", TITLE),
        Caption("Im Wald", DESCRIPTION),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        b"ASCII\0\0\0" + "Füchse".encode("latin-1"),
        b"ASCII\0\0\0" + "Füchse".encode(),
        b"\0" * 8 + "Füchse".encode(),
        b"UNICODE\0" + "Füchse".encode("utf-16-le"),
        b"UNICODE\0" + "Füchse".encode("utf-16-be"),
        b"UNICODE\0" + "Füchse".encode("utf-16"),
    ],
)
def test_user_comments(comment: bytes) -> None:
    """A user comment is read in the character set that it names, in either byte order."""
    assert captions(saved(exif=exif(comment=comment))) == [Caption("Füchse", DESCRIPTION)]


def test_text_of_png() -> None:
    """A PNG's own text has a title, a description and an author."""
    text = PngImagePlugin.PngInfo()
    for name, value in {"Title": "Owl", "Description": "An owl", "Author": "Ada", "Software": "Paint"}.items():
        text.add_text(name, value)
    assert captions(saved("PNG", pnginfo=text)) == [
        Caption("An owl", DESCRIPTION),
        Caption("Owl", TITLE),
        Caption("Ada", ATTRIBUTION),
    ]


@pytest.mark.parametrize(
    "text",
    ["OLYMPUS DIGITAL CAMERA", "SONY DSC", "Created with GIMP", "Screenshot", " ", "DCIM\\100MEDIA\\DJI_1.JPG"],
)
def test_what_cameras_write_is_no_caption(text: str) -> None:
    """Texts that devices and programs write by themselves are passed over."""
    assert captions(saved(exif=exif(description=text.encode(), comment=b"ASCII\0\0\0" + text.encode()))) == []


def test_credits_alone_are_no_captions() -> None:
    """A photographer's name in each image says nothing about what is in it."""
    assert captions(saved(exif=exif(artist=b"Ada", copyright=b"Ada"))) == []


def test_the_same_text_counts_once() -> None:
    """A text that EXIF repeats from XMP keeps the language of XMP."""
    data = exif(description=b"An owl at night")
    found = captions(saved(xmp=XMP.encode(), exif=data))
    assert [caption for caption in found if caption.text == "An owl at night"] == [
        Caption("An owl at night", DESCRIPTION, "en")
    ]


def test_bad_data_do_not_hide_good_data() -> None:
    """Where one kind of data is damaged, the others are read; a file that is no image has no captions."""
    damaged = saved(xmp=b"<x:xmpmeta", exif=exif(description=b"An owl"))
    assert captions(damaged) == [Caption("An owl", DESCRIPTION)]
    assert captions(b"no image") == []
    assert captions(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == []


def test_entities_are_not_expanded() -> None:
    """XMP with entities of its own, which could name files of this machine, is passed over."""
    hostile = XMP.replace("<x:xmpmeta", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x:xmpmeta')
    found = captions(saved(xmp=hostile.replace("An owl at night", "&e;").encode()))
    assert found == []


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_data_are_survived(xmp: bytes, comment: bytes) -> None:
    """Whatever stands in XMP and EXIF, the captions are text."""
    assert all(caption.text for caption in captions(saved(xmp=xmp, exif=exif(comment=comment))))
