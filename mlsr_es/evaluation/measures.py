"""The usual measures of retrieval, one value a section, as ``ir_measures`` computes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlsr_es.collection import Judgement
from mlsr_es.errors import InputError
from mlsr_es.evaluation.run import Run
from mlsr_es.extras import extra

MEASURES = ("nDCG@10", "AP@10", "RR@10", "R@10", "R@1000")
"""The paper's measures at AToMiC's cut-offs, in the notation of ``ir_measures``."""

_CHOSEN_BY = "nDCG@10"


@dataclass(frozen=True, eq=False)
class Figures:
    """A run's figures.

    Args:
        section_ids: The ids of the judged sections.
        values: Measure to one value a section, float64, in the order of ``section_ids``; 0 for a section that the run
            does not answer.
    """

    section_ids: tuple[str, ...]
    values: Mapping[str, NDArray[np.float64]]

    def mean(self, measure: str) -> float:
        """The mean over all judged sections; 0 if there are none."""
        return float(self.values[measure].mean()) if self.section_ids else 0.0


def figures(run: Run, judgements: Iterable[Judgement], measures: Sequence[str] = MEASURES) -> Figures:
    """Measure a run against judgements.

    The order of the rankings counts: images with equal scores keep the system's own order.

    Args:
        run: Its sections without judgements are ignored.
        judgements: All judgements of the sections to measure.
        measures: Names of ``ir_measures``: nDCG@k, AP@k, R@k, RR@k...

    Raises:
        InputError: A measure is not known, or needs a package that is not installed.
        MissingExtraError: The extra ``research`` is not installed.
    """
    with extra("research"):
        import ir_measures

    try:
        parsed = {name: ir_measures.parse_measure(name) for name in measures}
        qrels = [ir_measures.Qrel(one.section_id, one.image_id, one.relevance) for one in judgements]
        evaluator = ir_measures.evaluator(list(parsed.values()), qrels)
    except (NameError, ValueError) as error:
        raise InputError(f"a measure is not known: {error}.", advice=f"Common ones: {', '.join(MEASURES)}.") from error
    section_ids = tuple(dict.fromkeys(qrel.query_id for qrel in qrels))
    places = {section_id: place for place, section_id in enumerate(section_ids)}
    # ir_measures breaks ties by id. Descending numbers instead of scores keep the system's order.
    ranked = {
        section_id: {one.image_id: float(len(ranking) - rank) for rank, one in enumerate(ranking)}
        for section_id, ranking in run.rankings.items()
        if section_id in places
    }
    values = {str(measure): np.zeros(len(section_ids)) for measure in parsed.values()}
    for metric in evaluator.iter_calc(ranked):
        values[str(metric.measure)][places[metric.query_id]] = metric.value
    return Figures(section_ids, {name: values[str(measure)] for name, measure in parsed.items()})


def ndcg(run: Run, judgements: Iterable[Judgement]) -> float:
    """Mean nDCG@10, by which constants, weights and epochs are chosen."""
    return figures(run, judgements, [_CHOSEN_BY]).mean(_CHOSEN_BY)
