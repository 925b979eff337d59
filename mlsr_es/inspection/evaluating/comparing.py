"""Two versions of an index over the same topics: whether the one may take the other's place."""

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
    from mlsr_es.encoders import BiEncoder

DECIDING = MEASURES[0]
"""The measure that decides."""

_CHANCE = 0.05
"""Below this p, a difference is called significant."""

_FEWEST = 2
"""Topics: a deviation needs two."""


@dataclass(frozen=True)
class Comparison:
    """A version beside the one that is searched.

    Args:
        topics: What both were asked.
        candidate: What the version's answers are worth.
        serving: What the answers are worth that searches give now.
        differences: Measure to the candidate's figure less the other's.
    """

    topics: Topics
    candidate: Figures
    serving: Figures
    differences: Mapping[str, Difference]

    @property
    def worse(self) -> bool:
        """Whether the version is worse by ``DECIDING``, and that is more than chance (two-sided, p below 0.05)."""
        found = self.differences[DECIDING]
        return found.mean < 0 and found.p < _CHANCE


def compare_versions(
    client: Client,
    candidate: tuple[Version, BiEncoder],
    serving: tuple[Version, BiEncoder],
    *,
    plan: TopicPlan,
    progress: Progress = Silent(),
) -> Comparison:
    """Ask two versions the same topics, each in its own model's words.

    An image that only one of the two holds counts for both: what cannot be found is not suggested.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        candidate: The version that is to take over, and its model.
        serving: The version that is searched now, and its model.
        plan: Which topics are asked.
        progress: Told of what is asked.

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
