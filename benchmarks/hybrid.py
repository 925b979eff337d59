"""What BM25 adds to a model in one request: five folds of the GIMP manual, and KiCad's manual with the shipped model.

A model a fold, each trained without it (configs/demo/m3.toml with another [folds] test), in the order of the folds:

python benchmarks/hybrid.py m3-fold0 m3-fold1 m3-fold2 m3-fold3 m3-fold4 --es-url http://localhost:9200 -o hybrid.json

Each is indexed, asked and removed again. "hybrid" is what a cluster answers to one request with --hybrid auto. The
other two ways are computed on this machine from the same vectors: "best on training pages" takes the weight with the
best nDCG@10 on the pages that the model was trained on; "z-scores" adds both scores up after each section's are
standardised over all images, which no single request can do. "text alone": the same topics without their titles.
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.elastic.versions import resolve
from mlsr_es.encoders import load_model
from mlsr_es.evaluation import (
    CLUSTER_UNIT,
    TITLE_BOOSTED,
    Bm25,
    Ranked,
    Run,
    Split,
    Topics,
    beside,
    difference,
    exact_run,
    figures,
    ndcg,
)
from mlsr_es.hybrid import AUTO
from mlsr_es.indexing import IndexJob, index_collection
from mlsr_es.inspection.evaluating import Evaluation, TopicPlan, evaluate_index
from mlsr_es.inspection.evaluating.contents import Contents, read_contents
from mlsr_es.progress import Silent
from mlsr_es.sources import open_source
from mlsr_es.splits import FOLDS
from mlsr_es.suggestion import hybrid_for, serving_version

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.encoders import BiEncoder

MEASURES = ("nDCG@10", "R@10")
_DEPTH = 10
Values = dict[str, NDArray[np.float64]]
"""Measure to a value a topic."""


@dataclass(frozen=True)
class Asked:
    """A collection that was asked.

    Args:
        weights: Way of finding it to the weight of BM25, in the cluster's unit.
        systems: System to its values.
    """

    weights: dict[str, float]
    systems: dict[str, Values]


@contextmanager
def indexed(client: Client, collection: str, model: BiEncoder, name: str) -> Iterator[str]:
    """The collection in an index of its own, which is removed in the end."""
    index = f"mlsr-bench-{secrets.token_hex(4)}"
    source = open_source(collection, languages=frozenset(model.config.languages))
    try:
        index_collection(IndexJob(source, index, model, name, rejects=Path(f"{index}-rejects.ndjson")), client)
        yield index
    finally:
        if (found := resolve(client, index)) and found.serving:
            client.indices.delete(index=found.serving.index)


def ask(client: Client, collection: str, folder: str, fold: int | None, *, transferred: bool = False) -> Asked:
    """Index, ask, and compare.

    Args:
        client: Of a cluster.
        collection: A known one.
        folder: The model's.
        fold: Whose topics are asked; None for all.
        transferred: Whether the weight that the model brings is measured too.
    """
    model = load_model(folder, device="cpu")
    source = open_source(collection, languages=frozenset(model.config.languages))
    split = Split.ALL if fold is None else Split.TEST
    plan = TopicPlan(list(source.sections()), list(source.judgements()), split=split, fold=fold or 0)
    with indexed(client, collection, model, folder) as index:
        version = serving_version(client, index)
        auto = hybrid_for(version, AUTO)
        found = evaluate_index(client, index, model=model, plan=plan, hybrid=auto)
        systems = {one.run.name: values(found, one.run) for one in found.systems}
        weights = {"auto": auto.weight if auto else 0.0}
        if transferred and model.hybrid:
            weights["as the model brings it"] = model.hybrid.weight
            again = evaluate_index(client, index, model=model, plan=plan, hybrid=model.hybrid)
            systems["hybrid, as the model brings it"] = values(again, run_named(again, "hybrid"))
        asked_by_text = evaluate_index(
            client, index, model=model, plan=replace(plan, query_fields=("text",)), hybrid=auto
        )
        systems |= {f"{one.run.name}, text alone": values(asked_by_text, one.run) for one in asked_by_text.systems}
        contents = read_contents(client, version, model.vocabulary, Silent())
    topics, training = plan.topics(contents.image_ids)
    both = Both(model, contents)
    systems["z-scores"] = values(found, both.standardised(topics))
    if training.sections:
        weight = both.best(training)
        weights["best on training pages"] = weight / CLUSTER_UNIT
        systems["best on training pages"] = values(found, both.summed(topics, weight))
    return Asked(weights, systems)


class Both:
    """The model's vectors and BM25's, of the same images."""

    def __init__(self, model: BiEncoder, contents: Contents) -> None:
        self._model, self._contents = model, contents
        analysed = [TITLE_BOOSTED.analyse(text) for text in contents.captions]
        self._bm25 = Bm25.of(analysed, k1=TITLE_BOOSTED.k1, b=TITLE_BOOSTED.b)

    def best(self, topics: Topics) -> float:
        """The weight with the best nDCG@10; of equally good ones the first."""
        weights = [0.4 * 2 ** (step / 2) / 16 for step in range(17)]
        return max(weights, key=lambda weight: ndcg(self.summed(topics, weight), topics.judgements))

    def summed(self, topics: Topics, weight: float) -> Run:
        """Both scores, BM25's times a weight."""
        queries = beside(*self._queries(topics), weight=weight)
        documents = beside(self._contents.vectors, self._bm25.documents)
        ids = [section.id for section in topics.sections]
        return exact_run("sum", queries, documents, section_ids=ids, image_ids=self._contents.image_ids, depth=_DEPTH)

    def standardised(self, topics: Topics) -> Run:
        """Both scores, each section's standardised over all images."""
        queries = self._queries(topics)
        pairs = zip(queries, (self._contents.vectors, self._bm25.documents), strict=True)
        scores = sum(z_scores(left.dot(right).toarray()) for left, right in pairs)
        best = np.argsort(-np.asarray(scores), axis=1, kind="stable")[:, :_DEPTH]
        rankings = {
            section.id: [
                Ranked(self._contents.image_ids[place], float(_DEPTH - rank)) for rank, place in enumerate(row)
            ]
            for section, row in zip(topics.sections, best, strict=True)
        }
        return Run("z-scores", rankings)

    def _queries(self, topics: Topics) -> tuple[Any, Any]:
        return (
            self._model.encode_sections(topics.sections),
            self._bm25.queries(TITLE_BOOSTED.weigh(section) for section in topics.sections),
        )


