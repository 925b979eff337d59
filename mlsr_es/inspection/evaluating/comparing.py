"""Compare two versions of an index over the same topics, to decide whether one may replace the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mlsr_es.elastic.versions import Version
from mlsr_es.errors import InputError
from mlsr_es.evaluation import MEASURES, Difference, Figures, Topics, compare, figures
from mlsr_es.inspection.evaluating.asking import Asker
from mlsr_es.inspection.evaluating.evaluating import encoded
from mlsr_es.inspection.evaluating.topics import TopicPlan
from mlsr_es.progress import Progress, Silent
from mlsr_es.suggestion import check_model, exact_strategy_for

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.suggestion import QueryEncoder

DECIDING = MEASURES[0]
"""The measure that decides."""

_CHANCE = 0.05
"""A difference with a p below this is significant."""

_FEWEST = 2
"""The fewest topics: a standard deviation needs two values."""


@dataclass(frozen=True)
class Comparison:
    """A candidate version compared with the serving version.

    Args:
        topics: The topics of both runs.
        candidate: The candidate's figures.
        serving: The serving version's figures.
        differences: Measure to the candidate's figure minus the serving version's.
    """

    topics: Topics
    candidate: Figures
    serving: Figures
    differences: Mapping[str, Difference]

    @property
    def worse(self) -> bool:
        """Whether the candidate is significantly worse by ``DECIDING`` (two-sided, p below 0.05)."""
        found = self.differences[DECIDING]
        return found.mean < 0 and found.p < _CHANCE


def compare_versions(
    client: Client,
    candidate: tuple[Version, QueryEncoder],
    serving: tuple[Version, QueryEncoder],
    *,
    plan: TopicPlan,
    progress: Progress = Silent(),
) -> Comparison:
    """Query two versions for the same topics, each with queries of its own model.

    A judged image that only one version holds counts for both, so the other version is measured as missing it.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        candidate: The version to promote, and its model.
        serving: The version that searches use now, and its model.
        plan: The topics.
        progress: Advanced by each query.

    Raises:
        InputError: There are fewer than two topics, or a model is not the one that its version was made with.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    for version, model in (candidate, serving):
        check_model(model, version)
    topics = plan.topics_in(client, candidate[0], serving[0])
    if len(topics.sections) < _FEWEST:
        raise InputError(
            f"only {len(topics.sections)} topic of split {plan.split.value} has a relevant image in the index, and one "
            "tells nothing.",
            advice="Topics, judgements and images have to be of one collection.",
        )
    strategy = exact_strategy_for(client)
    both = []
    for version, model in (candidate, serving):
        terms = partial(encoded(model, topics.sections, progress).named, vocabulary=model.vocabulary)
        asker = Asker(client, version, strategy, topics.sections, terms, progress)
        both.append(figures(asker.run(version.index), topics.judgements))
    return Comparison(topics, both[0], both[1], compare(both[0], both[1]))
