"""Reading one page: sections by headings, images with their captions, and each text in one of the two only."""

from __future__ import annotations

import sys
from itertools import count

import pytest

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.sources.page import Page, read_page

DOCBOOK = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>3.3. Gaussian Blur</title>
<link rel="up" href="blur.html" title="3. Blur Filters"/></head><body>
<div class="navheader"><table><tr><td><a href="x.html"><img src="images/prev.png" alt="Prev"/></a></td></tr></table>
</div>
<div class="sect2"><div class="titlepage"><div><h3 class="title"><a id="blur"></a>3.3. Gaussian Blur</h3></div></div>
<div class="sect3"><div class="titlepage"><div><h4 class="title"><a id="overview"></a>3.3.1. Overview</h4></div></div>
<div class="figure"><p class="title"><strong>Figure\u00a017.11.\u00a0Example</strong></p><div class="figure-contents">
<div class="mediaobject"><img src="images/before.jpg" alt="Example"/><div class="caption"><p>Original</p></div></div>
<div class="mediaobject"><img src="images/after.jpg" alt="Example"/><div class="caption"><p>Blurred</p></div></div>
</div></div><br class="figure-break"/>
<p>Sets each <em>pixel</em> to the average.</p>
<div class="note"><table summary="Note"><tr><td rowspan="2"><img alt="[Note]" src="images/note.png"/></td>
<th align="left">Note</th></tr><tr><td><p>Mind the edges.</p></td></tr></table></div>
</div></div></body></html>"""

ASCIIDOCTOR = """<html lang="en"><head><title>Editor</title></head><body class="book">
<div id="header"><h1>Editor</h1><div id="toc" class="toc"><ul><li><a href="#a">Contents</a></li></ul></div></div>
<div id="content"><div class="sect1"><h2 id="_start">1. Starting</h2><div class="sectionbody">
<div class="admonitionblock note"><table><tr><td class="icon"><div class="title">Note</div></td>
<td class="content">Be calm.</td></tr></table></div>
<div class="imageblock"><div class="content"><img src="images/main.png" alt="main window"></div>
<div class="title">Figure 1. The main window</div></div>
<div class="paragraph"><p>Press <span class="image"><img src="images/go.png" alt="go"></span> to go.</p></div>
</div></div></div><div id="footer">Version 6</div></body></html>"""

SPHINX = """<html lang="de"><head><title>Start &#8212; Project 1.0 documentation</title></head><body>
<div class="related"><a href="i.html"><img src="_static/logo.png" alt="Logo"></a></div>
<div class="body" role="main"><section id="start"><h1>Start<a class="headerlink" href="#start">¶</a></h1>
<p>Welcome.</p>
<section id="install"><h2>1.1. Install<a class="headerlink" href="#install">¶</a></h2>
<figure class="align-default" id="id1"><img alt="_images/setup.png" src="_images/setup.png"/>
<figcaption><p><span class="caption-number">Fig. 1 </span><span class="caption-text">The setup</span>
<a class="headerlink" href="#id1">¶</a></p></figcaption></figure>
<p>Run it.</p></section></section></div>
<div class="sphinxsidebar"><h3>Quick search</h3></div></body></html>"""


def shape(page: Page) -> list[tuple[str, str, tuple[str, ...], str]]:
    return [(section.id, section.section_title, section.hierarchy, section.text) for section in page.sections]


def captions(page: Page, src: str) -> list[tuple[str, str]]:
    placed = next(image for image in page.images if image.found.src == src)
    return [(caption.kind.value, caption.text) for caption in placed.found.captions]


def test_docbook_sections() -> None:
    """DocBook: titles lose their numbers, the page above begins the hierarchy, and text excludes figures."""
    page = read_page(DOCBOOK.encode(), "gauss.html")
    assert shape(page) == [
        ("gauss.html#blur", "Gaussian Blur", ("Blur Filters",), ""),
        ("gauss.html#overview", "Overview", ("Blur Filters",), "Sets each pixel to the average. Mind the edges."),
    ]
    assert page.sections[1].page_title == "Gaussian Blur"
    assert page.sections[1].page_description == "Sets each pixel to the average."


def test_docbook_captions() -> None:
    """DocBook: a figure's title describes all its images, and a media object's caption only its own."""
    page = read_page(DOCBOOK.encode(), "gauss.html")
    assert captions(page, "images/after.jpg") == [("description", "Blurred"), ("title", "Example"), ("alt", "Example")]
    assert captions(page, "images/before.jpg")[0] == ("description", "Original")


def test_docbook_rules() -> None:
    """DocBook: arrows of the navigation and the icons of notes are left out, each by its rule."""
    page = read_page(DOCBOOK.encode(), "gauss.html")
    assert {image.found.src: image.rule for image in page.images} == {
        "images/prev.png": "navigation",
        "images/before.jpg": "",
        "images/after.jpg": "",
        "images/note.png": "admonition",
    }


def test_docbook_chapter_holds_its_sections() -> None:
    """DocBook gives a chapter and its sections the same heading level; nesting tells them apart."""
    html = """<div class="chapter"><div class="titlepage"><h2 class="title"><a id="c"></a>Chapter 1. Paint</h2></div>
    <div class="sect1"><div class="titlepage"><h2 class="title"><a id="s"></a>1. Brushes</h2></div><p>Soft.</p></div>
    <div class="sect1"><div class="titlepage"><h2 class="title"><a id="t"></a>2. Pens</h2></div><p>Hard.</p></div>
    </div>"""
    assert [(title, above) for _, title, above, _ in shape(read_page(html.encode(), "p.html"))] == [
        ("Paint", ()),
        ("Brushes", ("Paint",)),
        ("Pens", ("Paint",)),
    ]


def test_asciidoctor() -> None:
    """Asciidoctor: block titles are captions; tables of contents and labels of notes are not text."""
    page = read_page(ASCIIDOCTOR.encode(), "e.html")
    assert shape(page) == [
        ("e.html#header", "Editor", (), ""),
        ("e.html#_start", "Starting", (), "Be calm. Press to go."),
    ]
    assert captions(page, "images/main.png") == [("title", "The main window"), ("alt", "main window")]
    assert [image.found.inline for image in page.images] == [False, True]


def test_sphinx() -> None:
    """Sphinx: only the main part is read, captions lose number and link sign, and a path is not an alt text."""
    page = read_page(SPHINX.encode(), "start.html")
    assert shape(page) == [
        ("start.html#start", "Start", (), "Welcome."),
        ("start.html#install", "Install", (), "Run it."),
    ]
    setup = next(image for image in page.images if not image.rule)
    assert setup.found.captions == (Caption("The setup", CaptionKind.DESCRIPTION, "de"),)
    assert setup.section_id == "start.html#install"


@pytest.mark.parametrize(
    ("src", "alt"),
    [("_images/owl.png", "_images/owl.png"), ("./i/owl.png", "./i/owl"), ("600px-Barn_owl.png", "Barn owl.png")],
)
def test_the_name_of_a_file_is_no_alternative_text(src: str, alt: str) -> None:
    """Sphinx, Texinfo and MediaWiki write the file's name where the author wrote nothing."""
    page = read_page(f"<p><img src='{src}' alt='{alt}'></p><p><img src=owl.png alt=owl></p>".encode(), "p.html")
    assert captions(page, src) == []
    assert captions(page, "owl.png") == [("alt", "owl")]


