"""Captions that an image's own file has: in XMP, IPTC and EXIF data, and in the text of a PNG file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.sources.text import folded, language_code

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile as Opened

_DC = "{http://purl.org/dc/elements/1.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

_XMP = {
    f"{_DC}description": CaptionKind.DESCRIPTION,
    f"{_IPTC_CORE}ExtDescrAccessibility": CaptionKind.DESCRIPTION,
    f"{_DC}title": CaptionKind.TITLE,
    f"{_PHOTOSHOP}Headline": CaptionKind.TITLE,
    f"{_IPTC_CORE}AltTextAccessibility": CaptionKind.ALT,
    f"{_DC}creator": CaptionKind.ATTRIBUTION,
    f"{_PHOTOSHOP}Credit": CaptionKind.ATTRIBUTION,
    f"{_DC}rights": CaptionKind.ATTRIBUTION,
}
_IPTC = {
    (2, 120): CaptionKind.DESCRIPTION,  # caption or abstract
    (2, 5): CaptionKind.TITLE,  # object name
    (2, 105): CaptionKind.TITLE,  # headline
    (2, 80): CaptionKind.ATTRIBUTION,  # by-line
    (2, 110): CaptionKind.ATTRIBUTION,  # credit
    (2, 116): CaptionKind.ATTRIBUTION,  # copyright notice
}
_EXIF = {
    0x010E: CaptionKind.DESCRIPTION,  # ImageDescription
    0x013B: CaptionKind.ATTRIBUTION,  # Artist
    0x8298: CaptionKind.ATTRIBUTION,  # Copyright
}
_WINDOWS = {  # what the Explorer writes, as UTF-16
    0x9C9B: CaptionKind.TITLE,
    0x9C9C: CaptionKind.DESCRIPTION,  # comment
    0x9C9F: CaptionKind.DESCRIPTION,  # subject
    0x9C9D: CaptionKind.ATTRIBUTION,  # author
}
_PNG = {
    "Description": CaptionKind.DESCRIPTION,
    "Title": CaptionKind.TITLE,
    "Author": CaptionKind.ATTRIBUTION,
    "Copyright": CaptionKind.ATTRIBUTION,
}
_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
_MARK = 8
"""How many bytes at the start of an EXIF user comment name its character set."""

# What programs and cameras write by themselves says nothing about the picture.
_BY_ITSELF = re.compile(r"\W*|.*digital camera|sony dsc|screenshot|created with (the )?gimp|dcim\\.*", re.IGNORECASE)


def embedded_captions(opened: Opened) -> tuple[Caption, ...]:
    """The captions in an opened image; data that cannot be read are passed over.

    A text that is there several times counts once for each kind: with its language, where one place tells it. Credits
    count beside other captions only: alone they say nothing about the picture, and cameras write them into each.
    """
    found: dict[tuple[CaptionKind, str], Caption] = {}
    for caption in _all(opened):
        found.setdefault((caption.kind, caption.text), caption)
    says_something = any(kind is not CaptionKind.ATTRIBUTION for kind, _ in found)
    return tuple(found.values()) if says_something else ()


def captions_of_xmp(packet: bytes) -> Iterator[Caption]:
    """Yield the captions in XMP data, those in a language before those in none.

    Args:
        packet: XML, as in an image or in a file of its own.

    Raises:
        ValueError: It is not XML, or has entities of its own.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root: Any = etree.fromstring(packet.strip(b"\0 \r\n\t"), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"it is not XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("it has a document type, and XMP has none: its entities are not read")
    captions = [caption for element in root.iter(f"{_RDF}Description") for caption in _of_description(element)]
    yield from sorted(captions, key=lambda caption: not caption.language)


def _all(opened: Opened) -> Iterator[Caption]:
    readers: tuple[Callable[[Opened], Iterable[Caption]], ...] = (_xmp, _iptc, _exif, _png)
    for read in readers:
        with suppress(Exception):  # Pillow's readers may raise anything for damaged data
            yield from read(opened)


def _caption(text: str, kind: CaptionKind, language: str = "") -> Iterator[Caption]:
    if not _BY_ITSELF.fullmatch(plain := folded(text)):
        yield Caption(plain, kind, language)


def _xmp(opened: Opened) -> Iterator[Caption]:
    packet = opened.info.get("xmp") or opened.info.get("XML:com.adobe.xmp")
    if packet:
        yield from captions_of_xmp(packet.encode() if isinstance(packet, str) else packet)


def _of_description(element: Any) -> Iterator[Caption]:
    for name, kind in _XMP.items():
        yield from _caption(element.get(name, ""), kind)
        for owner in element.iterfind(name):
            for item in owner.iter(f"{_RDF}li") if len(owner) else (owner,):
                language = item.get(_LANGUAGE, "x-default")
                text = "".join(item.itertext())
                yield from _caption(text, kind, "" if language == "x-default" else language_code(language))


def _iptc(opened: Opened) -> Iterator[Caption]:
    from PIL import IptcImagePlugin

    fields = IptcImagePlugin.getiptcinfo(opened) or {}
    for number, kind in _IPTC.items():
        values = fields.get(number, [])
        for value in values if isinstance(values, list) else [values]:
            yield from _caption(_decoded(value), kind)


def _exif(opened: Opened) -> Iterator[Caption]:
    # Pillow would decode a whole PNG to look for Exif data after the pixels.
    if opened.format == "PNG" and "exif" not in opened.info:
        return
    exif = opened.getexif()
    for number, kind in _EXIF.items():
        value = exif.get(number, "")
        # Pillow takes the bytes for Latin-1; most programs write UTF-8.
        yield from _caption(_decoded(value.encode("latin-1")) if isinstance(value, str) else "", kind)
    for number, kind in _WINDOWS.items():
        value = exif.get(number, b"")
        yield from _caption(bytes(value).decode("utf-16-le", "ignore"), kind)
    comment = exif.get_ifd(_EXIF_IFD).get(_USER_COMMENT, b"")
    yield from _caption(_comment(comment, exif.endian), CaptionKind.DESCRIPTION)


def _png(opened: Opened) -> Iterator[Caption]:
    if opened.format == "PNG":
        for name, kind in _PNG.items():
            yield from _caption(str(opened.info.get(name, "")), kind)


def _comment(value: bytes | str, endian: str | None) -> str:
    if isinstance(value, str):
        return value
    mark, content = value[:_MARK].rstrip(b"\0"), value[_MARK:]
    if mark == b"UNICODE":
        return content.decode(_utf16(content, endian), "ignore")
    return _decoded(content) if mark in (b"ASCII", b"") else ""


def _utf16(content: bytes, endian: str | None) -> str:
    """The byte order of UTF-16: of its mark, else of its Latin letters, whose high bytes are zero, else the file's."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    first, second = content[::2].count(0), content[1::2].count(0)
    is_big = first > second if first != second else endian == ">"
    return "utf-16-be" if is_big else "utf-16-le"


def _decoded(value: bytes) -> str:
    text = value.rstrip(b"\0")
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")
