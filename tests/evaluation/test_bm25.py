"""BM25 as sparse vectors."""

from __future__ import annotations

from math import log

import bm25s
import numpy as np
import pytest

from mlsr_es.collection import MACHINE_MADE, Caption, CaptionKind, ImageDocument, Judgement, Section
from mlsr_es.evaluation import DEFAULTS, TITLE_BOOSTED, Bm25, baseline_run, caption_text, tuned
from mlsr_es.words import words

CAPTIONS = ["Rotate a layer", "Rotating layers, and layers", "The crop tool's options", "Crop"]
IDS = ["a", "b", "c", "d"]


def test_captions_are_read_without_their_makers() -> None:
    """The text is figure title, alternative text, caption, then what stands in for them; without attribution."""
    captions = tuple(Caption(kind.value, kind) for kind in CaptionKind if kind not in MACHINE_MADE)
    assert caption_text(ImageDocument("a", "c", captions)) == "title alt description heading introduction"


def test_a_weight_is_bm25s_formula() -> None:
    """One of two captions has the word twice, among three words; the mean length is two."""
    index = Bm25.of([["crop", "crop", "tool"], ["rotate"]], k1=1.5, b=0.75)
    idf = log(1 + 1.5 / 1.5)
    _, weights = index.queries([{"crop": 1.0, "unknown": 5.0}])[0]
    assert list(weights) == [1.0]
    score = index.queries([{"crop": 2.0}]).dot(index.documents).toarray()
    assert score == pytest.approx(np.array([[2 * idf * 2 / (2 + 1.5 * (0.25 + 0.75 * 3 / 2)), 0]]))


def test_the_plain_baseline_is_bm25s_itself() -> None:
    """Every score equals that of ``bm25s`` with its own tokenizer and scoring."""
    section = Section("s", page_title="Layers", section_title="Rotate", text="How to rotate layers, and crop a layer.")
    theirs = bm25s.BM25()
    theirs.index(bm25s.tokenize(CAPTIONS, show_progress=False), show_progress=False)
    query = f"{section.page_title} {section.section_title} {section.text}"
    scores = theirs.get_scores(bm25s.tokenize([query], return_ids=False, show_progress=False)[0])
    ours = baseline_run(DEFAULTS, [section], CAPTIONS, IDS)
    assert dict(ours.rankings["s"]) == pytest.approx(
        {image_id: score for image_id, score in zip(IDS, scores, strict=True) if score > 0}
    )


def test_the_strong_baseline_listens_to_titles_and_stems() -> None:
    """The text mentions layers, but the title names the tool, and its stem finds the image."""
    section = Section("s", page_title="Cropping", text="A layer is rotated with its layers.")
    assert [one.image_id for one in baseline_run(TITLE_BOOSTED, [section], CAPTIONS, IDS).rankings["s"][:1]] == ["d"]
    assert baseline_run(DEFAULTS, [section], CAPTIONS, IDS).rankings["s"][0].image_id in "ab"


def test_the_constants_are_found_on_training_sections() -> None:
    """The relevant caption is long here, and with the constants that are found it ranks above the short one."""
    captions = ["crop tool dialog of the options that a tool has", "crop"]
    section = Section("s", text="crop tool")
    found = tuned(TITLE_BOOSTED, [section], captions, ["long", "short"], [Judgement("s", "long")])
    assert baseline_run(found, [section], captions, ["long", "short"]).rankings["s"][0].image_id == "long"
    assert tuned(TITLE_BOOSTED, [], captions, ["long", "short"], []) == TITLE_BOOSTED


def test_captions_without_words_are_no_fault() -> None:
    """Captions without words give an empty ranking."""
    assert baseline_run(DEFAULTS, [Section("s", text="crop")], ["", "!"], ["a", "b"]).rankings == {"s": []}
    assert words("!") == []
