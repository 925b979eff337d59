"""A study that takes seconds: two cells over the sample, on a tiny backbone of random weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import AutoModelForMaskedLM, BertConfig, PreTrainedTokenizerFast

from mlsr_es.shipped import shipped
from mlsr_es.words import words

_STUDY = """
title = "A tiny study"
paper = "a paper"
folds = [0, 1]
seed = 1

[cells]
both-mlp = {{ query_head = "mlp", document_head = "mlp", document_input = "caption" }}
mlm-query = {{ query_head = "mlm", document_head = "mlp", document_input = "caption" }}

[[questions]]
name = "query-head"
title = "Which query head?"
claim = "an MLP head makes queries less co-activated"
pairs = [["both-mlp", "mlm-query"]]
measures = {{ "nDCG@10" = "either way", "co-activation" = "below" }}

[recipe]
collection = {{ source = "sample", least_text = 0 }}
backbones = {{ text = "{backbone}" }}
optimisation = {{ epochs = {epochs}, batch_size = 8, body_rate = 1e-3, head_rate = 1e-2 }}
folds = {{ validation_share = 0.0 }}

[[adjustments]]
where = {{ query_head = "mlm" }}
because = "expansion is kept small"
recipe.regularisation = {{ query = 1e-3 }}
"""


@pytest.fixture(scope="session")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a BERT that knows the words of the sample's knots."""
    folder = tmp_path_factory.mktemp("backbone")
    special = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    known = sorted({word for page in shipped("sample").glob("*.html") for word in words(page.read_text())})
    terms = {term: place for place, term in enumerate((*special, *known))}
    inner = Tokenizer(models.WordPiece(terms, unk_token="[UNK]"))
    inner.normalizer = normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=inner, **names).save_pretrained(folder)
    torch.manual_seed(7)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    AutoModelForMaskedLM.from_config(BertConfig(vocab_size=len(terms), **sizes)).save_pretrained(folder)  # type: ignore[arg-type]
    return folder


@pytest.fixture
def study_file(backbone: Path, tmp_path: Path) -> Callable[..., Path]:
    """Writes the study."""

    def write(*, epochs: int = 1) -> Path:
        file = tmp_path / "tiny.toml"
        file.write_text(_STUDY.format(backbone=backbone, epochs=epochs))
        return file

    return write
