"""Running BM25 baselines, and finding the constants of the strong one on training sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlsr_es.collection import Judgement, Section
from mlsr_es.evaluation.bm25 import Baseline, Bm25
from mlsr_es.evaluation.exact import exact_run
from mlsr_es.evaluation.measures import ndcg
from mlsr_es.evaluation.run import DEPTH, Run

_K1 = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_B = (0.5, 0.6, 0.75, 0.9)
_TUNING_DEPTH = 10


def baseline_run(
    baseline: Baseline, sections: Sequence[Section], captions: Sequence[str], image_ids: Sequence[str]
) -> Run:
    """Rank captions for sections.

    Args:
        baseline: How.
        sections: The topics.
        captions: Of ``caption_text``.
        image_ids: Of the captions.
    """
    return _run(baseline, sections, [baseline.analyse(text) for text in captions], image_ids, DEPTH)


def tuned(
    baseline: Baseline,
    sections: Sequence[Section],
    captions: Sequence[str],
    image_ids: Sequence[str],
    judgements: Sequence[Judgement],
) -> Baseline:
    """The baseline with the k1 and b that give the best nDCG@10 on training sections.

    Args:
        baseline: Where to begin; it is returned as it is where there are no sections.
        sections: Training topics.
        captions: Of all images, test images among them: they are what is searched.
        image_ids: Of the captions.
        judgements: Of the sections.
    """
    if not sections:
        return baseline
    analysed = [baseline.analyse(text) for text in captions]

    def worth(candidate: Baseline) -> float:
        return ndcg(_run(candidate, sections, analysed, image_ids, _TUNING_DEPTH), judgements)

    return max((replace(baseline, k1=k1, b=b) for k1 in _K1 for b in _B), key=worth)


def _run(
    baseline: Baseline,
    sections: Sequence[Section],
    analysed: Sequence[Sequence[str]],
    image_ids: Sequence[str],
    depth: int,
) -> Run:
    index = Bm25.of(analysed, k1=baseline.k1, b=baseline.b)
    queries = index.queries(baseline.weigh(section) for section in sections)
    ids = [section.id for section in sections]
    return exact_run(baseline.name, queries, index.documents, section_ids=ids, image_ids=image_ids, depth=depth)
