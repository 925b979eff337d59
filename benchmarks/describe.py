"""What machine-made captions are worth: five folds of the GIMP manual, with and without, and KiCad's manual.

Two models a fold, trained without it: configs/demo/m3.toml, which is taught with the text that stands in images, and
the same without `describe`, `read` and `[lengths]`, each with another [folds] test:

python benchmarks/describe.py --plain p0 p1 p2 p3 p4 --read r0 r1 r2 r3 r4 -o experiments/results/describe.json

All systems answer the same topics, those of images with captions; the more is described, the more images are searched.
"together" adds BM25 of words by field, at the weight at which the best scores are level, as an index finds it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import numpy as np
import orjson
from numpy.typing import NDArray

from mlsr_es.collection import MACHINE_MADE, ImageDocument, Section
from mlsr_es.describe import choose_describers, described
from mlsr_es.encoders import BiEncoder, load_model
from mlsr_es.evaluation import (
    CLUSTER_UNIT,
    LEAST_TEXT,
    TITLE_BOOSTED,
    Topics,
    balanced_weight,
    baseline_run,
    caption_text,
    choose_topics,
    difference,
    exact_run,
    figures,
    hybrid_run,
)
from mlsr_es.sources import open_source
from mlsr_es.splits import FOLDS, fold_of

MEASURES = ("nDCG@10", "R@10")
QUERIES = {"titles and text": (), "text alone": ("text",)}
WEIGHED_BY = 256
Values = dict[str, dict[str, NDArray[np.float64]]]
"""System to measure to a value a topic."""


class Manual:
    """A collection with what machines add to it, and the topics that all systems answer."""

    def __init__(self, name: str) -> None:
        self.source = open_source(name, languages=frozenset({"en"}))
        plain = self.images("none")
        captioned = {image.id for image in plain}
        self.topics = choose_topics(self.source.sections(), self.source.judgements(), captioned, least_text=LEAST_TEXT)

    def images(self, describe: str, *, written: bool = True) -> list[ImageDocument]:
        """The images that have words.

        Args:
            describe: As ``--describe`` takes it.
            written: Whether what people wrote is among them.
        """
        items = described(self.source, choose_describers(describe)).documents()
        found = (item for item in items if isinstance(item, ImageDocument))
        if not written:
            found = (
                replace(image, captions=tuple(one for one in image.captions if one.kind in MACHINE_MADE))
                for image in found
            )
        return [image for image in found if image.captions]

    def of_fold(self, fold: int | None) -> Topics:
        """The topics of a fold's pages; None for all."""
        sections = tuple(one for one in self.topics.sections if fold is None or fold_of(one.page) == fold)
        ids = {one.id for one in sections}
        return Topics(sections, tuple(one for one in self.topics.judgements if one.section_id in ids))


def measured(manual: Manual, model: BiEncoder, images: Sequence[ImageDocument], fold: int | None) -> Values:
    """The model, the model with BM25, and BM25, each asked with titles and by text alone."""
    ids, captions = [image.id for image in images], [caption_text(image) for image in images]
    documents = model.encode_documents(images)
    known = manual.topics.sections
    some = Random(0).sample(known, min(WEIGHED_BY, len(known)))  # noqa: S311
    asked = [one.id for one in some]
    dots = exact_run("dots", model.encode_sections(some), documents, section_ids=asked, image_ids=ids, depth=1)
    level = balanced_weight(dots, baseline_run(TITLE_BOOSTED, some, captions, ids))
    weight = (level or 0.0) / CLUSTER_UNIT
    topics, found = manual.of_fold(fold), Values()
    for query, fields in QUERIES.items():
        sections: list[Section] = [one.only(fields) if fields else one for one in topics.sections]
        vectors, asked = model.encode_sections(sections), [one.id for one in sections]
        runs = {
            "alone": exact_run("alone", vectors, documents, section_ids=asked, image_ids=ids),
            "together": hybrid_run(
                vectors, documents, weight=weight, sections=sections, captions=captions, image_ids=ids
            ),
            "BM25": baseline_run(TITLE_BOOSTED, sections, captions, ids),
        }
        for name, run in runs.items():
            found[f"{name}, {query}"] = dict(figures(run, topics.judgements, MEASURES).values)
    return found


def told(parts: Sequence[dict[str, Values]], against: str) -> dict[str, object]:
    """Means over all topics, and what each way of describing gains over another one."""
    pooled = {
        way: {
            system: {one: np.concatenate([part[way][system][one] for part in parts]) for one in MEASURES}
            for system in parts[0][way]
        }
        for way in parts[0]
    }
    base = pooled[against]
    return {
        "topics": len(next(iter(base.values()))[MEASURES[0]]),
        "means": {
            way: {system: {one: float(values[one].mean()) for one in MEASURES} for system, values in systems.items()}
            for way, systems in pooled.items()
        },
        f"against {against}": {
            way: {
                system: asdict(difference(values[MEASURES[0]], base[system][MEASURES[0]]))
                for system, values in systems.items()
            }
            for way, systems in pooled.items()
            if way != against
        },
    }


def main() -> None:
    """Measure everything, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", nargs=FOLDS, metavar="FOLDER", required=True)
    parser.add_argument("--read", nargs=FOLDS, metavar="FOLDER", required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    gimp, parts = Manual("gimp-manual"), []
    images = {way: gimp.images(way) for way in ("none", "name", "text", "text,name")}
    machines = {way: gimp.images(way, written=False) for way in ("text", "text,name")}
    for fold in range(FOLDS):
        plain, read = load_model(given.plain[fold], device="cpu"), load_model(given.read[fold], device="cpu")
        part = {"captions": measured(gimp, plain, images["none"], fold)}
        part["captions; a model taught with read text"] = measured(gimp, read, images["none"], fold)
        part |= {f"captions, {way}": measured(gimp, read, images[way], fold) for way in ("name", "text", "text,name")}
        part |= {f"{way} alone": measured(gimp, read, some, fold) for way, some in machines.items()}
        parts.append(part)
        print(fold, {way: f"{one['together, titles and text']['nDCG@10'].mean():.3f}" for way, one in part.items()})
    kicad, plain, demo = (
        Manual("kicad-manual"),
        load_model(given.plain[0], device="cpu"),
        load_model("demo", device="cpu"),
    )
    other = {"captions": measured(kicad, plain, kicad.images("none"), None)}
    for way in ("none", "name", "text", "text,name"):
        other[f"captions, {way}"] = measured(kicad, demo, kicad.images(way), None)
    found = {"gimp-manual, five folds": told(parts, "captions"), "kicad-manual": told([other], "captions")}
    given.output.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")
    for collection, figure in found.items():
        print(collection, figure["topics"], "topics")
        for way, systems in figure["means"].items():  # type: ignore[attr-defined]
            print(f"  {way:42}", "  ".join(f"{name} {one['nDCG@10']:.3f}" for name, one in systems.items()))


if __name__ == "__main__":
    main()
