"""HTML pages that somebody may have, each with what is read of it."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A page beside a good one.

    Args:
        name: The page's file.
        content: What it holds; IMG stands for an image that is there.
        images: How many image documents it adds.
        fault: A part of the reason for which the page is not read; "" where it is.
    """

    name: str
    content: bytes
    images: int
    fault: str = ""


IMG = b'<img src="NAME.png" alt="an owl">'
HEAD, END = b"<html><body><h1>Owls</h1>", b"</body></html>"


def page(inside: bytes) -> bytes:
    return HEAD + inside + END


ROWS = (
    Row("plain.html", page(IMG), 1),
    Row("empty.html", b"", 0, "the page cannot be read"),
    Row("blank.html", b" \n ", 0, "the page cannot be read"),
    Row("binary.html", bytes(range(256)) * 20, 0),
    Row("nul.html", page(b"\0\0\0" + IMG), 1),
    Row("unclosed.html", HEAD + b"<p><b><i><table><tr><td>" + IMG, 1),
    Row("closed.html", page(b"</div></p></table></body>" + IMG), 1),
    Row("deep.html", page(b"<div>" * 1500 + IMG + b"</div>" * 1500), 1),
    Row("deeper.html", page(b"<div>" * 100_000 + IMG), 0, "nested too deep"),
    Row("attributes.html", page(b"<p " + b"a=b " * 100_000 + b">" + IMG), 1),
    Row("attribute.html", page(b'<p title="' + b"x" * 5_000_000 + b'">' + IMG), 1),
    Row("long-alt.html", page(IMG.replace(b"an owl", b"owl " * 100_000)), 1),
    Row("long-word.html", page(b"a" * 5_000_000 + IMG), 1),
    Row("thousand.html", page(b"<p>" + IMG * 3_000 + b"</p>"), 1),
    Row("comment.html", page(b"<!--" + b"-" * 1_000_000 + b"-->" + IMG), 1),
    Row("open-comment.html", page(b"<!-- " + IMG), 0),
    Row("script.html", page(b"<script>document.write('<img src=x.png>')</script>" + IMG), 1),
    Row("entities.html", page(b"&amp;&#0;&#x110000;&nonsense;&#xD800;" + IMG), 1),
    Row("frames.html", b'<html><frameset><frame src="NAME.png"></frameset></html>', 0),
    Row("base.html", b'<html><head><base href="http://10.0.0.1/"></head><body>' + IMG + END, 1),
    Row("data.html", page(b'<img src="data:image/png;base64,AAAA" alt="an owl">'), 0),
    Row("remote.html", page(b'<img src="http://10.0.0.1/NAME.png" alt="an owl">'), 0),
    Row("file.html", page(b'<img src="file:///etc/passwd" alt="an owl">'), 0),
    Row("up.html", page(b'<img src="../../../etc/passwd.png" alt="an owl">'), 0),
    Row("absolute.html", page(b'<img src="/etc/passwd.png" alt="an owl">'), 0),
    Row("script-url.html", page(b'<img src="javascript:alert(1)" alt="an owl">'), 0),
    Row("nul-src.html", page(b'<img src="a%00.png" alt="an owl">'), 0),
    Row("srcset.html", page(b'<img srcset="NAME.png 2x, gone.png 1x" alt="an owl">'), 1),
    Row("lazy.html", page(b'<img src="data:," data-src="NAME.png" alt="an owl">'), 1),
    Row("picture.html", page(b'<picture><source srcset="NAME.png"><img alt="an owl"></picture>'), 1),
    Row("latin.html", b'<meta charset="latin1">' + page(b"\xfc\xe4" + IMG), 1),
    Row("wrong.html", b'<meta charset="utf-16">' + page(IMG), 1),
    Row("unknown.html", b'<meta charset="klingon">' + page(IMG), 1),
    Row("wide.html", page(IMG).decode().encode("utf-16"), 1),
    Row("large.html", page(b"<p>words</p>" * 1_500_000 + IMG), 0, "more than 16 MiB"),
)
