"""Known collections by name: where each comes from and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mlsr_es.sources.manual import AS_PUBLISHED, USUAL, PageReading


class Kind(StrEnum):
    """How a collection's folder is read."""

    MANUAL = "manual"
    IMAGES = "images"


@dataclass(frozen=True, slots=True)
class KnownCollection:
    """A collection that users can name.

    Args:
        name: The name that the user types, and that its image ids begin with.
        package: The Debian package that holds it; "" for a collection that ships with this package.
        folder: Its folder inside the Debian package, or among the shipped files.
        kind: How the folder is read.
        licence: The collection's licence.
        description: A short description.
        language: The language of captions that do not say theirs.
        reading: What is made of its pages.
    """

    name: str
    package: str
    folder: str
    kind: Kind
    licence: str
    description: str
    language: str = "en"
    reading: PageReading = USUAL


KNOWN = {
    known.name: known
    for known in (
        KnownCollection(
            name="gimp-manual",
            package="gimp-help-en",
            folder="usr/share/gimp/2.0/help/en",
            kind=Kind.MANUAL,
            licence="GFDL-1.2+",
            description="the user manual of the image editor GIMP: screenshots, icons, examples of filters",
            reading=AS_PUBLISHED,
        ),
        KnownCollection(
            name="gimp-manual-de",
            package="gimp-help-de",
            folder="usr/share/gimp/2.0/help/de",
            kind=Kind.MANUAL,
            licence="GFDL-1.2+",
            description="the same manual in German: same pages, same images",
            language="de",
            reading=AS_PUBLISHED,
        ),
        KnownCollection(
            name="kicad-manual",
            package="kicad-doc-en",
            folder="usr/share/doc/kicad/help/en",
            kind=Kind.MANUAL,
            licence="GPL-3+ or CC-BY-3.0+",
            description="the manuals of KiCad, for drawing electronic circuits",
            reading=AS_PUBLISHED,
        ),
        KnownCollection(
            name="qtcreator-manual",
            package="qtcreator-doc",
            folder="usr/share/qtcreator/doc/qtcreator",
            kind=Kind.MANUAL,
            licence="GFDL-1.3",
            description="the manual of the development environment Qt Creator: screenshots, diagrams",
        ),
        KnownCollection(
            name="qtwidgets-manual",
            package="qtbase5-doc-html",
            folder="usr/share/qt5/doc/qtwidgets",
            kind=Kind.MANUAL,
            licence="GFDL-1.3",
            description="the reference of Qt Widgets: controls, examples, many images without captions",
        ),
        KnownCollection(
            name="skimage-manual",
            package="python-skimage-doc",
            folder="usr/share/doc/python-skimage-doc/html",
            kind=Kind.MANUAL,
            licence="BSD-3-Clause",
            description="the guide and gallery of the image processing library scikit-image: plots, photographs",
        ),
        KnownCollection(
            name="tuxpaint-stamps",
            package="tuxpaint-stamps-default",
            folder="usr/share/tuxpaint/stamps",
            kind=Kind.IMAGES,
            licence="GPL-2+ and others, image by image",
            description="the stamps of Tux Paint: drawings and photographs, captions in 77 languages",
        ),
        KnownCollection(
            name="sample",
            package="",
            folder="sample",
            kind=Kind.MANUAL,
            licence="Apache-2.0",
            description="a few pages with drawings, shipped with this package",
        ),
    )
}
"""The known collections, by name."""
