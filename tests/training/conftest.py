"""A tiny text backbone, a tiny image backbone, and a small collection in AToMiC's own schema."""

from __future__ import annotations

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
    PreTrainedTokenizerFast,
    ViTConfig,
    ViTImageProcessor,
)

THINGS = ("anchor", "bridge", "candle", "drum", "engine", "fountain", "glove", "hammer", "island", "jacket")
COLOURS = {"red": "red", "blue": "blue", "green": "green"}
WORDS = ("the", "a", "is", "of", "and", "history", "picture", "made", "article", "##s", *THINGS, *COLOURS)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_SIZES: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}


@pytest.fixture(scope="session")
def tiny_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a masked language model of some thousand random weights."""
    folder = tmp_path_factory.mktemp("tiny-text")
    inner = Tokenizer(
        models.WordPiece({term: place for place, term in enumerate((*SPECIAL, *WORDS))}, unk_token="[UNK]")
    )
    inner.normalizer = normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = {"unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "pad": "[PAD]", "mask": "[MASK]"}
    tokens = {f"{name}_token": token for name, token in names.items()}
    PreTrainedTokenizerFast(tokenizer_object=inner, **tokens).save_pretrained(folder)
    torch.manual_seed(7)
    config = BertConfig(vocab_size=len(SPECIAL) + len(WORDS), max_position_embeddings=64, **_SIZES)
    AutoModelForMaskedLM.from_config(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a vision transformer of four patches."""
    folder = tmp_path_factory.mktemp("tiny-image")
    torch.manual_seed(7)
    AutoModel.from_config(ViTConfig(image_size=32, patch_size=16, **_SIZES)).save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


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
