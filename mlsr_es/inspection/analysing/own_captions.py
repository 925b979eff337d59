"""Whether images are found by their own captions: the least that can be asked of a model, without judgements."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from mlsr_es.collection import Section
from mlsr_es.evaluation import exact_run
from mlsr_es.inspection.analysing.signs import LEAST_ROWS
from mlsr_es.inspection.evaluating import Contents

if TYPE_CHECKING:
    from mlsr_es.suggestion import QueryEncoder

_BEST = 10
_ASKED = 200


def found_by_own_caption(model: QueryEncoder, contents: Contents) -> float | None:
    """The share of images that are among the best ten where their own caption is the query.

    Two hundred images are asked for, drawn at random from those whose words no other image has.

    Args:
        model: The query encoder of the model that the vectors were made with.
        contents: The images.

    Returns:
        In [0, 1]; None where fewer than ``LEAST_ROWS`` images have words of their own, or there are fewer than 50.
    """
    often = Counter(contents.captions)
    own = [row for row, text in enumerate(contents.captions) if text and often[text] == 1]
    if len(own) < LEAST_ROWS or len(contents.captions) < 5 * _BEST:
        return None
    rows = Random(0).sample(own, min(_ASKED, len(own)))  # noqa: S311 - no secret
    ids = [contents.image_ids[row] for row in rows]
    queries = model.encode_sections([Section(contents.image_ids[row], contents.captions[row]) for row in rows])
    run = exact_run("own", queries, contents.vectors, section_ids=ids, image_ids=contents.image_ids, depth=_BEST)
    # This is R@10 of one judgement each. Counted here, it needs no package for measures, as nothing of analyze does.
    return sum(any(one.image_id == name for one in run.rankings.get(name, ())) for name in ids) / len(ids)
