"""The demo model is worth what its card says: on the pages that it was not trained on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mlsr_es.collection import SECTION_FIELDS, ImageDocument, Judgement, Section
from mlsr_es.describe import choose_describers, described
from mlsr_es.encoders import BiEncoder, load_model
from mlsr_es.errors import SourceError
from mlsr_es.evaluation import (
    DEFAULTS,
    TITLE_BOOSTED,
    Run,
    Split,
    Topics,
    baseline_run,
    caption_text,
    choose_topics,
    exact_run,
    figures,
    hybrid_run,
    tuned,
)
from mlsr_es.shipped import shipped
from mlsr_es.sources import open_source
from mlsr_es.vectors import SparseVectors
from mlsr_es.words import FUNCTION_WORDS

FOLDER = shipped("models", "demo")
CHECKOUT = Path(__file__).parents[1]
TOLD: dict[str, Any] = json.loads((FOLDER / "figures.json").read_text())
ROUNDED = 0.003
"""The card's figures are those before the weights were rounded to half precision: a tie may fall otherwise."""


@dataclass(frozen=True)
class Manual:
    """The collection that the model was trained on, all but a fold, and the documents' vectors."""

    documents: tuple[ImageDocument, ...]
    vectors: SparseVectors
    known: Topics

    @property
    def ids(self) -> list[str]:
        """Of the documents."""
        return [document.id for document in self.documents]

    @property
    def captions(self) -> list[str]:
        """Of the documents, as BM25 reads them."""
        return [caption_text(document) for document in self.documents]

    def topics(self, split: Split, fields: tuple[str, ...] = SECTION_FIELDS) -> Topics:
        """Those on the pages of the fold, or on the others."""
        return self.known.of(split, fold=TOLD["fold"]).asking(fields)


@pytest.fixture(scope="module")
def model() -> BiEncoder:
    """The demo model."""
    return load_model("demo", device="cpu")


@pytest.fixture(scope="module")
def manual(model: BiEncoder) -> Manual:
    """The manual with its vectors, described as the card's figures were; there is none where apt cannot get it."""
    return manual_of(model, TOLD["describe"])


@cache
def manual_of(model: BiEncoder, describe: str) -> Manual:
    try:
        source = open_source(TOLD["collection"], languages=frozenset(model.config.languages))
    except SourceError as error:
        pytest.skip(f"the manual cannot be had: {error}")
    source = described(source, choose_describers(describe))
    documents = tuple(one for one in source.documents() if isinstance(one, ImageDocument) and one.captions)
    known = choose_topics(
        source.sections(), source.judgements(), {one.id for one in documents}, least_text=TOLD["least_text"]
    )
    return Manual(documents, model.encode_documents(documents, images(model, documents)), known)


def images(model: BiEncoder, documents: tuple[ImageDocument, ...]) -> list[Any] | None:
    """What a model that looks at images is shown."""
    from mlsr_es.sources import decode

    if not model.config.document_input.reads_image:
        return None
    return [decode(document.image) for document in documents if document.image]


def run_of(model: BiEncoder, manual: Manual, topics: Topics) -> Run:
    return exact_run(
        "model",
        model.encode_sections(topics.sections),
        manual.vectors,
        section_ids=[section.id for section in topics.sections],
        image_ids=manual.ids,
    )


def assert_holds(run: Run, topics: Topics, told: dict[str, Any], tolerance: float) -> None:
    measures = [name for name in told if "@" in name]
    found = figures(run, topics.judgements, measures)
    assert {name: found.mean(name) for name in measures} == pytest.approx(
        {name: told[name] for name in measures}, abs=tolerance
    )
    if run.terms and "query_terms" in told:
        assert run.terms == pytest.approx((told["query_terms"], told["document_terms"]), abs=0.1)


