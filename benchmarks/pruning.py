"""What an index gains whose documents keep only the heaviest terms that hold a share of their weight; what it loses.

    python benchmarks/pruning.py --vectors FOLDER [--version 7.17.29] [--rounds 5] [--json FILE]

Size and time: the documents of a folder that ``mlsr-es encode`` wrote with the demo model, one shard, one segment, on a
node of its own; queries are the 60 short ones and 80 sections of the folder, exhaustive. Quality: nDCG@10 of the demo
model alone, on the pages of the GIMP manual that it never saw (fold 0), and on the whole of KiCad's manual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from comparison import Compared, asked, in_turns, median_ms, node_of_its_own, told
from index_sort import made, queries_of, read, search

from mlsr_es.collection import ImageDocument
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.mapping import FieldKind, TermField
from mlsr_es.elastic.search import build_query
from mlsr_es.embedded import VERSIONS
from mlsr_es.encoders import BiEncoder, load_model
from mlsr_es.evaluation import LEAST_TEXT, exact_run, figures
from mlsr_es.sources import open_source
from mlsr_es.splits import fold_of
from mlsr_es.vectors import SparseVectors, feature_weights

_MASSES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)
_MEASURE = "nDCG@10"


def named(mass: float) -> str:
    """As in a table."""
    return f"mass {mass:g}"


def quality(model: BiEncoder, name: str, fold: int | None) -> list[Compared]:
    """How good the model is on a manual, or on a fold of its pages, by what its documents keep."""
    source = open_source(name)
    images = [one for one in source.documents() if isinstance(one, ImageDocument) and one.captions]
    judged = {one.section_id for one in source.judgements()}
    topics = [
        one
        for one in source.sections()
        if one.id in judged and len(one.text) > LEAST_TEXT and fold in (None, fold_of(one.page))
    ]
    asked_for = {one.id for one in topics}
    judgements = [one for one in source.judgements() if one.section_id in asked_for]
    queries, documents = model.encode_sections(topics), model.encode_documents(images)
    ids = {"section_ids": [one.id for one in topics], "image_ids": [one.id for one in images]}

    def ndcg(mass: float) -> float:
        run = exact_run(named(mass), queries, documents.pruned(mass=mass), **ids)
        return float(figures(run, judgements, (_MEASURE,)).values[_MEASURE].mean())

    systems = {named(mass): partial(ndcg, mass) for mass in _MASSES}
    what = f"{name}, fold {fold}" if fold is not None else name
    return in_turns(f"{what}, {len(topics)} topics", systems, 1, unit=_MEASURE, more_is_better=True)


def main() -> None:
    """Measure, and print a table."""
    given = asked(__doc__, 0, VERSIONS, real=True)
    kind = FieldKind.RANK_FEATURES if given.version == VERSIONS[0] else FieldKind.SPARSE_VECTOR
    model = load_model("demo", device="cpu")
    lines = quality(model, "gimp-manual", 0) + quality(model, "kicad-manual", None)
    whole, sections = read(given.vectors, model)
    kept = {mass: whole.pruned(mass=mass) for mass in _MASSES}

    def rows(vectors: SparseVectors) -> Iterator[Mapping[str, Any]]:
        for number in range(len(vectors)):
            weights = feature_weights(vectors.named(number, model.vocabulary))
            yield {"_id": str(number), "_source": {"mlsr": {"terms": weights}}}

    with node_of_its_own(given.version) as (status, _):
        client = connect(ConnectionSettings(url=status.url, timeout_s=600))
        sizes = {named(mass): made(client, f"mass-{mass}", kind, rows(vectors)) for mass, vectors in kept.items()}
        postings = {named(mass): partial(float, len(vectors.term_ids)) for mass, vectors in kept.items()}
        lines += in_turns("postings", postings, 1, unit="postings")
        lines += in_turns("size", {name: partial(float, size) for name, size in sizes.items()}, 1, unit="MB")
        for name, weights in queries_of(model, sections).items():
            bodies = [dict(build_query(each, size=10, field=TermField(kind=kind), source=False)) for each in weights]
            turns = {named(mass): partial(median_ms, partial(search, client, f"mass-{mass}"), bodies) for mass in kept}
            for warm in turns.values():
                warm()
            lines += in_turns(name, turns, given.rounds, unit="ms")
        client.close()
    told(lines, given.json)


if __name__ == "__main__":
    main()
