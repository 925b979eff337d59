"""The result of training on the held-out pages: the model, the model with BM25 added, and the BM25 baselines."""

from __future__ import annotations

from collections.abc import Sequence

from mlsr_es.collection import Judgement
from mlsr_es.evaluation import DEFAULTS, TITLE_BOOSTED, Run, System, baseline_run, caption_text, hybrid_run, tuned
from mlsr_es.hybrid import Hybrid
from mlsr_es.training.data import TrainingData
from mlsr_es.training.run import Trained
from mlsr_es.vectors import SparseVectors


def held_out(trained: Trained) -> list[System]:
    """Measure the model, its sum with BM25, and both baselines on the test topics; empty if nothing was held out.

    If no weight of BM25 was found, the sum is left out.
    """
    if trained.run is None:
        return []
    judgements, hybrid = trained.data.test.judgements, trained.model.hybrid
    systems = [System.measured("the model", trained.run, judgements)]
    if hybrid:
        run = together(hybrid, trained.data, trained.queries, trained.documents)
        what = f"the model + {hybrid.weight:.3g} x BM25 of words by field on {hybrid.field}"
        systems.append(System.measured(what, run, judgements))
    return [*systems, *baselines(trained.data)]


def together(hybrid: Hybrid, data: TrainingData, queries: SparseVectors, documents: SparseVectors) -> Run:
    """Rank all images for the test topics by a model's vectors and BM25.

    Args:
        hybrid: The weight of BM25.
        data: The topics and the images.
        queries: The vectors of the test topics' sections.
        documents: The vectors of all images.
    """
    return hybrid_run(
        queries,
        documents,
        weight=hybrid.weight,
        sections=data.test.sections,
        captions=[caption_text(image) for image in data.images],
        image_ids=[image.id for image in data.images],
    )


def below_bm25(systems: Sequence[System]) -> tuple[float, float] | None:
    """Whether BM25 with boosted titles alone is better than the model, with BM25 added where a weight was found.

    Args:
        systems: From ``held_out`` or ``pooled``.

    Returns:
        nDCG@10 of both, the model's first; None where the model is at least as good, or nothing was measured.
    """
    worth = {system.run.name: system.figures.mean("nDCG@10") for system in systems}
    ours = worth.get("hybrid", worth.get("model"))
    theirs = worth.get(TITLE_BOOSTED.name)
    return (ours, theirs) if ours is not None and theirs is not None and ours < theirs else None


def pooled(parts: Sequence[tuple[Sequence[System], Sequence[Judgement]]]) -> list[System]:
    """Measure systems over the topics of several folds together, each fold asked of a system that did not see it.

    Args:
        parts: For each fold its systems and the judgements of its topics. A fold without topics has no systems, and
            a system that one of the others lacks is left out.
    """
    judgements = [one for _, some in parts for one in some]
    by_name = [{system.run.name: system for system in systems} for systems, _ in parts if systems]
    found = []
    for name in by_name[0] if by_name else ():
        if not all(name in systems for systems in by_name):
            continue
        same = [systems[name] for systems in by_name]
        runs = [system.run for system in same]
        rankings = {section: ranking for run in runs for section, ranking in run.rankings.items()}
        terms = [run.terms for run in runs if run.terms]
        mean = (sum(one for one, _ in terms) / len(terms), sum(one for _, one in terms) / len(terms)) if terms else None
        found.append(System.measured(_without_constants(same), Run(name, rankings, mean), judgements))
    return found


def _without_constants(systems: Sequence[System]) -> str:
    """What they are; where each fold has constants of its own, the first fold's stand for all."""
    first, *others = (system.what for system in systems)
    return first if all(other == first for other in others) else f"{first} (other constants in other folds)"


def baselines(data: TrainingData) -> list[System]:
    """Measure both baselines on the test topics; the title-boosted one's constants are found on the training topics."""
    captions, ids = [caption_text(image) for image in data.images], [image.id for image in data.images]
    topics = data.test
    boosted = tuned(TITLE_BOOSTED, data.training.sections, captions, ids, data.training.judgements)
    runs = {
        "BM25, title + title + text": baseline_run(DEFAULTS, topics.sections, captions, ids),
        f"BM25, words weighted by field, k1 {boosted.k1:g}, b {boosted.b:g}": baseline_run(
            boosted, topics.sections, captions, ids
        ),
    }
    return [System.measured(what, run, topics.judgements) for what, run in runs.items()]