def test_the_model_is_worth_what_the_card_says(model: BiEncoder, manual: Manual) -> None:
    """Every measure, and the numbers of terms."""
    topics = manual.topics(Split.TEST)
    assert len(topics.sections) == TOLD["topics"]
    assert_holds(run_of(model, manual, topics), topics, TOLD["systems"]["model"], ROUNDED)


def test_so_is_its_sum_with_bm25(model: BiEncoder, manual: Manual) -> None:
    """At the weight that the model brings; a card of a model without one has no such row."""
    topics, hybrid, told = manual.topics(Split.TEST), model.hybrid, TOLD["systems"].get("together")
    if hybrid is None or told is None:
        pytest.skip("the card has no such row")
    run = hybrid_run(
        model.encode_sections(topics.sections),
        manual.vectors,
        weight=hybrid.weight,
        sections=topics.sections,
        captions=manual.captions,
        image_ids=manual.ids,
    )
    assert_holds(run, topics, told, ROUNDED)


def test_so_are_the_baselines_beside_it(manual: Manual) -> None:
    """The strong one's constants are found on the other pages."""
    topics, training = manual.topics(Split.TEST), manual.topics(Split.TRAIN)
    boosted = tuned(TITLE_BOOSTED, training.sections, manual.captions, manual.ids, training.judgements)
    for baseline in (DEFAULTS, boosted):
        run = baseline_run(baseline, topics.sections, manual.captions, manual.ids)
        assert_holds(run, topics, TOLD["systems"][baseline.name], 1e-6)


def test_and_where_other_words_are_asked_or_searched(model: BiEncoder, manual: Manual) -> None:
    """As the card's other tables say, those of the same pages."""
    for report in TOLD["more"]:
        if report.get("collections") == [TOLD["collection"]] and report["split"] == "test":
            manual = manual_of(model, report["describe"])
            topics = manual.topics(Split.TEST, tuple(report["query_fields"]))
            assert len(topics.sections) == report["topics"]
            assert_holds(run_of(model, manual, topics), topics, report["systems"]["exact"]["means"], ROUNDED)


def test_function_words_do_not_carry_a_question(model: BiEncoder) -> None:
    """What a question asks for has a weight of more than three times that of its heaviest function word or mark."""
    questions = ("How do I rotate a layer?", "What is the histogram for?", "Where are the brushes?")
    vectors = model.encode_sections([Section(text, text) for text in questions])
    for row in range(len(questions)):
        weights = vectors.named(row, model.vocabulary)
        function_words = {term for term in weights if term in FUNCTION_WORDS or term == "?"}
        content = max(weight for term, weight in weights.items() if term not in function_words)
        assert content > 3 * max(weights[term] for term in function_words)


def test_short_queries_are_answered_as_the_documents_say(model: BiEncoder) -> None:
    """By captions: the share whose first image is right, and with a right one among three; ties may fall otherwise."""
    lines = (CHECKOUT / "experiments" / "short_queries.jsonl").read_text().splitlines()
    queries = [one for one in map(json.loads, lines) if one["collection"] == TOLD["collection"]]
    sections = tuple(Section(one["query"], one["query"]) for one in queries)
    judgements = tuple(Judgement(one["query"], image) for one in queries for image in one["relevant"])
    told = json.loads((CHECKOUT / "experiments" / "results" / "short-queries.json").read_text())
    run = run_of(model, manual_of(model, "none"), Topics(sections, judgements))
    found = figures(run, judgements, ["Success@1", "Success@3"])
    for measure in ("Success@1", "Success@3"):
        assert found.mean(measure) == pytest.approx(told["model demo"][TOLD["collection"]][measure], abs=0.051)


def test_every_figure_of_the_card_is_in_the_file() -> None:
    """What the file says, rounded, stands in the card's first table."""
    card = (FOLDER / "README.md").read_text()
    for system in TOLD["systems"].values():
        row = " | ".join(f"{value:.3f}" for name, value in system.items() if "@" in name)
        assert f"| {row} |" in card
