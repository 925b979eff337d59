"""What training was worth: the model on the pages that it never saw, alone, with BM25 added, and beside BM25."""

from __future__ import annotations

from dataclasses import dataclass

from mlsr_es.evaluation import (
    DEFAULTS,
    TITLE_BOOSTED,
    Figures,
    Run,
    baseline_run,
    caption_text,
    figures,
    hybrid_run,
    tuned,
)
from mlsr_es.training.data import TrainingData
from mlsr_es.training.run import Trained


@dataclass(frozen=True, eq=False)
class System:
    """A row of the table.

    Args:
        run: Of the held-out topics.
        figures: What it is worth.
        what: In a few words.
    """

    run: Run
    figures: Figures
    what: str


def held_out(trained: Trained) -> list[System]:
    """The model, its sum with BM25, and both baselines on the test topics; empty where nothing was held out.

    Where no weight of BM25 was found, there is no sum.
    """
    if trained.run is None:
        return []
    judgements, hybrid = trained.data.test.judgements, trained.model.hybrid
    systems = [System(trained.run, figures(trained.run, judgements), "the model")]
    if hybrid:
        run = hybrid_run(
            trained.queries,
            trained.documents,
            weight=hybrid.weight,
            sections=trained.data.test.sections,
            captions=[caption_text(image) for image in trained.data.images],
            image_ids=[image.id for image in trained.data.images],
        )
        what = f"the model + {hybrid.weight:.3g} x BM25 of words by field on {hybrid.field}"
        systems.append(System(run, figures(run, judgements), what))
    return [*systems, *baselines(trained.data)]


def baselines(data: TrainingData) -> list[System]:
    """Both baselines on the test topics; the constants of the strong one are found on the training topics."""
    captions, ids = [caption_text(image) for image in data.images], [image.id for image in data.images]
    topics = data.test
    boosted = tuned(TITLE_BOOSTED, data.training.sections, captions, ids, data.training.judgements)
    runs = {
        "BM25, title + title + text": baseline_run(DEFAULTS, topics.sections, captions, ids),
        f"BM25, words weighted by field, k1 {boosted.k1:g}, b {boosted.b:g}": baseline_run(
            boosted, topics.sections, captions, ids
        ),
    }
    return [System(run, figures(run, topics.judgements), what) for what, run in runs.items()]
