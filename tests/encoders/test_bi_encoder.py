"""Bi-encoders: every cell of the grid, every kind of backbone, and real weights against an independent library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, Section
from mlsr_es.encoders import (
    PRESETS,
    BiEncoder,
    BiEncoderConfig,
    DocumentInput,
    Head,
    assemble,
    caption_texts,
    load_model,
)
from mlsr_es.encoders.assembling import load_text
from mlsr_es.encoders.encoder import Encoder
from mlsr_es.encoders.heads import MlpHead
from mlsr_es.errors import ModelError
from mlsr_es.vectors import SparseVectors
from tests.models import word_model

Make = Callable[[str], Path]
SECTIONS = [Section("s1", "open the toolbox", page_title="the layers dialog"), Section("s2", "save a file as red")]
DOCUMENTS = [
    ImageDocument("d1", "c", (Caption("the layers dialog"), Caption("a red brush", CaptionKind.ALT))),
    ImageDocument("d2", "c", (Caption("open a blue image"),)),
]
TEXT_BACKBONES = ["bert", "distilbert", "electra", "mpnet"]
IMAGE_BACKBONES = ["vit", "clip", "siglip", "dinov2", "resnet", "timm"]
CELLS = [
    (query, document, read)
    for query, document, read in product(Head, Head, DocumentInput)
    if not (document is Head.MLP and read is DocumentInput.IMAGE)
]


def terms(model: BiEncoder, vectors: SparseVectors, row: int) -> set[str]:
    return set(vectors.named(row, model.vocabulary))


def raise_weights(encoder: Encoder) -> None:
    """Make a random MLP head give weight to every token."""
    assert isinstance(encoder.head, MlpHead)
    encoder.head.weigh.bias.data += 5


def raise_differences(encoder: Encoder) -> None:
    """Make a random MLP head tell states apart that differ a little."""
    assert isinstance(encoder.head, MlpHead)
    encoder.head.weigh.weight.data *= 30


@pytest.mark.parametrize(("query_head", "document_head", "read"), CELLS)
@pytest.mark.parametrize("shared", [True, False])
def test_every_cell_of_the_grid_encodes(
    query_head: Head,
    document_head: Head,
    read: DocumentInput,
    *,
    shared: bool,
    text_backbone: Make,
    image_backbone: Make,
    pictures: list[Image.Image],
) -> None:
    """Both sides give vectors over the tokenizer's terms, and an MLP head gives only terms of its input."""
    config = BiEncoderConfig(query_head, document_head, read, shared=shared)
    model = assemble(config, text=text_backbone("bert"), image=image_backbone("vit"))
    queries, documents = model.encode_sections(SECTIONS), model.encode_documents(DOCUMENTS, pictures)
    assert len(queries) == len(documents) == 2
    assert queries.vocabulary_size == documents.vocabulary_size == len(model.vocabulary)
    if query_head is Head.MLP:
        assert terms(model, queries, 0) <= {"open", "the", "tool", "##box", "layers", "dialog"}
    if document_head is Head.MLP:
        assert terms(model, documents, 1) <= {"open", "a", "blue", "image"}
    else:
        assert documents.term_counts.min() > 0


def test_presets_are_the_papers_configurations() -> None:
    """M1 MLM-MLM on the image, M2 MLP-MLM and M3 MLP-MLP on captions, M4 MLP-MLP on both."""
    cells = {name: (c.query_head, c.document_head, c.document_input) for name, c in PRESETS.items()}
    assert cells == {
        "m1": ("mlm", "mlm", "image"),
        "m2": ("mlp", "mlm", "caption"),
        "m3": ("mlp", "mlp", "caption"),
        "m4": ("mlp", "mlp", "image+caption"),
    }