def test_plain_html() -> None:
    """Plain pages: text before the first heading is a section, headings nest by level, equal anchors stay apart."""
    html = """<title>Boats</title><p>Lead.</p><h2>Sails</h2><p>Up.<!-- no --> Down.</p>
    <h3 id=a>Jib</h3>x<h3 id=a>Main</h3>y
    <script>no()</script><svg><text>no</text></svg>"""
    assert shape(read_page(html.encode(), "boats and more.html")) == [
        ("boats and more.html", "", (), "Lead."),
        ("boats and more.html#1", "Sails", (), "Up. Down."),
        ("boats and more.html#a", "Jib", ("Sails",), "x"),
        ("boats and more.html#a-3", "Main", ("Sails",), "y"),
    ]


def test_figure_without_image_is_no_text() -> None:
    """The words in a figure without an image are not text of the section."""
    html = "<h2 id=a>Code</h2><p>See below.</p><figure><pre>x = 1</pre><figcaption>A listing</figcaption></figure>"
    assert shape(read_page(html.encode(), "p.html")) == [("p.html#a", "Code", (), "See below.")]


def test_blocks_do_not_run_together() -> None:
    """Words of neighbouring blocks are separated, and words with inline elements stay whole."""
    html = "<h2 id=a>T</h2><ul><li>one</li><li>t<b>w</b>o</li></ul><table><tr><td>3</td><td>4</td></tr></table>"
    assert read_page(html.encode(), "p.html").sections[0].text == "one two 3 4"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    """UTF-8 needs no declaration, and a byte order mark or a declaration is respected."""
    html = '<html><head><meta charset="iso-8859-1"><title>Größe</title></head><body><p>für</p></body></html>'
    html = html if encoding == "iso-8859-1" else html.replace('<meta charset="iso-8859-1">', "")
    section = read_page(html.encode(encoding), "p.html").sections[0]
    assert (section.page_title, section.text) == ("Größe", "für")


def calls_to_read(html: str) -> int:
    """Count the function calls while a page is read."""
    counter = count()
    before = sys.getprofile()
    sys.setprofile(lambda *_: next(counter) and None)
    try:
        read_page(html.encode(), "p.html")
    finally:
        sys.setprofile(before)
    return next(counter)


@pytest.mark.parametrize("around", ["<p>{}</p>", "<figure>{}<figcaption>Owls</figcaption></figure>", "<nav>{}</nav>"])
def test_twice_as_many_images_are_twice_the_work(around: str) -> None:
    """The work for a paragraph, a figure or a navigation bar grows only linearly with its images."""
    few, many = (calls_to_read(around.format("<img src=x.png>" * images)) for images in (200, 400))
    assert many < 2.2 * few


def test_what_follows_the_end_belongs_to_the_page() -> None:
    """As browsers show it: a template that was put after another one."""
    html = "<h2 id=a>Owls</h2><p>By day.</p></body></html>\n<p>By night.</p><img src=owl.png alt=Asleep></BODY ></html>"
    page = read_page(html.encode(), "p.html")
    assert shape(page) == [("p.html#a", "Owls", (), "By day. By night.")]
    assert captions(page, "owl.png") == [("alt", "Asleep")]


def test_no_html() -> None:
    """An empty file is an error."""
    with pytest.raises(ValueError, match="no HTML"):
        read_page(b"", "p.html")
