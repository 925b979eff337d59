"""Sources in files, made by hand."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
from PIL import Image


def png() -> bytes:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (60, 80), "navy").save(out, "PNG")
    return out.getvalue()


def rows(file: Path, captions: Mapping[str, str], **images: bytes) -> Path:
    """Write a file of image documents.

    Args:
        file: JSON Lines; its name is the collection's.
        captions: By id.
        images: Bytes by id; the others have a small picture.
    """
    lines: list[dict[str, Any]] = [
        {
            "id": id_,
            "captions": [{"text": text, "kind": "description", "language": "en"}],
            "image": base64.b64encode(images.get(id_, png())).decode(),
        }
        for id_, text in captions.items()
    ]
    file.write_bytes(b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines))
    return file
