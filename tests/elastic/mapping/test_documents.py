"""A document as it is stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile
from mlsr_es.elastic.mapping import document_body
from mlsr_es.vectors import SMALLEST_WEIGHT, TermWeights, term_of


def test_a_document_has_the_names_of_the_mapping() -> None:
    """Each value of an image document is stored in the field of the mapping for it."""
    document = ImageDocument(
        id="images/bird.png",
        collection="birds",
        captions=(
            Caption("A red bird", language="en"),
            Caption("Ein roter Vogel", language="de"),
            Caption("bird", CaptionKind.ALT),
        ),
        image=ImageFile("images/bird.png", Path("/somewhere/images/bird.png")),
        page="birds.html",
        width=320,
        height=200,
    )
    weights = TermWeights.of({"bird": 2.0, ".": 0.5})
    assert document_body(
        document,
        weights=weights,
        fingerprint="f00",
        model="m2",
        thumbnail="data:image/jpeg;base64,",
        picture_hash="0f" * 32,
        format="png",
    ) == {
        "mlsr": {
            "terms": [{"bird": 2.0, "%2E": 0.5}],
            "term_count": 2,
            "top_terms": ["bird", "."],
            "fingerprint": "f00",
            "model": "m2",
        },
        "image_id": "images/bird.png",
        "collection": "birds",
        "page": "birds.html",
        "language": ["en", "de"],
        "caption": {"description": ["A red bird", "Ein roter Vogel"], "alt": ["bird"]},
        "caption_stems": "bird red bird ein roter vogel",
        "width": 320,
        "height": 200,
        "format": "png",
        "image_path": "images/bird.png",
        "picture_hash": "0f" * 32,
        "thumbnail": "data:image/jpeg;base64,",
    }


def test_what_a_document_lacks_is_left_out() -> None:
    """Empty strings and zeros are left out, because they would count as values."""
    body = document_body(ImageDocument("a", "c", ()), weights=TermWeights.of({"x": 1.0}), fingerprint="f", model="m")
    assert set(body) == {"mlsr", "image_id", "collection"}


def test_the_ten_heaviest_terms_are_shown() -> None:
    """Terms of equal weight are in the order of their names, so that a document is always stored as the same bytes."""
    terms = {f"t{number:02}": float(number // 2) + 1 for number in range(30)}
    body = document_body(ImageDocument("a", "c", ()), weights=TermWeights.of(terms), fingerprint="f", model="m")
    assert body["mlsr"]["top_terms"] == ["t28", "t29", "t26", "t27", "t24", "t25", "t22", "t23", "t20", "t21"]


@given(st.dictionaries(st.text(max_size=5), st.floats(SMALLEST_WEIGHT, 2.0**127, width=32), min_size=1))
def test_weights_survive_json(terms: dict[str, float]) -> None:
    """A weight that is read from JSON as float32 is the encoder's float32."""
    body = document_body(ImageDocument("a", "c", ()), weights=TermWeights.of(terms), fingerprint="f", model="m")
    (parsed,) = orjson.loads(orjson.dumps(body))["mlsr"]["terms"]
    assert {term_of(name): np.float32(weight) for name, weight in parsed.items()} == terms