def z_scores(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Each row with mean 0 and deviation 1; a row of equal scores is 0."""
    wide = scores.astype(np.float64)
    deviation = wide.std(axis=1, keepdims=True)
    standardised: NDArray[np.float64] = (wide - wide.mean(axis=1, keepdims=True)) / np.where(deviation, deviation, 1.0)
    return standardised


def values(found: Evaluation, run: Run) -> Values:
    """What a run is worth on each topic."""
    return dict(figures(run, found.topics.judgements, MEASURES).values)


def run_named(found: Evaluation, name: str) -> Run:
    """A system's run."""
    return next(one.run for one in found.systems if one.run.name == name)


def told(parts: Sequence[Asked]) -> dict[str, Any]:
    """Means over all topics, and what each system gains over the baseline that is hard."""
    names = [name for name in parts[0].systems if all(name in part.systems for part in parts)]
    pooled = {
        name: {one: np.concatenate([part.systems[name][one] for part in parts]) for one in MEASURES} for name in names
    }
    base: Mapping[str, NDArray[np.float64]] = pooled["titles"]
    return {
        "topics": len(base[MEASURES[0]]),
        "weights": [part.weights for part in parts],
        "means": {name: {one: float(found[one].mean()) for one in MEASURES} for name, found in pooled.items()},
        "against title-boosted BM25": {
            name: {one: asdict(difference(found[one], base[one])) for one in MEASURES}
            for name, found in pooled.items()
            if name != "titles" and "text alone" not in name
        },
        "against bm25s": {
            f"sparse{asked}": {
                one: asdict(difference(pooled[f"sparse{asked}"][one], pooled[f"bm25s{asked}"][one])) for one in MEASURES
            }
            for asked in ("", ", text alone")
        },
        "one request against z-scores": {
            one: asdict(difference(pooled["hybrid"][one], pooled["z-scores"][one])) for one in MEASURES
        },
    }


def main() -> None:
    """Ask everything, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs=FOLDS, metavar="FOLDER", help="trained without fold 0, 1, 2, 3, 4")
    parser.add_argument("--es-url", default="http://localhost:9200")
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    client = connect(ConnectionSettings(url=given.es_url))
    gimp = []
    for fold, folder in enumerate(given.models):
        gimp.append(ask(client, "gimp-manual", folder, fold))
        print(fold, gimp[-1].weights, {name: f"{one['nDCG@10'].mean():.4f}" for name, one in gimp[-1].systems.items()})
    kicad = ask(client, "kicad-manual", "demo", None, transferred=True)
    found = {"gimp-manual, five folds": told(gimp), "kicad-manual, the demo model": told([kicad])}
    given.output.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")
    for collection, figure in found.items():
        print(collection)
        for name, means in figure["means"].items():
            print(f"  {name:32} {means['nDCG@10']:.3f} {means['R@10']:.3f}")


if __name__ == "__main__":
    main()
