"""What it costs to show copies once, and some variety: nDCG@10, R@10, and how much the ten images are alike.

python benchmarks/picking.py gimp-manual --index gimp-manual [--hybrid auto]

All topics of a collection are asked of an index that holds it, with each way of picking ten images from the hits.
"alike" is the mean cosine between the weights of two of the ten. A copy that is not shown counts as not found.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from mlsr_es.api import Suggester
from mlsr_es.collection import Section
from mlsr_es.commands.options.connection import connection_settings
from mlsr_es.elastic.client import connect
from mlsr_es.elastic.reading import scan
from mlsr_es.elastic.search import weights_in
from mlsr_es.evaluation import Ranked, Run, figures
from mlsr_es.sources import open_source
from mlsr_es.suggestion import SuggestOptions
from mlsr_es.suggestion.picking import unit_vectors

MEASURES = ("nDCG@10", "R@10")
WAYS = {
    "by score": SuggestOptions(),
    "--distinct": SuggestOptions(distinct=True),
    **{f"--diverse {share}": SuggestOptions(diverse=share) for share in (0.1, 0.2, 0.3, 0.5)},
    "--distinct --diverse 0.2": SuggestOptions(distinct=True, diverse=0.2),
}


class Vectors:
    """The unit vectors of an index's images.

    Args:
        weights: Image id to feature name to stored weight.
    """

    def __init__(self, weights: dict[str, dict[str, float]]) -> None:
        self._rows = {image_id: row for row, image_id in enumerate(weights)}
        self._units = unit_vectors(list(weights.values()))

    def alike(self, ids: Sequence[str]) -> float:
        """The mean cosine of two of some images; 0 for fewer than two."""
        rows = self._units[[self._rows[image_id] for image_id in ids]]
        cosines = (rows @ rows.T).toarray()
        pairs = [cosines[pair] for pair in combinations(range(len(ids)), 2)]
        return float(np.mean(pairs)) if pairs else 0.0


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection")
    parser.add_argument("--index", required=True)
    parser.add_argument("--hybrid", default="")
    given = parser.parse_args()
    source = open_source(given.collection)
    judgements = list(source.judgements())
    judged = {judgement.section_id for judgement in judgements}
    sections = [section for section in source.sections() if section.id in judged]
    client = connect(connection_settings())
    images = Suggester(given.index, client=client)
    field = images.searched().version.meta.field
    vectors = Vectors({id_: weights_in(source, field) for id_, source in scan(client, given.index, [field])})
    print(f"{len(sections)} topics of {given.collection}")
    for name, way in WAYS.items():
        run = _run(images, sections, replace(way, hybrid=given.hybrid))
        means = figures(run, judgements, MEASURES)
        alike = np.mean([vectors.alike([one.image_id for one in each]) for each in run.rankings.values()])
        shown = "  ".join(f"{measure} {means.mean(measure):.4f}" for measure in MEASURES)
        print(f"{name:26} {shown}  alike {alike:.3f}")


def _run(images: Suggester, sections: Sequence[Section], options: SuggestOptions) -> Run:
    rankings = {}
    for section, found in zip(sections, images.ask_many(sections, options), strict=True):
        if isinstance(found, Exception):
            raise found
        rankings[section.id] = [Ranked(image.id, image.score) for image in found]
    return Run("ours", rankings)


if __name__ == "__main__":
    main()
