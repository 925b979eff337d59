"""Run BM25 baselines, and find a baseline's constants on training sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        baseline: How to rank.
        sections: The topics.
        captions: The captions, as ``caption_text`` gives them.
        image_ids: The ids of the images of ``captions``.
    """
    return _run(baseline, _weighed(baseline, sections), [baseline.analyse(text) for text in captions], image_ids, DEPTH)


def tuned(
    baseline: Baseline,
    sections: Sequence[Section],
    captions: Sequence[str],
    image_ids: Sequence[str],
    judgements: Sequence[Judgement],
) -> Baseline:
    """Find the k1 and b that give a baseline its best nDCG@10 on training sections.

    Args:
        baseline: The baseline; it is returned unchanged if there are no sections.
        sections: The training topics.
        captions: The captions of all images that are searched, including those of test pages.
        image_ids: The ids of the images of ``captions``.
        judgements: The judgements of ``sections``.
    """
    if not sections:
        return baseline
    weighed, analysed = _weighed(baseline, sections), [baseline.analyse(text) for text in captions]

    def worth(candidate: Baseline) -> float:
        return ndcg(_run(candidate, weighed, analysed, image_ids, _TUNING_DEPTH), judgements)

    return max((replace(baseline, k1=k1, b=b) for k1 in _K1 for b in _B), key=worth)


def _weighed(baseline: Baseline, sections: Sequence[Section]) -> dict[str, Mapping[str, float]]:
    """Section id to the weights of its words."""
    return {section.id: baseline.weigh(section) for section in sections}


def _run(
    baseline: Baseline,
    weighed: Mapping[str, Mapping[str, float]],
    analysed: Sequence[Sequence[str]],
    image_ids: Sequence[str],
    depth: int,
) -> Run:
    index = Bm25.of(analysed, k1=baseline.k1, b=baseline.b)
    queries = index.queries(weighed.values())
    return exact_run(
        baseline.name, queries, index.documents, section_ids=list(weighed), image_ids=image_ids, depth=depth
    )
