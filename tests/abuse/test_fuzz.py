"""Files that chance makes: whatever is in them, they are read or refused with a reason.

``make fuzz`` tries thousands of each; findings become rows of the tables beside this file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.errors import RecordError, SourceError
from mlsr_es.sources import decode, open_source
from mlsr_es.sources.table import Table
from tests.abuse.images import FRAMES, PHOTO, saved, svg

EXAMPLES = int(os.environ.get("MLSR_ES_EXAMPLES", "50"))
fuzzed = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

WHOLE = {
    **{kind: saved(PHOTO, kind) for kind in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")},
    "animation": saved(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:5]),
    "SVG": svg('<g transform="rotate(5)"><path d="M0 0L9 9" stroke="red"/><text>an owl</text></g>'),
}
_TAGS = (
    "p",
    "div",
    "figure",
    "figcaption",
    "table",
    "tr",
    "td",
    "img",
    "a",
    "h1",
    "h2",
    "section",
    "svg",
    "object",
    "picture",
)
_ATTRIBUTES = ("src", "srcset", "alt", "title", "class", "id", "href", "data-src", "lang", "data", "type", "width")
_VALUES = (
    st.sampled_from(("a.png", "b.png 2x", "../a.png", "data:,", "#", "figure", "an owl", "", "image/png", "-5"))
    | st.text()
)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """A file with some bytes changed, cut out or put in, or cut off."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(changed) - 1)))
        match draw(st.sampled_from(("change", "cut", "put", "end"))):
            case "change" if changed:
                changed[place] = draw(st.integers(0, 255))
            case "cut":
                del changed[place : place + draw(st.integers(1, 64))]
            case "put":
                changed[place:place] = draw(st.binary(min_size=1, max_size=64))
            case "end" if draw(st.booleans()):
                del changed[place:]
    return bytes(changed)


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Tags that open and close as chance has it, with attributes and text between them."""
    parts = []
    for _ in range(draw(st.integers(0, 30))):
        tag, attributes = (
            draw(st.sampled_from(_TAGS)),
            draw(st.dictionaries(st.sampled_from(_ATTRIBUTES), _VALUES, max_size=3)),
        )
        told = "".join(f" {name}='{value}'" for name, value in attributes.items())
        parts.append(draw(st.sampled_from((f"<{tag}{told}>", f"</{tag}>", f"<{tag}{told}/>"))))
        parts.append(draw(st.text(max_size=20)))
    return "".join(parts)


@pytest.mark.parametrize("kind", sorted(WHOLE))
@fuzzed
@given(st.data())
def test_images(kind: str, data: st.DataObject) -> None:
    """Decoded to pixels, or rejected."""
    content = data.draw(damaged(WHOLE[kind]))
    try:
        pixels = decode(ImageFile("a", content))
    except RecordError:
        return
    assert pixels.mode == "RGB"
    assert min(pixels.size) > 0


@fuzzed
@given(markup())
def test_pages(content: str) -> None:
    """Read to documents and sections, or told as faults."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_bytes(content.encode("utf-8", "surrogatepass"))
        (Path(folder) / "a.png").write_bytes(WHOLE["PNG"])
        try:
            source = open_source(folder)
        except SourceError:
            return
        items = [*source.documents(), *source.sections(), *source.judgements(), *source.faults()]
        assert all(item.id for item in items if isinstance(item, ImageDocument))


@fuzzed
@given(
    st.lists(
        st.binary(max_size=40)
        | st.from_type(dict[str, int | str | list[str] | None]).map(lambda row: json.dumps(row).encode())
    )
)
def test_rows(rows: list[bytes]) -> None:
    """Read to documents, or told one by one."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rows.jsonl"
        file.write_bytes(b"\n".join(rows))
        for item in Table([file], name="rows").documents():
            assert isinstance(item, ImageDocument | RecordError)
