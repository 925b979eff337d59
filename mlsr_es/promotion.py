"""Image promotion, the other task of AToMiC: images search the sections that want them."""

from __future__ import annotations

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, Section

SECTION_KINDS = (CaptionKind.TITLE, CaptionKind.HEADING, CaptionKind.INTRODUCTION, CaptionKind.DESCRIPTION)
"""The caption components that hold a section's fields, in the order in which a section is read: title, headings, the
page's description, text."""


def section_document(section: Section, collection: str) -> ImageDocument:
    """A section as a document that is stored: its fields are caption components, its text the description.

    Args:
        section: The section; one without a text of its own gets no caption at all, and so is not worth storing.
        collection: The collection's name.
    """
    parts = (
        (CaptionKind.TITLE, section.page_title),
        *((CaptionKind.HEADING, heading) for heading in (*section.hierarchy, section.section_title)),
        (CaptionKind.INTRODUCTION, section.page_description),
        (CaptionKind.DESCRIPTION, section.text),
    )
    folded = ((kind, " ".join(text.split())) for kind, text in parts)
    captions = tuple(Caption(text, kind) for kind, text in folded if text) if section.text.strip() else ()
    return ImageDocument(section.id, collection, captions, page=section.page)


def document_section(document: ImageDocument) -> Section:
    """The section of a document that ``section_document`` made; the nearest heading stands for a missing title."""
    texts: dict[CaptionKind, list[str]] = {}
    for caption in document.captions:
        texts.setdefault(caption.kind, []).append(caption.text)
    headings = texts.get(CaptionKind.HEADING, [])
    return Section(
        document.id,
        " ".join(texts.get(CaptionKind.DESCRIPTION, ())),
        document.page,
        page_title=" ".join(texts.get(CaptionKind.TITLE, ())),
        section_title=headings[-1] if headings else "",
        hierarchy=tuple(headings[:-1]),
        page_description=" ".join(texts.get(CaptionKind.INTRODUCTION, ())),
    )


def image_section(document: ImageDocument) -> Section:
    """An image as a query: its captions, each text once, stand where a section has its text."""
    texts = dict.fromkeys(caption.text for caption in document.captions if caption.kind is not CaptionKind.ATTRIBUTION)
    return Section(document.id, "\n".join(texts), document.page)
