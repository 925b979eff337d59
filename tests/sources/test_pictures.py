"""The elements that show an image, and the file that each names."""

from __future__ import annotations

import pytest

from mlsr_es.sources.page import read_page


@pytest.mark.parametrize(
    ("html", "files"),
    [
        ("<img src=a.png>", ["a.png"]),
        ("<object type=image/svg+xml data=a.svg></object>", ["a.svg"]),
        ("<object data='a.svg?v=2'><img src=a.png></object>", ["a.svg?v=2"]),
        ("<object data=a.pdf><img src=a.png></object>", ["a.png"]),
        ("<embed src=a.svg>", ["a.svg"]),
        ("<embed src=a.swf>", []),
        ("<img data-src=a.png src='data:image/gif;base64,R0lGOD'>", ["a.png"]),
        ("<img data-src=a.png><noscript><img src=a.png></noscript>", ["a.png"]),
        ("<img srcset='s.png 480w, l.png 1200w, m.png 800w'>", ["l.png"]),
        ("<img srcset='s.png, l.png 2x'>", ["l.png"]),
        ("<img srcset='s.png 480w' src=a.png>", ["a.png"]),
        ("<picture><source srcset='s.webp 1x, l.webp 2x'><img></picture>", ["l.webp"]),
        ("<picture><source srcset=a.webp><img src=a.png></picture>", ["a.png"]),
        ("<img src='data:image/gif;base64,R0lGOD'>", ["data:image/gif;base64,R0lGOD"]),
        ("<img alt=nothing>", []),
    ],
)
@pytest.mark.parametrize("around", ["<p>{}</p>", "<figure>{}</figure>"])
def test_files(html: str, files: list[str], around: str) -> None:
    """Images are found in all elements that show them, each once, in its largest size and never as a placeholder."""
    page = read_page(around.format(html).encode(), "p.html")
    assert [image.found.src for image in page.images] == files
