"""How well a model answers short questions and keywords, beside BM25: success@1 and success@3 on three collections.

python benchmarks/short_queries.py demo [MORE_MODELS...] [-o short-queries.json]

The 60 queries of experiments/short_queries.jsonl were written and judged by hand, by the captions and file names of all
images, before any ranking was looked at. Scores are exact dot products on this machine. "hybrid" adds BM25 as
``search --hybrid auto`` does: with the weight that ``mlsr-es index`` finds on the collection's own sections, or the
model's own weight where a collection has none.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from comparison import QUERIES

from mlsr_es.collection import ImageDocument, Judgement, Section
from mlsr_es.encoders import BiEncoder, load_model
from mlsr_es.evaluation import (
    CLUSTER_UNIT,
    DEFAULTS,
    HYBRID_PART,
    LEAST_TEXT,
    TITLE_BOOSTED,
    Run,
    balanced_weight,
    baseline_run,
    caption_text,
    exact_run,
    figures,
    hybrid_run,
)
from mlsr_es.sources import open_source
from mlsr_es.vectors import SparseVectors

MEASURES = ("Success@1", "Success@3")
_SECTIONS = 256


@dataclass(frozen=True)
class Asked:
    """A collection's images with the queries for them.

    Args:
        images: The images that have a caption.
        sections: The queries, each a section with nothing but a text.
        judgements: The images that are right answers.
        own: Some sections of the collection itself, on which the weight of BM25 is balanced.
    """

    images: tuple[ImageDocument, ...]
    sections: tuple[Section, ...]
    judgements: tuple[Judgement, ...]
    own: tuple[Section, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of the images."""
        return [image.id for image in self.images]

    @property
    def captions(self) -> list[str]:
        """The captions of the images, as BM25 reads them."""
        return [caption_text(image) for image in self.images]


def read(path: Path = QUERIES) -> dict[str, Asked]:
    """Read the queries, and the images of their collections."""
    rows = defaultdict(list)
    for line in path.read_bytes().splitlines():
        row = orjson.loads(line)
        rows[row["collection"]].append(row)
    return {collection: _asked(collection, found) for collection, found in rows.items()}


def _asked(collection: str, rows: Sequence[Mapping[str, Any]]) -> Asked:
    source = open_source(collection, languages=frozenset({"en"}))
    images = tuple(one for one in source.documents() if isinstance(one, ImageDocument) and one.captions)
    own = [section for section in source.sections() if len(section.text) > LEAST_TEXT]
    return Asked(
        images,
        tuple(Section(id=str(row["query"]), text=str(row["query"])) for row in rows),
        tuple(Judgement(str(row["query"]), image, 1) for row in rows for image in row["relevant"]),
        tuple(own[:: max(1, len(own) // _SECTIONS)]),
    )


def runs(model: BiEncoder, asked: Asked) -> Iterable[Run]:
    """The rankings of a model, alone and with BM25 added."""
    queries, documents = model.encode_sections(asked.sections), model.encode_documents(asked.images)
    ids = [section.id for section in asked.sections]
    yield exact_run("model", queries, documents, section_ids=ids, image_ids=asked.ids)
    weight = _balanced(model, asked, documents) or (model.hybrid.weight if model.hybrid else 0.0)
    yield hybrid_run(
        queries,
        documents,
        weight=weight,
        sections=asked.sections,
        captions=asked.captions,
        image_ids=asked.ids,
    )


def _balanced(model: BiEncoder, asked: Asked, documents: SparseVectors) -> float | None:
    """The weight that ``mlsr-es index`` finds; None for a collection without sections."""
    if not asked.own:
        return None
    ids = [section.id for section in asked.own]
    dots = exact_run(
        "model", model.encode_sections(asked.own), documents, section_ids=ids, image_ids=asked.ids, depth=1
    )
    found = balanced_weight(dots, baseline_run(HYBRID_PART, asked.own, asked.captions, asked.ids))
    return found / CLUSTER_UNIT if found else None


def measured(run: Run, asked: Asked) -> dict[str, float]:
    """A run's figures."""
    found = figures(run, asked.judgements, MEASURES)
    return {measure: found.mean(measure) for measure in MEASURES}


def main() -> None:
    """Measure what the command line names, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="demo, or folders of models")
    parser.add_argument("-o", "--output", type=Path, help="a JSON file for the figures")
    parser.add_argument("--missed", action="store_true", help="list the queries whose first image is wrong")
    given = parser.parse_args()
    collections = read()
    models = {name: load_model(name, device="cpu") for name in given.models}
    report: defaultdict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for collection, asked in collections.items():
        for name, run in _systems(models, asked):
            report[name][collection] = measured(run, asked)
            if given.missed:
                _tell_missed(name, run, asked)
    for name, parts in report.items():
        parts["all"] = {one: sum(part[one] for part in parts.values()) / len(parts) for one in MEASURES}
        print(f"{name:24}", *(f"{key} {part['Success@1']:.2f} {part['Success@3']:.2f}" for key, part in parts.items()))
    if given.output:
        given.output.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))


def _systems(models: Mapping[str, BiEncoder], asked: Asked) -> Iterable[tuple[str, Run]]:
    for baseline in (DEFAULTS, TITLE_BOOSTED):
        yield baseline.name, baseline_run(baseline, asked.sections, asked.captions, asked.ids)
    for name, model in models.items():
        yield from ((f"{run.name} {name}", run) for run in runs(model, asked))


def _tell_missed(name: str, run: Run, asked: Asked) -> None:
    right = {(one.section_id, one.image_id) for one in asked.judgements}
    captions = dict(zip(asked.ids, asked.captions, strict=True))
    for query, ranking in run.rankings.items():
        if not ranking or (query, ranking[0].image_id) not in right:
            first = captions[ranking[0].image_id][:70] if ranking else "nothing"
            print(f"{name}: {query!r} -> {first!r}")


if __name__ == "__main__":
    main()
