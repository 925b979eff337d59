"""Labels and captions of models, with tiny ones that know nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from PIL import Image

from mlsr_es.collection import CaptionKind
from mlsr_es.describe import models
from mlsr_es.describe.models import Generator, Labeller
from mlsr_es.errors import ModelError
from tests.models import word_model

if TYPE_CHECKING:
    from torch import nn

SMALL: dict[str, Any] = {
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 8,
}
PICTURES = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vision transformer of three classes, one of which always wins."""
    import torch
    from torch import nn
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    folder = tmp_path_factory.mktemp("classifier")
    config = ViTConfig(
        **SMALL,
        image_size=16,
        patch_size=8,
        id2label={0: "tabby_cat", 1: "dog", 2: "tree"},
        label2id={"tabby_cat": 0, "dog": 1, "tree": 2},
    )
    model = ViTForImageClassification(config)
    head = cast("nn.Linear", model.classifier)
    nn.init.zeros_(head.weight)
    head.bias.data = torch.tensor([2.0, 1.5, -3.0])
    model.save_pretrained(folder)
    ViTImageProcessor(size={"height": 16, "width": 16}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def captioner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vision encoder with a text decoder, both with random weights."""
    from transformers import (
        BertConfig,
        VisionEncoderDecoderConfig,
        VisionEncoderDecoderModel,
        ViTConfig,
        ViTImageProcessor,
    )

    folder = tmp_path_factory.mktemp("captioner")
    tokenizer = word_model().tokenizer
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(
        ViTConfig(image_size=16, patch_size=8, **SMALL),
        BertConfig(vocab_size=len(tokenizer), is_decoder=True, add_cross_attention=True, **SMALL),
    )
    config.decoder_start_token_id = tokenizer.cls_token_id
    config.pad_token_id, config.eos_token_id = tokenizer.pad_token_id, tokenizer.sep_token_id
    model = VisionEncoderDecoderModel(config)
    model.generation_config.decoder_start_token_id = tokenizer.cls_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.generation_config.eos_token_id = tokenizer.sep_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    ViTImageProcessor(size={"height": 16, "width": 16}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def zero_shot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP with random weights, the text that it reads cut by words."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    folder = tmp_path_factory.mktemp("zero-shot")
    tokenizer = word_model().tokenizer
    config = CLIPConfig(
        # With 2 a text is summed up by its highest id, here the label's: the tokenizer of words adds no end.
        text_config={"vocab_size": len(tokenizer), "bos_token_id": 1, "eos_token_id": 2, **SMALL},
        vision_config={"image_size": 16, "patch_size": 8, **SMALL},
        projection_dim=8,
    )
    torch.manual_seed(0)
    CLIPModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16}).save_pretrained(folder)
    return folder


def test_labels_are_those_that_the_model_is_sure_of(classifier: Path) -> None:
    """The surest first, with the words apart."""
    labeller = Labeller(str(classifier), "cpu")
    assert labeller.describe(PICTURES[0]) == ("tabby cat", "dog")
    assert labeller.kind is CaptionKind.LABEL


def test_a_zero_shot_model_chooses_from_the_labels_that_it_is_told(zero_shot: Path) -> None:
    """The surest first: as CLIP itself scores the pipeline's sentence with each of them."""
    import torch
    from transformers import AutoTokenizer, CLIPImageProcessor, CLIPModel

    labels = ("rope", "boat", "owl")
    labeller = Labeller(str(zero_shot), "cpu", labels=labels)
    model, tokenizer = CLIPModel.from_pretrained(zero_shot), AutoTokenizer.from_pretrained(zero_shot)
    texts = tokenizer([f"This is a photo of {each}." for each in labels], padding=True, return_tensors="pt")
    pixels = CLIPImageProcessor.from_pretrained(zero_shot)(PICTURES, return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        scores = model(**texts, pixel_values=pixels).logits_per_image.softmax(1)
    for picture, row in zip(PICTURES, scores.tolist(), strict=True):
        assert len(set(row)) == len(row)
        sure = sorted((score, label) for score, label in zip(row, labels, strict=True) if score >= 0.2)
        assert labeller.describe(picture) == tuple(label for _, label in reversed(sure))
    assert labeller.kind is CaptionKind.LABEL
    assert labeller.revision != Labeller(str(zero_shot), "cpu", labels=("rope", "boat")).revision


def test_labels_are_told_to_a_zero_shot_model_and_to_no_other(zero_shot: Path, classifier: Path) -> None:
    """Either mistake is told with what to write."""
    with pytest.raises(ModelError, match="has no labels of its own") as caught:
        Labeller(str(zero_shot), "cpu").describe(PICTURES[0])
    assert "=screenshot+photograph" in caught.value.advice
    with pytest.raises(ModelError, match="has its own labels"):
        Labeller(str(classifier), "cpu", labels=("rope", "owl")).describe(PICTURES[0])


def test_a_captioning_model_writes_a_sentence(captioner: Path) -> None:
    """The same one each time."""
    generator = Generator(str(captioner), "cpu")
    said = generator.describe(PICTURES[0])
    assert said == generator.describe(PICTURES[0])
    assert all(text == " ".join(text.split()) for text in said)
    assert generator.kind is CaptionKind.GENERATED


def test_pictures_of_several_threads_are_one_batch(classifier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes while the model works is its next batch, of a limited size."""
    labeller = Labeller(str(classifier), "cpu")
    labeller.describe(PICTURES[0])
    sizes: list[int] = []
    plain = labeller._pipeline

    def counted(pictures: list[Image.Image], batch_size: int) -> Any:
        sizes.append(batch_size)
        return plain(pictures)

    monkeypatch.setattr(labeller, "_pipeline", counted)
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(labeller.describe, PICTURES * 20))) == 1
    assert sum(sizes) == 60
    assert max(sizes) <= models._AT_ONCE


def test_the_revision_is_of_the_files(classifier: Path, captioner: Path, tmp_path: Path) -> None:
    """Not of the folder's name."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in classifier.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    assert Labeller(str(copy), "cpu").revision == Labeller(str(classifier), "cpu").revision
    assert Labeller(str(copy), "cpu").revision != Generator(str(captioner), "cpu").revision


def test_a_model_of_another_kind_is_refused(captioner: Path) -> None:
    """It says what it is, and what is wanted."""
    with pytest.raises(ModelError, match="gives images no labels: it is VisionEncoderDecoderModel"):
        Labeller(str(captioner), "cpu").describe(PICTURES[0])


def test_the_labels_of_imagenet_come_with_a_package() -> None:
    """EfficientNet-Lite0, converted once; a stamp of Tux Paint's it has not seen, so any label will do."""
    labeller = Labeller("", "cpu")
    assert "efficientnet" in str(labeller.folder)
    assert all(isinstance(text, str) for text in labeller.describe(PICTURES[1]))