@pytest.mark.parametrize("kind", TEXT_BACKBONES)
def test_every_bert_like_backbone_brings_its_mlm_head(kind: str, text_backbone: Make) -> None:
    """The vector is the maximum over the logits of ``AutoModelForMaskedLM``."""
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    folder = text_backbone(kind)
    model = load_model(folder, device="cpu")
    tokenizer, masked = AutoTokenizer.from_pretrained(folder), AutoModelForMaskedLM.from_pretrained(folder)
    inputs = tokenizer("[CLS] open the toolbox [SEP]", add_special_tokens=False, return_tensors="pt")
    with torch.inference_mode():
        logits = masked(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits
    expected = torch.log1p(torch.relu(logits)).max(dim=1).values.numpy()
    vectors = model.encode_sections([Section("s", "open the toolbox")])
    np.testing.assert_allclose(vectors.to_scipy().toarray(), expected, atol=1e-6)


@pytest.mark.parametrize("kind", ["bert", "distilbert"])
def test_a_text_backbone_may_be_cut_to_its_first_layers(kind: str, text_backbone: Make) -> None:
    """They say what they say in the whole one; more than there are is a model error."""
    import torch
    from transformers import AutoModel

    folder, token_ids = text_backbone(kind), torch.tensor([[2, 6, 7, 3]])
    cut = load_text(folder, layers=1).backbone.eval()
    with torch.inference_mode():
        whole = AutoModel.from_pretrained(folder).eval()(token_ids, output_hidden_states=True)
        torch.testing.assert_close(cut(token_ids).last_hidden_state, whole.hidden_states[1])
    with pytest.raises(ModelError, match=r"has 2 layers, not 3"):
        load_text(folder, layers=3)


@pytest.mark.parametrize("kind", IMAGE_BACKBONES)
@pytest.mark.parametrize("pooled", [True, False])
def test_every_image_backbone_serves_m1_and_m4(
    kind: str, *, pooled: bool, text_backbone: Make, image_backbone: Make, pictures: list[Image.Image]
) -> None:
    """Different images get different vectors, alone and with equal captions."""
    if kind == "timm":
        pytest.importorskip("timm")
    same_caption = [DOCUMENTS[0], replace(DOCUMENTS[0], id="d2")]
    for preset in ("m1", "m4"):
        config = replace(PRESETS[preset], pooled=pooled)
        model = assemble(config, text=text_backbone("bert"), image=image_backbone(kind))
        if preset == "m4":
            raise_weights(model.document)
            raise_differences(model.document)
        vectors = model.encode_documents(same_caption, pictures).to_scipy().toarray()
        assert not np.allclose(vectors[0], vectors[1], atol=1e-7), preset


def test_order_and_batching_change_nothing(text_backbone: Make) -> None:
    """A record's vector does not depend on the other records of its batch."""
    model = load_model(text_backbone("bert"), device="cpu")
    sections = [Section(str(n), "open the red file " * (n % 17 + 1)) for n in range(50)]
    together = model.encode_sections(sections).to_scipy().toarray()
    alone = np.concatenate([model.encode_sections([section]).to_scipy().toarray() for section in sections])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_a_long_section_is_the_maximum_of_its_windows(text_backbone: Make) -> None:
    """Text beyond the backbone's 40 positions still counts."""
    model = assemble(replace(PRESETS["m3"]), text=text_backbone("bert"))
    raise_weights(model.query)
    vectors = model.encode_sections([Section("s", "open the file " * 30 + "brush")])
    assert terms(model, vectors, 0) == {"open", "the", "file", "brush"}


def test_vectors_are_pruned_as_the_configuration_says(text_backbone: Make) -> None:
    """The heaviest terms are kept."""
    config = BiEncoderConfig(Head.MLM, Head.MLM, DocumentInput.CAPTION, query_terms=3, document_terms=2)
    model = assemble(config, text=text_backbone("bert"))
    assert model.encode_sections(SECTIONS).term_counts.tolist() == [3, 3]
    assert model.encode_documents(DOCUMENTS).term_counts.tolist() == [2, 2]


def test_scales_of_fields_make_titles_heavier(text_backbone: Make) -> None:
    """A factor above 1 raises the weights of a field's words and leaves the others."""
    model = assemble(PRESETS["m3"], text=text_backbone("bert"))
    raise_weights(model.query)
    section = [Section("s", "open", page_title="layers")]
    before = model.encode_sections(section).named(0, model.vocabulary)
    model.query.set_field_scales({"page_title": 4.0})
    after = model.encode_sections(section).named(0, model.vocabulary)
    assert after["layers"] > before["layers"] + 1
    assert after["open"] == pytest.approx(before["open"])


def test_a_document_without_caption_has_no_terms_under_an_mlp_head(text_backbone: Make) -> None:
    """Its vector is empty, and indexing leaves the document out."""
    model = assemble(PRESETS["m3"], text=text_backbone("bert"))
    assert model.encode_documents([ImageDocument("d", "c", ())]).term_counts.tolist() == [0]


def test_a_model_that_reads_images_asks_for_them(text_backbone: Make, image_backbone: Make) -> None:
    """Encoding without images is an error, since the vectors would be those of another model."""
    model = assemble(PRESETS["m4"], text=text_backbone("bert"), image=image_backbone("vit"))
    with pytest.raises(ValueError, match="reads images"):
        model.encode_documents(DOCUMENTS)


def test_captions_of_one_kind_are_joined_once() -> None:
    """An image that several pages show with the same caption has that caption once."""
    captions = (Caption("a b"), Caption("c"), Caption("a b"), Caption("x", CaptionKind.ALT))
    assert caption_texts(ImageDocument("d", "c", captions), ["description", "alt"]) == {
        "description": "a b c",
        "alt": "x",
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_splade_weights_equal_sentence_transformers(splade_weights: Path) -> None:
    """Real SPLADE weights give the vectors that sentence-transformers' SparseEncoder gives, within 1e-5."""
    from sentence_transformers import SparseEncoder
    from sentence_transformers.sparse_encoder.modules import MLMTransformer, SpladePooling

    texts = [
        "A photograph of a cat that sat on the mat.",
        "How do I open the layers dialog, and what is a layer mask?",
        "x",
        "Rotating an image by 90 degrees. " * 20,
    ]
    transformer = MLMTransformer(str(splade_weights))
    reference = SparseEncoder(modules=[transformer, SpladePooling("max")], device="cpu")
    expected = reference.encode(texts, convert_to_sparse_tensor=False).cpu().numpy()
    model = load_model(splade_weights, device="cpu")
    queries = model.encode_sections([Section(str(place), text) for place, text in enumerate(texts)])
    np.testing.assert_allclose(queries.to_scipy().toarray(), expected, atol=1e-5)
    documents = model.encode_documents(
        [ImageDocument(str(place), "c", (Caption(text),)) for place, text in enumerate(texts)]
    )
    np.testing.assert_allclose(documents.to_scipy().toarray(), expected, atol=1e-5)


def test_a_sections_words_are_told_with_their_pieces() -> None:
    """Of all of its fields, without those that the model does not know."""
    section = Section("s", "An owl, a griffin", section_title="a Boat")
    assert word_model().words_of(section) == {"a": ("a",), "owl": ("owl",), "boat": ("boat",)}
