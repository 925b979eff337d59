"""Pixels, and features that are computed once."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
import torch
from PIL import Image
from torch import nn

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.encoders import BiEncoder, BiEncoderConfig, DocumentInput, Head, assemble
from mlsr_es.encoders.encoder import ImageBackbone
from mlsr_es.errors import RecordError
from mlsr_es.training.pictures import Features, Pictures


@pytest.fixture
def model(tiny_text: Path, tiny_image: Path) -> BiEncoder:
    """It looks at images only."""
    return assemble(BiEncoderConfig(Head.MLP, Head.MLM, DocumentInput.IMAGE), text=tiny_text, image=tiny_image)


@pytest.fixture
def documents() -> list[ImageDocument]:
    """A red and a blue image."""
    found = []
    for colour in ("red", "blue"):
        content = BytesIO()
        Image.new("RGB", (40, 30), colour).save(content, "PNG")
        found.append(ImageDocument(colour, "test", (), ImageFile(colour, content.getvalue())))
    return found


def test_features_give_the_vectors_that_pixels_give(
    model: BiEncoder, documents: list[ImageDocument], tmp_path: Path
) -> None:
    """Up to half precision."""
    rejected: list[RecordError] = []
    pictures = Pictures(model.image_processor, rejected.append)
    features = Features(documents, model, pictures, tmp_path)
    with torch.inference_mode():
        direct, kept = (model.document(None, source(documents)) for source in (pictures, features))
    torch.testing.assert_close(direct, kept, atol=2e-3, rtol=2e-2)
    assert not rejected


def test_features_are_computed_once(model: BiEncoder, documents: list[ImageDocument], tmp_path: Path) -> None:
    """A second run reads the file, and no image."""

    def refuse(error: RecordError) -> None:
        raise AssertionError(error)

    Features(documents, model, Pictures(model.image_processor, refuse), tmp_path)
    unreadable = Pictures(None, refuse)
    again = Features(documents, model, unreadable, tmp_path)
    assert again(documents[:1]).shape[0] == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_an_image_that_cannot_be_decoded_is_blank_and_told_of_once(model: BiEncoder) -> None:
    """A run does not stop for it."""
    rejected: list[RecordError] = []
    pictures = Pictures(model.image_processor, rejected.append)
    broken = ImageDocument("broken", "test", (), ImageFile("broken", b"no image"))
    for _ in range(2):
        assert pictures([broken]).shape[1:] == (3, 32, 32)
    assert [error.record_id for error in rejected] == ["broken"]


def test_a_projection_begins_as_if_features_were_standardised(
    model: BiEncoder, documents: list[ImageDocument], tmp_path: Path
) -> None:
    """What the images have in common is gone: over them, each projected value has the projection's own bias as mean."""
    features = Features(documents, model, Pictures(model.image_processor, lambda _: None), tmp_path)
    projection = cast("nn.Linear", cast("ImageBackbone", model.document.image).project[0])
    bias = projection.bias.detach().clone()
    features.standardise(projection, documents)
    with torch.inference_mode():
        projected = projection(features(documents)).flatten(0, 1)
    torch.testing.assert_close(projected.mean(dim=0), bias, atol=1e-3, rtol=1e-3)
