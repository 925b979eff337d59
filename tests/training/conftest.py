"""A tiny text backbone, a tiny image backbone, and a small collection in AToMiC's own schema."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    BertConfig,
    CLIPImageProcessor,
    CLIPVisionConfig,
    DistilBertConfig,
    PretrainedConfig,
    PreTrainedTokenizerFast,
    SiglipVisionConfig,
    ViTConfig,
    ViTImageProcessor,
)

from mlsr_es.evaluation import ndcg
from mlsr_es.sources import open_source
from mlsr_es.training import Trained, TrainingConfig, Watch, by_bm25, train

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
THINGS = ("anchor", "bridge", "candle", "drum", "engine", "fountain", "glove", "hammer", "island", "jacket")
COLOURS = {"red": "red", "blue": "blue", "green": "green"}
WORDS = ("the", "a", "is", "of", "and", "history", "picture", "made", "article", "##s", *THINGS, *COLOURS)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_SIZES: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}


_VISION: dict[str, Any] = {**_SIZES, "image_size": 32, "patch_size": 16}
_TEXTS: dict[str, Callable[[int], PretrainedConfig]] = {
    "bert": lambda size: BertConfig(vocab_size=size, max_position_embeddings=64, **_SIZES),
    "distilbert": lambda size: DistilBertConfig(
        vocab_size=size, max_position_embeddings=64, dim=16, n_layers=1, n_heads=2, hidden_dim=32
    ),
}
_IMAGES: dict[str, Callable[[], PretrainedConfig]] = {
    "vit": lambda: ViTConfig(**_VISION),
    "clip": lambda: CLIPVisionConfig(**_VISION),
    "siglip": lambda: SiglipVisionConfig(**_VISION),
}


@pytest.fixture(scope="session")
def text_backbone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes the folder of a masked language model of some thousand random weights, by architecture."""

    def make(kind: str) -> Path:
        folder = tmp_path_factory.mktemp(f"text-{kind}")
        terms = {term: place for place, term in enumerate((*SPECIAL, *WORDS))}
        inner = Tokenizer(models.WordPiece(terms, unk_token="[UNK]"))
        inner.normalizer = normalizers.BertNormalizer(lowercase=True)
        inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        names = {"unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "pad": "[PAD]", "mask": "[MASK]"}
        tokens = {f"{name}_token": token for name, token in names.items()}
        PreTrainedTokenizerFast(tokenizer_object=inner, **tokens).save_pretrained(folder)
        torch.manual_seed(7)
        AutoModelForMaskedLM.from_config(_TEXTS[kind](len(terms))).save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def image_backbone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes the folder of a vision model of four patches, by architecture."""

    def make(kind: str) -> Path:
        folder = tmp_path_factory.mktemp(f"image-{kind}")
        torch.manual_seed(7)
        AutoModel.from_config(_IMAGES[kind]()).save_pretrained(folder)
        side = {"height": 32, "width": 32}
        if kind == "clip":
            CLIPImageProcessor(size=side, crop_size=side).save_pretrained(folder)
        else:
            ViTImageProcessor(size=side).save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def backbone(text_backbone: Callable[[str], Path], image_backbone: Callable[[str], Path]) -> Callable[[str, str], Path]:
    """Makes either: "text" or "image", and an architecture."""
    return lambda side, kind: (text_backbone if side == "text" else image_backbone)(kind)


@pytest.fixture(scope="session")
def tiny_text(text_backbone: Callable[[str], Path]) -> Path:
    """A BERT."""
    return text_backbone("bert")


@pytest.fixture(scope="session")
def tiny_image(image_backbone: Callable[[str], Path]) -> Path:
    """A vision transformer."""
    return image_backbone("vit")


@pytest.fixture(scope="session")
def atomic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty articles on coloured things, a picture of each, in Parquet files with AToMiC's columns."""
    folder = tmp_path_factory.mktemp("atomic")
    images, texts, judgements = [], [], []
    for number, (thing, colour) in enumerate((thing, colour) for thing in THINGS for colour in COLOURS):
        content = BytesIO()
        Image.new("RGB", (40, 30), colour).save(content, "WEBP")
        images.append(
            {
                "image_url": f"https://example.org/{number}.webp",
                "image_id": f"image-{number}",
                "language": ["en", "de"],
                "caption_reference_description": [f"the {colour} {thing}", "ein Bild"],
                "caption_alt_text_description": [f"{thing}", None],
                "caption_attribution_description": ["a picture of someone", None],
                "image": {"bytes": content.getvalue(), "path": f"{number}.webp"},
            }
        )
        texts.append(
            {
                "text_id": f"text-{number}",
                "page_url": f"https://en.example.org/wiki/{thing}_{colour}",
                "page_title": f"{colour} {thing}",
                "section_title": "history",
                "context_page_description": f"the article of the {thing}",
                "context_section_description": f"the history of the {thing}: the {colour} {thing} is made of history",
                "media": [f"image-{number}"],
                "hierachy": ["history"],
                "category": ["things"],
                "source_id": str(number),
            }
        )
        judgements.append(f"text-{number} Q0 image-{number} 1\n")
    pq.write_table(pa.Table.from_pylist(images), folder / "images.parquet")
    pq.write_table(pa.Table.from_pylist(texts), folder / "texts.parquet")
    (folder / "qrels.txt").write_text("".join(judgements))
    return folder


@pytest.fixture
def trained(atomic: Path, tiny_text: Path, tiny_image: Path) -> Callable[..., Trained]:
    """Trains what a shipped configuration says, on thirty articles and tiny backbones."""

    def run(
        name: str,
        output: Path,
        *,
        text: Path = tiny_text,
        image: Path = tiny_image,
        resume: bool = False,
        epochs: int = 1,
        said: list[str] | None = None,
        **tables: dict[str, Any],
    ) -> Trained:
        values = tomllib.loads((CONFIGS / name).read_text())
        values["collection"] |= {"source": str(atomic), "least_text": 0}
        values["backbones"] |= {
            key: str(image if key == "image" else text)
            for key in ("text", "document_text", "image")
            if key in values["backbones"]
        }
        values["optimisation"] |= {
            "epochs": epochs,
            "batch_size": 4,
            "precision": "fp32",
            "workers": 0,
            "averaging": 0.9,
        }
        values["folds"] = {"test": 0, "validation_share": 0.2}
        values["lengths"] = {"query": 32, "document": 16}
        values |= tables
        config = TrainingConfig.of(values)
        source = open_source(str(atomic), languages=frozenset(config.collection.languages))
        say = said.append if said is not None else (lambda _: None)
        return train(
            config, source, output, mine=by_bm25, metric=ndcg, device="cpu", resume=resume, watch=Watch(say=say)
        )

    return run
