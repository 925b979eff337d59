"""The quality that a query table loses: the same topics, queried by the model and by the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlsr_es.collection import Judgement, Section
from mlsr_es.evaluation import Difference, Figures, Split, compare, exact_run, figures
from mlsr_es.inspection.evaluating.contents import Contents
from mlsr_es.inspection.evaluating.evaluating import encoded
from mlsr_es.inspection.evaluating.topics import TopicPlan
from mlsr_es.progress import Progress, Silent
from mlsr_es.splits import TEST_FOLD, fold_of
from mlsr_es.suggestion import QueryEncoder, distil

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder


@dataclass(frozen=True)
class TableLoss:
    """The figures of a model and of its table, over topics of pages that the table was not distilled from.

    Args:
        topics: The number of topics.
        model: The figures of the model's own queries.
        table: The figures of the table's queries.
        differences: Measure to the table's figure minus the model's.
    """

    topics: int
    model: Figures
    table: Figures
    differences: dict[str, Difference]


def table_loss(
    contents: Contents,
    *,
    model: BiEncoder,
    sections: Sequence[Section],
    judgements: Sequence[Judgement],
    lone: NDArray[np.float32],
    progress: Progress = Silent(),
) -> TableLoss:
    """Distil a table from the pages outside the test fold, and measure it on the topics of the test fold.

    Args:
        contents: The images that are searched, in the columns of the model's vocabulary.
        model: A model with an MLP query head.
        sections: The sections of all folds.
        judgements: The images that belong in the sections.
        lone: The weight of each word piece encoded alone, as ``lone_weights`` gives it.
        progress: Advanced while sections are encoded and scored.

    Raises:
        InputError: No page of the test fold has a topic.
        ModelError: The model has another query head.
    """
    topics, _ = TopicPlan(sections, judgements, split=Split.TEST).topics(contents.image_ids)
    others = [section for section in sections if fold_of(section.page) != TEST_FOLD]
    table = distil(model, "", others, lone=lone, progress=progress)

    def measured(name: str, encoder: QueryEncoder) -> Figures:
        queries = encoded(encoder, topics.sections, progress)
        ids = [section.id for section in topics.sections]
        run = exact_run(
            name, queries, contents.vectors, section_ids=ids, image_ids=contents.image_ids, progress=progress
        )
        return figures(run, topics.judgements)

    by_model, by_table = measured("model", model), measured("table", table)
    return TableLoss(len(topics.sections), by_model, by_table, compare(by_table, by_model))
